"""The tables of what servers call otherwise: every row is told by what its vendor sends, and by nothing like it."""

from typing import Any

import pytest

from bot.llm.error_kinds import ERRORS, ErrorKind, ErrorWording, meaning_of
from bot.llm.error_reading import ErrorReport, read_error
from bot.llm.quirks import FILTERED, PLACES, FieldPath, counts, is_filtered, texts, texts_listed
from bot.llm.refusal_wordings import ABOVE, BELOW, LEAST, MOST, NAMINGS, NO_SYSTEM_MESSAGE, REFUSALS, Wording
from bot.llm.request_mending import LearntRequest
from bot.llm.windows import prompt_tokens_told, window_told

OVERFLOWS = [
    "This model's maximum context length is 4096 tokens. However, you requested 4400 tokens.",
    "the request exceeds the available context size. try increasing the context size or enable context shift",
    "Requested tokens (2285) exceed context window of 2048",
    "too many tokens: total number of tokens (prompt and prediction) cannot exceed 2048 - received 6354.",
    "prompt is too long: 200251 tokens > 200000 maximum",
    "The maximum prompt length of this model is 8192.",
    "输入长度超过模型限制",
    "The total tokens in your request (9001) exceed the model's limit of 8192.",
    "Total number of tokens exceeded: 9000 > 8192",
    "input tokens + max_tokens (9060) > 8192",
    "max_tokens must be at least 1, got -140",
    "Context limit reached",
]
# What each kind of error is told by: status, words, codes.
TOLD: list[tuple[int, str, list[str], ErrorKind]] = [
    *((400, text, [], ErrorKind.OVERFLOW) for text in OVERFLOWS),
    (400, "no", ["context_length_exceeded"], ErrorKind.OVERFLOW),
    (500, "Context size has been exceeded.", [], ErrorKind.OVERFLOW),
    (413, "", [], ErrorKind.OVERFLOW),
    (413, "TPM: Limit 6000, Requested 6294", [], ErrorKind.OVERFLOW),
    (413, "TPM: Limit 6000, Requested 294", [], ErrorKind.TOO_FAST),
    (429, "TPM: Limit 30,000, Requested 30,500", [], ErrorKind.OVERFLOW),
    (400, "Could not finish the message because max_tokens was reached.", [], ErrorKind.UNFINISHED),
    (400, "no", ["content_filter"], ErrorKind.FILTERED),
    (400, "This violates our usage policies", [], ErrorKind.FILTERED),
    (403, "Your input was flagged", [], ErrorKind.FILTERED),
    (429, "You exceeded your current quota", ["insufficient_quota"], ErrorKind.QUOTA),
    (402, "Insufficient Balance", [], ErrorKind.QUOTA),
    (429, "账户余额不足", [], ErrorKind.QUOTA),
    (400, "输入内容包含敏感信息", [], ErrorKind.FILTERED),
    (404, "No models loaded. Please load one.", [], ErrorKind.MODEL),
    (402, "", [], ErrorKind.QUOTA),
    (404, "No endpoints found matching your data policy", [], ErrorKind.ROUTE),
    (404, "no", ["model_not_found"], ErrorKind.MODEL),
    (404, "model 'small' not found, try pulling it first", [], ErrorKind.MODEL),
    (400, "Invalid model: small", [], ErrorKind.MODEL),
    (404, "Not Found", [], ErrorKind.ADDRESS),
    (405, "Method Not Allowed", [], ErrorKind.ADDRESS),
    (401, "who are you?", [], ErrorKind.KEY),
    (400, "API key not valid", [], ErrorKind.KEY),
    (403, "", [], ErrorKind.KEY),
    (403, "not from your country", [], ErrorKind.REFUSED),
    (503, "too many requests at once", [], ErrorKind.TOO_FAST),
    (429, "too many tokens per minute", [], ErrorKind.TOO_FAST),
    (429, "Rate limit reached", ["rate_limit_exceeded"], ErrorKind.TOO_FAST),
    (500, "Traceback", [], ErrorKind.FAULT),
    (529, "Overloaded", ["overloaded_error"], ErrorKind.FAULT),
    (408, "", [], ErrorKind.PASSING),
    (400, "temperature must be at least 0", [], ErrorKind.REFUSED),
    (400, "", [], ErrorKind.REFUSED),
]


