"""The front door: `roundtable run | demo | discuss | dummy | check | personas`."""

import argparse
import asyncio
import difflib
import io
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, get_args

from bot import __version__
from bot.discussion.model.dials import TurnOrder
from bot.discussion.text.control_sequences import without_controls
from bot.errors import RoundtableError
from bot.logs import set_up_logging
from bot.settings import Settings, read_settings

# What a shell expects of a program ended by Ctrl-C, by SIGTERM, and because nobody reads what it prints any more.
INTERRUPTED: Final = 130
TERMINATED: Final = 143
UNREAD: Final = 141
# By the option of `discuss` which setting it stands for.
_SETTINGS: Final = {
    "--personas": "PERSONAS_DIR",
    "--task": "TASKS_DIR",
    "--base-url": "LLM_BASE_URL",
    "--model": "LLM_MODEL",
}
# As long as a question in a task's file may be.
_QUESTION_LENGTH: Final = 300
# As many bits as a seed has that is drawn by chance.
_SEED_BITS: Final = 32


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Out: the exit status (0 fine, 1 something to mend, 2 unusable arguments, 130 interrupted,
    141 no longer read, 143 terminated). Without a command it prints the help, which is what was asked for: 0."""
    for stream in (sys.stdout, sys.stderr):
        # Not every terminal can show every character; a mark in its place is better than no discussion.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    args = _arguments(sys.argv[1:] if argv is None else argv)
    if args is None:
        return 0
    try:
        status = asyncio.run(args.command(args))
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return INTERRUPTED
    except asyncio.CancelledError:
        return TERMINATED
    except BrokenPipeError:
        # The interpreter flushes it once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREAD
    except RoundtableError as error:
        print(without_controls(str(error)), file=sys.stderr)
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
    from bot.discuss_command import discuss_as_asked

    return await discuss_as_asked(args, _settings_of(args))


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


def _settings(given_as: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    settings = read_settings(given_as, **overrides)
    set_up_logging(settings.log_level, settings.secrets, settings.log_format)
    return settings


def _settings_of(args: argparse.Namespace) -> Settings:
    """The settings with those options of `discuss` that stand for one; what is wrong is told by the option's name."""
    values = {option: getattr(args, option.removeprefix("--").replace("-", "_")) for option in _SETTINGS}
    given = {_SETTINGS[option]: (option, value) for option, value in values.items() if value is not None}
    return _settings(
        {setting: option for setting, (option, _) in given.items()},
        **{setting.lower(): value for setting, (_, value) in given.items()},
    )


# --- the arguments ---


def _arguments(argv: Sequence[str]) -> argparse.Namespace | None:
    """What was asked for; None where nothing was, and the help is printed. Unusable arguments exit with 2."""
    parser, commands = _parser()
    if not argv:
        parser.print_help()
        return None
    if not argv[0].startswith("-") and argv[0] not in commands:
        near = difflib.get_close_matches(argv[0].lower(), commands, n=1)
        hint = f"Did you mean “{near[0]}”? " if near else ""
        parser.error(f"there is no command “{argv[0]}”. {hint}There are: {', '.join(commands)}.")
    return parser.parse_args(argv)


def _parser() -> tuple[argparse.ArgumentParser, Collection[str]]:
    """The parser, and the commands it knows."""
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
    talk.add_argument("--personas", type=_path, metavar="DIR", help="folder of persona files (default: PERSONAS_DIR)")
    talk.add_argument("--cast", type=_names, metavar="NAMES", help="comma-separated names (default: everyone there)")
    talk.add_argument("--task", type=_path, metavar="DIR", help="task folder (default: the first of TASKS_DIR)")
    talk.add_argument(
        "--question",
        type=_question,
        metavar="TEXT",
        help="discuss this question, in the setting of --task if that is given",
    )
    talk.add_argument("--turns", type=_bounded(1, 200), metavar="N", help="persona turns (default: DISCUSSION_TURNS)")
    talk.add_argument("--floor", choices=get_args(TurnOrder), help="who speaks next (default: DISCUSSION_FLOOR)")
    talk.add_argument(
        "--dissent",
        type=_bounded(0, 1000),
        metavar="N",
        help="one turn in N argues the other side, 0: none (default: DISCUSSION_DISSENT_EVERY)",
    )
    talk.add_argument("--seed", type=_seed, metavar="N", help="replay the moderator's choices (default: by chance)")
    talk.add_argument("--pace", type=_seconds, default=0.0, metavar="S", help="seconds between turns (default: 0)")
    talk.add_argument(
        "--base-url", type=_text, metavar="URL", help="endpoint of all who name none (default: LLM_BASE_URL)"
    )
    talk.add_argument("--model", type=_text, metavar="NAME", help="model of all who name none (default: LLM_MODEL)")
    talk.add_argument("--jsonl", type=_path, metavar="FILE", help="also write one JSON object a turn to FILE")
    talk.add_argument("--no-colour", action="store_true", help="plain text")

    dummy = command("dummy", _dummy, "Serve the embedded Markov dummy as an OpenAI-compatible endpoint.")
    dummy.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    dummy.add_argument("--port", type=_port, default=8001, metavar="N", help="port (default: 8001)")
    dummy.add_argument("--delay", type=_seconds, default=0.0, metavar="S", help="seconds before each answer")
    dummy.add_argument("--seed", type=_seed, default=0, metavar="N", help="the same seed gives the same answers")
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
    return parser, commands.choices


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
        try:
            value = int(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {low} to {high}")
        return value

    return number


def _text(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("is blank: write a value, or leave the option out")
    return text.strip()


def _path(text: str) -> Path:
    return Path(_text(text))


def _names(text: str) -> str:
    if not any(character.isalnum() for character in text):
        raise argparse.ArgumentTypeError("names nobody: write names, or leave the option out to seat everyone")
    return text


def _question(text: str) -> str:
    question = " ".join(_text(text).split())
    if len(question) > _QUESTION_LENGTH:
        raise argparse.ArgumentTypeError(
            f"has {len(question)} characters: keep it to {_QUESTION_LENGTH}, and put the rest into a task's context.txt"
        )
    return question


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to 3600")
    return seconds


_port = _bounded(0, 65535)
_seed = _bounded(0, 2**_SEED_BITS - 1)
