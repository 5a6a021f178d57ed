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
# Prompts that begin with the same so many characters are those of one table, which each grow: other tables' prompts may
# well be longer and have no more tokens. So many tables are kept apart.
_BEGINNING: Final = 2000
_TABLES: Final = 32


@dataclass(slots=True)
class _Growth:
    """How a table's prompts have grown: since when their count stands still, and whether it has ever grown."""

    chars: int = 0
    tokens: int = 0
    has_grown: bool = False


class SilentCut:
    """What is seen of one model. `window` is the one at which it cuts, in tokens; None as long as it does not."""

    def __init__(self) -> None:
        self.window: int | None = None
        self._tables: dict[int, _Growth] = {}  # by the hash of how their prompts begin, the last one behind

    def look(self, prompt: str, tokens: int, *, most_ratio: float) -> bool:
        """A prompt was counted as so many tokens; `most_ratio`: the most characters a token that any model takes for
        it. Out: whether the window was found just now."""
        chars, growth = len(prompt), self._growth_of(prompt)
        stands_still = abs(tokens - growth.tokens) <= max(_STILL_TOKENS, _STILL * tokens)
        if not stands_still or chars < growth.chars:
            growth.has_grown = growth.has_grown or bool(growth.tokens)
            growth.chars, growth.tokens = chars, tokens
        share = _GROWTH if growth.has_grown else _GROWTH_FROM_THE_START
        outgrows_it = chars >= growth.chars * (1 + share)
        fills_a_window = tokens % _STEP == 0 or tokens % _STEP >= _STEP - _TEMPLATE
        is_too_few = chars / tokens > most_ratio and fills_a_window
        is_known = self.window is not None and self.window <= tokens
        if tokens < _LEAST_WINDOW or is_known or not (outgrows_it or is_too_few):
            return False
        self.window = max(tokens, growth.tokens)
        return True

    def _growth_of(self, prompt: str) -> _Growth:
        table = hash(prompt[:_BEGINNING])
        growth = self._tables.pop(table, None) or _Growth()
        self._tables[table] = growth
        if len(self._tables) > _TABLES:
            del self._tables[next(iter(self._tables))]
        return growth
