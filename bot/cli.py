"""The front door: `roundtable run | demo | discuss | dummy | check | personas`."""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, get_args

from bot import __version__
from bot.discussion.model.dials import TurnOrder
from bot.errors import RoundtableError
from bot.logs import set_up_logging
from bot.settings import Settings, read_settings

# What a shell expects of a program ended by Ctrl-C.
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Out: the exit status (0 fine, 1 something to mend, 2 unusable arguments, 130 interrupted)."""
    args = _parser().parse_args(argv)
    try:
        return asyncio.run(args.command(args))
    except KeyboardInterrupt:
        return INTERRUPTED
    except RoundtableError as error:
        print(error, file=sys.stderr)
        return 1


# --- the commands; each imports what it needs, so that `--help` and errors are quick ---


async def _run(args: argparse.Namespace) -> int:
    from bot.chat.app import run_bot

    settings = _settings()
    return await run_bot(settings)


async def _demo(args: argparse.Namespace) -> int:
    from bot.demo.run_demo import serve_demo

    settings = _settings()
    return await serve_demo(settings, port=args.port, open_browser=not args.no_browser)


async def _discuss(args: argparse.Namespace) -> int:
    from bot.discuss import discuss
    from bot.discussion.model.task import Task
    from bot.library.catalogue import open_catalogue
    from bot.terminal import TerminalStage

    given = {"llm_base_url": args.base_url, "llm_model": args.model}
    settings = _settings(**{name: value for name, value in given.items() if value})
    # A folder of tasks gives its first; a task folder is read as the one it is.
    catalogue = open_catalogue(
        args.personas or settings.personas_dir, args.task or settings.tasks_dir, settings.endpoints
    )
    task = catalogue.task(None)
    if question := " ".join((args.question or "").split()):
        task = task.model_copy(update={"questions": (question,)}) if args.task else Task.asking([question])
    asked = {"turns": args.turns, "floor": args.floor, "dissent_every": args.dissent}
    dials = settings.discussion.model_copy(
        update={"pace": args.pace, "words_per_minute": 0} | {k: v for k, v in asked.items() if v is not None}
    )
    seed = args.seed if args.seed is not None else secrets.randbits(32)
    with ExitStack() as stack:
        jsonl = None
        if args.jsonl:
            try:
                jsonl = stack.enter_context(args.jsonl.open("w", encoding="utf-8"))
            except OSError as error:
                raise RoundtableError(f"--jsonl {args.jsonl} can't be written ({error.strerror}).") from None
        colour = not args.no_colour and sys.stdout.isatty()
        problem = await discuss(
            settings,
            task=task,
            cast=catalogue.cast(args.cast),
            dials=dials,
            seed=seed,
            stage=TerminalStage(colour=colour),
            jsonl=jsonl,
        )
    if problem is None:
        print(f"Seed {seed}: `--seed {seed}` makes the same choices again.", file=sys.stderr)
    return 0 if problem is None else 1


async def _dummy(args: argparse.Namespace) -> int:
    from bot.llm.dummy.server import serve_dummy
    from bot.signals import until_signal

    set_up_logging("INFO")
    try:
        options = {"seed": args.seed, "delay": args.delay, "strict_roles": args.strict_roles}
        async with serve_dummy(host=args.host, port=args.port, **options) as url:
            print(f"The dummy endpoint answers at {url} (Ctrl-C ends it).", flush=True)
            await until_signal()
    except OSError as error:
        raise RoundtableError(
            f"The dummy can't listen on {args.host}:{args.port} ({error.strerror}). Choose another with --port."
        ) from None
    return 0


async def _check(args: argparse.Namespace) -> int:
    from bot.check import check

    return await check(_settings(), fix=args.fix)


async def _personas(args: argparse.Namespace) -> int:
    from bot.personas_command import check_personas, import_personas, list_personas

    if args.action == "check":
        return check_personas(args.files)
    settings = _settings()
    folder = args.personas or settings.personas_dir
    if args.action == "list":
        return list_personas(folder, settings.endpoints)
    return import_personas(args.files, folder, settings.endpoints, name=args.name, force=args.force)


def _settings(**overrides: Any) -> Settings:
    settings = read_settings(**overrides)
    set_up_logging(settings.log_level, settings.secrets)
    return settings


# --- the arguments ---


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="roundtable", description="AI personas hold a moderated discussion in a Discord channel."
    )
    parser.add_argument("--version", action="version", version=f"roundtable {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run: Any, help: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help, description=help)
        added.set_defaults(command=run)
        return added

    command("run", _run, "Run the bot on Discord. Settings come from the environment and .env (see .env.example).")
    demo = command("demo", _demo, "Try the bot in the browser: no token, no account, no LLM needed.")
    demo.add_argument("--port", type=_port, default=0, help="port on 127.0.0.1 (default: any free one)")
    demo.add_argument("--no-browser", action="store_true", help="only print the address")

    talk = command("discuss", _discuss, "Hold a discussion in this terminal.")
    talk.add_argument("--personas", type=Path, metavar="DIR", help="folder of persona files (default: PERSONAS_DIR)")
    talk.add_argument("--cast", default="", metavar="NAMES", help="comma-separated names (default: everyone there)")
    talk.add_argument("--task", type=Path, metavar="DIR", help="task folder (default: the first of TASKS_DIR)")
    talk.add_argument("--question", metavar="TEXT", help="discuss this (with --task: in its setting)")
    talk.add_argument("--turns", type=_bounded(1, 200), metavar="N", help="persona turns (default: DISCUSSION_TURNS)")
    talk.add_argument("--floor", choices=get_args(TurnOrder), help="who speaks next (default: DISCUSSION_FLOOR)")
    talk.add_argument(
        "--dissent",
        type=_bounded(0, 1000),
        metavar="N",
        help="one turn in N argues the other side, 0: none (default: DISCUSSION_DISSENT_EVERY)",
    )
    talk.add_argument("--seed", type=int, metavar="N", help="replay the moderator's choices (default: by chance)")
    talk.add_argument("--pace", type=_seconds, default=0.0, metavar="S", help="seconds between turns (default: 0)")
    talk.add_argument("--base-url", metavar="URL", help="endpoint of all who name none (default: LLM_BASE_URL)")
    talk.add_argument("--model", metavar="NAME", help="model of all who name none (default: LLM_MODEL)")
    talk.add_argument("--jsonl", type=Path, metavar="FILE", help="also write one JSON object a turn to FILE")
    talk.add_argument("--no-colour", action="store_true", help="plain text")

    dummy = command("dummy", _dummy, "Serve the embedded Markov dummy as an OpenAI-compatible endpoint.")
    dummy.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    dummy.add_argument("--port", type=_port, default=8001, metavar="N", help="port (default: 8001)")
    dummy.add_argument("--delay", type=_seconds, default=0.0, metavar="S", help="seconds before each answer")
    dummy.add_argument("--seed", type=int, default=0, metavar="N", help="the same seed gives the same answers")
    dummy.add_argument(
        "--strict-roles", action="store_true", help="refuse roles that do not alternate, as Mistral does"
    )

    checking = command("check", _check, "Say whether settings, files, database, endpoint and Discord are right.")
    checking.add_argument(
        "--fix", action="store_true", help="also set on Discord how it is installed: on servers, with what it needs"
    )
    _add_actions(
        command("personas", _personas, "Bring character cards into the folder of personas, or list who is there.")
    )
    return parser


def _add_actions(personas: argparse.ArgumentParser) -> None:
    actions = personas.add_subparsers(metavar="ACTION", dest="action", required=True)

    def action(name: str, help: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=help, description=help)

    bring = action("import", "Make a persona of each file: a character card (PNG, CHARX or JSON) or a persona file.")
    bring.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a card or a persona file")
    bring.add_argument("--force", action="store_true", help="replace a persona file that is there already")
    bring.add_argument("--name", default="", metavar="NAME", help="call it so (default: as the file says)")
    looking = action("list", "Say who is in the folder of personas, and what is wrong there.")
    for one in (bring, looking):
        one.add_argument("--personas", type=Path, metavar="DIR", help="folder of persona files (default: PERSONAS_DIR)")
    check = action("check", "Say what would be taken of each file, and write nothing.")
    check.add_argument("files", type=Path, nargs="+", metavar="FILE", help="a card or a persona file")


def _bounded(low: int, high: int) -> Any:
    def number(text: str) -> int:
        if not text.lstrip("-").isdigit() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {low} to {high}")
        return int(text)

    return number


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to 3600")
    return seconds


_port = _bounded(0, 65535)
