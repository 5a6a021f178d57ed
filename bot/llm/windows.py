"""The context window that a refusal tells, and how long the prompt was by the server's count."""

import re
from typing import Final

from bot.llm.error_kinds import tokens_at_once
from bot.llm.error_reading import ErrorReport

# Outside of these a number is no window: a count of characters, a year, an id.
_LEAST, _MOST = 256, 20_000_000

_NUMBER: Final = r"\D{0,30}?(\d[\d,_]*)"
# How a refusal tells the window; the likelier wording first. The number is in tokens.
_LIMITS: Final = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"n_ctx\W{_NUMBER}",  # LM Studio, llama.cpp
        rf"(?:maximum|max) (?:context|prompt|input|sequence)(?: length| window| size)?{_NUMBER}",  # OpenAI, vLLM, xAI
        rf"context (?:length|window|size)(?: limit| of only| of)?{_NUMBER}",  # LM Studio, llama-cpp-python, Cloudflare
        r"(\d[\d,]*) (?:tokens? )?maximum",  # Anthropic, Mistral
        rf"(?:while )?(?:the )?limit is{_NUMBER}",  # Cerebras
        rf"maximum number of (?:input )?tokens(?: allowed)?{_NUMBER}",  # Gemini
        rf"token limit{_NUMBER}",  # Moonshot
        rf"must be <={_NUMBER}",  # TGI
        rf"max(?:imum)? size{_NUMBER}",  # GitHub Models
        rf"max_seq_len{_NUMBER}",  # TabbyAPI
        r"input length should be \[\d+,\s*(\d+)\]",  # DashScope
        rf"cannot exceed{_NUMBER}",  # Cohere
        rf"limit of{_NUMBER}",
        r"\d\)? > ?(\d[\d,]*)",
    )
)
_COUNTS: Final = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"n_keep\W{_NUMBER}",
        r"(\d[\d,]*) (?:input tokens|in the messages|of text input|tokens in (?:the|your) prompt)",
        rf"(?:resulted in|prompt contains|request contains|is too long:|current length is){_NUMBER}",
        rf"(?:input )?token count{_NUMBER}",
        rf"keep the first{_NUMBER}",
        rf"requested tokens{_NUMBER}",
    )
)
_LIMIT_FIELDS: Final = ("n_ctx", "max_model_len", "context_length", "max_context_length")
_COUNT_FIELDS: Final = ("n_prompt_tokens", "prompt_tokens")


def window_told(report: ErrorReport) -> int | None:
    """The window, in tokens, or what an account may use a minute where a single request is over that."""
    if found := tokens_at_once(report):
        return _plausible(found[0])
    return _found(report, _LIMIT_FIELDS, _LIMITS)


def prompt_tokens_told(report: ErrorReport) -> int | None:
    """How many tokens the prompt has, as the server counted them."""
    return None if tokens_at_once(report) else _found(report, _COUNT_FIELDS, _COUNTS)


def _found(report: ErrorReport, fields: tuple[str, ...], patterns: tuple[re.Pattern[str], ...]) -> int | None:
    for name in fields:
        if (told := _plausible(report.numbers.get(name))) is not None:
            return told
    for pattern in patterns:
        if (match := pattern.search(report.text)) and (told := _plausible(_number(match[1]))) is not None:
            return told
    return None


def _number(text: str) -> int:
    return int(text.replace(",", "").replace("_", ""))


def _plausible(count: int | None) -> int | None:
    return count if count is not None and _LEAST <= count <= _MOST else None
