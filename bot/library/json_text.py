"""JSON out of a text, or what is wrong with it: nothing in it is so deep or so many that looking into it takes long."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from bot.library.file_problem import FileProblem

# A persona file is one level deep, a character card with a lore book and extensions of tools about ten.
_DEPTH: Final = 64
# A lore book of two thousand entries has about twelve thousand. Each takes some hundred bytes of memory, empty or not.
_CONTAINERS: Final = 50_000


def read_json(file: str, text: str) -> tuple[Any, list[FileProblem]]:
    """What a JSON text holds; or None with what is wrong with it. Of two fields of one name the later one counts."""

    def wrong(field: str, found: str, fix: str) -> tuple[Any, list[FileProblem]]:
        return None, [FileProblem(file, field, found, fix)]

    if text.count("{") + text.count("[") > _CONTAINERS:
        return wrong("", f"holds more than {_CONTAINERS:,} lists and objects.", "Write one flat JSON object.")
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        fix = "Check the quotes, commas and braces there."
        return wrong(f"line {error.lineno}", f"is not valid JSON ({error.msg}).", fix)
    except (RecursionError, ValueError):  # ValueError: a number of more than 4,300 digits
        return wrong("", "is not valid JSON (nested too deeply, or a huge number).", "Write one flat JSON object.")
    if _is_deep(data):
        return wrong("", f"is nested more than {_DEPTH} levels deep.", "Write one flat JSON object.")
    return data, []


def as_json(value: Any) -> bytes:
    """JSON for people to read and change, in UTF-8."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _is_deep(data: Any) -> bool:
    level: list[Any] = [data] if isinstance(data, Mapping | list) else []
    for _ in range(_DEPTH):
        if not level:
            return False
        values = (cast(Mapping[str, Any], one).values() if isinstance(one, Mapping) else one for one in level)
        level = [each for inside in values for each in cast(Sequence[Any], inside) if isinstance(each, Mapping | list)]
    return bool(level)
