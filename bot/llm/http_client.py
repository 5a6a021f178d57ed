"""The HTTP client beneath the SDK: a deadline for each try, and a short way for the first try of a call.

The SDK takes more than twice the CPU of the request itself for an answer that is simply there. So a call is first made
past it; what is no plain answer becomes the outcome of the SDK's own first try, and it goes on from there: what may be
tried again, when, and which error it is.
"""

import asyncio
import functools
import json
import ssl
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp
import httpx2
from openai import DefaultAioHttpClient

from bot.llm.call_watch import at_work
from bot.llm.openai_shape import as_openai_would
from bot.llm.streaming import is_event_stream, read_stream

# So many seconds an idle connection is kept: many servers close theirs after five.
_KEPT: Final = 4.0
# What is said of a body on its way, and no longer of one that is there.
_OF_THE_WAY: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a try: an answer, or `error`."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""
    error: httpx2.TransportError | None = None


# What the task that is about to ask the SDK has tried already.
_TRIED: ContextVar[Tried | None] = ContextVar("tried", default=None)


class HttpClient(DefaultAioHttpClient):
    """The SDK's, with a deadline for each try: its own time-out begins anew with every byte of a body."""

    def __init__(
        self, timeout: float, ca_file: Path | None = None, on_status: Callable[[int], None] = lambda status: None
    ) -> None:
        """`timeout`: seconds a try. `ca_file`: certificates in PEM form that are trusted besides the system's.
        `on_status` is told the status of each answer."""
        self._on_status = on_status
        self._certificates = _trusted(ca_file)
        super().__init__(timeout=timeout, verify=self._certificates)
        self._deadline = timeout
        self._session: aiohttp.ClientSession | None = None
        # The SDK's client knows more kinds of proxies.
        self._has_proxy = bool(urllib.request.getproxies())

    async def try_once(self, url: str, headers: Mapping[str, str], request: Mapping[str, Any]) -> Tried | None:
        """Post a request. None: only the SDK can, since there is a proxy, the answer is to be streamed or leads
        elsewhere."""
        if self._has_proxy or request.get("stream"):
            return None
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEPT, ssl=self._certificates)
            timeout = aiohttp.ClientTimeout(total=self._deadline)
            self._session = aiohttp.ClientSession(connector=connector, timeout=timeout)
        data = json.dumps(request, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        try:
            with at_work():
                async with self._session.post(url, data=data, headers=headers, allow_redirects=False) as answer:
                    body = await answer.read()
        # As the SDK's client tells them.
        except TimeoutError as error:
            return Tried(error=_caused(httpx2.ReadTimeout("the answer took too long"), error))
        except aiohttp.ClientConnectionError as error:
            return Tried(error=_caused(httpx2.ConnectTimeout(str(error)), error))
        except aiohttp.ClientError as error:
            return Tried(error=_caused(httpx2.ReadError(str(error)), error))
        if 300 <= answer.status < 400:
            return None
        if answer.status == 200 and is_event_stream(answer.headers):  # nobody has asked for that
            asked = httpx2.Request("POST", url)
            stream = httpx2.Response(200, headers={"content-type": answer.content_type}, content=body, request=asked)
            try:
                body = await read_stream(stream, self._deadline)
            except httpx2.TransportError as error:
                return Tried(error=error)
        status, told = as_openai_would(answer.status, answer.headers, body)
        self._on_status(status)
        return Tried(status, told, body)

    @contextmanager
    def going_on_from(self, tried: Tried | None) -> Iterator[None]:
        """For a block: the first request that this task has the SDK send was tried already."""
        _TRIED.set(tried)
        try:
            yield
        finally:
            _TRIED.set(None)

    async def send(self, request: httpx2.Request, **options: Any) -> Any:
        tried = _TRIED.get()
        if tried is not None:
            _TRIED.set(None)
            if tried.error is not None:
                raise tried.error
            headers = {name: value for name, value in tried.headers.items() if name.lower() not in _OF_THE_WAY}
            return httpx2.Response(tried.status, headers=headers, content=tried.body, request=request)
        with at_work():
            return await self._sent(request, **options)

    async def _sent(self, request: httpx2.Request, **options: Any) -> httpx2.Response:
        try:
            async with asyncio.timeout(self._deadline) as limit:
                response = await super().send(request, **{**options, "stream": True})
                try:
                    if response.status_code != 200 or not is_event_stream(response.headers):
                        whole = _in_order(response, await response.aread())
                        self._on_status(whole.status_code)
                        return whole
                    limit.reschedule(None)  # from here on it is the pauses that count
                    body = await read_stream(response, self._deadline)
                finally:
                    # Whoever is not read to the end (cancelled, stalled) stops working once nobody listens any more.
                    await response.aclose()
        except TimeoutError as error:
            raise httpx2.ReadTimeout("the answer took too long") from error  # which the SDK tries again
        response.headers["content-type"] = "application/json"
        return _in_order(response, body)

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
        await super().aclose()


@functools.cache
def _trusted(ca_file: Path | None) -> ssl.SSLContext:
    """The certificates that are trusted. Read once for all endpoints: to read the system's takes 30 ms."""
    certificates = httpx2.create_ssl_context()
    if ca_file is not None:
        certificates.load_verify_locations(ca_file)
        # The file may hold a server's own certificate without its issuer's.
        certificates.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return certificates


def _in_order(response: httpx2.Response, body: bytes) -> httpx2.Response:
    """An answer with this body as OpenAI would have given it."""
    status, headers = as_openai_would(response.status_code, response.headers, body)
    headers = {name: value for name, value in headers.items() if name not in _OF_THE_WAY}
    return httpx2.Response(status, headers=headers, content=body, request=response.request)


def _caused(error: httpx2.TransportError, cause: BaseException) -> httpx2.TransportError:
    error.__cause__ = cause
    return error
