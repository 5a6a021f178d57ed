"""What a session's model calls may cost and have cost: asked before each call, booked in the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

from bot.llm.completion import Completion
from bot.sessions.composing.limits import Limits, check, over_the_day, tokens_in
from bot.store.models import StoredSession
from bot.store.schema import now
from bot.store.spending import UsedToday
from bot.store.store import Store


class Budget:
    """One session's. A call is booked before it is made, with the estimate of its prompt, and settled by its answer:
    one that fails, is given up or outlives the process stays booked. The difference is stored with the turn."""

    def __init__(self, store: Store, stored: StoredSession, limits: Limits) -> None:
        self.used = 0
        """The tokens the session has used, as of `load()` or the last call."""
        self._spending = store.spending
        self._stored = stored
        self._limits = limits
        self._need = 0
        self._day = now().date()
        self._is_loaded = False

    @property
    def most(self) -> int:
        """The tokens the session may use; 0: no limit."""
        return self._limits.session_tokens

    async def load(self) -> None:
        self.used = await self._spending.of_session(self._stored.id)
        self._is_loaded = True

    async def has_tokens_today(self) -> bool:
        """Whether the tokens of the day, the server's and those of all, suffice for a call like the last one."""
        return over_the_day(self._limits, await self._used_on(now().date()), self._need) is None

    @asynccontextmanager
    async def booked(self, *, prompt: int, answer: int, reserve: int) -> AsyncIterator[None]:
        """Around a call: the estimated tokens of its prompt, its answer's at most, and what is kept for the summary.

        The answer is booked by `settle`; until then nobody else may use what it may come to. Raises LimitReached, with
        nothing booked.
        """
        if not self._is_loaded:
            await self.load()
        moment = now()
        self._need, self._day = prompt + answer, moment.date()
        check(
            self._limits,
            minutes=(moment - self._stored.created_at).total_seconds() / 60,
            session_tokens=self.used,
            today=await self._used_on(self._day),
            need=self._need,
            reserve=reserve,
        )
        # No other session gets in between: nothing is waited for from what was read to what is booked.
        with self._spending.awaiting(self._stored.guild_id, answer):
            self._is_loaded = False  # whoever is cancelled meanwhile has booked or not
            await self._spending.add(self._stored, self._day, prompt)
            self.used += prompt
            self._is_loaded = True
            yield

    def settle(self, completion: Completion, *, prompt: int, chars_per_token: float) -> None:
        """After its answer: what that says it cost replaces the estimate; what it does not say is estimated."""
        asked = (completion.prompt_tokens or 0) + prompt * completion.uncounted_prompts
        answered = (completion.completion_tokens or 0) + tokens_in(completion.uncounted_chars, chars_per_token)
        difference = asked - prompt + answered
        self._spending.accrue(self._stored, self._day, difference)
        self.used += difference

    async def _used_on(self, day: date) -> UsedToday:
        kept = self._spending.kept_on(self._stored.guild_id, day)
        return await self._spending.on_day(self._stored.guild_id, day) if kept is None else kept
