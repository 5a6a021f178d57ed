"""Which endpoints the settings ask for; without a default one the embedded dummy stands in, said loudly."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

from bot.endpoint_settings import DEFAULT_ENDPOINT, NamedEndpoint
from bot.errors import HostMustMend
from bot.llm.dummy.server import serve_dummy
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.llm.prices import Prices
from bot.llm.request_options import AS_USUAL
from bot.settings import Settings

log = logging.getLogger(__name__)

_NO_ENDPOINT: Final = (
    "LLM_BASE_URL is {how}: {who} from the embedded Markov dummy. "
    "Set LLM_BASE_URL to an OpenAI-compatible endpoint for a real discussion."
)
# What an endpoint is given as it is set.
_SAME_NAMES: Final = (
    "base_url",
    "model",
    "concurrency",
    "timeout",
    "retries",
    "reasoning_tokens",
    "context",
    "ca_file",
)


def no_endpoint(settings: Settings) -> str:
    """What a host should know where no default endpoint is set."""
    only = bool(settings.endpoints)
    who = "personas that name no endpoint babble" if only else "the personas babble"
    return _NO_ENDPOINT.format(how="dummy" if settings.means_the_dummy else "not set", who=who)


def require_model(settings: Settings) -> None:
    """Raise HostMustMend where a bot would babble at its members though nobody has said that it is to."""
    if settings.llm_base_url is None and settings.llm_gguf is None and not settings.means_the_dummy:
        raise HostMustMend(
            "LLM_BASE_URL is not set, and without a model the personas would babble. Set it to an OpenAI-compatible "
            "endpoint, such as http://127.0.0.1:8000/v1, or to `dummy` if that is meant; or set LLM_GGUF to a model's "
            "file. `roundtable demo` and `roundtable discuss` do without."
        )


@asynccontextmanager
async def open_endpoints(settings: Settings, *, dummy_delay: float = 0.0) -> AsyncIterator[EndpointRegistry]:
    """The endpoints of the settings; the default one on the embedded dummy (said loudly) where none is set."""
    async with AsyncExitStack() as stack:
        own = settings.endpoint_settings(None)
        if settings.llm_base_url is None:
            log.warning(no_endpoint(settings))
            dummy = await stack.enter_async_context(serve_dummy(delay=dummy_delay))
            own = own.model_copy(update={"base_url": dummy, "model": None})
        default = _opened(own, "LLM", settings, settings.given_as)
        named = {
            name: _opened(settings.endpoint_settings(name), f"ENDPOINT_{name.upper()}", settings)
            for name in settings.endpoints
        }
        fallback = {name: settings.endpoint_settings(name).fallback or () for name in (None, *named)}
        for name, others in fallback.items():
            if others:
                log.info("when the endpoint “%s” fails: %s", name or DEFAULT_ENDPOINT, ", ".join(others))
        is_dummy = settings.llm_base_url is None
        endpoints = EndpointRegistry(default, named, default_is_dummy=is_dummy, fallback=fallback)
        stack.push_async_callback(endpoints.aclose)
        looking = asyncio.create_task(endpoints.discover_all(), name="asking endpoints for their models")
        stack.callback(looking.cancel)
        yield endpoints


def _opened(own: NamedEndpoint, prefix: str, settings: Settings, given_as: Mapping[str, str] | None = None) -> Endpoint:
    """`prefix` is how the names of its settings begin."""
    same: dict[str, Any] = {name: getattr(own, name) for name in _SAME_NAMES}
    endpoint = Endpoint(
        turn_tokens=settings.llm_max_tokens,
        prices=Prices.of(own.price_in, own.price_out, own.price_cached),
        currency=settings.llm_currency,
        api_key=own.key,
        headers=own.headers,
        query=own.query,
        options=AS_USUAL.over(own),
        settings=prefix,
        given_as=given_as,
        **same,
    )
    if endpoint.peculiarities:
        log.info("the endpoint at %s: %s", endpoint.base_url, endpoint.peculiarities)
    return endpoint
