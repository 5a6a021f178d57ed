"""A JSON object that a person has written, and in words what is wrong with one."""

import json
from collections.abc import Mapping
from typing import Any, Final, NoReturn, cast

# So much of a text is shown around what is wrong in it.
_SHOWN: Final = 20


def read_json_object(value: Any, *, example: str, is_secret: bool = False) -> dict[str, Any]:
    """The object in `value`: its text, or one that was read already.

    Raises ValueError with a predicate ("is not JSON …") that ends with the `example`; of a secret it shows nothing.
    """
    if isinstance(value, Mapping):
        return dict(cast(Mapping[str, Any], value))
    write = f"Write one JSON object, such as {example}"
    if not isinstance(value, str):
        raise ValueError(f"is not a JSON object. {write}")
    try:
        read = json.loads(value, object_pairs_hook=_without_doubles, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        before = value[error.pos : error.pos + _SHOWN]
        place = "at its end" if not before.strip() else f"at character {error.pos + 1}"
        place += f" ({before} …)" if before.strip() and not is_secret else ""
        raise ValueError(f"is not JSON: {error.msg.lower()} {place}. {write}") from None
    except RecursionError:
        raise ValueError(f"is nested too deeply. {write}") from None
    except ValueError as error:
        raise ValueError(f"is not JSON: {error}. {write}") from None
    if not isinstance(read, dict):
        raise ValueError(f"is JSON, but no object. {write}")
    return cast(dict[str, Any], read)


def as_text(data: Mapping[str, Any]) -> str:
    """The object as a text: what can't be changed and can be hashed stands in frozen values so."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False)


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """One object laid over another: objects in both are merged, null takes a key out (JSON Merge Patch, RFC 7396)."""
    result = dict(under)
    for key, value in over.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            below: Any = result.get(key)
            result[key] = merged(
                cast(Mapping[str, Any], below if isinstance(below, Mapping) else {}), cast(Mapping[str, Any], value)
            )
        else:
            result[key] = value
    return result


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    if double := next((key for key in keys if keys.count(key) > 1), None):
        raise ValueError(f"it names “{double}” twice")
    return dict(pairs)


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number there")
