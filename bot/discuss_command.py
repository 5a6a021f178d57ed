"""`roundtable discuss` as it was typed: puts together what is discussed by whom, and says how it ended."""

import argparse
import asyncio
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
from bot.library.catalogue import open_catalogue
from bot.settings import Settings
from bot.signals import cancelled_at_sigterm
from bot.terminal import TerminalStage

_SEED_BITS: Final = 32


async def discuss_as_asked(args: argparse.Namespace, settings: Settings) -> int:
    """Hold the discussion. Out: the exit status.

    Raises RoundtableError for what can't be used, and CancelledError once it is said how far it came: Ctrl-C, SIGTERM.
    """
    # A folder of tasks gives its first; a task folder is read as the one it is.
    catalogue = open_catalogue(
        settings.personas_dir, settings.tasks_dir, settings.endpoints, given_as=settings.given_as
    )
    task = catalogue.task(None)
    if args.question and args.task:
        task = task.model_copy(update={"questions": (args.question,)})
    elif args.question:
        # Without a task it is the table: another's setting would lead away from it.
        task = Task(name=args.question, questions=(args.question,))
    with _named("--cast"):
        cast = catalogue.cast(args.cast or "")
    asked = {"turns": args.turns, "floor": args.floor, "dissent_every": args.dissent}
    dials = settings.discussion.model_copy(
        update={"pace": args.pace, "words_per_minute": 0} | {k: v for k, v in asked.items() if v is not None}
    )
    seed = args.seed if args.seed is not None else secrets.randbits(_SEED_BITS)
    spoken: list[Turn] = []
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
                stage=TerminalStage(colour=not args.no_colour and _takes_colours()),
                jsonl=jsonl,
                on_turn=lambda turn: spoken.append(turn) if turn.kind == "persona" else None,
            )
        except asyncio.CancelledError:
            # Behind the ^C that the terminal itself has written.
            start = "\n" if sys.stderr.isatty() else ""
            print(f"{start}Stopped after {len(spoken)} of {dials.turns} turns. Seed {seed}.", file=sys.stderr)
            raise
    if problem is None:
        print(f"Seed {seed}: `--seed {seed}` makes the same choices again.", file=sys.stderr)
    return 0 if problem is None else 1


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
