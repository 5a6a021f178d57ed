"""A scripted OpenAI-compatible server on loopback: enqueue answers, read the history of requests.

    async with scripted_endpoint() as server:
        server.enqueue(says("Good evening."), fails(500), overflow("vLLM"), stalls())
        endpoint = Endpoint(server.url)
        ...
        assert server.prompts[0].endswith("Aino:")

With nothing enqueued every answer is a fresh sentence that repeats none before it. Messages that a strict chat template
would not take are refused, so that every test on it holds that the bot sends none.
"""

import asyncio
import json
import random
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from bot.llm.dummy.chat_request import BadRequest, Message, check_roles

MODEL: Final = "scripted"

_SYLLABLES: Final = ("ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su", "ta", "ve", "zi", "ko", "lo", "mu")

OVERFLOWS: Final = {
    "vLLM": {
        "error": {
            "message": "'max_tokens' or 'max_completion_tokens' is too large: 400. This model's maximum context length "
            "is 4096 tokens and your request has 4000 input tokens (400 > 4096 - 4000).",
            "type": "BadRequestError",
            "param": "max_tokens",
            "code": 400,
        }
    },
    "older vLLM": {
        "object": "error",
        "message": "This model's maximum context length is 4096 tokens. However, you requested 4400 tokens (4000 in "
        "the messages, 400 in the completion). Please reduce the length of the messages or completion.",
        "type": "BadRequestError",
        "param": None,
        "code": 400,
    },
    "llama.cpp": {
        "error": {
            "code": 400,
            "message": "the request exceeds the available context size, try increasing it",
            "type": "exceed_context_size_error",
            "n_prompt_tokens": 4400,
            "n_ctx": 4096,
        }
    },
    "OpenAI": {
        "error": {
            "message": "This model's maximum context length is 4096 tokens. However, your messages resulted in 4400 "
            "tokens. Please reduce the length of the messages.",
            "type": "invalid_request_error",
            "param": "messages",
            "code": "context_length_exceeded",
        }
    },
}


@dataclass(frozen=True)
class Answer:
    """One scripted answer. `text` (or the raw `body`) is sent with `status` once `until` is set."""

    text: str | None = None
    status: int = 200
    body: str | bytes | None = None
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    finish_reason: str = "stop"
    usage: dict[str, Any] | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    message: dict[str, Any] = field(default_factory=dict)
    until: asyncio.Event | None = None
    cut: bool = False  # the connection breaks in the middle of the body
    trickle: bool = False  # the body never ends: a space every now and then
    pieces: tuple[bytes | asyncio.Event, ...] = ()  # of a stream; at an event it waits


@dataclass(frozen=True)
class Request:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    query: dict[str, str] = field(default_factory=dict)

    @property
    def prompt(self) -> str:
        """The content of the one user message."""
        (message,) = self.body["messages"]
        assert message["role"] == "user", message
        return message["content"]


def says(text: str | None, *, finish_reason: str = "stop", usage: dict[str, Any] | None = None, **extra: Any) -> Answer:
    """The model says `text`; `usage` replaces the counted one, `extra` goes beside it (llama.cpp's `timings`)."""
    return Answer(text or "", finish_reason=finish_reason, usage=usage, extra=extra)


def thinks(thought: str, text: str | None = None, *, beside: str = "reasoning_content", **options: Any) -> Answer:
    """The model thinks, in a field beside its content, then says `text` (None: it does not get to that)."""
    length: dict[str, Any] = {} if text is not None else {"finish_reason": "length"}
    return Answer(text or "", message={beside: thought, "content": text}, **(length | options))


def fails(status: int, message: str = "scripted failure", **headers: str) -> Answer:
    """An OpenAI error of this status. Header names are written with underscores."""
    body = json.dumps({"error": {"message": message, "type": "error", "param": None, "code": None}})
    return Answer(status=status, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})


def gives(body: Any, status: int = 200) -> Answer:
    """This body: a text as it is, anything else as JSON."""
    return Answer(status=status, body=body if isinstance(body, str) else json.dumps(body))


def misspells(text: str) -> Answer:
    """The model says `text`, with a byte behind it that is no UTF-8."""
    body = json.dumps({"choices": [{"message": {"content": text + "?"}}]}, ensure_ascii=False).encode()
    return Answer(body=body.replace(b'?"', b'\xff"'))


