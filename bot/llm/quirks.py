"""In what servers that speak "OpenAI" differ: a row a quirk, with whose it is, what tells it, and where that is said.

Three tables, by where a quirk shows. Whoever meets a new one adds a row; the functions below are all that reads them.

    PLACES      where in a server's JSON something is that each calls otherwise
    ERRORS      what an error means that more than one thing could be meant by
    PARAMETERS  parts of a request that some models do not take, and what is sent instead
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from bot.llm.json_reading import as_count, each

# --- where things are ---


class Fact(Enum):
    """What is looked for in a server's JSON, and where its paths begin."""

    WINDOW = auto()  # the context window in tokens; in a model of the list
    CACHED_TOKENS = auto()  # tokens of the prompt that were not computed anew; in an answer
    REASONING_TOKENS = auto()  # tokens of the answer that were thought; in an answer
    REASONING = auto()  # the text of a thought beside what is said; in an answer's message
    SAID = auto()  # the text of what is said; in an answer's message
    ERROR_WORDS = auto()  # what is wrong, for people; in an error
    ERROR_CODE = auto()  # the same for programs; in an error
    ERROR_PARAMETER = auto()  # the part of the request that it is about; in an error


@dataclass(frozen=True, slots=True)
class FieldPath:
    """Where a server puts something: a path of keys, on which lists stand for each of their items."""

    fact: Fact
    vendor: str
    path: tuple[str, ...]
    source: str


# For each fact the likelier place first.
PLACES: Final = (
    FieldPath(Fact.WINDOW, "vLLM", ("max_model_len",), "vLLM, entrypoints/openai: ModelCard"),
    FieldPath(Fact.WINDOW, "llama.cpp", ("meta", "n_ctx"), "llama.cpp, tools/server/README.md: GET /v1/models"),
    FieldPath(
        Fact.CACHED_TOKENS,
        "OpenAI, vLLM",
        ("usage", "prompt_tokens_details", "cached_tokens"),
        "https://platform.openai.com/docs/guides/prompt-caching",
    ),
    FieldPath(Fact.CACHED_TOKENS, "llama.cpp", ("timings", "cache_n"), "llama.cpp, tools/server/README.md: timings"),
    FieldPath(
        Fact.REASONING_TOKENS,
        "OpenAI",
        ("usage", "completion_tokens_details", "reasoning_tokens"),
        "https://platform.openai.com/docs/guides/reasoning",
    ),
    FieldPath(
        Fact.REASONING,
        "DeepSeek, vLLM, llama.cpp",
        ("reasoning_content",),
        "https://docs.vllm.ai/en/v0.8.3/features/reasoning_outputs.html",
    ),
    FieldPath(
        Fact.REASONING,
        "OpenRouter, newer vLLM",
        ("reasoning",),
        "https://openrouter.ai/docs/use-cases/reasoning-tokens",
    ),
    FieldPath(
        Fact.REASONING, "Mistral", ("content", "thinking", "text"), "https://docs.mistral.ai: reasoning, ThinkChunk"
    ),
    FieldPath(Fact.SAID, "OpenAI", ("content",), "https://platform.openai.com/docs/api-reference/chat/object"),
    FieldPath(Fact.SAID, "Mistral", ("content", "text"), "https://docs.mistral.ai: reasoning, TextChunk"),
    FieldPath(Fact.ERROR_WORDS, "OpenAI", ("message",), "https://platform.openai.com/docs/guides/error-codes"),
    FieldPath(Fact.ERROR_CODE, "OpenAI", ("code",), "https://platform.openai.com/docs/guides/error-codes"),
    FieldPath(Fact.ERROR_PARAMETER, "OpenAI", ("param",), "https://platform.openai.com/docs/guides/error-codes"),
)

_PATHS: Final = {fact: [place.path for place in PLACES if place.fact is fact] for fact in Fact}


def texts(fact: Fact, data: Any) -> Iterator[str]:
    """The texts that stand for a fact, those of each place joined, empty ones left out."""
    for path in _PATHS[fact]:
        if text := "".join(value for value in each(data, *path) if isinstance(value, str)):
            yield text


def counts(fact: Fact, data: Any) -> Iterator[int]:
    """The whole numbers that stand for a fact."""
    for path in _PATHS[fact]:
        yield from (count for value in each(data, *path) if (count := as_count(value)) is not None)


# --- what errors mean ---


