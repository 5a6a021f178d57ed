"""One answer of a model: what it said, and what that cost."""

from dataclasses import dataclass, replace
from typing import Any, Final

from bot.discussion.model.record import Usage
from bot.discussion.replies.reasoning import without_reasoning
from bot.discussion.text.money import billionths
from bot.llm.json_reading import as_count, at, whole_characters
from bot.llm.quirks import Fact, counts, is_filtered, sums, texts

# Longer answers are cut: more than any turn takes, and the database keeps what the model said.
_TEXT_LIMIT: Final = 100_000


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer. Token counts are the server's own (None: not said); latency in milliseconds, retries included.

    `reasoned`: the model thought before it spoke; `denies_thought`: the server counts thoughts, and there was none.
    `declined`: in what words it refused to answer. `calls`: how often it
    was asked; counts and latency are those of all calls. `told_cost`: what the server says it has charged for all of
    them, in billionths of a dollar. What the counts leave out: `uncounted_prompts` of the calls
    did not say the prompt's tokens, and `uncounted_chars` were written, thoughts included, in calls that did not say
    the answer's.
    """

    text: str
    finish_reason: str | None
    prompt_tokens: int | None
    cached_tokens: int | None
    completion_tokens: int | None
    latency_ms: float
    reasoned: bool = False
    denies_thought: bool = False
    declined: str = ""
    calls: int = 1
    uncounted_prompts: int = 0
    uncounted_chars: int = 0
    told_cost: int | None = None

    @property
    def may_lack_words(self) -> bool:
        """Whether what there is to say may have fallen victim to what was thought."""
        return self.finish_reason == "length" or (self.reasoned and not without_reasoning(self.text).strip())

    @property
    def is_filtered(self) -> bool:
        """Whether a filter of the server's took the rest of the answer, or all of it."""
        return is_filtered(self.finish_reason)

    @property
    def is_blocked(self) -> bool:
        """Whether a filter of the server's let nothing through at all."""
        return self.is_filtered and not self.text.strip()

    @property
    def usage(self) -> Usage:
        """What it cost, as it is stored with a turn."""
        return Usage(
            finish_reason=self.finish_reason,
            prompt_tokens=self.prompt_tokens,
            cached_tokens=self.cached_tokens,
            completion_tokens=self.completion_tokens,
            latency_ms=self.latency_ms,
        )

    def with_cost_of(self, other: "Completion") -> "Completion":
        """This answer, and what it cost together with another one to the same prompt."""
        both = self.usage.plus(other.usage)
        return replace(
            self,
            prompt_tokens=both.prompt_tokens,
            cached_tokens=both.cached_tokens,
            completion_tokens=both.completion_tokens,
            latency_ms=self.latency_ms + other.latency_ms,
            calls=self.calls + other.calls,
            uncounted_prompts=self.uncounted_prompts + other.uncounted_prompts,
            uncounted_chars=self.uncounted_chars + other.uncounted_chars,
            told_cost=None if self.told_cost is None or other.told_cost is None else self.told_cost + other.told_cost,
        )


def read_completion(answer: Any) -> Completion:
    """The completion in a server's JSON; its latency is 0. Raises ValueError if it is none at all."""
    # Servers that speak "OpenAI" leave out almost anything; a part that is missing must not end a session.
    choices = at(answer, "choices")
    if not isinstance(choices, list):
        raise ValueError("no choices in it")
    choice = choices[0] if choices else None
    message, reason = at(choice, "message"), at(choice, "finish_reason")
    text, thought = next(texts(Fact.SAID, message), ""), next(texts(Fact.REASONING, message), "")
    thinking = next(counts(Fact.REASONING_TOKENS, answer), None)
    # Some servers hide the thought altogether: an answer that reached the limit without a word was one.
    hidden = reason == "length" and not text.strip()
    asked, said = (as_count(at(answer, "usage", name)) for name in ("prompt_tokens", "completion_tokens"))
    reasoned = bool(thought.strip() or thinking or hidden or without_reasoning(text) != text)
    return Completion(
        text=whole_characters(text)[:_TEXT_LIMIT],
        finish_reason=reason if isinstance(reason, str) else None,
        prompt_tokens=asked,
        cached_tokens=next(counts(Fact.CACHED_TOKENS, answer), None),
        completion_tokens=said,
        latency_ms=0.0,
        declined="" if text.strip() else _refusal(message, reason),
        reasoned=reasoned,
        denies_thought=thinking == 0 and not reasoned,
        uncounted_prompts=1 if asked is None else 0,
        uncounted_chars=len(text) + len(thought) if said is None else 0,
        told_cost=next(map(billionths, sums(Fact.COST, answer)), None),
    )


def _refusal(message: Any, reason: Any) -> str:
    said = next(texts(Fact.REFUSAL, message), "").strip()
    return said or ("refusal" if reason == "refusal" else "")


def thought_to_the_limit(limit: int | None) -> Completion:
    """What an error says in place of an empty answer: so many tokens were thought, and nothing was said."""
    return Completion("", "length", None, None, limit, 0.0, reasoned=True, uncounted_prompts=1)
