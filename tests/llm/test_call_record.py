"""What is counted of an endpoint's calls, and what is known of its troubles."""

import contextlib

import pytest

from bot.errors import RoundtableError
from bot.llm.endpoint import Endpoint
from tests.support.endpoint_stand_in import Answer, fails, overflow, says, scripted_endpoint
from tests.support.measured import measured, since_now

USAGE = {"prompt_tokens": 120, "completion_tokens": 30, "prompt_tokens_details": {"cached_tokens": 90}}


async def ask(endpoint: Endpoint) -> None:
    await endpoint.complete("Aino:", temperature=0.7, max_tokens=60)


async def test_calls_and_tokens_are_counted_by_the_name_of_the_endpoint() -> None:
    tokens = {
        kind: since_now("roundtable_endpoint_tokens_total", endpoint="counted", kind=kind)
        for kind in ("prompt", "cached", "answer")
    }
    waits = since_now("roundtable_endpoint_rate_limited_total", endpoint="counted")
    async with scripted_endpoint() as server:
        server.enqueue(fails(429, retry_after="0"), says("Good evening.", usage=USAGE))
        endpoint = Endpoint(server.url, settings="ENDPOINT_COUNTED", retries=1)
        await ask(endpoint)
        await endpoint.aclose()
    assert {kind: count() for kind, count in tokens.items()} == {"prompt": 120, "cached": 90, "answer": 30}
    assert waits() == 1
    assert measured("roundtable_endpoint_seconds_count", endpoint="counted") == 1
    assert measured("roundtable_endpoint_up", endpoint="counted") == 1
    assert measured("roundtable_endpoint_calls", endpoint="counted") == 0


@pytest.mark.parametrize(
    ("answer", "kind", "is_refusal"),
    [
        (fails(401), "refused", True),
        (fails(500), "down", False),
        (overflow("vLLM"), "overflow", None),
        (says("", finish_reason="content_filter"), None, None),
    ],
)
async def test_what_is_trouble(answer: Answer, kind: str | None, is_refusal: bool | None) -> None:
    """And that it is over with the next answer; an endpoint that finds a prompt too long is well."""
    errors = since_now("roundtable_endpoint_errors_total", endpoint="default", kind=kind or "")
    async with scripted_endpoint() as server:
        endpoint = Endpoint(server.url, retries=0)
        assert endpoint.record.trouble is None
        assert not endpoint.record.was_asked
        server.enqueue(answer)
        with contextlib.suppress(RoundtableError):
            await ask(endpoint)
        trouble = endpoint.record.trouble
        assert (trouble and trouble.is_refusal) == is_refusal
        assert trouble is None or trouble.sentence.startswith("The LLM endpoint at 127.0.0.1:")
        assert endpoint.record.was_asked
        assert errors() == (1 if kind else 0)
        assert measured("roundtable_endpoint_up", endpoint="default") == (is_refusal is None)
        await ask(endpoint)
        assert endpoint.record.trouble is None
        await endpoint.aclose()


async def test_a_model_that_is_missing_stays_so_while_another_answers() -> None:
    """But one that was only out of reach is not."""
    async with scripted_endpoint() as server:
        endpoint = Endpoint(server.url, model="one", retries=0)
        other = endpoint.of_model("two")
        for failure, is_still_there in ((fails(404, "The model `two` does not exist."), True), (fails(500), False)):
            server.enqueue(failure)
            with pytest.raises(RoundtableError):
                await ask(other)
            await ask(endpoint)
            assert (endpoint.record.trouble is not None) is is_still_there
            await ask(other)
            assert endpoint.record.trouble is None
        await endpoint.aclose()