def page(status: int = 200) -> Answer:
    """A page of HTML, as a proxy or a wrong address gives it."""
    return Answer(status=status, body="<html><h1>nginx</h1></html>", content_type="text/html")


def overflow(wording: str = "vLLM") -> Answer:
    """The prompt is too long, in the words of one of OVERFLOWS."""
    return gives(OVERFLOWS[wording], 400)


def stalls() -> Answer:
    """No answer before the client goes away."""
    return Answer("too late", until=asyncio.Event())


def held(until: asyncio.Event, text: str | None = None) -> Answer:
    """An answer once `until` is set (without a text: a fresh sentence)."""
    return Answer(text, until=until)


def cut(text: str = "Never mind.") -> Answer:
    """The connection breaks in the middle of the answer."""
    return Answer(text, cut=True)


def trickles() -> Answer:
    """An answer that goes on for ever without getting anywhere."""
    return Answer("x", trickle=True)


def streams(*pieces: bytes | str | asyncio.Event, cut: bool = False) -> Answer:
    """An event stream of just these bytes, which waits at an event; then it ends, or the connection breaks."""
    return Answer(
        pieces=tuple(p.encode() if isinstance(p, str) else p for p in pieces), cut=cut, content_type="text/event-stream"
    )


def event(data: Any) -> str:
    """One event of a stream: an object as JSON, or a text as it is."""
    return f"data: {data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)}\n\n"


def delta(text: str | None = None, *, finish_reason: str | None = None, **beside: Any) -> str:
    """The event that carries a piece of what is said (and what stands `beside` it, such as a piece of a thought)."""
    message = beside if text is None else {"content": text, **beside}
    return event({"choices": [{"index": 0, "delta": message, "finish_reason": finish_reason}]})


def model_list(*ids: str, **extra: Any) -> dict[str, Any]:
    """What /v1/models answers; `extra` stands on each model (`max_model_len=4096`, `meta={"n_ctx": 4096}`)."""
    models = [{"id": name, "object": "model", "created": 0, "owned_by": "test", **extra} for name in ids]
    return {"object": "list", "data": models}


def made_up(chance: random.Random, count: int) -> str:
    """So many words that mean nothing, the first with a capital."""
    return " ".join("".join(chance.choices(_SYLLABLES, k=3)) for _ in range(count)).capitalize()


def _is_probe(request: Request) -> bool:
    messages = request.body["messages"] if request.path.endswith("/chat/completions") else []
    return bool(messages) and messages[-1]["content"].endswith("Say yes.")


