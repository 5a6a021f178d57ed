"""The endpoint client against a scripted server: what it sends, what it makes of answers, and that it is bounded."""

import asyncio
import gc
import logging
import warnings
from typing import Any

import aiohttp
import pytest

from bot import metrics
from bot.errors import ContextOverflow, EndpointDown, EndpointRefused, RoundtableError
from bot.llm.endpoint import Endpoint
from tests.support.asked_endpoint import KEY, ask, client
from tests.support.endpoint_stand_in import (
    OVERFLOWS,
    Answer,
    ScriptedEndpoint,
    cut,
    fails,
    gives,
    held,
    misspells,
    model_list,
    overflow,
    page,
    says,
    scripted_endpoint,
    stalls,
    trickles,
)

SOON = {"retry_after_ms": "5"}  # spares the tests the SDK's own backoff


async def test_one_user_message_with_its_limits(server: ScriptedEndpoint) -> None:
    server.enqueue("Good evening.")
    async with client(server) as endpoint:
        answer = await ask(endpoint, "The prompt.\nAino:", temperature=0.3, max_tokens=77, stop=("\nMira:", "\nRavi:"))
    assert (answer.text, answer.finish_reason) == ("Good evening.", "stop")
    assert answer.latency_ms > 0
    (request,) = server.asked
    assert request.body == {
        "model": "scripted",
        "messages": [{"role": "user", "content": "The prompt.\nAino:"}],
        "temperature": 0.3,
        "max_tokens": 77,
        "stop": ["\nMira:", "\nRavi:"],
    }
    assert request.headers["authorization"] == f"Bearer {KEY}"


async def test_no_stop_list_where_there_is_nothing_to_stop_at(server: ScriptedEndpoint) -> None:
    async with client(server) as endpoint:
        await ask(endpoint)
    assert "stop" not in server.asked[0].body


# --- the model and its window ---


async def test_the_first_model_is_taken_and_asked_for_once(server: ScriptedEndpoint) -> None:
    server.models = gives(model_list("first", "second"))
    async with client(server) as endpoint:
        assert await endpoint.discover() == "first"
        await ask(endpoint)
        await ask(endpoint)
    assert [r.path for r in server.requests].count("/v1/models") == 1
    assert server.asked[0].body["model"] == "first"


@pytest.mark.parametrize(
    ("extra", "window"),
    [
        ({"max_model_len": 4096}, 4096),
        ({"meta": {"n_ctx": 2048, "n_vocab": 32000}}, 2048),
        ({}, None),
        ({"meta": None, "max_model_len": "4096"}, None),
    ],
    ids=["vLLM", "llama.cpp", "not told", "nonsense"],
)
async def test_the_window_is_read_from_the_model_list(
    server: ScriptedEndpoint, extra: dict[str, Any], window: int | None
) -> None:
    server.models = gives(model_list("other", "mine", **extra))
    async with client(server, model="mine") as endpoint:
        assert await endpoint.discover() == "mine"
        assert endpoint.window == window


async def test_the_hosts_own_window_wins(server: ScriptedEndpoint) -> None:
    server.models = gives(model_list("mine", max_model_len=32_000))
    async with client(server, context=1000) as endpoint:
        await endpoint.discover()
        assert endpoint.window == 1000


@pytest.mark.parametrize(
    "models", [fails(404), fails(500), page(), gives([1]), gives(model_list("other"))], ids=lambda a: a.body[:20]
)
async def test_a_named_model_needs_no_list(server: ScriptedEndpoint, models: Answer) -> None:
    server.models = models
    async with client(server, model="mine", retries=2) as endpoint:
        assert (await ask(endpoint)).text
    assert server.asked[0].body["model"] == "mine"
    assert [r.path for r in server.requests].count("/v1/models") == 1


