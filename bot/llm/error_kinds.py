"""What an error of a server means: a row a wording, with whose it is and where that is said.

Whoever meets a new one adds a row; `meaning_of` is all that reads them. A wording that several share stands once.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from bot.llm.error_reading import ErrorReport


class ErrorKind(Enum):
    OVERFLOW = auto()  # the prompt is longer than what the model, or the account at one go, takes
    UNFINISHED = auto()  # in place of an empty answer: the model has thought up to the limit
    FILTERED = auto()  # something in the prompt must not be answered
    QUOTA = auto()  # nothing is left to spend: to try again does not help
    TOO_FAST = auto()  # to wait does
    KEY = auto()  # the key is refused
    MODEL = auto()  # there is no such model, or not for this key
    ROUTE = auto()  # a router has nobody who may serve it
    ADDRESS = auto()  # nothing is served at this address
    FAULT = auto()  # the server's own
    PASSING = auto()  # could not be taken just now
    REFUSED = auto()  # anything else


@dataclass(frozen=True, slots=True)
class ErrorWording:
    """How servers say it: told by one of `codes` or by a pattern in the words, with one of `statuses`."""

    meaning: ErrorKind
    vendor: str
    source: str
    statuses: Iterable[int]
    pattern: re.Pattern[str] | None = None
    codes: frozenset[str] = frozenset()

    def tells(self, report: ErrorReport) -> bool:
        said = self.pattern is not None and self.pattern.search(report.text)
        return report.status in self.statuses and bool(said or self.codes & report.codes)


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.I)


# llama.cpp and proxies send some refusals as faults of their own.
_REFUSALS: Final = (400, 413, 422, 500, 502)
_ANY: Final = range(400, 600)
# A limit a minute that one request alone is over: no waiting helps, a shorter prompt does.
_TPM: Final = re.compile(r"limit\W{0,3}([\d,]+)\W.{0,40}?requested\W{0,3}([\d,]+)", re.I | re.S)

# The first that tells decides.
ERRORS: Final = (
    ErrorWording(
        ErrorKind.UNFINISHED,
        "OpenAI's reasoning models",
        "Could not finish the message because max_tokens or model output limit was reached.",
        (400,),
        _any(r"could not finish the message because max_tokens"),
    ),
    ErrorWording(
        ErrorKind.OVERFLOW,
        "OpenAI, Groq, Cerebras, llama.cpp, GitHub Models, Anthropic",
        "https://platform.openai.com/docs/guides/error-codes; https://github.com/ggml-org/llama.cpp/pull/15780",
        _REFUSALS,
        codes=frozenset(
            {"context_length_exceeded", "exceed_context_size_error", "tokens_limit_reached", "request_too_large"}
            | {"context_window_exceeded", "model_context_window_exceeded", "prompt_too_long", "token_limit_exceeded"}
            | {"string_above_max_length", "contextwindowexceedederror", "1261"}
        ),
    ),
    ErrorWording(
        ErrorKind.OVERFLOW,
        "OpenAI, vLLM, SambaNova, DeepSeek, LM Studio, llama-cpp-python, Cloudflare and most that copy them",
        "This model's maximum context length is …; https://github.com/abetlen/llama-cpp-python/issues/416; "
        "https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/546",
        _REFUSALS,
        _any(
            r"maximum context",
            r"(?:context|sequence)[ _-]?(?:.{0,20})(?:length|size|window|limit)",
            r"max_seq_len",
            r"n_ctx\b",
        ),
    ),
    ErrorWording(
        ErrorKind.OVERFLOW,
        "Anthropic, Fireworks, Bedrock, Cohere, Ollama, Zhipu",
        "https://github.com/boldsoftware/exe.dev/issues/62; https://github.com/cohere-ai/sandbox-topically/issues/4",
        _REFUSALS,
        _any(
            r"\b(?:prompt|input|message|conversation|request|text)s?\b.{0,20}\btoo (?:long|large|many tokens)",
            r"too many (?:input |prompt )?tokens(?! per)",
            r"(?:prompt|input|messages?).{0,20}exceed.{0,20}(?:max|length|limit)",
        ),
    ),
    ErrorWording(
        ErrorKind.OVERFLOW,
        "xAI, Gemini, Moonshot, TGI, DashScope, OpenAI, servers in Chinese",
        "https://docs.x.ai; https://github.com/huggingface/text-generation-inference, router: validation.rs",
        _REFUSALS,
        _any(
            r"maximum (?:prompt|input|sequence) length",
            r"\btokens?\b.{0,60}exceed.{0,40}(?:limit|max|allowed|\d)",
            r"\btokens? \+ .{0,40}(?:>|exceed)",
            r"max_tokens must be at least 1, got -",
            r"exceed\w*.{0,40}(?:maximum number of|token limit|tokens? allowed)",
            r"inputs?\W{0,2} tokens \+ .{0,20}must be",
            r"range of input length",
            r"reduce the length of (?:the |your |either |input )",
            r"string too long",
            r"context shift is disabled",  # llama.cpp, in the middle of an answer
            r"context ?window ?exceeded",  # LiteLLM, by the name of its exception
            r"\b(?:prompt|input|messages?)\b.{0,40}\b(?:fit|longer than|larger than)\b",
            r"\d tokens? (?:are |is )?allowed",
            r"(?:长度|字数|token).{0,12}超[过出]|超[过出长].{0,12}(?:长度|限制|token)",
        ),
    ),
    ErrorWording(
        ErrorKind.FILTERED,
        "Azure, OpenAI, Moonshot, DashScope, OpenRouter, Zhipu, Gemini",
        "https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter; "
        "https://github.com/compl-ai/compl-ai/issues/20",
        (400, 403, 422, 451, 500),
        codes=frozenset(
            {
                "content_filter",
                "responsibleaipolicyviolation",
                "content_policy_violation",
                "contentpolicyviolationerror",
            }
            | {"data_inspection_failed", "datainspectionfailed", "moderation_blocked", "prohibited_content", "1301"}
            | {"content_policy", "content_filter_error", "input_moderation_failed", "sensitive_content", "safety"}
            | {"moderation_error", "policy_violation", "blocked_by_guardrail", "guardrail_intervened"}
        ),
    ),
    ErrorWording(
        ErrorKind.FILTERED,
        "OpenRouter, xAI, DeepSeek, Anthropic, MiniMax and others, in their words",
        "https://openrouter.ai/docs/api-reference/errors: moderation; DeepSeek: Content Exists Risk",
        (400, 403, 422, 451, 500),
        _any(
            r"content ?(?:management )?(?:policy|policies|filter)",
            r"\bunsafe\b|guard-?rails?\b",
            r"\b(?:flagged|moderation|inappropriate content|content exists risk|usage guidelines|high risk)\b",
            r"(?:blocked|rejected|filtered).{0,40}(?:safety|sensitive|harmful|prompt)",
            r"safety (?:check|system|filter|polic)",
            r"violat\w*.{0,40}(?:guidelines|polic)",
            r"敏感|不安全内容|违规|不当内容",
        ),
    ),
    ErrorWording(
        ErrorKind.QUOTA,
        "OpenAI, Moonshot, Zhipu",
        "https://platform.openai.com/docs/guides/error-codes: You exceeded your current quota",
        (400, 402, 403, 429),
        codes=frozenset(
            {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "exceeded_current_quota_error"}
            | {"insufficient_balance", "1113", "credit_limit_exceeded", "insufficient_credits"}
        ),
    ),
    ErrorWording(
        ErrorKind.QUOTA,
        "DeepSeek, OpenRouter, Anthropic, Together, xAI",
        "https://api-docs.deepseek.com/quick_start/error_codes: Insufficient Balance",
        (400, 402, 403, 429),
        _any(
            r"insufficient (?:balance|credits?|funds)",
            r"(?:more|out of|no|used all).{0,30}credits",
            r"credit balance",
            r"key limit exceeded",
            r"payment (?:required|method)",
            r"spending limit",
            r"余额不足|欠费",
        ),
    ),
    ErrorWording(
        ErrorKind.ROUTE,
        "OpenRouter",
        "https://openrouter.ai/docs/features/privacy-and-logging: no endpoint matches the data policy",
        (400, 403, 404),
        _any(r"no (?:allowed )?(?:endpoints?|providers?)\b.{0,20}(?:found|available|are available)", r"data policy"),
    ),
    ErrorWording(
        ErrorKind.MODEL,
        "OpenAI, Groq, Mistral, Ollama, vLLM, Together, Gemini",
        "https://platform.openai.com/docs/guides/error-codes: model_not_found",
        (400, 403, 404, 422),
        _any(
            r"\bmodels?\b.{0,120}(?:not (?:found|exist|available|valid|loaded|supported for)|is invalid|unknown)",
            r"(?:invalid|unknown|no such|unsupported|not a valid).{0,10}\bmodel\b",
            r"not.{0,20}access to (?:the )?model",
            r"not a chat model",
            r"\bmodel\b.{0,120}\b(?:decommissioned|discontinued|retired|shut down|sunset)\b",
            r"no models? (?:is |are )?loaded",
            r"does not support chat",
        ),
        frozenset({"model_not_found", "invalid_model", "model_not_available", "unknown_model", "model_not_supported"})
        | {"model_decommissioned"},
    ),
    ErrorWording(
        ErrorKind.ADDRESS,
        "LM Studio, FastAPI, Express, Go, OpenAI, Azure",
        "what web frameworks say of a path that they do not serve",
        (404, 405),
        _any(
            r"unexpected endpoint",
            r"cannot (?:get|post)\b",
            r"page not found",
            r"(?:unrecognized request|invalid) url",
            r"(?:path|route|url|resource|file).{0,20}not found",
            r"^not found\.?$",
            r"method not allowed",
            r"no such (?:path|route)",
        ),
    ),
    ErrorWording(
        ErrorKind.KEY,
        "OpenAI, Gemini, xAI",
        "https://ai.google.dev/gemini-api/docs/troubleshooting: API key not valid (HTTP 400)",
        (400, 403),
        _any(
            r"(?:api|access)[ _-]?(?:key|token)",
            r"\b(?:unauthori[sz]ed|authenticat\w+|credentials?)\b",
            r"incorrect key",
        ),
        frozenset({"invalid_api_key", "authentication_error", "api_key_invalid", "unauthorized"}),
    ),
    ErrorWording(
        ErrorKind.TOO_FAST,
        "Groq and others, with 413; proxies with 403 or 503",
        "https://console.groq.com/docs/rate-limits",
        (400, 403, 413, 498, 503),
        _any(r"rate[ _-]?limit", r"too many requests", r"tokens? per (?:minute|day)"),
        frozenset({"rate_limit_exceeded", "resource_exhausted", "too_many_requests"}),
    ),
)


def meaning_of(report: ErrorReport) -> ErrorKind:
    """What an error means, by its wording, else by its status."""
    if tokens_at_once(report) is not None:
        return ErrorKind.OVERFLOW if is_over_at_once(report) else ErrorKind.TOO_FAST
    told = next((wording.meaning for wording in ERRORS if wording.tells(report)), None)
    return told or _by_status(report)


def is_over_at_once(report: ErrorReport) -> bool:
    """Whether one request alone asks for more tokens than the account may use a minute."""
    found = tokens_at_once(report)
    return found is not None and found[1] > found[0]


def tokens_at_once(report: ErrorReport) -> tuple[int, int] | None:
    """The tokens that an account may use a minute and those that a request asked for, where an error tells them."""
    match = _TPM.search(report.text) if report.status in (413, 429) else None
    return (_number(match[1]), _number(match[2])) if match else None


def _number(text: str) -> int:
    return int(text.replace(",", "") or 0)


def _by_status(report: ErrorReport) -> ErrorKind:
    match report.status:
        case 401:
            return ErrorKind.KEY
        case 402:
            return ErrorKind.QUOTA
        case 403:
            return ErrorKind.REFUSED if report.words else ErrorKind.KEY
        case 404:
            return ErrorKind.MODEL if report.is_structured else ErrorKind.ADDRESS
        case 405:
            return ErrorKind.ADDRESS
        case 408 | 409 | 425:
            return ErrorKind.PASSING
        case 413:
            return ErrorKind.OVERFLOW
        case 429:
            return ErrorKind.TOO_FAST
        case status if status >= 500:
            return ErrorKind.FAULT
        case _:
            return ErrorKind.REFUSED