@pytest.mark.parametrize(("status", "text", "codes", "meaning"), TOLD)
def test_an_error_means_what_its_vendor_means(status: int, text: str, codes: list[str], meaning: ErrorKind) -> None:
    assert meaning_of(ErrorReport(status, (text,) if text else (), frozenset(codes))) is meaning


@pytest.mark.parametrize("wording", ERRORS, ids=lambda wording: f"{wording.meaning.name}: {wording.vendor}")
def test_no_wording_of_an_error_is_in_the_table_without_an_example_here(wording: ErrorWording) -> None:
    reports = [(ErrorReport(status, (text,), frozenset(codes)), meaning) for status, text, codes, meaning in TOLD]
    assert any(wording.tells(report) and meaning is wording.meaning for report, meaning in reports)


@pytest.mark.parametrize(
    ("body", "words", "codes", "parameters"),
    [
        ({"error": {"message": "so", "code": "c", "type": "t", "param": "p"}}, "so", {"c", "t"}, ("p",)),
        ({"error": "so", "code": "C"}, "so", {"c"}, ()),
        ({"message": "so", "code": 400}, "so", {"400"}, ()),
        ({"detail": "so"}, "so", set(), ()),
        ({"detail": [{"loc": ["body", "stop"], "msg": "no", "type": "t"}]}, "stop: no", {"t"}, ("stop",)),
        ([{"error": {"message": "so", "status": "S"}}], "so", {"s"}, ()),
        ({"error": {"message": '{"error": {"message": "so", "code": 7}}'}}, "so", {"7"}, ()),
        ({"error": {"message": "Provider returned error", "metadata": {"raw": '{"error": "so"}'}}}, "so", set(), ()),
        ({"error": {"message": "Provider returned error", "metadata": {"raw": "so"}}}, "so", set(), ()),
        ({"message": "[{'loc': ('body', 'stop'), 'msg': 'no'}]"}, "stop: no", set(), ("stop",)),
        ({"errors": ["so"]}, "so", set(), ()),
        ({"error": {"code": "c", "innererror": {"code": "D"}, "message": "so"}}, "so", {"c", "d"}, ()),
        ("so", "so", set(), ()),
        ("<html><body>nginx</body></html>", "", set(), ()),
        ("", "", set(), ()),
        (None, "", set(), ()),
        ({"error": {"message": None, "code": None}}, "", set(), ()),
        ({"error": {"message": "{broken"}}, "{broken", set(), ()),
        ({"error": {"message": "Bad Request"}}, "Bad Request", set(), ()),
        (["x", 1, None, {"error": {"message": "so"}}], "x", set(), ()),
    ],
)
def test_a_body_is_read_whatever_its_shape(body: Any, words: str, codes: set[str], parameters: tuple[str, ...]) -> None:
    report = read_error(400, body)
    assert report.said == words
    assert codes <= report.codes
    assert report.parameters == parameters


def test_a_body_that_has_no_end_is_read_up_to_a_bound() -> None:
    deep: Any = "so"
    for _ in range(200):
        deep = {"error": [deep, deep]}
    assert read_error(400, deep).said in ("", "so")
    assert read_error(400, {"error": {"message": "[" * 100_000}}).status == 400


