"""In what servers that speak "OpenAI" differ: where in their JSON something is that each calls otherwise.

A row a place, with whose it is and where that is said; whoever meets a new one adds a row. What their errors mean
stands in `error_kinds.py`, how they refuse a part of a request in `refusal_wordings.py`, how they tell a wait in
`waits.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto
from typing import Any, Final

from bot.llm.json_reading import as_amount, as_count, each

# --- where things are ---


class Fact(Enum):
    """What is looked for in a server's JSON, and where its paths begin."""

    WINDOW = auto()  # the context window in tokens; in a model of the list
    CACHED_TOKENS = auto()  # tokens of the prompt that were not computed anew; in an answer
    COST = auto()  # what the call has cost, in dollars; in an answer
    REASONING_TOKENS = auto()  # tokens of the answer that were thought; in an answer
    REASONING = auto()  # the text of a thought beside what is said; in an answer's message
    SAID = auto()  # the text of what is said; in an answer's message
    REFUSAL = auto()  # the text with which the model declines; in an answer's message
    NAME = auto()  # a model's name; in a model of the list
    TASK = auto()  # what a model is for; in a model of the list
    OUTPUTS = auto()  # what a model gives out, "text" or else; lists in a model of the list
    PARAMETERS = auto()  # which parameters of a request it takes; in a model of the list


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
        Fact.WINDOW, "LM Studio", ("loaded_context_length",), "https://lmstudio.ai/docs/developer/rest/endpoints"
    ),
    FieldPath(
        Fact.WINDOW,
        "LM Studio",
        ("loaded_instances", "config", "context_length"),
        "https://lmstudio.ai/docs/developer/rest",
    ),
    FieldPath(
        Fact.WINDOW, "LM Studio, Mistral", ("max_context_length",), "https://docs.mistral.ai/api: GET /v1/models"
    ),
    FieldPath(Fact.WINDOW, "OpenRouter, Together, Fireworks", ("context_length",), "https://openrouter.ai/docs/models"),
    FieldPath(
        Fact.WINDOW, "OpenRouter", ("top_provider", "context_length"), "https://openrouter.ai/docs/models: top_provider"
    ),
    FieldPath(Fact.WINDOW, "Groq", ("context_window",), "https://console.groq.com/docs/models"),
    FieldPath(
        Fact.WINDOW, "DeepInfra", ("metadata", "context_length"), "https://deepinfra.com/docs: GET /v1/openai/models"
    ),
    FieldPath(Fact.WINDOW, "Gemini", ("inputTokenLimit",), "https://ai.google.dev/api/models"),
    FieldPath(
        Fact.WINDOW, "GitHub Models", ("limits", "max_input_tokens"), "https://docs.github.com/rest/models/catalog"
    ),
    FieldPath(Fact.WINDOW, "Novita", ("context_size",), "https://novita.ai/docs/api-reference: list models"),
    FieldPath(
        Fact.WINDOW, "Venice", ("model_spec", "availableContextTokens"), "https://docs.venice.ai/api-reference: models"
    ),
    FieldPath(Fact.WINDOW, "TabbyAPI", ("parameters", "max_seq_len"), "https://github.com/theroyallab/tabbyAPI"),
    FieldPath(Fact.WINDOW, "servers around llama.cpp", ("n_ctx",), "as llama.cpp calls it"),
    FieldPath(Fact.WINDOW, "servers around ExLlama", ("max_seq_len",), "as ExLlama calls it"),
    FieldPath(Fact.WINDOW, "servers around Triton", ("max_sequence_length",), "as TensorRT-LLM calls it"),
    FieldPath(Fact.WINDOW, "Anthropic", ("max_input_tokens",), "https://docs.claude.com/api/models-list"),
    FieldPath(
        Fact.CACHED_TOKENS,
        "OpenAI, vLLM",
        ("usage", "prompt_tokens_details", "cached_tokens"),
        "https://platform.openai.com/docs/guides/prompt-caching",
    ),
    FieldPath(Fact.CACHED_TOKENS, "llama.cpp", ("timings", "cache_n"), "llama.cpp, tools/server/README.md: timings"),
    FieldPath(
        Fact.COST, "OpenRouter", ("usage", "cost"), "https://openrouter.ai/docs/use-cases/usage-accounting: in credits"
    ),
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
    FieldPath(Fact.REFUSAL, "OpenAI", ("refusal",), "https://platform.openai.com/docs/api-reference/chat/object"),
    FieldPath(Fact.NAME, "OpenAI", ("id",), "https://platform.openai.com/docs/api-reference/models/object"),
    FieldPath(Fact.NAME, "Ollama, Gemini", ("name",), "https://docs.ollama.com/api: GET /api/tags"),
    FieldPath(Fact.NAME, "LM Studio", ("key",), "https://lmstudio.ai/docs/developer/rest: GET /api/v1/models"),
    FieldPath(Fact.NAME, "GitHub Models, proxies", ("model",), "https://docs.github.com/rest/models/catalog"),
    FieldPath(Fact.TASK, "Together, LM Studio", ("type",), "https://docs.together.ai/reference/models-1"),
    FieldPath(
        Fact.TASK, "Cloudflare, DeepInfra", ("task", "name"), "https://developers.cloudflare.com/workers-ai/models"
    ),
    FieldPath(Fact.TASK, "Hugging Face", ("pipeline_tag",), "https://huggingface.co/docs/hub/api"),
    FieldPath(Fact.TASK, "vLLM and others", ("task",), "https://docs.vllm.ai/en/stable/models/supported_models"),
    FieldPath(
        Fact.OUTPUTS,
        "OpenRouter",
        ("architecture", "output_modalities"),
        "https://openrouter.ai/docs/models: modalities",
    ),
    FieldPath(
        Fact.OUTPUTS,
        "GitHub Models",
        ("supported_output_modalities",),
        "https://docs.github.com/rest/models/catalog",
    ),
    FieldPath(
        Fact.PARAMETERS,
        "OpenRouter",
        ("supported_parameters",),
        "https://openrouter.ai/docs/models: reasoning among them",
    ),
)

