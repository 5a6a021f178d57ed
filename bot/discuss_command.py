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
from bot.discussion.model.dials import Dials
from bot.discussion.model.record import Record, Session, Turn
from bot.discussion.model.task import Task
from bot.discussion.moderation.formats.choosing import (
    as_format_has_it,
    first_format,
    left_out,
    options_fault,
    options_of_format_fault,
)
from bot.discussion.moderation.formats.format import Format
from bot.discussion.moderation.formats.table import FORMATS
from bot.errors import RoundtableError, UserError
from bot.library.catalogue import Catalogue, open_catalogue
from bot.library.option_lines import options_in
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
    task, format = _task_of(args, catalogue, settings.discussion)
    with _named("--cast"):
        cast = catalogue.cast(args.cast or "")
    asked = {"turns": args.turns, "floor": args.floor, "dissent_every": args.dissent}
    dials = settings.discussion.model_copy(
        update={"pace": args.pace, "words_per_minute": 0} | {k: v for k, v in asked.items() if v is not None}
    )
    if left := left_out(format, task):
        print(left, file=sys.stderr)
    task, dials = as_format_has_it(format, task, dials)
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
            in_all = format.turns_in_all(Session(task, cast, dials, seed), Record())
            told = f"Stopped after {len(spoken)} of {in_all} turns. Seed {seed}."
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


def _task_of(args: argparse.Namespace, catalogue: Catalogue, host: Dials) -> tuple[Task, Format]:
    """What is discussed, and how that goes. Raises RoundtableError for what can't be had in a terminal."""
    task = catalogue.task(None)
    if args.question and args.task:
        task = task.model_copy(update={"questions": (args.question,), "options": ()})
    elif args.question:
        # Without a task it is the table: another's setting would lead away from it.
        task = Task(name=args.question, questions=(args.question,))
    format = first_format(args.format, task.format, host.format)
    if format.needs_people:
        others = ", ".join(other.name for other in FORMATS.values() if not other.needs_people)
        said = "--format" if args.format else "The task's format" if task.format else "DISCUSSION_FORMAT"
        raise RoundtableError(
            f"{said} is {format.name}: there personas speak only when people do, and nobody can say anything here. "
            f"Choose another with --format: {others}."
        )
    options = options_in(args.options or "")
    if options and (fault := options_fault(options) or options_of_format_fault(format)):
        raise RoundtableError(f"--options: {fault}")
    return (task.model_copy(update={"options": options}) if options else task), format


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
