"""The server that the tests of the endpoint ask."""

from collections.abc import AsyncIterator

import pytest

from tests.support.endpoint_stand_in import ScriptedEndpoint, scripted_endpoint


@pytest.fixture
async def server() -> AsyncIterator[ScriptedEndpoint]:
    async with scripted_endpoint() as server:
        yield server