@pytest.mark.parametrize(
    ("text", "window", "tokens"),
    [
        (OVERFLOWS[0], 4096, None),
        (OVERFLOWS[2], 2048, 2285),
        (OVERFLOWS[3], 2048, None),
        (OVERFLOWS[4], 200_000, 200_251),
        (OVERFLOWS[5], 8192, None),
        (OVERFLOWS[7], 8192, None),
        (OVERFLOWS[8], 8192, None),
        (OVERFLOWS[9], 8192, None),
        ("maximum context length of 131,072 tokens; your messages resulted in 140,000 tokens", 131_072, 140_000),
        ("the context is too long", None, None),
        ("context length of only 7", None, None),
    ],
)
def test_the_window_that_a_refusal_tells_is_read(text: str, window: int | None, tokens: int | None) -> None:
    report = ErrorReport(400, (text,))
    assert (window_told(report), prompt_tokens_told(report)) == (window, tokens)


# --- what models do not take ---

REQUEST: dict[str, Any] = {
    "model": "m",
    "messages": [],
    "temperature": 0.7,
    "max_tokens": 33,
    "stop": ["\nMira:"],
    "top_k": 40,
    "presence_penalty": 0.5,
    "reasoning_effort": "none",
    "chat_template_kwargs": {"enable_thinking": False},
}
# What a refusal says, and what is then sent: None for what is left out.
REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("Unsupported parameter: 'stop' is not supported with this model.", {"stop": None}),
    ("Model M does not support parameter stop.", {"stop": None}),
    ("Argument not supported on this model: presencePenalty", {"presence_penalty": None}),
    ("`temperature` is deprecated for this model.", {"temperature": None}),
    ("invalid temperature: only 1 is allowed for this model", {"temperature": None}),
    ("This model does not support temperature", {"temperature": None}),
    ("temperature may only be set to 1", {"temperature": None}),
    ("`temperature` and `top_k` cannot both be specified", {"temperature": None}),
    ("Unrecognized request argument supplied: top_k", {"top_k": None}),
    ("Unrecognized request arguments supplied: min_p, top_k", {"top_k": None}),
    ('Unknown name "top_k": no such field', {"top_k": None}),
    ("property 'top_k' is unsupported", {"top_k": None}),
    ("top_k: Extra inputs are not permitted", {"top_k": None}),
    ("extraneous key [top_k] is not permitted", {"top_k": None}),
    ("create() got an unexpected keyword argument 'top_k'", {"top_k": None}),
    ("Additional properties are not allowed ('top_k')", {"top_k": None}),
    ("chat_template_kwargs.enable_thinking: not allowed", {"chat_template_kwargs": None}),
    ("top_k is incompatible with this model", {"top_k": None}),
    ("stop_sequences: each of them must be longer", {"stop": None}),
    ("Invalid 'stop': array too long. Expected at most 2.", {"stop": None}),
    ("Invalid parameter: top_k", {"top_k": None}),
    ("The parameter is invalid. Please check again: top_k", {"top_k": None}),
    ("Validation error: stop sequences not supported", {"stop": None}),
    ("top_k not supported", {"top_k": None}),
    ("json: cannot unmarshal array into Go struct field ChatRequest.stop of type string", {"stop": None}),
    ("Bad value for 'temperature': expected 1", {"temperature": None}),
    ("This model only supports temperature=1", {"temperature": None}),
    ("temperature: range: 1.0 required", {"temperature": None}),
    ("max_tokens (33) exceeds the maximum of 20", {"max_tokens": 20}),
    ("max_tokens: the maximum value is 20", {"max_tokens": 20}),
    ("'max_tokens' is limited to 20 with this model", {"max_tokens": 20}),
    ("max_tokens must be between 1 and 20", {"max_tokens": 20}),
    (
        "`max_tokens` must be less than or equal to `20`, the maximum is less than the `context_window` of this model",
        {"max_tokens": 20},
    ),
    ("Use 'max_completion_tokens' instead of 'max_tokens'.", {"max_tokens": None, "max_completion_tokens": 33}),
    ("max_tokens is not supported", {"max_tokens": None, "max_completion_tokens": 33}),
    ("'max_output_tokens': expected a value >= 40", {"max_tokens": 40}),
    ("max_tokens must be at least 40", {"max_tokens": 40}),
    ("max_tokens: Input should be greater than or equal to 40", {"max_tokens": 40}),
    ("max_tokens must be greater than 40", {"max_tokens": 41}),
    ("'top_k' must be > 50", {"top_k": 51}),
    ("'max_tokens' is too large: it supports at most 20 tokens", {"max_tokens": 20}),
    ("max_tokens: 33 > 20, which is the maximum", {"max_tokens": 20}),
    ("'max_tokens' should be less than or equal to 20", {"max_tokens": 20}),
    ("Range of max_tokens should be [1, 20]: invalid max_tokens", {"max_tokens": 20}),
    ("Invalid max_tokens, the valid range of max_tokens is [1, 20]", {"max_tokens": 20}),
    ("`temperature` must be less than or equal to 0.5", {"temperature": 0.5}),
    ("Failed to read the body: stop: invalid type: sequence, expected a string", {"stop": None}),
    ("There may be at most 1 items in stop", {"stop": None}),
    ("stop not in allowed properties", {"stop": None}),
    ("1 validation error for ChatRequest\nstop\n  Extra inputs are not permitted", {"stop": None}),
    ("Cannot use stop with this model", {"stop": None}),
    ("You may not set temperature for this model", {"temperature": None}),
    ("Requested max_tokens 33 exceeds limit 20", {"max_tokens": 20}),
    ("The number of output tokens (33) is larger than the model's limit of 20 (max_tokens)", {"max_tokens": 20}),
    ("sampling parameters (temperature, top_p) cannot be set while it thinks", {"temperature": None}),
    ("The temperature of this model is fixed. Please take the temperature field out.", {"temperature": None}),
    ("The minimum value for max_tokens is 40", {"max_tokens": 40}),
    ("max_tokens (33) exceeds the model's maximum output of 20 tokens", {"max_tokens": 20}),
    ("The maximum tokens you requested exceeds the model limit of 20. Try fewer.", {"max_tokens": 20}),
    (
        "It has a maxOutputTokens value of 33, but the range is from 1 (inclusive) to 21 (exclusive).",
        {"max_tokens": 20},
    ),
    ("max_tokens: Input should be less than 21", {"max_tokens": 20}),
    ("“m” does not support thinking", {"reasoning_effort": None}),
    ("Thinking level is not supported for this model.", {"reasoning_effort": None}),
]


