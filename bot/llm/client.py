"""The way to one server: one HTTP client, bounded in time, tries and calls in flight."""

import asyncio
import itertools
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import aiohttp
import httpx2
import openai
from openai import AsyncOpenAI

from bot import metrics
from bot.endpoint_settings import DEFAULT_ENDPOINT, secrets_in
from bot.llm.address import api_root, has_version
from bot.llm.call_record import CallRecord
from bot.llm.completion import Completion, read_completion
from bot.llm.error_kinds import ErrorKind, meaning_of
from bot.llm.error_reading import read_error
from bot.llm.fair_queue import FairQueue
from bot.llm.http_client import HttpClient
from bot.llm.json_reading import read_json
from bot.llm.openai_shape import read_body
from bot.llm.streaming import LONGEST_STREAM

log = logging.getLogger(__name__)

_MODELS_TIMEOUT: Final = 10.0
# The same where it can be done without.
_MODELS_TIMEOUT_ONCE: Final = 3.0
# The longest wait between two tries: the SDK heeds a Retry-After up to two minutes and gives up at a longer one.
_BACKOFF: Final = 120.0
# Between two tries after an answer that can't be read, in seconds; doubled each time.
_REREAD: Final = 0.5
# What goes wrong with a call: no answer in time, an error of the server or of the connection, an unreadable answer.
CALL_ERRORS: Final = (TimeoutError, openai.OpenAIError, ValueError)


