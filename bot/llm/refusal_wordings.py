"""In which words servers refuse a part of a request: how they name it, why they refuse it, and its bounds.

A row a wording, with whose it is and an example or where it is told; whoever meets a new one adds a row.
"""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Wording:
    """One way in which servers put it. `{name}` stands for the parameter."""

    vendor: str
    source: str
    pattern: str

    def search(self, text: str, name: str = "") -> re.Match[str] | None:
        return re.search(self.pattern.replace("{name}", name), text, re.I)


# How a refusal names the parameter. One that is an English word, as `stop`, counts only where it is named so.
NAMINGS: Final = (
    Wording(
        "OpenAI, vLLM, Groq, Anthropic",
        "https://github.com/griptape-ai/griptape/issues/1915",
        r"[`'\"“‘\[]{name}[`'\"”’\]]",
    ),
    Wording(
        "OpenAI, xAI",
        "https://github.com/open-webui/open-webui/issues/21266",
        r"\b(?:param(?:eter)?|argument|field|propert(?:y|ie)|option|keyword|key|input)s?(?: names?)?"
        r"(?: supplied| provided)?[:\s(]+(?:[\w.]+, )*{name}\b",
    ),
    Wording("Ollama", "json: cannot unmarshal … into Go struct field Request.stop", r"\bfield \w+\.{name}\b"),
    Wording(
        "xAI", "https://github.com/n8n-io/n8n/issues/14581", r"\b(?:argument|parameter|field)s?\b[^\n]{0,80}: {name}\b"
    ),
    Wording(
        "Mistral, Anthropic, NIM",
        "FastAPI and pydantic: a line that begins with the place",
        r"(?m)(?:^|: )(?:body\.)?{name}(?:\.\w+)*(?:: |\n\s)",
    ),
    Wording(
        "vLLM, pydantic",
        "at most 4 items in stop; the minimum value for max_tokens",
        r"\b(?:in|for|of) {name}\b(?! \w+ing\b)",
    ),
    Wording(
        "Vertex, many",
        "a maxOutputTokens value of 60; the temperature field",
        r"\b{name} (?:value of|field|parameter)\b",
    ),
    Wording(
        "Bedrock",
        "The maximum tokens you requested exceeds the model limit of 4096",
        r"\b{name} (?:you )?requested\b",
    ),
    Wording(
        "NIM, TGI and others",
        "{name} is not supported",
        r"\b{name}\b(?: \([^)]*\)| \d+)?(?: (?:parameter|argument|field|option|value))? "
        r"(?:is|are|can|may|must|does|isn't|has|should|exceeds)\b",
    ),
    Wording("Moonshot", "invalid temperature: …", r"\binvalid (?:value for |value of )?{name}\b"),
    Wording("SiliconFlow, DeepSeek", "{name} not supported", r"\b{name}\b not (?:supported|allowed|permitted|in)\b"),
    Wording("many", "Cannot use {name} with this model", r"\b(?:use|set|specify|combine|pass) {name}\b"),
    Wording("many", "the number of output tokens (max_tokens)", r"\({name}\)"),
    Wording(
        "many", "does not support {name}", r"\bsupport(?:s|ed|ing)? (?:the |custom |setting )?(?:parameter )?{name}\b"
    ),
)
# Why it is refused: the model does not take it at all, or not that value of it.
REFUSALS: Final = (
    Wording(
        "OpenAI, xAI, NIM", "https://github.com/openai/openai-python/issues/2046", r"un ?supported|not support(?:ed)?\b"
    ),
    Wording(
        "OpenAI, Gemini",
        "Unrecognized request argument supplied; Unknown name …: Cannot find field",
        r"unrecogni[sz]ed|unknown",
    ),
    Wording("Mistral, NIM, Anthropic, vLLM", "pydantic: extra_forbidden", r"extra (?:inputs|fields)|extraneous"),
    Wording(
        "Anthropic",
        "`temperature` is deprecated for this model",
        r"deprecated|no longer (?:supported|available|accepted)",
    ),
    Wording(
        "many",
        "not permitted; not allowed",
        r"(?:not|n't|cannot be|can not be|never) (?:be )?(?:allowed|permitted|accepted|available|used|set|specified)\b",
    ),
    Wording(
        "Moonshot",
        "invalid temperature: only 1 is allowed for this model",
        r"\bonly\b.{0,40}\b(?:allowed|supported|accepted)",
    ),
    Wording("Anthropic", "may only be set to 1", r"may only be\b"),
    Wording(
        "SiliconFlow, many",
        "invalid parameter; the parameter is invalid",
        r"\binvalid (?:request )?(?:parameter|argument|field)"
        r"|(?:parameter|argument|field)s? (?:is|are) (?:invalid|not valid)",
    ),
    Wording("Python servers", "got an unexpected keyword argument 'x'", r"unexpected"),
    Wording("JSON Schema", "additional properties are not allowed", r"additional propert"),
    Wording("OpenAI", "Use 'max_completion_tokens' instead", r"\buse\b.{0,40}\binstead"),
    Wording("many", "incompatible with this model", r"incompatible|cannot both|not both"),
)
REFUSAL_CODES: Final = frozenset(
    {"unsupported_parameter", "unsupported_value", "unknown_parameter", "extra_forbidden", "unrecognized_parameter"}
    | {"unrecognized_request_argument", "value_error.extra", "parameter_not_supported"}
)
# That the model's template takes no system message, or nothing but a question and an answer in turn.
NO_SYSTEM_MESSAGE: Final = (
    Wording(
        "Gemma, Mistral and other templates (vLLM, llama.cpp)",
        "System role not supported",
        r"\bsystem (?:role|message|prompt|instruction)s?\b.{0,40}\b(?:not|n't|un)",
    ),
    Wording("many templates", "Conversation roles must alternate user/assistant/…", r"roles must alternate"),
    Wording(
        "Gemini, for Gemma",
        "Developer instruction is not enabled",
        r"(?:developer|system)[ _]instruction is not enabled",
    ),
    Wording(
        "OpenAI",
        "'messages[0].role' does not support 'system'; only user and assistant roles are supported",
        r"\bnot support 'system'|only (?:'?user'? and '?assistant'?|'?user'?) roles? (?:is|are) supported",
    ),
    Wording(
        "DashScope, many",
        "role 'system' is not supported; unsupported role: system",
        r"\brole:? [`'\"]?system\b.{0,20}\b(?:not|in|un)|\b(?:unsupported|invalid|unknown) role:? [`'\"]?system\b",
    ),
)
_FLOAT: Final = r"\W{0,3}(-?\d+(?:\.\d+)?)"
# A bound that a refusal tells; the group is the number.
LEAST: Final = (
    Wording("OpenAI, Azure", "integer below minimum value. Expected a value >= 16", rf"(?:>=|≥){_FLOAT}"),
    Wording(
        "many",
        "must be at least 16; the minimum value for max_tokens is 16",
        rf"(?:at least|minimum(?: value)?(?: (?:for|of) {{name}})?(?: is| of)?|no less than|or more than){_FLOAT}",
    ),
    Wording("pydantic", "should be greater than or equal to 16", rf"greater than or equal to{_FLOAT}"),
)
# What lies above it only.
ABOVE: Final = (
    Wording("TGI", "`temperature` must be strictly positive", r"(?:strictly )?positive()"),
    Wording("pydantic, vLLM", "should be greater than 0", rf"(?:greater than(?! or)|(?<![-=])(?<!\d )>(?!=)){_FLOAT}"),
)
# What lies below it only.
BELOW: Final = (
    Wording("pydantic", "Input should be less than 4096", rf"(?<!is )\bless than(?! or){_FLOAT}"),
    Wording("Vertex", "the supported range is from 1 (inclusive) to 8193 (exclusive)", r"to (\d+) \(exclusive"),
)
MOST: Final = (
    Wording(
        "OpenAI", "max_tokens is too large: …. This model supports at most 4096 completion tokens", rf"at most{_FLOAT}"
    ),
    Wording("Anthropic", "8192 > 4096, which is the maximum allowed number of output tokens", rf"\d >{_FLOAT}"),
    Wording(
        "Groq, many",
        "must be less than or equal to 8192",
        rf"(?:less than or equal to|no more than|not be greater than|cannot be greater than|<=|≤|(?:cannot|not) exceed)"
        rf"{_FLOAT}",
    ),
    Wording(
        "many",
        "exceeds the maximum of 4096",
        rf"exceeds (?:the |its )?(?:model(?:'s)? )?(?:maximum|max|limit)\b\D{{0,40}}?{_FLOAT}",
    ),
    Wording("many", "the maximum value is 4096", rf"(?:maximum|max)(?: value| allowed)? (?:is|of){_FLOAT}"),
    Wording("many", "larger than the limit of 4096", rf"(?:limit|maximum) of{_FLOAT}"),
    Wording("many", "limited to 4096; up to 4096", rf"\b(?:limited|up) to{_FLOAT}"),
    Wording("many", "must be between 1 and 4096", r"between \d+(?:\.\d+)? and (\d+(?:\.\d+)?)"),
    Wording("DashScope", "Range of max_tokens should be [1, 8192]", r"should be \[\d+, ?(\d+)\]"),
    Wording("DeepSeek", "the valid range of max_tokens is [1, 8192]", r"range of {name} is \[\d+, ?(\d+)\]"),
)