@pytest.mark.parametrize(("text", "changes"), REFUSED, ids=[text for text, _ in REFUSED])
@pytest.mark.parametrize("status", [400, 422, 500])
def test_a_part_of_the_request_that_is_not_taken(text: str, changes: dict[str, Any], status: int) -> None:
    learnt, request = LearntRequest(), dict(REQUEST)
    assert learnt.learn(ErrorReport(status, (text,)), request)
    expected = {name: value for name, value in (REQUEST | changes).items() if value is not None}
    assert request == expected
    assert learnt.fit(REQUEST) == expected, "and so are all from here on"
    assert learnt.learn(ErrorReport(401, (text,)), dict(REQUEST)) is False
    learnt.forget()
    assert learnt.fit(REQUEST) == REQUEST


NO_SYSTEM = [
    "System role not supported",
    "Conversation roles must alternate user/assistant/user/assistant",
    "Developer instruction is not enabled for models/small",
    "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
    "Only user and assistant roles are supported!",
    "unsupported role: system",
    "role 'system' is not allowed",
]


@pytest.mark.parametrize("text", NO_SYSTEM)
def test_a_system_message_that_is_not_taken_stands_before_the_rest_from_then_on(text: str) -> None:
    laid_out = [{"role": "system", "content": "The cards."}, {"role": "user", "content": "Mira: Hello."}]
    learnt, request = LearntRequest(), REQUEST | {"messages": laid_out}
    again = dict(request)
    assert learnt.learn(ErrorReport(400, (text,)), request)
    assert request["messages"] == [{"role": "user", "content": "The cards.\n\nMira: Hello."}]
    assert learnt.fit(again) == request
    assert not learnt.learn(ErrorReport(400, (text,)), request), "once is enough"
    learnt.forget()
    assert learnt.fit(again) == again


