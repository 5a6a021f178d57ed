"""`roundtable discuss`: one discussion on a terminal, by the same engine as in a channel, on a database of its own."""

import json
import tempfile
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from bot.discussion.dials import Dials
from bot.discussion.persona import Persona
from bot.discussion.record import Record, Session, Turn, Usage
from bot.discussion.task import Task
from bot.llm.choice import open_endpoints
from bot.sessions.limits import Limits
from bot.sessions.run import Run
from bot.settings import Settings
from bot.store.rows import Status, StoredSession
from bot.store.schema import now
from bot.store.store import open_store
from bot.terminal import TerminalStage


async def discuss(
    settings: Settings,
    *,
    task: Task,
    cast: tuple[Persona, ...],
    dials: Dials,
    seed: int,
    stage: TerminalStage,
    jsonl: TextIO | None = None,
) -> str | None:
    """Hold one discussion. `jsonl` gets one object a turn. Out: why it could not be finished, or None."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="roundtable-")))
        file = folder / "discuss.db"
        store = await stack.enter_async_context(open_store(f"sqlite+aiosqlite:///{file}", file))
        endpoints = await stack.enter_async_context(open_endpoints(settings))
        session = Session(task, cast, dials, seed)
        stored = StoredSession(0, 0, 1, 1, 0, 0, Status.RUNNING, None, session, now())
        stored = await store.add_session(stored, [])
        run = Run(
            stored,
            Record(),
            store=store,
            stage=stage,
            endpoints=endpoints,
            max_tokens=settings.llm_max_tokens,
            limits=Limits.of(settings),
            latest=0,
            on_turn=_writer(jsonl) if jsonl else lambda turn: None,
        )
        await run.loop()
        return run.reason if run.status is Status.PAUSED else None


def _writer(file: TextIO) -> Callable[[Turn], None]:
    def write(turn: Turn) -> None:
        print(json.dumps(turn_as_json(turn), ensure_ascii=False), file=file, flush=True)

    return write


def turn_as_json(turn: Turn) -> dict[str, Any]:
    """A turn as `--jsonl` writes it."""
    return {
        "seq": turn.seq,
        "kind": turn.kind,
        "speaker": turn.speaker,
        "text": turn.text,
        "question": turn.question,
        "addressed": turn.addressed,
        "raw": turn.raw,
        **asdict(turn.usage or Usage()),
    }