class EndpointClient:
    """Speaks to one server, for all its models. Close it with `aclose()`."""

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        concurrency: int,
        timeout: float,
        retries: int,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        ca_file: Path | None = None,
        name: str = DEFAULT_ENDPOINT,
    ) -> None:
        """`timeout` is in seconds a try. Whoever makes calls takes one of the `concurrency` places of `queue`. `name`:
        the endpoint's in the settings.

        Each call has the `headers` in the place of the usual ones, and in its address `query` and what `base_url` has
        of one. Certificates in `ca_file` are trusted besides the system's.
        """
        parts = urlsplit(base_url)
        self.host = parts.netloc.rpartition("@")[2]
        self.base_url = parts._replace(netloc=self.host, path=api_root(parts.path), query="").geturl()
        """The address of the API, without the name, the password and the query it may have been given with."""
        self.queue = queue = FairQueue(concurrency)
        metrics.ENDPOINT_QUEUE.labels(name).set_function(lambda: queue.depth)
        self.record = CallRecord(name)
        self._timeout = timeout
        self._retries = retries
        self._may_lack_version = not has_version(parts.path)
        self._secrets = secrets_in(base_url, api_key=api_key, headers=headers or {}, query=query or {})
        self._query = {**dict(parse_qsl(parts.query, keep_blank_values=True)), **(query or {})}
        trusts = [ca_file.name] if ca_file else []
        self._set = {"headers": list(headers or ()), "query": list(self._query), "trusts": trusts}
        self._http = HttpClient(timeout, ca_file, on_status=self.record.status)
        self._sdk = AsyncOpenAI(
            base_url=self.base_url,
            # Local servers need no key, but the SDK refuses to start without one.
            api_key=api_key or "none",
            timeout=timeout,
            max_retries=retries,
            default_headers={**_credentials(parts), **_as_the_sdk_spells(headers or {})},
            default_query=self._query,
            http_client=self._http,
        )
        # Who sets headers may well log in by one of them: a key that is none would be in the way of that.
        is_keyless = headers and not api_key and "Authorization" not in self._sdk.default_headers
        self._options: dict[str, Any] = {"headers": {"Authorization": openai.Omit()}} if is_keyless else {}
        usual = {**self._sdk.auth_headers, **self._sdk.default_headers, **self._options.get("headers", {})}
        self._headers = {name: value for name, value in usual.items() if isinstance(value, str)}
        self._chat_url = self._address_of_the_chat()

    def _address_of_the_chat(self) -> str:
        return str(httpx2.URL(f"{str(self._sdk.base_url).rstrip('/')}/chat/completions", params=self._query or None))

    @property
    def in_words(self) -> list[str]:
        """What is set of its calls, a phrase each; of headers and the query no values."""
        return [f"{what} {', '.join(names)}" for what, names in self._set.items() if names]

    async def aclose(self) -> None:
        await self._sdk.close()

    def time_limit(self, *, patient: bool = True, streams: bool = False) -> asyncio.Timeout:
        """For a block of calls that make one answer: what all tries may take together, without patience one of them.

        Raises TimeoutError at its end.
        """
        tries = self._retries if patient else 0
        longest = self._timeout * (LONGEST_STREAM if streams else 1)
        return asyncio.timeout(longest * (tries + 1) + _BACKOFF * tries)

    def without_key(self, text: str) -> str:
        """A text of the server's in which its key may be quoted, or what else it was sent that is secret."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return text

    async def list_models(self, *, patient: bool) -> Any:
        """The JSON of the server's list of models; without patience asked for once only. Raises CALL_ERRORS."""
        options: Any = self._options if patient else {**self._options, "max_retries": 0}
        async with asyncio.timeout(_MODELS_TIMEOUT if patient else _MODELS_TIMEOUT_ONCE):
            try:
                return await self._models_at("/models", options)
            except (openai.APIStatusError, ValueError) as error:
                if not is_wrong_address(error) or not await self.adopt_version():
                    raise
            return await self._models_at("/models", options)

    async def _models_at(self, path: str, options: Any) -> Any:
        return read_json((await self._sdk.get(path, cast_to=httpx2.Response, options=options)).content)

    async def get_beside(self, path: str) -> Any:
        """The JSON at a path of the server that is not beneath its API, asked for once. Raises CALL_ERRORS."""
        address = urlsplit(self.base_url)._replace(path=path).geturl()
        async with asyncio.timeout(_MODELS_TIMEOUT_ONCE):
            return await self._models_at(address, {**self._options, "max_retries": 0})

    async def adopt_version(self) -> bool:
        """Nothing is served at the address. Out: whether it is beneath its /v1, which is the address from here on."""
        if not self._may_lack_version:
            return False
        self._may_lack_version = False
        try:
            listed = await self._models_at("/v1/models", {**self._options, "max_retries": 0})
        except CALL_ERRORS:
            return False
        if not isinstance(listed, dict | list):
            return False
        self._sdk.base_url = self.base_url = f"{self.base_url.rstrip('/')}/v1"
        self._chat_url = self._address_of_the_chat()
        log.warning("nothing is served at the address of %s itself: going on with %s", self.host, self.base_url)
        return True

    async def chat(self, request: dict[str, Any], *, patient: bool = True) -> Completion:
        """The answer to a request. What comes with status 200 and can't be read (a proxy's page, half a body) is asked
        for again; without patience nothing is. Raises CALL_ERRORS."""
        retries = self._retries if patient else 0
        for tries in itertools.count():
            try:
                return read_completion(read_json(await self._post(request, retries)))
            except ValueError as error:
                if tries >= retries:
                    raise
                log.warning("unreadable answer from the endpoint, asking again: %s", error)
                await asyncio.sleep(_REREAD * 2**tries)
        raise AssertionError

    async def _post(self, request: dict[str, Any], retries: int) -> bytes:
        """The body of an answer with status 200. Raises what the SDK does."""
        tried = await self._http.try_once(self._chat_url, self._headers, request)
        if tried is not None and tried.status == 200:
            return tried.body
        with self._http.going_on_from(tried):
            # Not by `chat.completions.create`: its models let through whatever JSON comes, and fail on it later.
            options: Any = {**self._options, "max_retries": retries}
            response = await self._sdk.post("/chat/completions", cast_to=httpx2.Response, body=request, options=options)
        return response.content


def is_wrong_address(error: Exception) -> bool:
    """Whether an error says that nothing is served at an address, or a web page."""
    if not isinstance(error, openai.APIStatusError):
        return isinstance(error, ValueError)
    report = read_error(error.status_code, read_body(error.response.content))
    return meaning_of(report) is ErrorKind.ADDRESS


def _as_the_sdk_spells(headers: Mapping[str, str]) -> dict[str, str]:
    """A host's headers, those that the SDK has too under its spelling, so that they take the place of its own."""
    spelt = {name.lower(): name for name in ("Accept", "Authorization", "User-Agent")}
    return {spelt.get(name.lower(), name): value for name, value in headers.items()}


def _credentials(address: SplitResult) -> dict[str, str]:
    """The header that `http://name:password@host/v1` asks for; it takes the place of the key's."""
    if address.username is None:
        return {}
    return {"Authorization": aiohttp.encode_basic_auth(unquote(address.username), unquote(address.password or ""))}
