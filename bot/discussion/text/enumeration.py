"""Several things in one sentence: "Aino", "Aino and Ravi", "Aino, Ravi and Mira"."""

from collections.abc import Iterable


def enumerated(parts: Iterable[str], *, last: str = "and") -> str:
    """The parts in a row, `last` before the last one; "" for none."""
    *first, end = list(parts) or [""]
    return f"{', '.join(first)} {last} {end}" if first else end
