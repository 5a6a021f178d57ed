"""How long a server asks to be left alone, wherever it says so; and that it is left alone so long."""

import logging
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from bot.errors import EndpointDown
from bot.llm.endpoint import Endpoint
from bot.llm.waits import WORDINGS, WaitWording, in_words, seconds_in, told_in_body, told_in_headers
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.vendor_refusals import WAITS
from tests.support.vendor_shapes import error


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("34s", 34),
        ("34.074824224s", 34.074824224),
        ("7.66s", 7.66),
        ("1m2.5s", 62.5),
        ("6m0s", 360),
        ("2h15m", 8100),
        ("1d", 86_400),
        ("340ms", 0.34),
        ("5 minutes", 300),
        ("1 minute and 20 seconds", 80),
        ("1 hour, 5 mins", 3900),
        ("20", 20),
        (20, 20),
        (0.5, 0.5),
        ("0s", 0),
        ("soon", None),
        ("", None),
        (None, None),
        (True, None),
        ([], None),
        ("99999999", None),
        ("-5", None),
    ],
)
def test_a_span_is_read_as_seconds(value: Any, seconds: float | None) -> None:
    assert seconds_in(value) == (None if seconds is None else pytest.approx(seconds))


def test_a_moment_is_read_as_the_seconds_until_then() -> None:
    moment = datetime.now(UTC) + timedelta(minutes=5)
    for told in (
        format_datetime(moment),
        moment.isoformat(),
        str(moment.timestamp()),
        f"{moment.timestamp() * 1000:.0f}",
    ):
        assert seconds_in(told) == pytest.approx(300, abs=30)
    assert seconds_in(str(time.time() - 500)) == 0


EXAMPLES = [
    ("Rate limit reached. Please try again in 7.66s. Visit the console.", 7.66),
    ("Please retry in 34.07s.", 34.07),
    ("try again in 1m2.5s", 62.5),
    ("Please try again in 340ms.", 0.34),
    ("Please retry after 20 seconds.", 20),
    ("Retry-After: 12", 12),
    ("You can retry your request after 3 seconds", 3),
    ("Limit is 3 / min. Try again in about 5 minutes.", 300),
    ("You must wait 30 seconds", 30),
    ("The quota resets in 2 hours", 7200),
    ("Please wait and try again", None),
    ("Used 6000 tokens in 10 minutes", None),
]


@pytest.mark.parametrize(("words", "seconds"), EXAMPLES)
def test_a_span_is_found_in_words(words: str, seconds: float | None) -> None:
    assert told_in_body([], words) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda wording: wording.vendor)
def test_no_wording_is_in_the_table_without_an_example_here(wording: WaitWording) -> None:
    assert any(wording.pattern.search(words) for words, _ in EXAMPLES)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "6m0s"}, 1),
        (
            {
                "x-ratelimit-reset-requests": "1s",
                "x-ratelimit-reset-tokens": "6m0s",
                "x-ratelimit-remaining-requests": "3",
                "x-ratelimit-remaining-tokens": "0",
            },
            360,
        ),
        ({"x-ratelimit-reset": "nonsense", "content-type": "text/plain"}, None),
        ({}, None),
    ],
)
def test_a_wait_is_found_in_headers(headers: dict[str, str], seconds: float | None) -> None:
    assert told_in_headers(headers) == seconds


def test_a_field_is_believed_before_words() -> None:
    assert told_in_body([("message", "x"), ("retryDelay", "34s")], "try again in 5s") == 34
    assert told_in_body([("retry_after_ms", 1500)], "") == 1.5


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.02, "1 second"), (34, "34 seconds"), (119, "119 seconds"), (300, "5 minutes"), (7300, "2 hours")],
)
def test_a_wait_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


@pytest.mark.parametrize("answer", WAITS.values(), ids=WAITS)
async def test_the_server_is_asked_again_after_as_long_as_it_wants(
    server: ScriptedEndpoint, answer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr("openai._base_client.anyio.sleep", sleep)
    server.enqueue(answer, "There.")
    endpoint = Endpoint(server.url, retries=1, timeout=5)
    try:
        assert (await endpoint.complete("Aino:", temperature=0.7, max_tokens=50)).text == "There."
    finally:
        await endpoint.aclose()
    assert waited == [pytest.approx(0.02)]


@pytest.mark.parametrize("told", ["5m0s", "2h"])
async def test_a_longer_wait_is_not_waited_for_but_told(
    server: ScriptedEndpoint, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server.enqueue(error(429, message=f"Rate limit reached. Please try again in {told}."))
    endpoint = Endpoint(server.url, retries=3, timeout=5)
    try:
        with pytest.raises(EndpointDown) as caught:
            await endpoint.complete("Aino:", temperature=0.7, max_tokens=50)
        assert endpoint.rest > 290
    finally:
        await endpoint.aclose()
    assert len(server.asked) == 1
    assert "is overloaded (HTTP 429). It asks to wait " in str(caught.value)
    assert " UTC. It says: Rate limit reached." in str(caught.value)
    assert caught.value.wait == seconds_in(told)
