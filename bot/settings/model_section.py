"""The settings of the default endpoint and its model."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode

from bot.discussion.model.model_options import EndpointNames, ExtraBody, Layout, Omitted, Streamed
from bot.discussion.text.money import USUAL_CURRENCY
from bot.endpoint_settings import BaseAddress, CertificateFile, ExtraHeaders, ExtraQuery, Price


def _currency(value: str) -> str:
    if not (value.isascii() and value.isalpha() and len(value) == 3):
        raise ValueError("is not a currency. Write its three letters, such as USD, EUR or CHF")
    return value.upper()


Currency = Annotated[str, AfterValidator(_currency)]


class ModelSection(BaseSettings):
    """LLM_…: what others can have as an endpoint of their own (ENDPOINT_<NAME>_…) is a field of NamedEndpoint, too."""

    llm_base_url: BaseAddress | None = Field(
        default=None,
        description="Any OpenAI-compatible endpoint: vLLM, llama.cpp, Ollama, OpenAI … `dummy`: the embedded Markov "
        "dummy, which babbles; blank is the same for `demo` and `discuss`, and not enough for `run`. What members "
        "write goes there, and to every endpoint below. Discord forbids that a model is trained on it: take none that "
        "trains on what it is sent, as free tiers often do, or switch that off there.",
        examples=["http://127.0.0.1:8000/v1"],
    )
    llm_gguf: Path | None = Field(
        default=None,
        description="In its place a model's file in the form GGUF, which a llama.cpp beside the bot then serves, on "
        "all processors but one. Needs the extra “local”: pip install 'roundtable-bot[local]'. docs/endpoints.md says "
        "which model fits into which memory.",
        examples=["/home/me/models/Qwen3-4B-Instruct-2507-Q4_K_M.gguf"],
    )
    llm_model: str | None = Field(
        default=None,
        description="The model's name at that endpoint. Blank: the first it lists that holds a discussion (embedders, "
        "voices … are passed over).",
    )
    llm_api_key: SecretStr | None = Field(default=None, description="The endpoint's key, if it wants one.")
    llm_concurrency: int = Field(
        default=4, ge=1, le=1000, description="At most this many model calls at the same time, over all tables."
    )
    llm_timeout: float = Field(
        default=120, gt=0, le=3600, description="Seconds that one call may take before it is tried again."
    )
    llm_retries: int = Field(
        default=3,
        ge=0,
        le=10,
        description="How often a failed call is tried again (overload, server faults, lost connections) before the "
        "table pauses.",
    )
    llm_max_tokens: int = Field(
        default=400,
        ge=16,
        le=32_000,
        description="The most tokens a turn may have; a summary may have twice as many.",
    )
    llm_reasoning_tokens: int = Field(
        default=2000,
        ge=0,
        le=32_000,
        description="What a model that thinks before it speaks may use for that, in tokens, on top of what is said.",
    )
    llm_context: int | None = Field(
        default=None,
        ge=512,
        description="The context window in tokens, for endpoints that do not tell it (vLLM, llama.cpp, Groq and others "
        "do).",
    )
    llm_extra_body: ExtraBody = Field(
        default=None,
        description="Further parameters of each request, as one JSON object on one line: top_p, min_p, "
        "reasoning_effort, chat_template_kwargs, OpenRouter's provider … A temperature in it takes the place of the "
        "personas' creativity. It can't hold what the bot sets itself (model, messages, stream, max_tokens, stop). A "
        "parameter that the server does not take is left out, said in the log.",
        examples=['{"top_p": 0.9, "chat_template_kwargs": {"enable_thinking": false}}'],
    )
    llm_extra_headers: ExtraHeaders = Field(
        default=None,
        description="Further headers of each request, as one JSON object of texts. Their values are never shown "
        "anywhere.",
        examples=['{"HTTP-Referer": "https://example.org", "X-Title": "Round table"}'],
    )
    llm_extra_query: ExtraQuery = Field(
        default=None,
        description="What each address's query holds, as one JSON object of texts. A query in LLM_BASE_URL does the "
        "same.",
        examples=['{"api-version": "2024-10-21"}'],
    )
    llm_omit: Annotated[Omitted, NoDecode] = Field(
        default=None,
        description="Parameters that are never sent, separated by commas; of max_tokens, response_format, stop, "
        "stream_options, temperature. Mostly not needed: what a server refuses is left out from then on.",
    )
    llm_stream: Streamed = Field(
        default=False,
        description="Whether answers are read piece by piece as they come, true or false. For proxies that end a call "
        "without a word after a while (Cloudflare: 100 seconds), and for servers that notice only so that nobody "
        "listens any more, after a stop. LLM_TIMEOUT then counts from one piece to the next; an answer as a whole may "
        "take ten times as long.",
    )
    llm_layout: Layout = Field(
        default="user",
        description="In which roles the prompt is sent: user (all in one message, which every chat template takes), or "
        "system (what stays the same from turn to turn as a system message, the rest as the user's), for models that "
        "insist on one.",
    )
    llm_ca_file: CertificateFile | None = Field(
        default=None,
        description="A file of certificates in PEM form that are trusted besides the system's, for a server with one "
        "of its own making.",
    )
    llm_fallback: Annotated[EndpointNames, NoDecode] = Field(
        default=None,
        description="Endpoints that are asked in turn when this one is down, overloaded past its retries, or refuses; "
        "by name, separated by commas (see below). They read the discussion, too. This one is tried again after a "
        "while, at last every ten minutes, or as it asks.",
        examples=["fast, wise"],
    )
    llm_price_in: Price = Field(
        default=None,
        description="What a million tokens of the model's prompts cost, in LLM_CURRENCY; 0: nothing. Without prices no "
        "cost is shown, but where the server tells what it has charged (OpenRouter).",
        examples=["0.15"],
    )
    llm_price_out: Price = Field(
        default=None, description="What a million tokens of its answers cost.", examples=["0.60"]
    )
    llm_price_cached: Price = Field(
        default=None,
        description="What a million tokens cost in that part of a prompt which the server had ready. Blank: as much as "
        "the rest.",
    )
    llm_currency: Currency = Field(
        default=USUAL_CURRENCY,
        description="The currency of all prices and of LIMIT_DAY_COST, in three letters. OpenRouter tells costs in "
        "USD: with another currency the prices above are reckoned with instead.",
    )

    @field_validator("llm_base_url", mode="before")
    @classmethod
    def _dummy(cls, value: Any) -> Any:
        # None that was set is another thing than None by default: see Settings.means_the_dummy.
        return None if isinstance(value, str) and value.casefold() == "dummy" else value