@pytest.mark.parametrize(
    ("models", "kind", "sentence"),
    [
        (gives(model_list()), EndpointRefused, "offers no model. Load one, or set LLM_MODEL."),
        (fails(404), EndpointRefused, "has no list of models (HTTP 404). Check LLM_BASE_URL"),
        (fails(401, KEY), EndpointRefused, "refused the key (HTTP 401). Check LLM_API_KEY."),
        (page(), EndpointDown, "gave an answer that can't be read"),
        (gives("{}"), EndpointDown, "gave an answer that can't be read"),
        (gives("[]"), EndpointRefused, "offers no model. Load one, or set LLM_MODEL."),
        (fails(503), EndpointDown, "has a fault of its own (HTTP 503)"),
    ],
)
async def test_without_a_name_the_list_is_needed(
    server: ScriptedEndpoint, models: Answer, kind: type[RoundtableError], sentence: str
) -> None:
    server.models = models
    async with client(server) as endpoint:
        with pytest.raises(kind) as caught:
            await ask(endpoint)
    assert sentence in str(caught.value)
    assert server.host in str(caught.value)
    assert not server.asked


async def test_a_server_that_comes_back_with_another_model_is_asked_anew(server: ScriptedEndpoint) -> None:
    async with client(server) as endpoint:
        await ask(endpoint)
        server.models = gives(model_list("newer", max_model_len=512))
        server.enqueue(fails(404))
        with pytest.raises(EndpointRefused, match="has no model “scripted”"):
            await ask(endpoint)
        await ask(endpoint)
        assert endpoint.window == 512
    assert server.asked[-1].body["model"] == "newer"


# --- what it cost ---


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        (
            says(
                "x", usage={"prompt_tokens": 9, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 5}}
            ),
            (9, 5, 3),
        ),
        (says("x", usage={"prompt_tokens": 9, "completion_tokens": 3}, timings={"cache_n": 7}), (9, 7, 3)),
        (says("x", usage={"prompt_tokens": 9, "prompt_tokens_details": None}, timings=None), (9, None, None)),
        (says("x", usage={}), (None, None, None)),
        (gives({"choices": [{"message": {"content": "x"}}]}), (None, None, None)),
        (says("x", usage={"prompt_tokens": "9", "completion_tokens": True}, timings=[1]), (None, None, None)),
    ],
    ids=["OpenAI", "llama.cpp", "half", "empty", "missing", "nonsense"],
)
async def test_usage(server: ScriptedEndpoint, answer: Answer, counts: tuple[int | None, ...]) -> None:
    server.enqueue(answer)
    async with client(server) as endpoint:
        completion = await ask(endpoint)
    assert completion.text == "x"
    assert (completion.prompt_tokens, completion.cached_tokens, completion.completion_tokens) == counts


async def test_characters_a_token_follow_the_model(server: ScriptedEndpoint) -> None:
    async with client(server) as endpoint:
        before = endpoint.chars_per_token
        server.enqueue(says("x", usage={}))
        await ask(endpoint, "p" * 400)
        assert endpoint.chars_per_token == before
        server.chars_per_token = 2.0
        await ask(endpoint, "p" * 400)
        assert endpoint.chars_per_token == 2.0


# --- answers with something missing ---


@pytest.mark.parametrize(
    "body",
    [
        {"choices": []},
        {"choices": [None]},
        {"choices": [{"index": 0, "finish_reason": "length", "message": {"role": "assistant", "content": None}}]},
        {"choices": [{"message": {"content": [{"type": "text"}]}}]},
        {"choices": [{}]},
    ],
)
async def test_an_answer_without_text_is_an_empty_one(server: ScriptedEndpoint, body: Any) -> None:
    server.enqueue(gives(body))
    async with client(server) as endpoint:
        assert (await ask(endpoint)).text == ""


async def test_half_a_character_is_replaced(server: ScriptedEndpoint) -> None:
    server.enqueue(gives(r'{"choices": [{"message": {"content": "So \ud83d there. \ud83d\ude00"}}]}'))
    async with client(server) as endpoint:
        assert (await ask(endpoint)).text == "So \ufffd there. \U0001f600"


@pytest.mark.parametrize(
    "answer",
    [
        gives('{"choices": [{"mess'),
        gives(""),
        gives("[]"),
        gives("null"),
        page(),
        gives({"choices": "none"}),
    ],
    ids=["cut JSON", "nothing", "list", "null", "HTML", "no list"],
)
async def test_an_answer_that_cannot_be_read(server: ScriptedEndpoint, answer: Answer) -> None:
    server.enqueue(answer)
    async with client(server) as endpoint:
        with pytest.raises(EndpointDown) as caught:
            await ask(endpoint)
        assert str(caught.value) == (
            f"The LLM endpoint at {server.host} gave an answer that can't be read. Check LLM_BASE_URL."
        )
        assert (await ask(endpoint)).text  # the next call is not affected


