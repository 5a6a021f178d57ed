"""Which endpoints the settings ask for; without a default one the embedded dummy stands in, said loudly."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from bot.llm.dummy.server import serve_dummy
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.settings import NamedEndpoint, Settings

log = logging.getLogger(__name__)

_NO_ENDPOINT: Final = (
    "LLM_BASE_URL is not set: {who} from the embedded Markov dummy. "
    "Set LLM_BASE_URL to an OpenAI-compatible endpoint for a real discussion."
)


def no_endpoint(settings: Settings) -> str:
    """What a host should know where no default endpoint is set."""
    only = bool(settings.endpoints)
    return _NO_ENDPOINT.format(who="personas that name no endpoint babble" if only else "the personas babble")


@asynccontextmanager
async def open_endpoints(settings: Settings, *, dummy_delay: float = 0.0) -> AsyncIterator[EndpointRegistry]:
    """The endpoints of the settings; the default one on the embedded dummy (said loudly) where none is set."""
    async with AsyncExitStack() as stack:
        url, model = settings.llm_base_url, settings.llm_model
        if url is None:
            log.warning(no_endpoint(settings))
            url, model = await stack.enter_async_context(serve_dummy(delay=dummy_delay)), None
        default = Endpoint(
            url,
            model=model,
            api_key=settings.llm_api_key.get_secret_value() if settings.llm_api_key else None,
            concurrency=settings.llm_concurrency,
            timeout=settings.llm_timeout,
            retries=settings.llm_retries,
            reasoning_tokens=settings.llm_reasoning_tokens,
            context=settings.llm_context,
            turn_tokens=settings.llm_max_tokens,
        )
        named = {name: _named(settings, name, own) for name, own in settings.endpoints.items()}
        endpoints = EndpointRegistry(default, named, default_is_dummy=settings.llm_base_url is None)
        stack.push_async_callback(endpoints.aclose)
        looking = asyncio.create_task(endpoints.discover_all(), name="asking endpoints for their models")
        stack.callback(looking.cancel)
        yield endpoints


def _named(settings: Settings, name: str, own: NamedEndpoint) -> Endpoint:
    return Endpoint(
        own.base_url,
        model=own.model,
        api_key=own.api_key.get_secret_value() if own.api_key else None,
        concurrency=settings.llm_concurrency if own.concurrency is None else own.concurrency,
        timeout=settings.llm_timeout if own.timeout is None else own.timeout,
        retries=settings.llm_retries if own.retries is None else own.retries,
        reasoning_tokens=settings.llm_reasoning_tokens if own.reasoning_tokens is None else own.reasoning_tokens,
        context=own.context,
        turn_tokens=settings.llm_max_tokens,
        settings=f"ENDPOINT_{name.upper()}",
    )
