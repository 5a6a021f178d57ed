"""Reads an answer that comes piece by piece (server-sent events) and makes of it the one that would have come whole.

So all that reads answers, and decides what is tried again, need not know of streams.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final

import httpx2

_EVENT_STREAM: Final = "text/event-stream"
_END: Final = "[DONE]"
# An answer as a whole may take so many times as long as the pause between two of its pieces.
LONGEST_STREAM: Final = 10
# Once the model has said why it ends, all that can come is what it cost; in seconds.
_AFTER_THE_END: Final = 5.0
# No answer is as long; a server that does not end must not fill the memory. In characters.
_MOST_CHARACTERS: Final = 2_000_000


def is_event_stream(headers: Mapping[str, str]) -> bool:
    """Whether what comes is a stream. Servers that stream without being asked are read all the same."""
    return headers.get("content-type", "").partition(";")[0].strip().lower() == _EVENT_STREAM


async def read_stream(response: httpx2.Response, pause: float) -> bytes:
    """The body that a streamed answer would have had. Where it tells an error, that is the body.

    `pause`: the most seconds between two events; comments that keep the connection alive are none. Raises TimeoutError
    after such a pause, and httpx2.TransportError for a stream that breaks off: what was said until then is no answer.
    """
    answer = StreamedAnswer()
    elapsed = asyncio.get_running_loop().time
    most = elapsed() + pause * LONGEST_STREAM
    try:
        async with asyncio.timeout(pause) as limit:
            async for event in httpx2.EventSource(response):
                if not answer.add(event):
                    break
                limit.reschedule(min(elapsed() + (min(pause, _AFTER_THE_END) if answer.is_finished else pause), most))
    except (TimeoutError, httpx2.TransportError):
        if not answer.is_finished:
            raise
    if answer.unreadable is not None:
        return answer.unreadable.encode()
    if not answer.is_finished:
        raise httpx2.ReadError("the stream broke off")
    # In ASCII: halves of one sign that came in two events, each escaped, are one sign again when that is read.
    return json.dumps(answer.whole).encode()


class StreamedAnswer:
    """What the events of an answer add up to."""

    def __init__(self) -> None:
        self.is_finished = False
        """Whether nothing of the answer is missing, but perhaps what it cost."""
        self.unreadable: str | None = None
        """An event that can't be read."""
        self._error: Any = None
        self._top: dict[str, Any] = {}
        self._choice: dict[str, Any] = {}
        self._message: dict[str, Any] = {}
        self._length = 0

    @property
    def whole(self) -> dict[str, Any]:
        """The answer as it would have come in one piece."""
        if self._error is not None:
            return {"error": self._error}
        return {**self._top, "choices": [{**self._choice, "message": self._message}]}

    def add(self, event: httpx2.ServerSentEvent) -> bool:
        """Take an event in. Out: whether more may follow."""
        data = event.data.strip()
        if not data:
            return True
        self._length += len(data)
        if self._length > _MOST_CHARACTERS:
            raise httpx2.ReadError("the stream does not end")
        if data.startswith(_END):
            self.is_finished = True
            return False
        try:
            chunk = json.loads(data)
        except (ValueError, RecursionError):
            self.unreadable = data
            return False
        if (error := _error_in(event.event, chunk)) is not None:
            self._error, self.is_finished = error, True
            return False
        if isinstance(chunk, dict):
            self._take(chunk)
        return True

    def _take(self, chunk: dict[str, Any]) -> None:
        choices = chunk.pop("choices", None)
        # A chunk that only says what the answer cost has none, and others say that as null.
        self._top.update((name, value) for name, value in chunk.items() if value is not None)
        for choice in choices if isinstance(choices, list) else []:
            if not isinstance(choice, dict) or choice.get("index") not in (0, None):
                continue
            piece = choice.pop("delta", None) or choice.pop("message", None)
            for name, value in piece.items() if isinstance(piece, dict) else ():
                self._message[name] = _joined(self._message.get(name), value)
            self._choice.update((name, value) for name, value in choice.items() if value is not None)
        self.is_finished = self.is_finished or self._choice.get("finish_reason") is not None


def _joined(before: Any, piece: Any) -> Any:
    """A part of a message with a further piece of it: texts and lists grow, of anything else the last holds."""
    match before, piece:
        case _, None:
            return before
        case str(), str():
            return before + piece
        case list(), list():
            return [*before, *piece]
        # Mistral sends a thought as a list of parts, and what is said as a text.
        case list(), str():
            return [*before, {"type": "text", "text": piece}]
        case str(), list():
            return [{"type": "text", "text": before}, *piece]
        case _:
            return piece


def _error_in(kind: str, chunk: Any) -> Any:
    """What an event says went wrong; None if nothing did."""
    if isinstance(chunk, dict) and chunk.get("error"):
        return chunk["error"]
    # By the event's own name (LM Studio), or by the object's kind (older vLLM).
    is_error = kind == "error" or (isinstance(chunk, dict) and chunk.get("object") == "error")
    return chunk if is_error else None
