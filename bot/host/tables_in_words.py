"""Tables as `roundtable sessions` shows them to a person: in rows, or one in full."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from bot.discussion.text.segmentation import clipped
from bot.discussion.text.wrapping import columns
from bot.store.models import Fault

_HEAD: Final = ("id", "state", "turns", "tokens", "cost", "opened (UTC)", "where", "title")
_TO_THE_RIGHT: Final = ("id", "turns", "tokens", "cost")
_WHERE: Final = 40
_TITLE: Final = 60
_FAULTS: Final[Mapping[str, str]] = {
    Fault.ENDPOINT: "the model does not answer",
    Fault.PLACE: "can't post",
    Fault.PASSES: "nothing new was said",
    Fault.LIMIT: "tokens of the day used up",
    Fault.ERROR: "waits for a person",
}


def in_rows(tables: Sequence[Mapping[str, Any]]) -> str:
    """A line a table, under a head."""
    rows = [_HEAD, *(_row(table) for table in tables)]
    widths = [max(columns(row[at]) for row in rows) for at in range(len(_HEAD))]
    return "\n".join("  ".join(map(_padded, row, widths, _HEAD)).rstrip() for row in rows)


def in_full(table: Mapping[str, Any]) -> str:
    """A line a fact."""
    facts = {
        "table": f"{table['id']}: {table['title']}",
        "state": _state(table) + (f" ({table['reason']})" if table["reason"] else ""),
        "where": f"{_where(table)} (server {table['server_id']}, channel {table['place_id']})",
        "opened": f"{_time(table['opened'])} UTC",
        "ended": f"{_time(table['ended'])} UTC" if table["ended"] else "",
        "turns": f"{table['turns']}{f' of {most}' if (most := table['turns_in_all']) else ''}",
        "tokens": f"{table['tokens']:,}",
        "cost": table["cost"],
        "question": table["question"] or "",
        "cast": ", ".join(table["cast"]),
        "guests": str(table["guests"]),
        "seed": str(table["seed"]),
    }
    width = max(map(len, facts))
    return "\n".join(f"{name:<{width}}  {value}" for name, value in facts.items() if value)


def _row(table: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(table["id"]),
        _state(table),
        str(table["turns"]),
        f"{table['tokens']:,}",
        table["cost"] or "-",
        _time(table["opened"]),
        clipped(_where(table), _WHERE),
        clipped(table["title"], _TITLE),
    )


def _state(table: Mapping[str, Any]) -> str:
    fault = table["fault"]
    return f"{table['status']}: {_FAULTS.get(fault, fault)}" if fault else table["status"]


def _where(table: Mapping[str, Any]) -> str:
    """Names where the running bot knows them, else numbers."""
    return f"{table['server'] or table['server_id']} #{table['place'] or table['place_id']}"


def _time(written: str) -> str:
    return f"{datetime.fromisoformat(written):%Y-%m-%d %H:%M}"


def _padded(text: str, width: int, head: str) -> str:
    room = " " * (width - columns(text))
    return room + text if head in _TO_THE_RIGHT else text + room
