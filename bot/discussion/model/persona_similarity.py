"""Whether two character cards are near copies: then two personas are one voice under two names."""

import re
from collections.abc import Iterable
from itertools import combinations
from typing import Final

from bot.discussion.model.name_forms import name_forms
from bot.discussion.model.persona import Persona
from bot.discussion.text.folding import fold
from bot.discussion.text.text_metrics import Gram, grams

# The share of the shorter card's word 3-grams that stand in the other before the two count as near copies.
LIKE: Final = 0.5
# A card with fewer 3-grams ("You are Marie Curie, a physicist.") leaves everything to the name.
_FEW: Final = 10


def near_copies(personas: Iterable[Persona]) -> list[str]:
    """A sentence for each two personas whose cards say nearly the same, but for their own names."""
    cards = [(p, own) for p in personas if len(own := _grams(p)) >= _FEW]
    return [
        f"{one.full_name} and {other.full_name} have nearly the same character card, so they will sound alike. "
        "Give them different beliefs or ways of talking, or seat only one of them."
        for (one, a), (other, b) in combinations(cards, 2)
        if len(a & b) >= LIKE * min(len(a), len(b))
    ]


def _grams(persona: Persona) -> frozenset[Gram]:
    own = sorted({*name_forms(persona), fold(persona.full_name)}, key=len, reverse=True)
    names = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, own))})(?!\w)")
    return grams(names.sub("x", fold(persona.prompt)), 3)
