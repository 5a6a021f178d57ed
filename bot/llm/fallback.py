"""Endpoints that stand in for each other: who is asked in which order, and who rests because it failed."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.errors import EndpointDown, EndpointRefused
from bot.llm.endpoint import Endpoint

log = logging.getLogger(__name__)

# The flag of a turn that another endpoint than the first has written, before the name of that one.
SPOKEN_BY: Final = "spoken_by:"
# Seconds that an endpoint which failed is left alone, while another speaks; doubled with each failure, up to LONGEST.
FIRST_REST: Final = 30.0
LONGEST_REST: Final = 600.0


@dataclass(frozen=True, slots=True)
class _Rest:
    failures: int
    until: float


class Health:
    """Which endpoints of the process have failed lately; one for all chains, since they share endpoints."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """`now` gives seconds."""
        self._now = now
        self._rests: dict[Endpoint, _Rest] = {}

    def rests(self, endpoint: Endpoint) -> bool:
        rest = self._rests.get(endpoint)
        return rest is not None and self._now() < rest.until

    def is_doubted(self, endpoint: Endpoint) -> bool:
        """Whether it failed when it was last asked."""
        return endpoint in self._rests

    def failed(self, endpoint: Endpoint, wait: float = 0.0) -> None:
        """`wait`: the seconds for which it asks to be left alone."""
        before = self._rests.get(endpoint)
        failures = before.failures + 1 if before else 1
        rest = min(FIRST_REST * 2 ** min(failures - 1, 20), LONGEST_REST)
        self._rests[endpoint] = _Rest(failures, self._now() + max(rest, wait))

    def answered(self, endpoint: Endpoint) -> None:
        self._rests.pop(endpoint, None)


class EndpointChain:
    """An endpoint and those that speak in its place when it is down or refuses. The same object wherever the same
    endpoints stand in the same order."""

    def __init__(self, members: Sequence[tuple[str, Endpoint]], health: Health) -> None:
        """`members` with the names people know them by, the one to be preferred first."""
        self._members = tuple(members)
        self._names = {endpoint: name for name, endpoint in members}
        self._health = health
        self._speaks = self.first

    @property
    def first(self) -> Endpoint:
        """Who is to be asked as long as it answers."""
        return self._members[0][1]

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        return tuple(endpoint for _, endpoint in self._members)

    async def in_turn(self) -> list[Endpoint]:
        """In which order to ask them now: those that are well as they stand in the chain, then those that rest.

        One whose rest is over is asked for a few words before a turn is tried with it: that is quicker than all the
        tries of a turn.
        """
        if len(self._members) == 1:
            return [self.first]
        well: list[Endpoint] = []
        for endpoint in self.endpoints:
            if self._health.rests(endpoint):
                continue
            # Who stands behind one that is well is not asked any more, so it need not be tried either.
            if not well and self._health.is_doubted(endpoint) and not await endpoint.is_well():
                self._health.failed(endpoint)
                continue
            well.append(endpoint)
        return [*well, *(endpoint for endpoint in self.endpoints if endpoint not in well)]

    def failed(self, endpoint: Endpoint, problem: EndpointDown | EndpointRefused) -> None:
        """It gave no answer to a turn, also after its retries."""
        if len(self._members) == 1:
            return
        if not self._health.is_doubted(endpoint):
            log.warning("the endpoint “%s” rests, since it failed: %s", self._names[endpoint], problem)
        self._health.failed(endpoint, wait=(problem.wait or 0.0) if isinstance(problem, EndpointDown) else 0.0)

    def answered(self, endpoint: Endpoint) -> None:
        """It has spoken."""
        self._health.answered(endpoint)
        if endpoint is not self._speaks:
            name, first = self._names[endpoint], self._names[self.first]
            back = f"“{first}” is well again and speaks itself"
            log.warning("%s", back if endpoint is self.first else f"“{name}” speaks in the place of “{first}”")
            self._speaks = endpoint

    def stand_in(self, endpoint: Endpoint) -> str | None:
        """The name of one that spoke in the place of the first; None for that one itself."""
        return None if endpoint is self.first else self._names[endpoint]

    @property
    def rest(self) -> float:
        """For how many seconds from now all of them have asked to be left alone."""
        return min(endpoint.rest for endpoint in self.endpoints)

    async def is_well(self) -> bool:
        """Whether any of them would take a turn; all are asked at once, for a few words."""
        asked = {asyncio.create_task(endpoint.is_well()): endpoint for endpoint in self.endpoints}
        try:
            for answer in asyncio.as_completed(asked):
                if await answer:
                    for task, endpoint in asked.items():
                        if task.done() and task.result():
                            self._health.answered(endpoint)
                    return True
            return False
        finally:
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)


def spoken_by(flags: Iterable[str]) -> str | None:
    """The endpoint that wrote a turn with these flags in the place of another; None if it was the first."""
    return next((flag.removeprefix(SPOKEN_BY) for flag in flags if flag.startswith(SPOKEN_BY)), None)
