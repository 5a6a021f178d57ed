"""What is stored of each table, read past the bot's own code."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]


@dataclass
class StoredTable:
    """One session with its turns and posts, as rows of the database."""

    session: dict[str, Any]
    turns: list[dict[str, Any]]
    posts: list[dict[str, Any]]


def read_tables(file: Path, *, whole: bool = True) -> list[StoredTable]:
    """Every session of a database file, read past the bot's own code; without its turns and posts if not `whole`."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row

        def rows(query: str, *values: int) -> list[dict[str, Any]]:
            return [dict(row) for row in db.execute(query, values)]

        db.execute("BEGIN")  # all of it at one instant
        sessions = rows("SELECT * FROM sessions ORDER BY id")
        if not whole:
            return [StoredTable(session, [], []) for session in sessions]
        turns = "SELECT * FROM turns WHERE session_id = ? ORDER BY seq"
        posts = "SELECT * FROM posts WHERE session_id = ? ORDER BY id"
        return [StoredTable(session, rows(turns, session["id"]), rows(posts, session["id"])) for session in sessions]


def steering_of(turn: Row) -> dict[str, Any]:
    """What a turn of the moderator's does, or a private turn comes to; nothing for all others."""
    return json.loads(turn.get("steering") or "null") or {}


def flags_of(turn: Row) -> list[str]:
    return json.loads(turn.get("flags") or "[]")


def of_what(turns: Iterable[Row], what: str) -> Iterator[tuple[Row, dict[str, Any]]]:
    """The turns that steer so, with what they say."""
    return ((turn, told) for turn in turns if (told := steering_of(turn)).get("what") == what)