_PATHS: Final = {fact: [place.path for place in PLACES if place.fact is fact] for fact in Fact}


def texts(fact: Fact, data: Any) -> Iterator[str]:
    """The texts that stand for a fact, those of each place joined, empty ones left out."""
    for path in _PATHS[fact]:
        if text := "".join(value for value in each(data, *path) if isinstance(value, str)):
            yield text


def texts_listed(fact: Fact, data: Any) -> list[str]:
    """The texts of the lists that stand for a fact."""
    lists = [value for path in _PATHS[fact] for value in each(data, *path) if isinstance(value, list)]
    return [text for values in lists for text in values if isinstance(text, str)]


def counts(fact: Fact, data: Any) -> Iterator[int]:
    """The whole numbers that stand for a fact."""
    for path in _PATHS[fact]:
        yield from (count for value in each(data, *path) if (count := as_count(value)) is not None)


def sums(fact: Fact, data: Any) -> Iterator[Decimal]:
    """The amounts that stand for a fact."""
    for path in _PATHS[fact]:
        yield from (amount for value in each(data, *path) if (amount := as_amount(value)) is not None)


# --- how an answer ends ---

# Why an answer was cut short or left out: by a filter of the server's. As the reason begins, in lower case.
FILTERED: Final = (
    "content_filter",  # OpenAI, Azure; Gemini with its own reason behind a colon
    "safety",  # Gemini, Together
    "prohibited_content",  # Gemini
    "blocklist",
    "recitation",
    "spii",
    "sensitive",  # Zhipu
    "guardrail",  # Bedrock: guardrail_intervened
)


def is_filtered(finish_reason: str | None) -> bool:
    """Whether an answer ended because a filter took the rest of it."""
    return finish_reason is not None and finish_reason.lower().startswith(FILTERED)
