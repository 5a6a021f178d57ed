"""What a server's JSON says, read with nothing taken for granted."""

import json
from dataclasses import dataclass
from typing import Any, Final

# Longer answers are cut: more than any turn takes, and the database keeps what the model said.
_TEXT_LIMIT: Final = 100_000


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer. Token counts are the server's own (None: not said); latency in milliseconds, retries included."""

    text: str
    finish_reason: str | None
    prompt_tokens: int | None
    cached_tokens: int | None
    completion_tokens: int | None
    latency_ms: float


def read_json(body: bytes) -> Any:
    """A body's JSON, broken UTF-8 replaced. Raises ValueError."""
    return json.loads(body.decode("utf-8", "replace"))


def read_completion(answer: Any) -> Completion:
    """The completion in a server's JSON. Raises ValueError if it is none at all."""
    # Servers that speak "OpenAI" leave out almost anything; a part that is missing must not end a session.
    choices = _at(answer, "choices")
    if not isinstance(choices, list):
        raise ValueError("no choices in it")
    choice = choices[0] if choices else None
    text, reason = _at(choice, "message", "content"), _at(choice, "finish_reason")
    cached = _count(_at(answer, "usage", "prompt_tokens_details", "cached_tokens"))
    if cached is None:  # llama.cpp
        cached = _count(_at(answer, "timings", "cache_n"))
    return Completion(
        text=_whole_characters(text)[:_TEXT_LIMIT] if isinstance(text, str) else "",
        finish_reason=reason if isinstance(reason, str) else None,
        prompt_tokens=_count(_at(answer, "usage", "prompt_tokens")),
        cached_tokens=cached,
        completion_tokens=_count(_at(answer, "usage", "completion_tokens")),
        latency_ms=0.0,
    )


def read_models(answer: Any) -> list[dict[str, Any]]:
    """The models in a server's list, each with a name. Raises ValueError if it is no list of models."""
    data = _at(answer, "data")
    if not isinstance(data, list):
        raise ValueError("no list of models in it")
    return [m for m in data if isinstance(m, dict) and isinstance(m.get("id"), str)]


def _at(data: Any, *path: str) -> Any:
    """What stands at a path of keys in JSON, None if it ends on the way."""
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _whole_characters(text: str) -> str:
    # JSON can carry halves of a UTF-16 pair, which no database and no socket takes.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def advertised_window(model: dict[str, Any]) -> int | None:
    """The context window in tokens as vLLM (`max_model_len`) or llama.cpp (`meta.n_ctx`) tell it."""
    return _count(model.get("max_model_len")) or _count(_at(model, "meta", "n_ctx")) or None
