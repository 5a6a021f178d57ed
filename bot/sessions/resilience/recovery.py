"""Sessions that a fault paused go on by themselves once it is gone; what a person paused waits for a person.

An endpoint, and those that may speak in its place, are asked by one task for all sessions that wait for them, with what
a turn would ask but for a tiny prompt: what is refused of a turn is refused of that, and no table goes on only to be
paused again. Where one does all the same, since it was the prompt that was refused, each pause is longer than the one
before. A place is tried by showing what is queued for it. After several turns that came to nothing a session tries once
more; when the tokens of the day are used up, its server's or those of all, it waits for the next. A fault of
ours is left to people. Nothing of this is stored but the fault itself, so that after a restart the waiting begins anew.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Final, Generic, Protocol, TypeVar
from weakref import WeakKeyDictionary

from bot.discussion.model.record import Record, Session
from bot.discussion.moderation.moderator import next_step
from bot.discussion.moderation.steps import Gather, Speak, Summarise
from bot.errors import EndpointRefused
from bot.llm.endpoint_registry import EndpointRegistry
from bot.llm.fallback import EndpointChain
from bot.sessions.composing.limits import seconds_to_next_day
from bot.store.engine import TransientDatabaseError
from bot.store.models import Fault, Status
from bot.store.schema import now

log = logging.getLogger(__name__)

# Seconds before the endpoint or a place is tried for the first time; doubled with each try, up to LONGEST_NAP.
ENDPOINT_NAP: Final = 15.0
PLACE_NAP: Final = 30.0
LONGEST_NAP: Final = 600.0
PASSES_NAP: Final = 600.0
# Naps until the next day are taken in pieces of so many seconds: the machine's clock may be set meanwhile.
DAY_NAP: Final = 1800.0


class Waiting(Protocol):
    """What recovery needs of a session that a fault has paused."""

    @property
    def id(self) -> int: ...

    @property
    def session(self) -> Session: ...

    @property
    def record(self) -> Record: ...

    @property
    def status(self) -> Status: ...

    @property
    def fault(self) -> Fault | None: ...

    async def can_post(self) -> bool:
        """Whether what is queued can be shown now."""
        ...

    async def has_tokens_today(self) -> bool:
        """Whether the tokens of the day, its server's and those of all, suffice for a call."""
        ...


S = TypeVar("S", bound=Waiting)