def test_no_wording_about_system_messages_is_in_the_table_without_an_example_here() -> None:
    for row in NO_SYSTEM_MESSAGE:
        assert any(row.search(text) for text in NO_SYSTEM), row


def test_a_number_that_may_not_be_nothing_is_a_little_more() -> None:
    learnt, request = LearntRequest(), REQUEST | {"temperature": 0.0}
    assert learnt.learn(ErrorReport(422, ("`temperature` must be strictly positive",)), request)
    assert 0 < request["temperature"] < 0.1
    assert learnt.fit(REQUEST)["temperature"] == 0.7


@pytest.mark.parametrize(
    "rows", [NAMINGS, REFUSALS, LEAST, ABOVE, BELOW, MOST], ids=["named", "refused", ">=", ">", "<", "<="]
)
def test_no_wording_of_a_refusal_is_in_the_table_without_an_example_here(rows: tuple[Wording, ...]) -> None:
    examples = [*(text for text, _ in REFUSED), "`temperature` must be strictly positive"]
    names = [*REQUEST, "presencePenalty", "max_output_tokens", "max_completion_tokens", "maximum tokens"]
    for row in rows:
        assert any(row.search(text, name) for text in examples for name in names), row


@pytest.mark.parametrize(
    "report",
    [
        ErrorReport(400, ("temperature must be at least 0",), parameters=("temperature",)),
        ErrorReport(400, ("Please stop sending unsupported files",)),
        ErrorReport(400, ("Images are not supported",)),
        ErrorReport(400, ("'messages' must not be empty: not supported",), parameters=("messages",)),
        ErrorReport(400, ("The model 'm' is not supported",), frozenset({"model_not_supported"}), ("model",)),
        ErrorReport(400, ("`seed` is not supported",)),
        ErrorReport(
            400,
            ("'max_tokens' or 'max_completion_tokens' is too large. This model's maximum context length is 4096.",),
            parameters=("max_tokens",),
        ),
        ErrorReport(429, ("`stop` is not supported",)),
        ErrorReport(400, ()),
    ],
)
def test_what_is_about_something_else_changes_nothing(report: ErrorReport) -> None:
    request = dict(REQUEST)
    assert not LearntRequest().learn(report, request)
    assert request == REQUEST


def test_the_parameter_that_an_error_is_about_need_not_stand_in_its_words() -> None:
    request = dict(REQUEST)
    report = ErrorReport(400, ("Only the default is supported.",), parameters=("temperature",))
    assert LearntRequest().learn(report, request)
    assert "temperature" not in request


def test_a_server_that_refuses_everything_is_soon_done_with() -> None:
    learnt, request, times = LearntRequest(), dict(REQUEST), 0
    while any(learnt.learn(ErrorReport(400, (f"`{name}` is not supported",)), request) for name in list(request)):
        times += 1
    assert times <= len(REQUEST) + 1
    assert set(request) == {"model", "messages"}


# --- where things are ---


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.fact.name}: {'.'.join(place.path)}")
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
    assert texts_listed(place.fact, around(["text", "image"])) == ["text", "image"]
    for nonsense in (None, True, -1, [], {}, 0.5):
        assert list(texts(place.fact, around(nonsense))) == []
    assert list(counts(place.fact, around("7"))) == list(texts(place.fact, [])) == list(counts(place.fact, None)) == []


@pytest.mark.parametrize("reason", [*FILTERED, "content_filter: PROHIBITED", "SAFETY", "guardrail_intervened"])
def test_an_answer_that_a_filter_has_ended(reason: str) -> None:
    assert is_filtered(reason)
    assert not any(map(is_filtered, ("stop", "length", "eos", "", None)))
