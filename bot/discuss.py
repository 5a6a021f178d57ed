"""`roundtable discuss`: one discussion on a terminal, by the same engine as in a channel, on a database of its own."""

import json
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from bot.discussion.model.dials import Dials
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session, Turn, Usage
from bot.discussion.model.task import Task
from bot.llm.factory import open_endpoints
from bot.llm.local.serving import with_local_model
from bot.minutes.as_jsonl import session_object, turn_object
from bot.minutes.decisions import poll_told_in
from bot.sessions.composing.limits import Limits
from bot.sessions.new_session import check_format
from bot.sessions.session_runner import SessionRunner
from bot.settings import Settings
from bot.store.models import Status, StoredSession
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
    on_turn: Callable[[Turn], None] = lambda turn: None,
    tell_cost: Callable[[int, str], None] = lambda tokens, cost: None,
) -> str | None:
    """Hold one discussion. `jsonl` gets one object for the session, then one a turn; `on_turn` is told of each as well,
    `tell_cost` in the end of the tokens that were used and what they cost, in words ("" where that is not known).

    Out: why it could not be finished, or None. Raises UserError if it can't be held so.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="roundtable-")))
        file = folder / "discuss.db"
        opening = open_store(f"sqlite+aiosqlite:///{file}", file, currency=settings.llm_currency)
        store = await stack.enter_async_context(opening)
        settings = await stack.enter_async_context(with_local_model(settings, wait=True))
        endpoints = await stack.enter_async_context(open_endpoints(settings))
        # There is no audience that could vote here, and nobody to wait for.
        session = Session(task, cast, dials.model_copy(update={"vote": False, "vote_seconds": 0}), seed)
        check_format(session)
        stage.show_header(session)
        if jsonl:
            await endpoints.discover_all()  # for the models' names
            _write(jsonl, session_as_json(session, {p.name: endpoints.model_of(p) for p in cast}))

        def tell(turn: Turn) -> None:
            if jsonl:
                _write(jsonl, turn_as_json(session, turn, runner.record))
            on_turn(turn)

        stored = StoredSession(0, 0, 1, 1, 0, 0, Status.RUNNING, None, session, now())
        stored = await store.add_session(stored, [])
        runner = SessionRunner(
            stored,
            Record(),
            store=store,
            stage=stage,
            endpoints=endpoints,
            max_tokens=settings.llm_max_tokens,
            limits=Limits.of(settings),
            latest=0,
            on_turn=tell,
        )
        try:
            await runner.take_turns()
        finally:
            report = runner.status_report()
            tell_cost(report.tokens, report.cost)
        return runner.reason if runner.status is Status.PAUSED else None


def _write(file: TextIO, values: dict[str, Any]) -> None:
    print(json.dumps(values, ensure_ascii=False), file=file, flush=True)


def session_as_json(session: Session, models: Mapping[str, str | None]) -> dict[str, Any]:
    """What a discussion began with, as the first line of `--jsonl`: as in minutes, with what models get of it."""
    told = session_object(session, more_of=lambda p: {"card": p.prompt, "model": models.get(p.name)})
    return told | {"rules": session.task.discuss}


def turn_as_json(session: Session, turn: Turn, record: Record) -> dict[str, Any]:
    """A turn as `--jsonl` writes it: as in minutes, and how it came about."""
    how = {"heard": turn.heard, "raw": turn.raw, "flags": turn.flags}
    return turn_object(session, turn, poll_told_in(turn, record)) | how | asdict(turn.usage or Usage())
