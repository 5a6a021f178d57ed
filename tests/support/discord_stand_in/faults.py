"""What can go wrong between a bot and Discord, scripted per route: one fault for the next request, or the next few."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Literal

from .records import JSON, ApiRequest

EventTiming = Literal["now", "before_reply", "after_reply", "never"]


@dataclass
class Fault:
    """One thing that goes wrong; made by the class methods below.

    `body` is an answer of 200 that isn't Discord's: its bytes and the length that is promised. `met` is set when a
    request runs into it; `release()` lets a hanging request or a kept-back event go.
    """

    stores: bool = True
    answer: tuple[int, JSON, dict[str, str]] | None = None
    resets: bool = False
    body: tuple[bytes, int] | None = None
    hangs: bool = False
    event: EventTiming = "now"
    met: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        self.released.set()

    @classmethod
    def before_storing(cls, status: int = 500) -> Fault:
        """The request is not carried out; the answer is this 5xx."""
        return cls(stores=False, answer=_broken(status))

    @classmethod
    def accepted_then(cls, status: int = 500, *, event: EventTiming = "now") -> Fault:
        """The request is carried out, yet the answer is this 5xx."""
        return cls(answer=_broken(status), event=event)

    @classmethod
    def reset_before_storing(cls) -> Fault:
        """The connection is reset; nothing was stored."""
        return cls(stores=False, resets=True)

    @classmethod
    def accepted_then_reset(cls, *, event: EventTiming = "now") -> Fault:
        """The request is carried out, then the connection is reset."""
        return cls(resets=True, event=event)

    @classmethod
    def accepted_then_cut(cls, *, event: EventTiming = "now") -> Fault:
        """The request is carried out; the connection breaks in the middle of the answer's body."""
        return cls(body=(b'{"id": "1', 4096), event=event)

    @classmethod
    def accepted_then_page(cls, *, event: EventTiming = "now") -> Fault:
        """The request is carried out, yet some proxy answers 200 with a page of its own."""
        page = b"<html>One moment, please.</html>"
        return cls(body=(page, len(page)), event=event)

    @classmethod
    def rate_limited(cls, retry_after: float | None = 0.05, *, is_global: bool = False, via: bool = True) -> Fault:
        """429. With `retry_after` None the body does not say when; without `via` it comes from a proxy."""
        body: JSON = {"message": "You are being rate limited.", "global": is_global}
        headers = {"Via": "1.1 stand-in"} if via else {}
        headers["X-RateLimit-Scope"] = "global" if is_global else "user"
        if retry_after is not None:
            body["retry_after"] = retry_after
            headers["Retry-After"] = f"{retry_after:g}"
        return cls(stores=False, answer=(429, body, headers))

    @classmethod
    def refused(cls, status: int, code: int, message: str, errors: JSON | None = None) -> Fault:
        """Any refusal of Discord's: AutoMod is 400/200000, a harmful link 400/240000."""
        body: JSON = {"message": message, "code": code} | ({"errors": errors} if errors else {})
        return cls(stores=False, answer=(status, body, {}))

    @classmethod
    def event_before_reply(cls) -> Fault:
        """The bot has taken the gateway event in before the answer goes out."""
        return cls(event="before_reply")

    @classmethod
    def reply_before_event(cls) -> Fault:
        """The answer goes out; the gateway event follows when the test calls `release()`."""
        return cls(event="after_reply")

    @classmethod
    def event_withheld(cls) -> Fault:
        """The answer goes out; the gateway event never does."""
        return cls(event="never")

    @classmethod
    def hang(cls, *, stored: bool = False, event: EventTiming = "now") -> Fault:
        """No answer until `release()`; the request is carried out at once (`stored`) or only then."""
        return cls(hangs=True, stores=stored, event=event)


@dataclass
class Planned:
    """A fault and the requests it waits for."""

    method: str
    path: str
    fault: Fault
    times: int
    skip: int
    content: str | None

    def fits(self, request: ApiRequest) -> bool:
        sent = request.json if isinstance(request.json, dict) else {}
        said = f"{sent.get('content') or ''}\n{sent.get('components') or ''}"
        right_words = self.content is None or self.content in said
        return self.method in ("*", request.method) and request.path.startswith(self.path) and right_words


class Faults:
    """The faults to come. A request meets the first planned one that fits it."""

    def __init__(self) -> None:
        self.planned: list[Planned] = []
        self._met: list[Fault] = []

    def next(
        self, method: str, path: str, fault: Fault, *, times: int = 1, skip: int = 0, content: str | None = None
    ) -> Fault:
        """Plan `fault` for the next `times` requests of this method ("*": any) whose path, without /api/v10, starts
        with `path`, after letting `skip` of them by; with `content`, only for messages that contain it."""
        self.planned.append(Planned(method, path, fault, times, skip, content))
        return fault

    def take(self, request: ApiRequest) -> Fault | None:
        for plan in self.planned:
            if plan.fits(request):
                if plan.skip:
                    plan.skip -= 1
                    continue
                plan.times -= 1
                if plan.times <= 0:
                    self.planned.remove(plan)
                self._met.append(plan.fault)
                plan.fault.met.set()
                return plan.fault
        return None

    def release(self) -> None:
        """Let everything go that hangs or is kept back."""
        for fault in self._met:
            fault.release()

    def clear(self) -> None:
        """Forget what is planned, and release."""
        self.planned.clear()
        self.release()


def _broken(status: int) -> tuple[int, JSON, dict[str, str]]:
    return status, {"message": f"{status}: Internal Server Error", "code": 0}, {}
