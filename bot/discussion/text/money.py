"""Amounts of money as people read them: whole billionths of a currency, so that they add up without a rest."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

USUAL_CURRENCY: Final = "USD"
BILLION: Final = 1_000_000_000
_SIGNS: Final = {"USD": "$", "EUR": "€", "GBP": "£"}
_SMALLEST: Final = Decimal("0.000001")


def amount(billionths: int, currency: str) -> str:
    """Such as $12.50 or 0.0042 CHF: in hundredths, what is less than one unit with two digits that say something.

    In: `currency`, three letters (ISO 4217).
    """
    value = Decimal(billionths) / BILLION
    if 0 < value < _SMALLEST:
        return f"less than {_with_sign(f'{_SMALLEST:f}', currency)}"
    digits = 2 if not value or value >= 1 else min(6, max(2, 1 - value.adjusted()))
    rounded = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return _with_sign(f"{rounded:,f}", currency)


@dataclass(frozen=True, slots=True)
class Expense:
    """What so many tokens have cost, in billionths of a currency; so many as `unpriced` of them have no known price."""

    tokens: int
    billionths: int
    unpriced: int
    currency: str

    @property
    def is_known(self) -> bool:
        """Of any of the tokens."""
        return self.tokens > self.unpriced

    @property
    def in_words(self) -> str:
        """ "" where nothing is known, which is not to be taken for free."""
        if not self.is_known:
            return ""
        rest = f", and {self.unpriced:,} tokens whose price is not known" if self.unpriced > 0 else ""
        return f"{amount(self.billionths, self.currency)}{rest}"


def billionths(units: Decimal) -> int:
    """An amount in units of its currency, rounded."""
    return int((units * BILLION).to_integral_value(ROUND_HALF_UP))


def _with_sign(number: str, currency: str) -> str:
    sign = _SIGNS.get(currency)
    return f"{sign}{number}" if sign else f"{number} {currency}"
