"""Puts the rooms together: the endpoint from the settings, and a discussion on a terminal."""

import json
import logging
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from bot.discussion.dials import Dials
from bot.discussion.persona import Persona
from bot.discussion.record import Record, Session, Turn, Usage
from bot.discussion.task import Task
from bot.llm.dummy import serve_dummy
from bot.llm.endpoint import Endpoint
from bot.sessions.run import Run
from bot.settings import Settings
from bot.store.rows import Status, StoredSession
from bot.store.schema import now
from bot.store.store import open_store
from bot.terminal import TerminalStage

log = logging.getLogger(__name__)

NO_ENDPOINT = (
    "LLM_BASE_URL is not set: the personas babble from the embedded Markov dummy. "
    "Set LLM_BASE_URL to an OpenAI-compatible endpoint for a real discussion."
)


@asynccontextmanager
async def open_endpoint(settings: Settings, *, dummy_delay: float = 0.0) -> AsyncIterator[Endpoint]:
    """The endpoint of the settings, or one on the embedded dummy (said loudly) where none is set."""
    async with AsyncExitStack() as stack:
        url, model = settings.llm_base_url, settings.llm_model
        if url is None:
            log.warning(NO_ENDPOINT)
            url, model = await stack.enter_async_context(serve_dummy(delay=dummy_delay)), None
        endpoint = Endpoint(
            url,
            model=model,
            api_key=settings.llm_api_key.get_secret_value() if settings.llm_api_key else None,
            concurrency=settings.llm_concurrency,
            timeout=settings.llm_timeout,
            retries=settings.llm_retries,
            context=settings.llm_context,
        )
        stack.push_async_callback(endpoint.aclose)
        yield endpoint


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
    """Hold one discussion on the terminal, with the same engine as in a channel and a database of its own.

    Out: why it could not be finished, or None.
    """
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="roundtable-")))
        file = folder / "discuss.db"
        store = await stack.enter_async_context(open_store(f"sqlite+aiosqlite:///{file}", file))
        endpoint = await stack.enter_async_context(open_endpoint(settings))
        session = Session(task, cast, dials, seed)
        stored = StoredSession(0, 0, 1, 1, 0, 0, Status.RUNNING, None, session, now())
        stored = await store.add_session(stored, [])
        run = Run(
            stored,
            Record(),
            store=store,
            stage=stage,
            endpoint=endpoint,
            max_tokens=settings.llm_max_tokens,
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
