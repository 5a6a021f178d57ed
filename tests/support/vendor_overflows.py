"""How vendors' servers say that a prompt is too long; each with where that is told."""

from collections.abc import Callable
from typing import Final

from tests.support.endpoint_stand_in import Answer, gives, page
from tests.support.vendor_shapes import error, google, passed_on, text_error

# Each is given the window and the tokens of the prompt.
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
        message=f"This model's maximum context length is {window} tokens. You requested {tokens + 60} tokens ({tokens} "
        "in the messages, 60 in the completion).",
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
    # llama.cpp, tools/server: in the middle of an answer, as a fault of its own
    "llama.cpp, no shift": lambda window, tokens: error(500, message="context shift is disabled", type="server_error"),
    # https://docs.litellm.ai/docs/exception_mapping
    "LiteLLM": lambda window, tokens: error(
        message="litellm.ContextWindowExceededError: no more than that", code="400"
    ),
    # In the words of several gateways
    "a gateway, fit": lambda window, tokens: error(message="The prompt you sent doesn't fit into what the model takes"),
    "a gateway, longer": lambda window, tokens: error(500, message="The prompt length is longer than what is allowed"),
    "a gateway, allowed": lambda window, tokens: text_error(f"{tokens} tokens given, {window} tokens allowed"),
}
