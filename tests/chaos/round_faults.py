"""What goes wrong in a round, drawn from its chance: Discord's faults beforehand, the endpoint's call by call."""

import asyncio
import itertools
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from tests.support.discord_stand_in.faults import Fault, Faults
from tests.support.discord_stand_in.records import ApiRequest
from tests.support.endpoint_stand_in import Answer, Request, cut, fails, made_up, page, says, stalls

# Of Discord's answers to a turn's post one in so many is a refusal.
ONE_REFUSED_IN: Final = 40
# Of Discord's answers to a post, a look at the history or an edit of the panel, one in so many goes wrong.
ONE_POST_IN: Final = 5
ONE_LOOK_IN: Final = 12
# Of the endpoint's answers.
ONE_CALL_IN: Final = 10

UNHEARD_OF: Final[dict[str, Any]] = {"status": 400, "code": 999_999, "message": "A new rule"}
# kind -> how the stand-in's Fault is made (tests/support/discord_stand_in/faults.py)
POST_FAULTS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "stored, then 500": ("accepted_then", {"status": 500}),
    "stored, then 502": ("accepted_then", {"status": 502}),
    "stored, then reset": ("accepted_then_reset", {}),
    "stored, then reset, no event": ("accepted_then_reset", {"event": "never"}),
    "stored, answer cut": ("accepted_then_cut", {}),
    "stored, answer cut, event late": ("accepted_then_cut", {"event": "after_reply"}),
    "stored, no answer": ("hang", {"stored": True}),
    "stored late, or after the bot gave up": ("hang", {"stored": False}),
    "not stored, 503": ("before_storing", {"status": 503}),
    "not stored, reset": ("reset_before_storing", {}),
    "429": ("rate_limited", {"retry_after": 0.05}),
    "event before answer": ("event_before_reply", {}),
    "event late": ("reply_before_event", {}),
    "event never": ("event_withheld", {}),
}
# Refusals: a message is certainly not stored. Of turns only, since a table's other messages are each of a kind.
REFUSALS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    # One post, tried once more and given up; or the first of several tables that all stand still.
    "refused, unheard of": ("refused", UNHEARD_OF | {"times": 2}),
    "refused, unheard of, on and on": ("refused", UNHEARD_OF | {"times": 60}),
    "refused, no second factor": ("refused", {"status": 403, "code": 60003, "message": "Two factor", "times": 4}),
    "refused by the network": ("refused", {"status": 403, "code": 40333, "message": "internal network error"}),
}
LOOK_FAULTS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "not stored, 503": ("before_storing", {"status": 503}),
    "answer cut": ("accepted_then_cut", {}),
    "reset": ("reset_before_storing", {}),
    "429": ("rate_limited", {"retry_after": 0.05}),
    "refused by the network": REFUSALS["refused by the network"],
}
GATEWAY_FAULTS: Final = ("drop", "reconnect", "invalidate")


@dataclass(frozen=True)
class PlannedFault:
    """A fault for the request that fits after `skip` others: what the control route is told, and its kind's name."""

    name: str
    method: str
    path: str
    skip: int
    kind: str
    args: dict[str, Any]

    @property
    def order(self) -> dict[str, Any]:
        return {"method": self.method, "path": self.path, "skip": self.skip, "kind": self.kind, **self.args}


def plan(chance: Random, places: Iterable[int], *, turns: int, lives: int) -> list[PlannedFault]:
    """Faults for a round: `turns` persona turns in each of the `places`, in at most `lives` lives of the bot."""
    places = list(places)
    planned: list[PlannedFault] = []

    def draw(kinds: dict[str, tuple[str, dict[str, Any]]], one_in: int, method: str, path: str, expected: int) -> None:
        for skip in range(expected):
            if chance.randrange(one_in) == 0:
                name = chance.choice(list(kinds))
                kind, args = kinds[name]
                planned.append(PlannedFault(f"{method}: {name}", method, path, skip, kind, args))

    # A fault takes its request out of the count of those behind it: near enough.
    draw(POST_FAULTS, ONE_POST_IN, "POST", "/webhooks/", 2 * (turns + 1) * len(places))
    draw(REFUSALS, ONE_REFUSED_IN, "POST", "/webhooks/", 2 * (turns + 1) * len(places))
    for place in places:
        draw(POST_FAULTS, ONE_POST_IN, "POST", f"/channels/{place}/messages", 8)
        draw(LOOK_FAULTS, ONE_LOOK_IN, "GET", f"/channels/{place}/messages", 4 * lives)
        draw(LOOK_FAULTS, ONE_LOOK_IN, "PATCH", f"/channels/{place}/messages", 2 * lives)
    return planned


def count_met(planned: Iterable[PlannedFault], requests: Iterable[dict[str, Any]]) -> Counter[str]:
    """Which of the planned faults these requests met, found by going through them as the stand-in did."""
    faults, names = Faults(), dict[int, str]()
    for each in planned:
        fault = faults.next(each.method, each.path, Fault(), skip=each.skip, times=each.args.get("times", 1))
        names[id(fault)] = each.name
    met = (faults.take(ApiRequest(**request)) for request in requests)
    return Counter(names[id(fault)] for fault in met if fault is not None)


@dataclass
class Model:
    """What the scripted endpoint answers: texts that all differ, each sentence with the call's number; or a fault."""

    chance: Random
    faulty: bool
    met: Counter[str] = field(default_factory=Counter)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def answer(self, request: Request) -> Answer:
        """The next answer. Call it inside the endpoint's event loop: an answer may be slow."""
        text = self._private(request.prompt) or self._text(next(self._numbers))
        if self.faulty and self.chance.randrange(ONE_CALL_IN) == 0:
            faults = {
                "500": fails(500),
                "503": fails(503),
                "429": fails(429, retry_after="0.05"),
                "cut": cut(text),
                "no answer": stalls(),
                "page": page(),
                "empty": says(""),
                "null": says(None),
            }
            kind = self.chance.choice(list(faults))
            self.met[f"endpoint: {kind}"] += 1
            return faults[kind]
        slow = asyncio.Event()
        asyncio.get_running_loop().call_later(self.chance.choice((0.0, 0.01, 0.05, 0.2)), slow.set)
        return Answer(text, until=slow)

    def _private(self, prompt: str) -> str:
        """A position or a ballot in form; one in five is rubbish, and of those asked for once more every other one, so
        that somebody abstains. Else nothing."""
        tail = prompt.rpartition("(A note from the moderator")[2]
        is_ballot, is_again = "A secret ballot is held" in tail, "It could not be read" in tail
        if not (is_ballot or "writes down" in tail) or self.chance.randrange(2 if is_again else 5) == 0:
            return ""
        letters = sorted(set(re.findall(r"\b([A-J])\) ", tail)))
        self.chance.shuffle(letters)
        if is_ballot:
            return " > ".join(letters) if "Put them in order" in tail else letters[0]
        said = self._text(next(self._numbers))
        return f"{said}\nChoice: {letters[0]}" if letters else said

    def _text(self, number: int) -> str:
        # One text in six takes two or three messages.
        sentences = self.chance.choice((1, 2, 2, 3, 4, 40))
        return " ".join(f"{made_up(self.chance, 10)}, call {number} sentence {n}." for n in range(1, sentences + 1))
