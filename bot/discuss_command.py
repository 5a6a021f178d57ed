"""`roundtable discuss` as it was typed: puts together what is discussed by whom, and says how it ended."""

import argparse
import asyncio
import logging
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from bot.discuss import discuss
from bot.discussion.model.record import Turn
from bot.discussion.model.task import Task
from bot.errors import RoundtableError, UserError
from bot.library.catalogue import Catalogue, open_catalogue
from bot.settings import Settings
from bot.signals import cancelled_at_sigterm
from bot.terminal import TerminalStage

_SEED_BITS: Final = 32


async def discuss_as_asked(args: argparse.Namespace, settings: Settings) -> int:
    """Hold the discussion. Out: the exit status.

    Raises RoundtableError for what can't be used. Once it is said how far it came: CancelledError (Ctrl-C, SIGTERM),
    BrokenPipeError (nobody reads it any more).
    """
    # A folder of tasks gives its first; a task folder is read as the one it is.
    catalogue = open_catalogue(
        settings.personas_dir, settings.tasks_dir, settings.endpoints, given_as=settings.given_as
    )
    task = _task_of(args, catalogue)
    with _named("--cast"):
        cast = catalogue.cast(args.cast or "")
    asked = {"turns": args.turns, "floor": args.floor, "dissent_every": args.dissent}
    dials = settings.discussion.model_copy(
        update={"pace": args.pace, "words_per_minute": 0} | {k: v for k, v in asked.items() if v is not None}
    )
    seed = args.seed if args.seed is not None else secrets.randbits(_SEED_BITS)
    spoken: list[Turn] = []
    costs: list[tuple[int, str]] = []
    here = asyncio.current_task()
    assert here is not None
    # Whoever watches the table sees that it begins and ends.
    logging.getLogger("bot.sessions.lifecycle").setLevel(logging.WARNING)
    stage = TerminalStage(colour=not args.no_colour and _takes_colours(), unread=here.cancel)
    with ExitStack() as stack:
        jsonl = None
        if args.jsonl:
            try:
                jsonl = stack.enter_context(args.jsonl.open("w", encoding="utf-8"))
            except OSError as error:
                raise RoundtableError(f"--jsonl {args.jsonl} can't be written ({error.strerror}).") from None
        stack.enter_context(cancelled_at_sigterm())
        try:
            problem = await discuss(
                settings,
                task=task,
                cast=cast,
                dials=dials,
                seed=seed,
                stage=stage,
                jsonl=jsonl,
                on_turn=lambda turn: spoken.append(turn) if turn.kind == "persona" else None,
                tell_cost=lambda *used: costs.append(used),
            )
        except asyncio.CancelledError:
            # Behind the ^C that the terminal itself has written.
            start = "\n" if sys.stderr.isatty() else ""
            told = f"Stopped after {len(spoken)} of {dials.turns} turns. Seed {seed}."
            print(f"{start}{_used(costs)}{told}", file=sys.stderr)
            if not stage.is_read:
                raise BrokenPipeError from None
            raise
    print(_used(costs), end="", file=sys.stderr)
    if problem is None:
        print(f"Seed {seed}: `--seed {seed}` makes the same choices again.", file=sys.stderr)
    return 0 if problem is None else 1


def _used(costs: list[tuple[int, str]]) -> str:
    """A line that tells the tokens that were used and, as far as it is known, what they have cost."""
    return "".join(f"Tokens used: {tokens:,}.{f' Cost: {cost}.' if cost else ''}\n" for tokens, cost in costs if tokens)


def _task_of(args: argparse.Namespace, catalogue: Catalogue) -> Task:
    task = catalogue.task(None)
    if not args.question:
        return task
    if args.task:
        return task.model_copy(update={"questions": (args.question,)})
    # Without a task it is the table: another's setting would lead away from it.
    return Task(name=args.question, questions=(args.question,))


@contextmanager
def _named(option: str) -> Iterator[None]:
    """What is wrong with the value of an option is told by its name."""
    try:
        yield
    except UserError as error:
        raise RoundtableError(f"{option}: {error}") from None


def _takes_colours() -> bool:
    # https://no-color.org; a dumb terminal shows escape sequences as they are.
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
