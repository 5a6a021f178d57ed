"""Notices a server that cuts prompts at its context window without a word, as Ollama does at its `num_ctx`.

It can be seen in the count of the prompt's tokens alone: that stands still while the prompt grows.
"""

from dataclasses import dataclass
from typing import Final

# Below this a count that stands still is what is left of a prompt after the server's cache, not a window.
_LEAST_WINDOW: Final = 256
# A count stands still if it stays within this (templates round), while the prompt grows by at least that share; by
# more where the count was never seen to grow at all.
_STILL: Final = 0.01
_STILL_TOKENS: Final = 8
_GROWTH: Final = 0.06
_GROWTH_FROM_THE_START: Final = 0.25
# Windows are set to multiples of this; a prompt that is cut fills one but for what a template takes.
_STEP: Final = 1024
_TEMPLATE: Final = 16


@dataclass(slots=True)
class SilentCut:
    """What is seen of one model. `window` is the one at which it cuts, in tokens; None as long as it does not."""

    window: int | None = None
    _chars: int = 0
    _tokens: int = 0
    _has_grown: bool = False

    def look(self, chars: int, tokens: int, *, most_ratio: float) -> bool:
        """A prompt of so many characters was counted as so many tokens; `most_ratio`: the most characters a token that
        any model takes for it. Out: whether the window was found just now."""
        stands_still = abs(tokens - self._tokens) <= max(_STILL_TOKENS, _STILL * tokens)
        if not stands_still or chars < self._chars:
            self._has_grown = self._has_grown or bool(self._tokens)
            self._chars, self._tokens = chars, tokens
        growth = _GROWTH if self._has_grown else _GROWTH_FROM_THE_START
        has_grown = chars >= self._chars * (1 + growth)
        fills_a_window = tokens % _STEP == 0 or tokens % _STEP >= _STEP - _TEMPLATE
        is_too_few = chars / tokens > most_ratio and fills_a_window
        if tokens < _LEAST_WINDOW or not (has_grown or is_too_few) or (self.window or tokens + 1) <= tokens:
            return False
        self.window = max(tokens, self._tokens)
        return True
