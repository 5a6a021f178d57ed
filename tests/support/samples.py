"""A session to store, and what it takes to store it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.discussion.model.dials import Dials
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Session
from bot.discussion.model.task import Task
from bot.store.models import Status, StoredSession

GUILD, PLACE, CONVENER, ANCHOR = 2**63 - 9, 2**63 - 8, 2**63 - 7, 1_000
STARTED = datetime(2026, 3, 1, 18, 30, 5, 123456, tzinfo=UTC)

CAST = (
    Persona(name="Aino", full_name="Professor Aino Virtanen", prompt="You are a physicist who counts everything."),
    Persona(name="Ravi", full_name="Ravi Menon", prompt="You are a cook who tastes everything.", creativity=0.2),
    Persona(name="Mira", full_name="Mira Kessler", prompt="You are a judge who doubts everything.", intro="A judge."),
)
TASK = Task(name="A tool library", context="A small town.", questions=("Lend tools?", "Who mends them?", "Who pays?"))


def database(folder: Path) -> tuple[str, Path]:
    """The URL and file of a database in a folder."""
    file = folder / "roundtable.db"
    return f"sqlite+aiosqlite:///{file}", file


def stored_session(**changes: Any) -> StoredSession:
    """A session as it is given to the store. Changes of `cast`, `task` and the like go to what it began with."""
    began = {"task": TASK, "cast": CAST, "dials": Dials(pace=0), "seed": 7, "earlier": ""}
    session = Session(**(began | {k: changes.pop(k) for k in list(changes) if k in began}))
    values: dict[str, Any] = {
        "id": 0,
        "guild_id": GUILD,
        "place_id": PLACE,
        "channel_id": PLACE,
        "convener_id": CONVENER,
        "anchor_id": ANCHOR,
        "status": Status.RUNNING,
        "reason": None,
        "created_at": STARTED,
    }
    return StoredSession(session=session, **(values | changes))
