"""The front door: `roundtable run | demo | discuss | dummy | check | personas`."""

import argparse
import asyncio
import io
import logging
import os
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Final

from bot.arguments import parse_arguments
from bot.discussion.text.control_sequences import without_controls
from bot.errors import RoundtableError
from bot.logs import set_up_logging
from bot.settings import Settings, read_settings

log = logging.getLogger(__name__)

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


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Out: the exit status (0 fine, 1 something to mend, 2 unusable arguments, 130 interrupted,
    141 no longer read, 143 terminated). Without a command it prints the help, which is what was asked for: 0."""
    for stream in (sys.stdout, sys.stderr):
        # Not every terminal can show every character; a mark in its place is better than no discussion.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    args = parse_arguments(sys.argv[1:] if argv is None else argv)
    if args is None:
        return 0
    try:
        status = asyncio.run(_COMMANDS[args.command](args))
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
        _tell(without_controls(str(error)), in_log=args.command == "run")
        return 1


def _tell(sentence: str, *, in_log: bool) -> None:
    """Say why the process ends: with its time, and as the log is written, where that is what is read of it."""
    if in_log and logging.getLogger().hasHandlers():  # else the settings are what is wrong
        log.critical("%s", sentence)
    else:
        print(sentence, file=sys.stderr)


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


_COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace], Coroutine[Any, Any, int]]]] = {
    "run": _run,
    "demo": _demo,
    "discuss": _discuss,
    "dummy": _dummy,
    "check": _check,
    "personas": _personas,
}