class ErrorKind(Enum):
    OVERFLOW = auto()  # the prompt is longer than the context window
    UNFINISHED = auto()  # in place of an empty answer: the model has thought up to the limit
    QUOTA = auto()  # nothing is left to spend: to try again does not help


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """What a server says of an error. `text` is all its words, as the patterns take them."""

    status: int
    text: str
    words: str = ""
    code: str | None = None
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class ErrorQuirk:
    """How a server says that. It is told by its code or by a pattern in its words."""

    meaning: ErrorKind
    vendor: str
    source: str
    status: int
    pattern: re.Pattern[str] | None = None
    code: str | None = None

    def tells(self, report: ErrorReport) -> bool:
        said = self.pattern is not None and self.pattern.search(report.text)
        return self.status == report.status and bool(said or (self.code is not None and self.code == report.code))


ERRORS: Final = (
    ErrorQuirk(
        ErrorKind.OVERFLOW,
        "OpenAI, vLLM, and most that copy them",
        "This model's maximum context length is 4096 tokens. However, …",
        400,
        re.compile(r"maximum context|context.{0,20}length", re.I),
    ),
    ErrorQuirk(
        ErrorKind.OVERFLOW,
        "llama.cpp",
        "https://github.com/ggml-org/llama.cpp/pull/15780: the request exceeds the available context size",
        400,
        re.compile(r"context.{0,20}size", re.I),
    ),
    ErrorQuirk(
        ErrorKind.OVERFLOW,
        "llama-cpp-python, OpenAI's newer API",
        "https://github.com/abetlen/llama-cpp-python/issues/416: Requested tokens (…) exceed context window of 512",
        400,
        re.compile(r"context.{0,20}window", re.I),
    ),
    ErrorQuirk(
        ErrorKind.OVERFLOW,
        "Cohere",
        "https://github.com/cohere-ai/sandbox-topically/issues/4: too many tokens: total number of tokens …",
        400,
        re.compile(r"too many tokens", re.I),
    ),
    ErrorQuirk(
        ErrorKind.OVERFLOW,
        "Anthropic",
        "https://github.com/boldsoftware/exe.dev/issues/62: prompt is too long: 200251 tokens > 200000 maximum",
        400,
        re.compile(r"prompt is too long", re.I),
    ),
    ErrorQuirk(
        ErrorKind.UNFINISHED,
        "OpenAI's reasoning models",
        "Could not finish the message because max_tokens or model output limit was reached.",
        400,
        re.compile(r"could not finish the message because max_tokens", re.I),
    ),
    ErrorQuirk(
        ErrorKind.QUOTA,
        "OpenAI",
        "https://platform.openai.com/docs/guides/error-codes: You exceeded your current quota",
        429,
        code="insufficient_quota",
    ),
)


def meaning_of(report: ErrorReport) -> ErrorKind | None:
    """What an error means; None if that is what its status says."""
    return next((quirk.meaning for quirk in ERRORS if quirk.tells(report)), None)


# --- what models do not take ---


@dataclass(frozen=True, slots=True)
class ParameterQuirk:
    """A part of a request that some models do not take. `instead`: the name under which they do; None: leave it out.

    It is told, with HTTP 400, by a pattern in the server's words and by either name, there or as the error's parameter.
    """

    parameter: str
    vendor: str
    source: str
    pattern: re.Pattern[str]
    instead: str | None = None

    def tells(self, report: ErrorReport) -> bool:
        names = "|".join(filter(None, (self.parameter, self.instead)))
        named = report.parameter == self.parameter or re.search(rf"\b({names})\b", report.text)
        return report.status == 400 and bool(named and self.pattern.search(report.text))


_UNSUPPORTED: Final = re.compile(r"unsupported|not support(ed)?\b|not (allowed|permitted)", re.I)

PARAMETERS: Final = (
    # Most local servers know the limit under its old name only.
    ParameterQuirk(
        "max_tokens",
        "OpenAI's newer models",
        "https://github.com/openai/openai-python/issues/2046",
        re.compile(r"max_completion_tokens"),
        instead="max_completion_tokens",
    ),
    ParameterQuirk(
        "temperature",
        "OpenAI's reasoning models",
        "https://github.com/griptape-ai/griptape/issues/1915",
        _UNSUPPORTED,
    ),
    ParameterQuirk(
        "stop",
        "OpenAI's reasoning models",
        "https://github.com/griptape-ai/griptape/issues/1915",
        _UNSUPPORTED,
    ),
)


def unsupported_parameter(report: ErrorReport, request: Mapping[str, Any]) -> ParameterQuirk | None:
    """The part of a request that an error says is not taken; None if it is about something else."""
    if meaning_of(report) is ErrorKind.OVERFLOW:  # vLLM says both names of the limit when the prompt is too long
        return None
    return next((quirk for quirk in PARAMETERS if quirk.parameter in request and quirk.tells(report)), None)
