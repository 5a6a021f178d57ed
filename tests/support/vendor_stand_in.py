"""Model servers as their vendors make them: what each refuses, and in which shape it says so. A row a server.

The wordings are ours; codes, names of fields and shapes of bodies are theirs, and a comment says where they are told.
`Vendor.at` has a scripted endpoint behave like one of them:

    async with scripted_endpoint() as server:
        VENDORS["Groq, overflow"].at(server)
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.support.endpoint_stand_in import Answer, Request, ScriptedEndpoint, gives, model_list, page, says

# A vendor's answer to a request; None: the model says something new.
Behaviour = Callable[[Request, ScriptedEndpoint], Answer | None]


@dataclass(frozen=True)
class Vendor:
    """`answer` to each request. `check`: what `roundtable check` says of it, after the address, "✓" or "✗" before it.

    `settings`: what the host has set besides the address. `pauses`: what stands in the reason for which a table pauses,
    "" if it runs to its end. `more_calls`: how often at most it is asked beyond once a turn and once for the summary.
    """

    answer: Behaviour
    check: str = "✓ answers with scripted"
    pauses: str = ""
    more_calls: int = 1
    settings: dict[str, Any] = field(default_factory=dict)
    dials: dict[str, Any] = field(default_factory=dict)
    models: Answer | None = None

    def at(self, server: ScriptedEndpoint) -> None:
        """Have a scripted endpoint behave so."""
        server.answer = lambda request: self.answer(request, server) or Answer()
        if self.models is not None:
            server.models = self.models


def error(status: int = 400, headers: dict[str, str] | None = None, /, **fields: Any) -> Answer:
    """OpenAI's shape: an object under `error`."""
    return Answer(status=status, body=json.dumps({"error": fields}), headers=headers or {})


def text_error(text: str, status: int = 400, **beside: Any) -> Answer:
    """A text under `error`: xAI, LM Studio, Ollama."""
    return gives({"error": text, **beside}, status)


def detail(*problems: dict[str, Any], status: int = 422) -> Answer:
    """FastAPI's list under `detail`."""
    return gives({"detail": list(problems)}, status)


def google(status: int, message: str, code: str, *details: Any) -> Answer:
    """Gemini behind its OpenAI address: a list around the object."""
    return gives([{"error": {"code": status, "message": message, "status": code, "details": list(details)}}], status)


def passed_on(inner: Any, code: int, status: int | None = None, **metadata: Any) -> Answer:
    """OpenRouter, with what the provider behind it has answered. https://openrouter.ai/docs/api-reference/errors"""
    raw = inner if isinstance(inner, str) else json.dumps(inner)
    body = {"message": "Provider returned error", "code": code, "metadata": {"raw": raw, **metadata}}
    return gives({"error": body}, code if status is None else status)


def unless(answer: Answer, *, has: str = "", lacks: str = "") -> Behaviour:
    """Refuses a request that has a parameter, or lacks one."""

    def behaviour(request: Request, server: ScriptedEndpoint) -> Answer | None:
        return answer if (has and has in request.body) or (lacks and lacks not in request.body) else None

    return behaviour


def within(window: int, refusal: Callable[[int, int], Answer]) -> Behaviour:
    """Refuses what is longer than a window in tokens, of which it takes four characters for one. `refusal` is given the
    window and the tokens of the prompt."""

    def behaviour(request: Request, server: ScriptedEndpoint) -> Answer | None:
        tokens = round(len(request.prompt) / server.chars_per_token)
        return refusal(window, tokens) if tokens + request.body["max_tokens"] > window else None

    return behaviour


def always(answer: Answer) -> Behaviour:
    return lambda request, server: answer


def at_first(answer: Answer, *, times: int = 1) -> Behaviour:
    """Answers so a few times, then as usual."""
    return lambda request, server: answer if len(server.asked) <= times else None


