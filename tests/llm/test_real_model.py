"""A table's turn from the real llama.cpp and the real small model, where both are installed."""

from importlib.util import find_spec

import pytest

from bot.llm.factory import open_endpoints
from bot.llm.local.serving import with_local_model
from bot.llm.local.small_model import TURN_TOKENS, is_small_model, small_model_file
from bot.settings import Settings

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        find_spec("xllamacpp") is None or not is_small_model(small_model_file()),
        reason="llama.cpp and the small model are not installed (roundtable demo --local)",
    ),
]


async def test_it_loads_and_answers_within_its_tokens() -> None:
    async with (
        with_local_model(Settings(_env_file=None, llm_gguf=small_model_file()), wait=True) as settings,  # type: ignore[call-arg]
        open_endpoints(settings) as endpoints,
    ):
        answer = await endpoints.default.complete(
            "Count from one to five hundred.", temperature=0.0, max_tokens=settings.llm_max_tokens
        )
        assert answer.text.strip()
        assert answer.completion_tokens
        assert answer.completion_tokens <= TURN_TOKENS
        assert endpoints.default.model == "SmolLM2-135M-Instruct.Q4_1"
        assert endpoints.default.window == 8192
        assert endpoints.default.thinking == 0
