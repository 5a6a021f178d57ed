"""Parts of a request that vendors' servers do not take, or not with every value; each with where that is told."""

from typing import Any, Final

from tests.support.endpoint_stand_in import gives
from tests.support.vendor_shapes import both, bounded, detail, error, google, passed_on, text_error, unless


def _mistral(place: str) -> dict[str, Any]:
    return {"type": "extra_forbidden", "loc": ["body", place], "msg": "Extra inputs are not permitted", "input": 1}


# --- a part of the request that is not taken ---

PARAMETERS: Final = {
    # https://github.com/open-webui/open-webui/issues/21266
    "xAI": unless(text_error("Model scripted does not support parameter stop.", code="x"), has="stop"),
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
                message="Unsupported parameter: 'max_tokens' is not taken. Use 'max_completion_tokens' instead.",
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
                "message": "[{'type': 'extra_forbidden', 'loc': ('body', 'stop'), 'msg': 'Extra inputs', 'input': 1}]",
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
    # Rust servers (serde): a type that is another
    "a server in Rust": unless(
        gives("Failed to read the body: stop: invalid type: sequence, expected a string at line 1", 422), has="stop"
    ),
    # https://docs.vllm.ai: protocol.py
    "a limit of one": unless(error(message="There may be at most 1 items in stop"), has="stop"),
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