def bounded(least: int, refusal: Answer) -> Behaviour:
    return lambda request, server: refusal if request.body["max_tokens"] < least else None


def both(*behaviours: Behaviour) -> Behaviour:
    def behaviour(request: Request, server: ScriptedEndpoint) -> Answer | None:
        return next(filter(None, (one(request, server) for one in behaviours)), None)

    return behaviour


def listing(*names: str, **extra: Any) -> Answer:
    return gives(model_list(*names, **extra))


def _mistral(place: str) -> dict[str, Any]:
    return {"type": "extra_forbidden", "loc": ["body", place], "msg": "Extra inputs are not permitted", "input": 1}


# --- a part of the request that is not taken ---

PARAMETERS: Final = {
    # https://github.com/open-webui/open-webui/issues/21266
    "xAI": unless(
        text_error("Model scripted takes no parameter: does not support parameter stop.", code="x"), has="stop"
    ),
    # https://github.com/n8n-io/n8n/issues/14581
    "xAI, older": unless(text_error("Argument not supported on this model: stop", code="invalid argument"), has="stop"),
    # https://docs.claude.com/api/openai-sdk
    "Anthropic, deprecated": unless(
        error(type="invalid_request_error", message="`temperature` is deprecated for this model."), has="temperature"
    ),
    # https://github.com/griptape-ai/griptape/issues/1915
    "OpenAI, reasoning": both(
        unless(
            error(
                message="Unsupported parameter: 'max_tokens' is not for this model. Use 'max_completion_tokens' instead.",
                param="max_tokens",
                code="unsupported_parameter",
            ),
            has="max_tokens",
        ),
        unless(
            error(
                message="Unsupported value: only the default is taken.", param="temperature", code="unsupported_value"
            ),
            has="temperature",
        ),
        unless(error(message="Unsupported.", param="stop", code="unsupported_parameter"), has="stop"),
    ),
    # https://docs.mistral.ai/api: 422, validation error
    "Mistral": unless(detail(_mistral("stop")), has="stop"),
    # The same one level deeper, as Mistral has sent it before
    "Mistral, older": unless(
        gives({"object": "error", "message": {"detail": [_mistral("stop")]}, "type": "invalid_request_error"}, 422),
        has="stop",
    ),
    # https://docs.nvidia.com/nim: 422 for what a model's own server does not know
    "NIM": unless(detail(_mistral("max_tokens")), has="max_tokens"),
    # vLLM, entrypoints/openai/protocol.py: the validation error as Python writes it
    "vLLM": unless(
        gives(
            {
                "object": "error",
                "message": "[{'type': 'extra_forbidden', 'loc': ('body', 'stop'), 'msg': 'Extra inputs', 'input': 'x'}]",
                "type": "BadRequestError",
                "param": None,
                "code": 400,
            },
            400,
        ),
        has="stop",
    ),
    # https://github.com/BerriAI/litellm: an error in the text of an error
    "LiteLLM": unless(
        error(message="litellm.BadRequestError: Error code: 400 - {'error': {'message': '`stop` is not supported'}}"),
        has="stop",
    ),
    # https://openrouter.ai/docs/api-reference/errors: provider errors
    "OpenRouter": unless(passed_on({"error": {"message": "stop: not allowed here", "param": "stop"}}, 400), has="stop"),
    # Moonshot, kimi-k2.5: https://platform.moonshot.ai/docs
    "Moonshot": unless(error(message="invalid temperature: only 1 is allowed for this model"), has="temperature"),
    # Some gateways call what they refuse a fault of their own
    "a gateway": unless(error(500, message="create() got an unexpected keyword argument 'stop'"), has="stop"),
}
# --- what a host has added ---
ADDED: Final = {
    # https://platform.openai.com/docs/guides/error-codes
    "OpenAI, unrecognized": unless(error(message="Unrecognized request argument supplied: top_k"), has="top_k"),
    "OpenAI, unknown": unless(
        error(message="Unknown parameter: 'top_k'.", param="top_k", code="unknown_parameter"), has="top_k"
    ),
    # https://ai.google.dev/gemini-api/docs/openai
    "Gemini": unless(
        google(400, 'Invalid JSON payload received. Unknown name "top_k": no such field.', "INVALID_ARGUMENT"),
        has="top_k",
    ),
    # https://console.groq.com/docs/openai
    "Groq": unless(error(message="property 'top_k' is unsupported", type="invalid_request_error"), has="top_k"),
    "OpenRouter, several": unless(error(message="Unrecognized request arguments supplied: min_p, top_k"), has="top_k"),
}
# --- bounds ---
BOUNDS: Final = {
    # https://platform.openai.com/docs/api-reference/responses: max_output_tokens
    "OpenAI, least": bounded(
        80,
        error(
            message="Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 80, but got less.",
            param="max_output_tokens",
            code="integer_below_min_value",
        ),
    ),
    # https://github.com/huggingface/text-generation-inference: router, validation.rs
    "TGI": lambda request, server: (
        text_error("Input validation error: `temperature` must be strictly positive", 422, error_type="validation")
        if request.body["temperature"] <= 0
        else None
    ),
    # https://docs.claude.com/api/errors
    "Anthropic, most": lambda request, server: (
        error(message="max_tokens: 60 > 40, which is the maximum allowed number of output tokens for this model")
        if request.body["max_tokens"] > 40
        else None
    ),
    # https://api-docs.deepseek.com
    "DeepSeek, most": lambda request, server: (
        error(message="Invalid max_tokens value, the valid range of max_tokens is [1, 48]")
        if request.body["max_tokens"] > 48
        else None
    ),
}