class ScriptedEndpoint:
    """The server. Everything it was asked is in `requests`; the chat completions among them in `asked`."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.models: Answer = gives(model_list(MODEL))
        self.answer: Callable[[Request], Answer] | None = None
        """Answers what the queue leaves over; None: a fresh sentence each time."""
        self.root = "/v1"
        """The path beneath which it serves its API; all else is not there, as `elsewhere` says."""
        self.elsewhere = fails(404, "no such path")
        self.takes_system_messages = False
        self.answers_probes_aside = False
        """Whether a question if all is well (a process asks one when it starts) is answered, and known nowhere."""
        self.tls: ssl.SSLContext | None = None
        """To be set before it comes up."""
        self.chars_per_token = 4.0
        self.in_flight = 0
        self.most_in_flight = 0
        self.disconnected = asyncio.Event()
        self._arrived = asyncio.Condition()
        self._queue: deque[Answer] = deque()
        self._sentences = 0
        self._port = 0
        self._runner: web.ServerRunner | None = None

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self._port}{self.root}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._port}"

    @property
    def asked(self) -> list[Request]:
        return [r for r in self.requests if r.path == f"{self.root}/chat/completions"]

    @property
    def prompts(self) -> list[str]:
        return [r.prompt for r in self.asked]

    def enqueue(self, *answers: Answer | str) -> None:
        """What to answer next, one after the other."""
        self._queue.extend(says(a) if isinstance(a, str) else a for a in answers)

    def sentence(self) -> str:
        """A sentence of made-up words that repeats none before it."""
        self._sentences += 1
        chance = random.Random(self._sentences)
        return f"{made_up(chance, 12)}, number {self._sentences}."

    async def until_asked(self, count: int) -> None:
        """Wait until `count` chat completions have been asked for in all."""
        async with self._arrived:
            await self._arrived.wait_for(lambda: len(self.asked) >= count)

    async def come_up(self) -> None:
        """Listen, after `go_down` on the same port as before."""
        server = web.Server(self._handle, handler_cancellation=True)
        self._runner = web.ServerRunner(server, shutdown_timeout=0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, ssl_context=self.tls)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def go_down(self) -> None:
        """Close every connection and refuse new ones."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _handle(self, http: web.BaseRequest) -> web.StreamResponse:
        body = json.loads(text) if (text := await http.text()) else None
        headers = {k.lower(): v for k, v in http.headers.items()}
        request = Request(http.method, http.path, headers, body, dict(http.query))
        if self.answers_probes_aside and _is_probe(request):
            return await self._send(http, request, says("Yes."))
        self.requests.append(request)
        if http.path == f"{self.root}/models":
            if self.models.until is not None:
                await self.models.until.wait()
            return await self._send(http, request, self.models)
        if http.path != f"{self.root}/chat/completions":
            return await self._send(http, request, self.elsewhere)
        async with self._arrived:
            self._arrived.notify_all()
        # What a strict chat template refuses is refused here in every test.
        try:
            if not self.takes_system_messages:
                check_roles([Message(message["role"], message["content"]) for message in request.body["messages"]])
        except BadRequest as error:
            return await self._send(http, request, fails(400, error.message))
        answer = self._queue.popleft() if self._queue else self.answer(request) if self.answer else Answer()
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            if answer.until is not None:
                await answer.until.wait()
            return await self._send(http, request, answer)
        except (asyncio.CancelledError, ConnectionError):
            self.disconnected.set()
            raise
        finally:
            self.in_flight -= 1

    async def _send(self, http: web.BaseRequest, request: Request, answer: Answer) -> web.StreamResponse:
        body = answer.body if answer.body is not None else self._completion(request, answer)
        body = body.encode() if isinstance(body, str) else body
        if answer.pieces:
            return await self._stream(http, answer)
        if not (answer.cut or answer.trickle):
            return web.Response(
                status=answer.status, body=body, content_type=answer.content_type, headers=answer.headers
            )
        response = web.StreamResponse(headers={"Content-Type": answer.content_type, "Content-Length": str(1 << 20)})
        await response.prepare(http)
        if answer.cut:
            await response.write(body[: len(body) // 2])
            if http.transport is not None:
                http.transport.abort()
            return response
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.02)

    async def _stream(self, http: web.BaseRequest, answer: Answer) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": answer.content_type, **answer.headers})
        await response.prepare(http)
        for piece in answer.pieces:
            if isinstance(piece, asyncio.Event):
                await piece.wait()
            else:
                await response.write(piece)
        if answer.cut and http.transport is not None:
            http.transport.abort()
        return response

    def _completion(self, request: Request, answer: Answer) -> str:
        text = self.sentence() if answer.text is None else answer.text
        asked = sum(len(message["content"]) for message in request.body["messages"])
        usage = {
            "prompt_tokens": round(asked / self.chars_per_token),
            "completion_tokens": len(text.split()),
            "total_tokens": 0,
        }
        return json.dumps(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 0,
                "model": request.body["model"],
                "choices": [
                    {
                        "index": 0,
                        "finish_reason": answer.finish_reason,
                        "message": {"role": "assistant", "content": text} | answer.message,
                    }
                ],
                "usage": usage if answer.usage is None else answer.usage,
                **answer.extra,
            }
        )


@asynccontextmanager
async def scripted_endpoint(
    *answers: Answer | str, models: Iterable[str] = (MODEL,), tls: ssl.SSLContext | None = None
) -> AsyncIterator[ScriptedEndpoint]:
    """A scripted endpoint for the length of a block."""
    server = ScriptedEndpoint()
    server.tls = tls
    server.models = gives(model_list(*models))
    server.enqueue(*answers)
    await server.come_up()
    try:
        yield server
    finally:
        await server.go_down()
