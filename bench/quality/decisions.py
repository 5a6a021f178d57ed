"""What became of a table's minds, in figures: positions before the discussion against ballots after it."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Final

from bench.quality.metrics import Value

# By what a ballot names an option, among whatever else a model says.
_LETTER: Final = re.compile(r"\b[A-J]\b")


@dataclass(frozen=True, slots=True)
class Decisions:
    """Positions and ballots of a table by persona: the option that each is for, by its number; None: it named none, or
    abstained. `letters`: by what those who voted named it; each saw the options in an order of their own."""

    positions: Mapping[str, int | None] = field(default_factory=dict[str, int | None])
    ballots: Mapping[str, int | None] = field(default_factory=dict[str, int | None])
    letters: Sequence[str] = ()


def decisions_of(rows: Sequence[Mapping[str, Any]]) -> Decisions:
    """Those in rows of a transcript; of several polls the ballots of the last."""
    last = max((row["poll"] for row in rows if row.get("kind") == "ballot"), default=None)
    voted = [row for row in rows if row.get("kind") == "ballot" and row["poll"] == last]
    return Decisions(
        positions={row["speaker"]: row.get("choice") for row in rows if row.get("kind") == "position"},
        ballots={row["speaker"]: next(iter(row["ranking"]), None) for row in voted},
        letters=[found[0] for row in voted if row["ranking"] and (found := _LETTER.search(row.get("raw") or ""))],
    )


def named(choices: Collection[int | None]) -> float | None:
    """The share that names an option; None where nobody was asked."""
    return sum(choice is not None for choice in choices) / len(choices) if choices else None


def differing(choices: Collection[int | None]) -> float | None:
    """Of the pairs who both name an option: the share who name different ones; None where there is no such pair."""
    pairs = list(combinations([choice for choice in choices if choice is not None], 2))
    return sum(one != other for one, other in pairs) / len(pairs) if pairs else None


def changed(told: Decisions) -> tuple[int, int]:
    """How many voted for another option than their position was for, and of how many both are known."""
    pairs = [(before, told.ballots.get(name)) for name, before in told.positions.items()]
    known = [(before, after) for before, after in pairs if before is not None and after is not None]
    return sum(before != after for before, after in known), len(known)


def measure_decisions(told: Decisions) -> dict[str, Value]:
    """Every measure of one table, None where it can't be told."""
    minds, known = changed(told)
    return {
        "chose": named(told.positions.values()),
        "positions_differ": differing(told.positions.values()),
        "valid": named(told.ballots.values()),
        "abstained": sum(choice is None for choice in told.ballots.values()) if told.ballots else None,
        "named_first": told.letters.count("A") / len(told.letters) if told.letters else None,
        "ballots_differ": differing(told.ballots.values()),
        "known": known if told.positions else None,
        "changed": minds if known else None,
    }
