"""What a server's JSON says, read with nothing taken for granted."""

import json
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.discussion.replies.reasoning import without_reasoning

# Longer answers are cut: more than any turn takes, and the database keeps what the model said.
_TEXT_LIMIT: Final = 100_000


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer. Token counts are the server's own (None: not said); latency in milliseconds, retries included.

    `reasoned`: the model thought before it spoke. `unsaid`: characters it wrote besides the text. `calls`: how often it
    was asked; counts and latency are those of all calls.
    """

    text: str
    finish_reason: str | None
    prompt_tokens: int | None
    cached_tokens: int | None
    completion_tokens: int | None
    latency_ms: float
    reasoned: bool = False
    unsaid: int = 0
    calls: int = 1

    @property
    def may_lack_words(self) -> bool:
        """Whether what there is to say may have fallen victim to what was thought."""
        return self.finish_reason == "length" or (self.reasoned and not without_reasoning(self.text).strip())

    def with_cost_of(self, other: "Completion") -> "Completion":
        """This answer, and what it cost together with another one to the same prompt."""
        return replace(
            self,
            prompt_tokens=_sum(self.prompt_tokens, other.prompt_tokens),
            cached_tokens=_sum(self.cached_tokens, other.cached_tokens),
            completion_tokens=_sum(self.completion_tokens, other.completion_tokens),
            latency_ms=self.latency_ms + other.latency_ms,
            unsaid=self.unsaid + len(other.text) + other.unsaid,
            calls=self.calls + other.calls,
        )


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
    message, reason = _at(choice, "message"), _at(choice, "finish_reason")
    text, thought = _said_and_thought(message)
    thinking = _count(_at(answer, "usage", "completion_tokens_details", "reasoning_tokens"))
    # Some servers hide the thought altogether: an answer that reached the limit without a word was one.
    hidden = reason == "length" and not text.strip()
    cached = _count(_at(answer, "usage", "prompt_tokens_details", "cached_tokens"))
    if cached is None:  # llama.cpp
        cached = _count(_at(answer, "timings", "cache_n"))
    return Completion(
        text=_whole_characters(text)[:_TEXT_LIMIT],
        finish_reason=reason if isinstance(reason, str) else None,
        prompt_tokens=_count(_at(answer, "usage", "prompt_tokens")),
        cached_tokens=cached,
        completion_tokens=_count(_at(answer, "usage", "completion_tokens")),
        latency_ms=0.0,
        reasoned=bool(thought.strip() or thinking or hidden or without_reasoning(text) != text),
        unsaid=len(thought),
    )


def _said_and_thought(message: Any) -> tuple[str, str]:
    """What a message says, and the reasoning that stands beside it, in any of the places that servers put it."""
    content = _at(message, "content")
    parts = content if isinstance(content, list) else []  # Mistral's own API
    texts = [_at(part, "text") for part in parts] if parts else [content]
    thoughts = [_at(message, "reasoning_content") or _at(message, "reasoning")]
    nested = [_at(part, "thinking") for part in parts]
    thoughts += [_at(inner, "text") for inners in nested if isinstance(inners, list) for inner in inners]
    said, thought = ("".join(text for text in found if isinstance(text, str)) for found in (texts, thoughts))
    return said, thought


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


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _whole_characters(text: str) -> str:
    # JSON can carry halves of a UTF-16 pair, which no database and no socket takes.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def advertised_window(model: dict[str, Any]) -> int | None:
    """The context window in tokens as vLLM (`max_model_len`) or llama.cpp (`meta.n_ctx`) tell it."""
    return _count(model.get("max_model_len")) or _count(_at(model, "meta", "n_ctx")) or None
