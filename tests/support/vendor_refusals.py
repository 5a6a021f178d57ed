"""What vendors' servers refuse for now, for good, and because of what was said; each with where that is told."""

from typing import Final

from tests.support.endpoint_stand_in import Answer, gives, page
from tests.support.vendor_shapes import error, google, passed_on, text_error

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
        message="Rate limit reached on tokens per minute (TPM): Limit 6000, Used 5500, Requested 900. Please try again "
        "in 20ms.",
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
    # https://huggingface.co/docs/api-inference: a model that is loaded first
    "Hugging Face": gives({"error": "Model scripted is currently loading", "estimated_time": 0.02}, 503),
    # https://docs.claude.com/api/errors: overloaded
    "Anthropic": error(529, {"retry-after-ms": "20"}, type="overloaded_error", message="Overloaded"),
}

# --- refused for good: what a host is told, and what would help ---

REFUSALS: Final[dict[str, tuple[Answer, str]]] = {
    # https://openrouter.ai/docs/features/privacy-and-logging
    "OpenRouter, data policy": (
        error(404, code=404, message="No endpoints found matching your data policy"),
        "has nobody who may serve “scripted” (HTTP 404). Check the account's privacy and provider settings. It says: "
        "No endpoints found matching your data policy",
    ),
    # https://openrouter.ai/docs/api-reference/errors: 402
    "OpenRouter, credits": (
        error(402, code=402, message="This request requires more credits, or fewer max_tokens"),
        "says that the quota is used up (HTTP 402). Check the account's billing. It says: This request requires",
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
    # https://console.groq.com/docs/deprecations
    "Groq, model gone": (
        error(code="model_decommissioned", message="The model `scripted` has been decommissioned"),
        "has no model “scripted” (HTTP 400). Check LLM_MODEL and LLM_BASE_URL. It says: The model `scripted` has been",
    ),
    # https://huggingface.co/docs/api-inference: a model that is loaded first
    "Hugging Face, loading": (
        gives({"error": "Model scripted is currently loading", "estimated_time": 900.0}, 503),
        "has a fault of its own (HTTP 503): Model scripted is currently loading",
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
            message="Rate limit reached on tokens per day (TPD): Limit 100000, Used 99999, Requested 900. Please try "
            "again in 2h15m0s.",
        ),
        "is overloaded (HTTP 429). It asks to wait 2 hours, until ",
    ),
}

# --- a filter objects to what was said ---

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
    # https://ai.google.dev/api/generate-content: PromptFeedback
    "Gemini": gives({"choices": [], "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}),
    # https://docs.mistral.ai: guardrails
    "Mistral": error(403, type="moderation_error", code="3000", message="Unsafe content detected by guardrails"),
    # https://docs.litellm.ai/docs/exception_mapping
    "LiteLLM": error(message="litellm.ContentPolicyViolationError: the response was filtered", code="400"),
    # https://cloud.google.com/vertex-ai: what is refused before it is read
    "Vertex": google(400, "The prompt is considered unsafe and was blocked", "FAILED_PRECONDITION"),
    # https://platform.moonshot.ai/docs: error codes
    "Moonshot": error(type="content_filter", message="The request was rejected because it was considered high risk"),
}
