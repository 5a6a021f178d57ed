"""Which endpoint the settings ask for: the one they name, or the embedded dummy, said loudly."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from bot.llm.dummy import serve_dummy
from bot.llm.endpoint import Endpoint
from bot.settings import Settings

log = logging.getLogger(__name__)

NO_ENDPOINT: Final = (
    "LLM_BASE_URL is not set: the personas babble from the embedded Markov dummy. "
    "Set LLM_BASE_URL to an OpenAI-compatible endpoint for a real discussion."
)


@asynccontextmanager
async def open_endpoint(settings: Settings, *, dummy_delay: float = 0.0) -> AsyncIterator[Endpoint]:
    """The endpoint of the settings, or one on the embedded dummy (said loudly) where none is set."""
    async with AsyncExitStack() as stack:
        url, model = settings.llm_base_url, settings.llm_model
        if url is None:
            log.warning(NO_ENDPOINT)
            url, model = await stack.enter_async_context(serve_dummy(delay=dummy_delay)), None
        endpoint = Endpoint(
            url,
            model=model,
            api_key=settings.llm_api_key.get_secret_value() if settings.llm_api_key else None,
            concurrency=settings.llm_concurrency,
            timeout=settings.llm_timeout,
            retries=settings.llm_retries,
            context=settings.llm_context,
        )
        stack.push_async_callback(endpoint.aclose)
        yield endpoint