# --- refusals and faults ---

STREAM = "LLM_STREAM=true keeps such calls alive; so does a lower LLM_MAX_TOKENS."
STREAM_ONLY = "refused the request (HTTP 400): This model only supports stream mode. Set LLM_STREAM=true."
TOO_LONG = (
    "says that the prompt is longer than the model's context window. Seat fewer personas, lower LLM_MAX_TOKENS, or "
    "load the model with a larger window."
)
CHECK_KEY = "Check LLM_API_KEY. It says: Incorrect key …"
CHECK_MODEL = "Check LLM_MODEL and LLM_BASE_URL."
CHECK_BILLING = "Check the account's billing. It says: You exceeded your quota"
QUOTA = gives({"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}, 429)


@pytest.mark.parametrize(
    ("answer", "kind", "sentence"),
    [
        (fails(400, "temperature\nis odd"), EndpointRefused, "refused the request (HTTP 400): temperature is odd"),
        (fails(422, f"your key {KEY} may not"), EndpointRefused, "refused the request (HTTP 422): your key … may not"),
        (page(400), EndpointRefused, "refused the request (HTTP 400)."),
        (fails(401, f"Incorrect key {KEY}"), EndpointRefused, f"refused the key (HTTP 401). {CHECK_KEY}"),
        (fails(403, f"Incorrect key {KEY}"), EndpointRefused, f"refused the key (HTTP 403). {CHECK_KEY}"),
        (page(403), EndpointRefused, "refused the key (HTTP 403). Check LLM_API_KEY."),
        (fails(404, "gone"), EndpointRefused, f"has no model “scripted” (HTTP 404). {CHECK_MODEL} It says: gone"),
        (QUOTA, EndpointRefused, f"says that the quota is used up (HTTP 429). {CHECK_BILLING}"),
        (fails(429), EndpointDown, "is overloaded (HTTP 429)."),
        (fails(408), EndpointDown, "could not take the request just now (HTTP 408)."),
        (fails(500, "Traceback: in main()"), EndpointDown, "has a fault of its own (HTTP 500)."),
        (fails(503, "It is being loaded"), EndpointDown, "has a fault of its own (HTTP 503): It is being loaded"),
        (page(502), EndpointDown, "has a fault of its own (HTTP 502)."),
        (page(524), EndpointDown, f"took too long for a proxy before it (HTTP 524). {STREAM}"),
        (page(504), EndpointDown, f"took too long for a proxy before it (HTTP 504). {STREAM}"),
        (fails(400, "This model only supports stream mode"), EndpointRefused, STREAM_ONLY),
        (cut(), EndpointDown, "can't be reached."),
        *((overflow(wording), ContextOverflow, TOO_LONG) for wording in OVERFLOWS),
    ],
)
async def test_a_failure_is_a_sentence(
    server: ScriptedEndpoint, answer: Answer, kind: type[RoundtableError], sentence: str
) -> None:
    server.enqueue(answer)
    async with client(server) as endpoint:
        with pytest.raises(kind) as caught:
            await ask(endpoint)
    assert str(caught.value) == f"The LLM endpoint at {server.host} {sentence}"
    assert len(server.asked) == 1


@pytest.mark.parametrize("first_try_too", [True, False], ids=["the bot's own try", "a try of the SDK's"])
@pytest.mark.parametrize(
    ("lost", "sentence"),
    [
        # How a server that is started again is seen to hang up on newer Pythons: no error of the system.
        (aiohttp.ServerDisconnectedError(), "can't be reached."),
        (aiohttp.ClientOSError(104, "Connection reset by peer"), "can't be reached."),
        (aiohttp.ClientPayloadError("Response payload is not completed"), "can't be reached."),
        (aiohttp.ServerTimeoutError(), "took too long to answer."),
        (aiohttp.SocketTimeoutError(), "took too long to answer."),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_a_connection_that_is_lost_is_not_called_slow(
    server: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch, lost: Exception, sentence: str, first_try_too: bool
) -> None:
    async with client(server, retries=1) as endpoint:
        await ask(endpoint)  # it knows the model
        really, tries = aiohttp.ClientSession._request, 0

        async def fail(session: aiohttp.ClientSession, *args: Any, **options: Any) -> Any:
            nonlocal tries
            tries += 1
            if tries == 1 and not first_try_too:
                return await really(session, *args, **options)
            raise lost

        server.enqueue(fails(500, **SOON))
        monkeypatch.setattr(aiohttp.ClientSession, "_request", fail)
        with pytest.raises(EndpointDown) as caught:
            await ask(endpoint)
    assert str(caught.value) == f"The LLM endpoint at {server.host} {sentence}"
    assert tries == 2


async def test_how_many_calls_wait_is_measured(server: ScriptedEndpoint) -> None:
    def waiting() -> float | None:
        return metrics.REGISTRY.get_sample_value("roundtable_endpoint_queue", {"endpoint": "busy"})

    gate = asyncio.Event()
    server.enqueue(held(gate))
    async with client(server, concurrency=1, settings="ENDPOINT_BUSY") as endpoint:
        calls = [asyncio.create_task(ask(endpoint)) for _ in range(3)]
        await server.until_asked(1)
        assert waiting() == 2
        gate.set()
        await asyncio.gather(*calls)
        assert waiting() == 0


async def test_what_a_server_says_of_a_fault_stands_in_the_log(
    server: ScriptedEndpoint, caplog: pytest.LogCaptureFixture
) -> None:
    server.enqueue(fails(500, f"The model needs 9 GB of memory, {KEY}"))
    async with client(server) as endpoint:
        with pytest.raises(EndpointDown):
            await ask(endpoint)
    assert "(HTTP 500): The model needs 9 GB of memory, …" in caplog.text
    assert KEY not in caplog.text


async def test_credentials_in_the_address_are_used_and_never_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with scripted_endpoint() as server:
        address = server.url.replace("127.0.0.1", "host:pass%20word@127.0.0.1")
        endpoint = Endpoint(address, retries=0, timeout=5)
        await ask(endpoint)
        assert server.asked[0].headers["authorization"] == aiohttp.encode_basic_auth("host", "pass word")
    with pytest.raises(EndpointDown) as caught:
        await ask(endpoint)
    await endpoint.aclose()
    assert str(caught.value) == f"The LLM endpoint at {server.host} can't be reached."
    assert "word" not in caplog.text + endpoint.base_url


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_passing_faults_are_tried_again_a_few_times_only(server: ScriptedEndpoint, status: int) -> None:
    async with client(server, retries=2) as endpoint:
        server.enqueue(fails(status, **SOON), fails(status, **SOON), "There.")
        assert (await ask(endpoint)).text == "There."
        server.enqueue(*[fails(status, **SOON)] * 4)
        with pytest.raises(EndpointDown):
            await ask(endpoint)
    assert len(server.asked) == 6


async def test_without_retry_after_the_client_waits_by_itself(server: ScriptedEndpoint) -> None:
    server.enqueue(fails(429), "There.")
    async with client(server, retries=1) as endpoint:
        assert (await ask(endpoint)).text == "There."


async def test_a_broken_connection_is_tried_again(server: ScriptedEndpoint) -> None:
    server.enqueue(cut(), "There.")
    async with client(server, retries=1) as endpoint:
        assert (await ask(endpoint)).text == "There."


async def test_a_refusal_is_not_tried_again(server: ScriptedEndpoint) -> None:
    server.enqueue(fails(400), fails(401))
    async with client(server, retries=3) as endpoint:
        for _ in range(2):
            with pytest.raises(EndpointRefused):
                await ask(endpoint)
    assert len(server.asked) == 2


async def test_nobody_home_and_back_again(server: ScriptedEndpoint) -> None:
    async with client(server) as endpoint:
        await ask(endpoint)
        await server.go_down()
        with pytest.raises(EndpointDown, match="can't be reached"):
            await ask(endpoint)
        await server.come_up()
        assert (await ask(endpoint)).text


@pytest.mark.parametrize(
    "answer",
    [gives('{"choices": [{"mess'), page(), gives("")],
    ids=["cut JSON", "HTML", "nothing"],
)
async def test_an_answer_that_cannot_be_read_is_asked_for_again_a_few_times(
    server: ScriptedEndpoint, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.llm.client._REREAD", 0.001)
    async with client(server, retries=2) as endpoint:
        server.enqueue(answer, answer, "There.")
        assert (await ask(endpoint)).text == "There."
        server.enqueue(*[answer] * 4)
        with pytest.raises(EndpointDown):
            await ask(endpoint)
    assert len(server.asked) == 6


async def test_a_byte_that_is_no_character_is_replaced(server: ScriptedEndpoint) -> None:
    server.enqueue(misspells("So there"))
    async with client(server) as endpoint:
        assert (await ask(endpoint)).text == "So there\ufffd"


@pytest.mark.parametrize("answer", [fails(401), fails(429), page(), gives("{"), cut(), stalls()])
async def test_whether_it_is_well_is_asked_with_one_tiny_request(server: ScriptedEndpoint, answer: Answer) -> None:
    async with client(server, retries=3, timeout=0.3) as endpoint:
        server.enqueue(answer)
        assert not await endpoint.is_well()
        assert await endpoint.is_well()
        assert len(server.asked) == 2
        assert all(len(r.prompt) < 20 and r.body["max_tokens"] == 16 for r in server.asked)
        await server.go_down()
        assert not await endpoint.is_well()


# --- bounds ---


async def test_a_body_that_trickles_is_given_up_after_the_time_for_one_try(server: ScriptedEndpoint) -> None:
    server.enqueue(trickles(), "There.")
    async with client(server, retries=1, timeout=0.3) as endpoint:
        assert (await ask(endpoint)).text == "There."


async def test_never_more_calls_in_flight_than_allowed(server: ScriptedEndpoint) -> None:
    gate = asyncio.Event()
    server.enqueue(*[held(gate)] * 7)
    async with client(server, concurrency=2) as endpoint:
        calls = [asyncio.create_task(ask(endpoint)) for _ in range(7)]
        await server.until_asked(2)
        gate.set()
        await asyncio.gather(*calls)
    assert server.most_in_flight == 2
    assert len(server.asked) == 7


async def test_a_cancelled_call_closes_its_connection_and_frees_its_slot(server: ScriptedEndpoint) -> None:
    server.enqueue(stalls())
    async with client(server, concurrency=1, timeout=60) as endpoint:
        call = asyncio.create_task(ask(endpoint))
        await server.until_asked(1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.wait_for(server.disconnected.wait(), 5)
        assert (await ask(endpoint)).text


@pytest.mark.parametrize("answer", [stalls(), trickles()], ids=["stalls", "trickles"])
async def test_an_answer_that_takes_too_long(answer: Answer) -> None:
    async with scripted_endpoint(answer) as server, client(server, timeout=0.2) as endpoint:
        with pytest.raises(EndpointDown, match="took too long to answer"):
            await ask(endpoint)
        await asyncio.wait_for(server.disconnected.wait(), 5)


async def test_a_try_that_failed_counts_as_one(server: ScriptedEndpoint) -> None:
    server.enqueue(fails(500, **SOON), cut(), fails(503, **SOON))
    async with client(server, model="m", retries=2) as endpoint:
        with pytest.raises(EndpointDown, match="HTTP 503"):
            await ask(endpoint)
    assert len(server.asked) == 3
    assert len({str(request.body) for request in server.asked}) == 1


async def test_a_proxy_is_used(server: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", server.url.removesuffix("/v1"))
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    endpoint = Endpoint("http://nowhere.invalid/v1", model="m", retries=0)
    try:
        server.enqueue("Good evening.")
        assert (await ask(endpoint)).text == "Good evening."
    finally:
        await endpoint.aclose()


async def test_an_address_that_has_moved_is_followed(server: ScriptedEndpoint) -> None:
    moved = Answer(status=307, body="", headers={"Location": f"{server.url}/chat/completions?moved"})
    server.enqueue(moved, moved, "Here.")
    async with client(server, model="m") as endpoint:
        assert (await ask(endpoint)).text == "Here."


async def test_the_client_speaks_through_aiohttp_and_closes_it(server: ScriptedEndpoint) -> None:
    def open_sessions() -> int:
        gc.collect()
        return sum(type(o) is aiohttp.ClientSession and not o.closed for o in gc.get_objects())

    before = open_sessions()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        async with client(server, model="m") as endpoint:
            await ask(endpoint)
            assert open_sessions() > before
        assert open_sessions() == before
        del endpoint
        gc.collect()
