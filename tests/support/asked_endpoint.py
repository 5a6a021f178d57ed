"""An endpoint of a scripted server, and a question to it, for tests that need no more of either."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.llm.completion import Completion
from bot.llm.endpoint import Endpoint
from tests.support.endpoint_stand_in import ScriptedEndpoint

KEY = "sk-very-secret-0123456789"


@asynccontextmanager
async def client(server: ScriptedEndpoint, **options: Any) -> AsyncIterator[Endpoint]:
    endpoint = Endpoint(server.url, **{"api_key": KEY, "retries": 0, "timeout": 5.0} | options)
    try:
        yield endpoint
    finally:
        await endpoint.aclose()


async def ask(endpoint: Endpoint, prompt: str = "Aino:", **options: Any) -> Completion:
    return await endpoint.complete(prompt, **{"temperature": 0.7, "max_tokens": 50} | options)