# --- a prompt that is too long ---

OVERFLOWS: Final[dict[str, Callable[[int, int], Answer]]] = {
    # https://console.groq.com/docs/errors
    "Groq": lambda window, tokens: error(
        message="Please reduce the length of the messages or completion.",
        type="invalid_request_error",
        param="messages",
        code="context_length_exceeded",
    ),
    # https://inference-docs.cerebras.ai/support/error
    "Cerebras": lambda window, tokens: error(
        message=f"Please reduce the length of the messages. Current length is {tokens} while limit is {window}",
        param="messages",
        code="context_length_exceeded",
    ),
    # https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/546
    "LM Studio": lambda window, tokens: text_error(
        f"Trying to keep the first {tokens} tokens. However, the model is loaded with context length of only {window}."
    ),
    # https://github.com/anomalyco/opencode/issues/2259
    "LM Studio, newer": lambda window, tokens: text_error(
        "The number of tokens to keep from the prompt is greater than the context length. Try a larger one."
    ),
    # https://github.com/anomalyco/opencode/issues/11141
    "LM Studio, newest": lambda window, tokens: text_error(
        f"Cannot truncate prompt with n_keep ({tokens}) >= n_ctx ({window})"
    ),
    # https://docs.x.ai/docs/key-information/debugging
    "xAI": lambda window, tokens: text_error(
        f"This model's maximum prompt length is {window} but the request contains {tokens} tokens.",
        code="invalid argument",
    ),
    # https://github.com/ggml-org/llama.cpp/pull/15780
    "llama.cpp": lambda window, tokens: error(
        code=400,
        type="exceed_context_size_error",
        message="the request exceeds the available context size",
        n_prompt_tokens=tokens,
        n_ctx=window,
    ),
    # llama.cpp, tools/server: the context runs out while it writes
    "llama.cpp, midway": lambda window, tokens: error(
        500, code=500, type="server_error", message="Context size is exceeded."
    ),
    # https://docs.claude.com/api/errors
    "Anthropic": lambda window, tokens: error(
        type="invalid_request_error", message=f"prompt is too long: {tokens} tokens > {window} maximum"
    ),
    # https://github.com/huggingface/text-generation-inference
    "TGI, Together": lambda window, tokens: gives(
        {
            "error": f"Input validation error: `inputs` tokens + `max_new_tokens` must be <= {window}. Given: {tokens}",
            "error_type": "validation",
        },
        422,
    ),
    # https://docs.mistral.ai/api
    "Mistral": lambda window, tokens: gives(
        {
            "object": "error",
            "message": f"Prompt contains {tokens} tokens, too large for model with {window} maximum context length",
            "code": "3051",
        },
        400,
    ),
    # https://api-docs.deepseek.com/quick_start/error_codes
    "DeepSeek": lambda window, tokens: error(
        message=f"This model's maximum context length is {window} tokens. You requested {tokens + 60} tokens ({tokens} in "
        "the messages, 60 in the completion).",
        code="invalid_request_error",
    ),
    # https://ai.google.dev/gemini-api/docs/troubleshooting
    "Gemini": lambda window, tokens: google(
        400,
        f"The input token count ({tokens}) exceeds the maximum number of tokens allowed ({window}).",
        "INVALID_ARGUMENT",
    ),
    # https://platform.moonshot.ai/docs
    "Moonshot": lambda window, tokens: error(
        type="invalid_request_error", message=f"Invalid request: Your request exceeded model token limit: {window}"
    ),
    # https://github.com/ollama/ollama: server/routes.go
    "Ollama, cloud": lambda window, tokens: error(
        message="prompt too long; exceeded max context length by some tokens"
    ),
    # https://docs.github.com/github-models
    "GitHub Models": lambda window, tokens: error(
        413, code="tokens_limit_reached", message=f"Request body too large for the model. Max size: {window} tokens."
    ),
    # A proxy that takes no body as large
    "nginx": lambda window, tokens: page(413),
    # https://openrouter.ai/docs/api-reference/errors
    "OpenRouter": lambda window, tokens: passed_on(
        {"error": {"message": f"maximum context length is {window} tokens, you requested {tokens}"}}, 400
    ),
    # The same with status 200, as OpenRouter sends what goes wrong behind it
    "OpenRouter, 200": lambda window, tokens: passed_on({"error": {"message": "context window is exceeded"}}, 400, 200),
    # https://help.aliyun.com/model-studio: error codes
    "DashScope": lambda window, tokens: error(
        code="invalid_parameter_error", message=f"Range of input length should be [1, {window}]"
    ),
    # https://github.com/theroyallab/tabbyAPI
    "TabbyAPI": lambda window, tokens: error(message=f"Prompt length {tokens} is greater than max_seq_len {window}"),
    # https://console.groq.com/docs/rate-limits
    "Groq, a minute": lambda window, tokens: error(
        413,
        message=f"Request too large for model `scripted` on tokens per minute (TPM): Limit {window}, Requested "
        f"{tokens + 60}, please reduce your message size.",
        type="tokens",
        code="rate_limit_exceeded",
    ),
    # https://platform.openai.com/docs/guides/rate-limits
    "OpenAI, a minute": lambda window, tokens: error(
        429,
        message=f"Request too large on tokens per min (TPM): Limit {window:,}, Requested {tokens + 60:,}.",
        type="tokens",
        code="rate_limit_exceeded",
    ),
}

