"""What tokens of a model cost: by the host's price list, unless the server tells what it has charged."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.discussion.text.money import billionths

# In this currency servers tell what a call has cost: https://openrouter.ai/docs/use-cases/usage-accounting
TOLD_IN: Final = "USD"
_MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """Per million tokens: of prompts, of answers, and of that part of a prompt which the server has cached."""

    prompt: Decimal
    answer: Decimal
    cached: Decimal

    @classmethod
    def of(cls, prompt: Decimal | None, answer: Decimal | None, cached: Decimal | None) -> "Prices | None":
        """As the settings have them; None where prompts or answers have no price."""
        if prompt is None or answer is None:
            return None
        return cls(prompt, answer, prompt if cached is None else cached)

    def cost(self, prompt: int, answer: int, cached: int) -> int:
        """Of so many tokens, in billionths of the currency; `cached` are among those of the prompt."""
        cached = min(cached, prompt)
        units = (prompt - cached) * self.prompt + cached * self.cached + answer * self.answer
        return billionths(units / _MILLION)
