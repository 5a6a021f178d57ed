"""A server's JSON, read with nothing taken for granted: a part that is missing or of another type is just not there."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any


def read_json(body: bytes) -> Any:
    """A body's JSON, broken UTF-8 replaced, without a byte-order mark. Raises ValueError."""
    return json.loads(body.decode("utf-8-sig", "replace"))


def each(data: Any, *path: str) -> Iterator[Any]:
    """What stands at a path of keys. Where a list is on the way, in each of its items; nothing where the path ends."""
    if not path:
        yield data
        return
    for item in data if isinstance(data, list) else [data]:
        if isinstance(item, dict) and path[0] in item:
            yield from each(item[path[0]], *path[1:])


def at(data: Any, *path: str) -> Any:
    """The first that stands at a path of keys; None if there is nothing."""
    return next(each(data, *path), None)


def as_count(value: Any) -> int | None:
    """A whole number from 0 on; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def as_amount(value: Any) -> Decimal | None:
    """A number from 0 on, whole or not; None for anything else."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    amount = Decimal(str(value)) if is_number else None
    return amount if amount is not None and amount.is_finite() and amount >= 0 else None


def whole_characters(text: str) -> str:
    """The text with halves of a UTF-16 pair, which JSON can carry and no database and no socket takes, replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
