"""What a session's model calls may cost and have cost: asked before each call, booked in the database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from bot.discussion.text.money import Expense
from bot.sessions.composing.limits import Limits, check, check_day, over_the_day
from bot.store.models import StoredSession
from bot.store.schema import now
from bot.store.spending import NOTHING, Account, Used
from bot.store.store import Store


class Budget:
    """One session's. A call is booked before it is made, with the estimate of its prompt, and settled by its answer:
    one that fails, is given up or outlives the process stays booked. The difference is stored with the turn."""

    def __init__(self, store: Store, stored: StoredSession, limits: Limits) -> None:
        self.used = NOTHING
        """What the session has used, as of `load()` or the last call."""
        self._spending = store.spending
        self._stored = stored
        self._limits = limits
        self._need = Used(unpriced=1)  # until the first call: nobody knows
        self._account = self._account_of_today()
        self._is_loaded = False
        self._booking = asyncio.Lock()

    @property
    def guild_id(self) -> int:
        """The server that pays."""
        return self._stored.guild_id

    @property
    def most(self) -> int:
        """The tokens the session may use; 0: no limit."""
        return self._limits.session_tokens

    @property
    def cost(self) -> Expense:
        """What that has cost."""
        return self._spending.cost(self.used)

    async def load(self) -> None:
        self.used = await self._spending.of_session(self._stored.id)
        self._is_loaded = True

    async def has_tokens_today(self) -> bool:
        """Whether what is left of the day, the server's and that of all, suffices for a call like the last one."""
        today = await self._spending.on_day(self._stored.guild_id, now().date())
        return over_the_day(self._limits, today, self._need) is None

    @asynccontextmanager
    async def booked(self, *, prompt: Used, answer: Used, reserve: int) -> AsyncIterator[None]:
        """Around a call: what its prompt is estimated at, its answer at most, and the tokens kept for the summary.

        The answer is booked by `settle`; until then nobody else may use what it may come to. Raises LimitReached, with
        nothing booked.
        """
        async with AsyncExitStack() as stack:
            async with self._booking:  # what several ask at the same time is counted one by one
                await stack.enter_async_context(self._book(prompt, answer, reserve))
            yield

    @asynccontextmanager
    async def _book(self, prompt: Used, answer: Used, reserve: int) -> AsyncIterator[None]:
        if not self._is_loaded:
            await self.load()
        need = self._need = prompt + answer
        check(
            self._limits,
            minutes=(now() - self._stored.created_at).total_seconds() / 60,
            session_tokens=self.used.tokens,
            need=need.tokens,
            reserve=reserve,
        )
        self._account = self._account_of_today()
        self._is_loaded = False  # whoever is cancelled meanwhile has booked or not
        async with self._spending.booked(
            self._account, prompt, awaits=answer, check=lambda today: check_day(self._limits, today, need)
        ):
            self.used += prompt
            self._is_loaded = True
            yield

    def settle(self, used: Used, *, prompt: Used) -> None:
        """After its answer: what the call has used takes the place of the estimate for its prompt."""
        difference = used - prompt
        self._spending.accrue(self._account, difference)
        self.used += difference

    def _account_of_today(self) -> Account:
        return Account.of(self._stored, now().date())