# --- too fast: the wait is told in the body only ---

WAITS: Final = {
    # https://ai.google.dev/gemini-api/docs/rate-limits: google.rpc.RetryInfo
    "Gemini": google(
        429,
        "You exceeded your current quota, please check your plan and billing details.",
        "RESOURCE_EXHAUSTED",
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.02s"},
    ),
    # https://console.groq.com/docs/rate-limits
    "Groq": error(
        429,
        message="Rate limit reached on tokens per minute (TPM): Limit 6000, Used 5500, Requested 900. Please try again in "
        "20ms.",
        code="rate_limit_exceeded",
    ),
    # https://learn.microsoft.com/azure/ai-services/openai/quotas-limits
    "Azure": error(429, message="Requests have exceeded the rate limit. Please retry after 0.02 seconds.", code="429"),
    # https://platform.openai.com/docs/guides/rate-limits: headers
    "OpenAI": error(
        429,
        {"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "20ms", "x-ratelimit-reset-requests": "0s"},
        message="Rate limit reached.",
    ),
    # https://openrouter.ai/docs/api-reference/errors: what the provider says, with status 200
    "OpenRouter, 200": passed_on("scripted is temporarily rate-limited upstream. Please retry in 0.02s", 429, 200),
    # Groq answers so where one more token would be too many
    "Groq, 413": error(
        413,
        message="Request too large on tokens per minute (TPM): Limit 6000, Requested 900. Please try again in 0.02s.",
        code="rate_limit_exceeded",
    ),
    # https://openrouter.ai/docs/api-reference/streaming: errors in the middle of an answer
    "OpenRouter, in a choice": gives(
        {
            "choices": [
                {
                    "index": 0,
                    "finish_reason": "error",
                    "message": {"role": "assistant", "content": "I was about"},
                    "error": {"code": 502, "message": "Upstream went away. Try again in 0.02s"},
                }
            ]
        }
    ),
    # https://docs.claude.com/api/errors: overloaded
    "Anthropic": error(529, {"retry-after-ms": "20"}, type="overloaded_error", message="Overloaded"),
}

# --- refused for good: what a host is told, and what would help ---

REFUSALS: Final[dict[str, tuple[Answer, str]]] = {
    # https://openrouter.ai/docs/features/privacy-and-logging
    "OpenRouter, data policy": (
        error(404, code=404, message="No endpoints found matching your data policy"),
        "has nobody who may serve “scripted” (HTTP 404). Check the account's privacy and provider settings. It says: No "
        "endpoints found matching your data policy",
    ),
    # https://openrouter.ai/docs/api-reference/errors: 402
    "OpenRouter, credits": (
        error(402, code=402, message="This request requires more credits, or fewer max_tokens"),
        "says that the quota is used up (HTTP 402). Check the account's billing. It says: This request requires more credits",
    ),
    # https://api-docs.deepseek.com/quick_start/error_codes
    "DeepSeek, balance": (
        error(402, message="Insufficient Balance", type="unknown_error"),
        "says that the quota is used up (HTTP 402). Check the account's billing. It says: Insufficient Balance",
    ),
    # https://docs.bigmodel.cn: error codes
    "Zhipu, balance": (
        error(429, code="1113", message="The balance does not suffice"),
        "says that the quota is used up (HTTP 429). Check the account's billing. It says: The balance does not suffice",
    ),
    # https://platform.openai.com/docs/guides/error-codes
    "OpenAI, country": (
        error(403, code="unsupported_country_region_territory", message="Country, region, or territory not supported"),
        "refused the request (HTTP 403): Country, region, or territory not supported",
    ),
    "OpenAI, model": (
        error(404, code="model_not_found", message="The model `scripted` does not exist or is not for you"),
        "has no model “scripted” (HTTP 404). Check LLM_MODEL and LLM_BASE_URL. It says: The model `scripted` does not",
    ),
    # https://ai.google.dev/gemini-api/docs/troubleshooting
    "Gemini, key": (
        google(400, "API key not valid. Please pass a valid one.", "INVALID_ARGUMENT", {"reason": "API_KEY_INVALID"}),
        "refused the key (HTTP 400). Check LLM_API_KEY. It says: API key not valid.",
    ),
    # https://console.groq.com/docs/errors
    "Groq, model": (
        error(403, code="model_permission_blocked", message="You have not been given access to the model `scripted`"),
        "has no model “scripted” (HTTP 403). Check LLM_MODEL and LLM_BASE_URL. It says: You have not been given access",
    ),
    # A path that is not served: FastAPI, Go, Express, a proxy
    "FastAPI, path": (
        gives({"detail": "Not Found"}, 404),
        "serves no chat at this address (HTTP 404). Check LLM_BASE_URL",
    ),
    "Go, path": (gives("404 page not found", 404), "serves no chat at this address (HTTP 404). Check LLM_BASE_URL"),
    "Express, path": (gives("Cannot POST /chat", 404), "serves no chat at this address (HTTP 404). Check LLM_BASE_URL"),
    "a proxy's page": (page(404), "serves no chat at this address (HTTP 404). Check LLM_BASE_URL"),
    # LM Studio answers so with status 200
    "LM Studio, path": (
        text_error("Unexpected endpoint or method. (POST /chat/completions). Returning 200 anyway", 200),
        "serves no chat at this address (HTTP 404). Check LLM_BASE_URL",
    ),
    # https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter: the cards themselves
    "Azure, cards": (
        error(code="content_filter", param="prompt", message="The prompt triggered the content management policy"),
        "refuses to read what the table is about (HTTP 400): The prompt triggered the content management policy",
    ),
    # A fault behind a router, with status 200
    "OpenRouter, fault": (
        gives({"error": {"code": 502, "message": "The provider is down"}}),
        "has a fault of its own (HTTP 502): The provider is down",
    ),
    # https://console.groq.com/docs/rate-limits: the tokens of a day
    "Groq, a day": (
        error(
            429,
            message="Rate limit reached on tokens per day (TPD): Limit 100000, Used 99999, Requested 900. Please try again "
            "in 2h15m0s.",
        ),
        "is overloaded (HTTP 429). It asks to wait 2 hours, until ",
    ),
}

# --- lists of models, where none is named ---

LISTS: Final[dict[str, tuple[Answer, str, int | None]]] = {
    "an embedder first": (
        listing("text-embedding-nomic", "whisper-1", "tts-1-hd", "chatty-8b", "other"),
        "chatty-8b",
        None,
    ),
    "a reranker first": (listing("bge-reranker-v2", "llama-guard-3", "flux-schnell", "mix-8x7b"), "mix-8x7b", None),
    # https://docs.together.ai/reference/models-1: a bare list
    "Together": (
        gives([{"id": "m2-bert", "type": "embedding"}, {"id": "talker", "type": "chat", "context_length": 5000}]),
        "talker",
        5000,
    ),
    # https://docs.mistral.ai/api
    "Mistral": (
        gives(
            {
                "data": [
                    {"id": "reader", "capabilities": {"completion_chat": False}},
                    {"id": "speaker", "capabilities": {"completion_chat": True}, "max_context_length": 6000},
                ]
            }
        ),
        "speaker",
        6000,
    ),
    # https://console.groq.com/docs/models
    "Groq": (
        gives({"data": [{"id": "old", "active": False}, {"id": "new", "active": True, "context_window": 7000}]}),
        "new",
        7000,
    ),
    # https://lmstudio.ai/docs/developer/rest/endpoints
    "LM Studio": (
        gives({"data": [{"id": "local", "type": "llm", "max_context_length": 32768, "loaded_context_length": 4500}]}),
        "local",
        4500,
    ),
    # https://openrouter.ai/docs/models
    "OpenRouter": (
        gives({"data": [{"id": "a/b", "context_length": 128000, "top_provider": {"context_length": 8000}}]}),
        "a/b",
        8000,
    ),
    # https://docs.ollama.com/api
    "Ollama": (gives({"models": [{"name": "nomic-embed-text:latest"}, {"name": "small:1b"}]}), "small:1b", None),
    "names alone": (gives(["first", "second"]), "first", None),
    "vLLM": (listing("mine", max_model_len=9000), "mine", 9000),
    "llama.cpp": (listing("mine", meta={"n_ctx": 4100, "n_ctx_train": 131072}), "mine", 4100),
}


def _rows() -> Iterable[tuple[str, Vendor]]:
    for name, answer in PARAMETERS.items():
        yield f"{name}: a parameter", Vendor(answer, more_calls=3)
    for name, answer in ADDED.items():
        yield f"{name}: an added parameter", Vendor(answer, settings={"llm_extra_body": {"top_k": 5, "min_p": 0.1}})
    for name, answer in BOUNDS.items():
        yield f"{name}: a bound", Vendor(answer, more_calls=6, dials={"floor": "moderator"})
    for name, refusal in OVERFLOWS.items():
        yield f"{name}: too long", Vendor(within(900, refusal), more_calls=8, dials={"turns": 24})
    for name, answer in WAITS.items():
        yield f"{name}: too fast", Vendor(at_first(answer, times=2), more_calls=3)
    for name, (answer, words) in REFUSALS.items():
        yield f"{name}: refused", Vendor(always(answer), check=f"✗ The LLM endpoint at HOST {words}", pauses=words)


VENDORS: Final = dict(_rows())


def declines(words: str = "I can't help with that.") -> Answer:
    """OpenAI: the model refuses. https://platform.openai.com/docs/api-reference/chat/object"""
    return Answer("", message={"content": None, "refusal": words})


def filtered(text: str, reason: str = "content_filter") -> Answer:
    """A filter has taken the rest of the answer."""
    return says(text, finish_reason=reason)


FILTERS: Final[dict[str, Answer]] = {
    # https://github.com/compl-ai/compl-ai/issues/20
    "Azure": error(
        message="The response was filtered due to the prompt triggering the content management policy.",
        type=None,
        param="prompt",
        code="content_filter",
        status=400,
        innererror={"code": "ResponsibleAIPolicyViolation", "content_filter_result": {"violence": {"filtered": True}}},
    ),
    # https://openrouter.ai/docs/api-reference/errors: moderation errors
    "OpenRouter": error(
        403,
        code=403,
        message="scripted requires moderation. Your input was flagged for violence",
        metadata={"reasons": ["violence"], "flagged_input": "…", "provider_name": "P", "model_slug": "scripted"},
    ),
    # https://docs.x.ai: 403
    "xAI": text_error("Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE", 403, code="no permission"),
    # https://api-docs.deepseek.com
    "DeepSeek": error(message="Content Exists Risk", type="invalid_request_error"),
    # https://help.aliyun.com/model-studio: error codes
    "DashScope": error(code="data_inspection_failed", message="Input data may contain inappropriate content."),
    # https://platform.moonshot.ai/docs: error codes
    "Moonshot": error(type="content_filter", message="The request was rejected because it was considered high risk"),
}


def minds(word: str, refusal: Answer) -> Behaviour:
    """A filter that refuses a prompt with a word in it."""
    return lambda request, server: refusal if word in request.prompt else None


def cuts_at(window: int) -> Behaviour:
    """Ollama: reads the end of a prompt only, and counts what it has read. https://docs.ollama.com/faq: context window"""

    def behaviour(request: Request, server: ScriptedEndpoint) -> Answer:
        tokens = min(round(len(request.prompt) / server.chars_per_token), window)
        return says(server.sentence(), usage={"prompt_tokens": tokens, "completion_tokens": 20})

    return behaviour


def counts_what_is_new() -> Behaviour:
    """Leaves out of the count what it has in its cache: what the prompt has in common with the one before it."""

    def behaviour(request: Request, server: ScriptedEndpoint) -> Answer:
        before = server.prompts[-2] if len(server.asked) > 1 else ""
        same = next((at for at, (a, b) in enumerate(zip(before, request.prompt, strict=False)) if a != b), len(before))
        tokens = max(1, round((len(request.prompt) - same) / server.chars_per_token))
        return says(server.sentence(), usage={"prompt_tokens": tokens, "completion_tokens": 20})

    return behaviour
