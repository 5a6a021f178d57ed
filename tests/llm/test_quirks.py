"""The table of quirks: every row is told by what its vendor sends, and by nothing like it."""

from typing import Any

import pytest

from bot.llm.quirks import (
    ERRORS,
    PARAMETERS,
    PLACES,
    ErrorKind,
    ErrorQuirk,
    ErrorReport,
    FieldPath,
    counts,
    meaning_of,
    texts,
    unsupported_parameter,
)

OVERFLOWS = [
    "This model's maximum context length is 4096 tokens. However, you requested 4400 tokens.",
    "the request exceeds the available context size. try increasing the context size or enable context shift",
    "Requested tokens (2285) exceed context window of 2048",
    "too many tokens: total number of tokens (prompt and prediction) cannot exceed 2048 - received 6354.",
    "prompt is too long: 200251 tokens > 200000 maximum",
]
UNFINISHED = "Could not finish the message because max_tokens or model output limit was reached."
TOLD: list[tuple[ErrorReport, ErrorKind]] = [
    *((ErrorReport(400, text), ErrorKind.OVERFLOW) for text in OVERFLOWS),
    (ErrorReport(400, UNFINISHED), ErrorKind.UNFINISHED),
    (ErrorReport(429, "You exceeded your current quota", code="insufficient_quota"), ErrorKind.QUOTA),
]
REQUEST: dict[str, Any] = {"max_tokens": 33, "temperature": 0.7, "stop": ["\nMira:"]}
REFUSALS = {
    "max_tokens": "Unsupported parameter: 'max_tokens' is not supported with this model. "
    "Use 'max_completion_tokens' instead.",
    "temperature": "Unsupported value: 'temperature' does not support 0.7 with this model. Only 1 is supported.",
    "stop": "Unsupported parameter: 'stop' is not supported with this model.",
}


@pytest.mark.parametrize(("report", "meaning"), TOLD, ids=lambda value: getattr(value, "text", "")[:25])
def test_an_error_means_what_its_vendor_means(report: ErrorReport, meaning: ErrorKind) -> None:
    assert meaning_of(report) is meaning


@pytest.mark.parametrize("quirk", ERRORS, ids=lambda quirk: quirk.vendor)
def test_no_error_is_in_the_table_without_an_example_here(quirk: ErrorQuirk) -> None:
    assert any(quirk.tells(report) and meaning is quirk.meaning for report, meaning in TOLD)


@pytest.mark.parametrize(
    "report",
    [
        ErrorReport(400, "temperature must be at least 0", parameter="temperature"),
        ErrorReport(429, "too many tokens per minute"),
        ErrorReport(429, "Rate limit reached", code="rate_limit_exceeded"),
        ErrorReport(500, OVERFLOWS[0]),
        ErrorReport(400, "", code=None),
    ],
)
def test_what_only_looks_like_it_means_nothing_more(report: ErrorReport) -> None:
    assert meaning_of(report) is None
    assert unsupported_parameter(report, REQUEST) is None


@pytest.mark.parametrize("quirk", PARAMETERS, ids=lambda quirk: quirk.parameter)
def test_a_part_of_the_request_that_is_not_taken(quirk: Any) -> None:
    report = ErrorReport(400, REFUSALS[quirk.parameter])
    assert unsupported_parameter(report, REQUEST) is quirk
    without = {name: value for name, value in REQUEST.items() if name != quirk.parameter}
    assert unsupported_parameter(report, without) is None, "what is not sent can't be what is refused"
    assert unsupported_parameter(ErrorReport(422, report.text), REQUEST) is None


def test_the_parameter_that_an_error_is_about_need_not_stand_in_its_words() -> None:
    report = ErrorReport(400, "Unsupported value: only the default is supported.", parameter="temperature")
    quirk = unsupported_parameter(report, REQUEST)
    assert quirk is not None
    assert quirk.parameter == "temperature"


def test_a_prompt_that_is_too_long_is_about_no_parameter_whatever_it_names() -> None:
    text = "'max_tokens' or 'max_completion_tokens' is too large: 400. This model's maximum context length is 4096."
    assert unsupported_parameter(ErrorReport(400, text, parameter="max_tokens"), REQUEST) is None


@pytest.mark.parametrize("place", PLACES, ids=lambda place: ".".join(place.path))
@pytest.mark.parametrize("in_lists", [False, True])
def test_what_stands_at_a_place_is_found(place: FieldPath, in_lists: bool) -> None:
    def around(value: Any) -> Any:
        for key in reversed(place.path):
            value = {key: value}
            if in_lists and key != place.path[0]:
                value = [None, value]
        return value

    assert list(counts(place.fact, around(7))) == [7]
    assert list(texts(place.fact, around("so"))) == ["so"]
    for nonsense in (None, True, -1, [], {}, 0.5):
        assert list(texts(place.fact, around(nonsense))) == []
    assert list(counts(place.fact, around("7"))) == list(texts(place.fact, [])) == list(counts(place.fact, None)) == []