class Recovery(Generic[S]):
    """All waiting sessions of the process. `go_on` has a session go on and its loop run again."""

    def __init__(self, endpoints: EndpointRegistry, go_on: Callable[[S], Awaitable[None]]) -> None:
        self._endpoints = endpoints
        self._go_on = go_on
        self._waiting: dict[int, asyncio.Task[None]] = {}
        self._probers: dict[EndpointChain, _Prober] = {}
        # How many turns a session had when it last went on by itself, and how often it has done so since.
        self._fruitless: WeakKeyDictionary[S, tuple[int, int]] = WeakKeyDictionary()

    def watch(self, session: S) -> None:
        """Have a session go on once it can, if it is paused by a fault that can pass."""
        self.forget(session)
        if session.status is Status.PAUSED and session.fault not in (None, Fault.ERROR):
            work = self._wait(session, session.fault)
            self._waiting[session.id] = asyncio.create_task(work, name=f"recovery of session {session.id}")

    def forget(self, session: S) -> None:
        """Somebody has decided otherwise."""
        if task := self._waiting.pop(session.id, None):
            task.cancel()

    async def aclose(self) -> None:
        tasks = list(self._waiting.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(prober.aclose() for prober in self._probers.values()))

    async def _wait(self, session: S, fault: Fault) -> None:
        spoken = len(session.record.persona_turns())
        before, tries = self._fruitless.get(session, (spoken, 0))
        tries = tries if before == spoken else 0
        try:
            await self._pass(session, fault, tries)
            while session.status is Status.PAUSED and session.fault is fault:
                try:
                    self._fruitless[session] = spoken, tries + 1
                    await self._go_on(session)
                except TransientDatabaseError as trouble:
                    log.warning("session %s can't go on yet: %s", session.id, trouble)
                    await asyncio.sleep(PLACE_NAP)
        except Exception:
            log.exception("session %s stays paused until a person resumes it", session.id)

    async def _pass(self, session: S, fault: Fault, tries: int) -> None:
        """Return once the fault may be gone. `tries`: how often that proved wrong since the session's last turn."""
        if tries:
            await asyncio.sleep(_nap(ENDPOINT_NAP, tries))
        match fault:
            case Fault.ENDPOINT:
                await self._endpoint_answers(session)
            case Fault.PLACE:
                await _place_takes_posts(session)
            case Fault.PASSES:
                await asyncio.sleep(PASSES_NAP)
            case Fault.LIMIT:
                await _day_has_tokens(session)
            case Fault.ERROR:
                raise ValueError("only people can mend that")

    async def _endpoint_answers(self, session: S) -> None:
        # Once the one whose endpoint is gone from the settings has left the table, somebody else is next.
        while (chain := self._chain_of(session)) is None:  # noqa: ASYNC110 (people change the record)
            await asyncio.sleep(LONGEST_NAP)
        await self._probers.setdefault(chain, _Prober(chain)).until_well()

    def _chain_of(self, session: S) -> EndpointChain | None:
        """Where the next turn may be written: the same that failed, as the record decides who is next."""
        match next_step(session.session, session.record):
            case Speak(persona=persona) | Summarise(persona=persona) | Gather(among=(persona, *_)):
                try:
                    return self._endpoints.chain_of(persona)
                except EndpointRefused:
                    return None
            case _:
                return self._endpoints.default_chain


class _Prober:
    """Asks whether one of the endpoints of a chain is well, as long as somebody waits for that."""

    def __init__(self, chain: EndpointChain) -> None:
        self._chain = chain
        self._task: asyncio.Task[None] | None = None
        self._hopes = 0  # how many sessions wait

    async def until_well(self) -> None:
        if self._task is None or self._task.done():
            # For all who wait, so that none of them is told in the log.
            self._task = asyncio.create_task(self._probe(), name="probing the endpoint", context=Context())
        task = self._task
        self._hopes += 1
        try:
            await asyncio.shield(task)
        finally:
            self._hopes -= 1
            if not self._hopes:
                task.cancel()
                if self._task is task:
                    self._task = None

    async def aclose(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _probe(self) -> None:
        tries = 0
        while True:
            # Asked sooner than the server wants, it would only say so again.
            await asyncio.sleep(max(_nap(ENDPOINT_NAP, tries), min(self._chain.rest, LONGEST_NAP)))
            if await self._chain.is_well():
                return
            tries += 1


async def _place_takes_posts(session: Waiting) -> None:
    tries = 0
    while True:
        await asyncio.sleep(_nap(PLACE_NAP, tries))
        try:
            if session.status is not Status.PAUSED or session.fault is not Fault.PLACE or await session.can_post():
                return
        except TransientDatabaseError as trouble:
            log.warning("session %s can't go on yet: %s", session.id, trouble)
        except Exception:  # the table was told that it goes on by itself, whatever an answer of the place looks like
            log.exception("session %s can't go on yet", session.id)
        tries += 1


async def _day_has_tokens(session: Waiting) -> None:
    while True:
        try:
            if await session.has_tokens_today():
                return
            nap = min(seconds_to_next_day(now()) + 1, DAY_NAP)
        except TransientDatabaseError as trouble:
            log.warning("session %s can't go on yet: %s", session.id, trouble)
            nap = PLACE_NAP
        await asyncio.sleep(nap)


def _nap(first: float, tries: int) -> float:
    return min(first * 2 ** min(tries, 20), LONGEST_NAP)
