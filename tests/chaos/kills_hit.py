"""Where a table stands in the middle of something that a kill should hit, by what was stored at that instant."""

import json
from collections import Counter
from collections.abc import Iterable
from typing import Final

from tests.chaos.compare_listening import answered
from tests.chaos.stored_tables import StoredTable, flags_of, of_what

AN_OPEN_VOTE: Final = "while a vote was open"
POSITIONS: Final = "while positions were written"
BALLOTS: Final = "while ballots were cast"
UNANSWERED: Final = "with a question unanswered"
SILENT: Final = "while an open table was silent"


def states(tables: list[StoredTable], asked: int) -> Counter[str]:
    """In which states a kill has hit, with so many calls of the model under way."""
    sending = sum(post["status"] == "sending" for table in tables for post in table.posts)
    counted = {
        "while no table was there yet": int(not tables),
        "with a message under way": int(sending > 0),
        "messages under way at kills": sending,
        "model calls under way at kills": asked,
    }
    return Counter(counted) + Counter(under_way(tables))


def under_way(tables: Iterable[StoredTable]) -> set[str]:
    """What is under way at any of the tables."""
    return {what for table in tables if table.session["status"] != "ended" for what in _at(table)}


def with_a(what: str, tables: Iterable[StoredTable]) -> list[StoredTable]:
    """The tables at which this is under way."""
    return [table for table in tables if table.session["status"] != "ended" and what in _at(table)]


def _at(table: StoredTable) -> set[str]:
    turns, format = table.turns, json.loads(table.session["dials"]).get("format", "roundtable")
    found: set[str] = set()
    closed = {told["poll"] for _, told in of_what(turns, "poll_closed")}
    is_open = [(turn["seq"], told["name"]) for turn, told in of_what(turns, "poll_opened") if turn["seq"] not in closed]
    seats = len(json.loads(table.session["cast"]))
    written = sum(turn["kind"] == "position" for turn in turns)
    has_begun = any(of_what(turns, "question_put"))
    if format == "council" and has_begun and not any(of_what(turns, "positions_revealed")):
        found.add(POSITIONS)
    for seq, name in is_open:
        cast = sum(told["poll"] == seq for _, told in of_what(turns, "ballot_cast"))
        found.add(AN_OPEN_VOTE)
        if name == "before" and written < seats:
            found.add(POSITIONS)
        elif name != "before" and cast < seats:
            found.add(BALLOTS)
    if format in ("interview", "open"):
        words = [turn["seq"] for turn in turns if turn["kind"] == "guest"]
        spoken = [turn for turn in turns if turn["kind"] == "persona"]
        heard = max((turn["heard"] for turn in spoken), default=0)
        asked = {turn["seq"] for turn in turns if turn["kind"] == "guest" and "goes_on" not in flags_of(turn)}
        waits = asked - {answered(turn) for turn in spoken} if format == "interview" else words and words[-1] > heard
        if waits:
            found.add(UNANSWERED)
        elif format == "open" and words:
            found.add(SILENT)
    return found
