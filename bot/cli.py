"""The front door: runs the command that was asked for, and says by its exit status how it ended."""

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
from bot.errors import HostMustMend, RoundtableError
from bot.logs import set_up_logging
from bot.settings import Settings, read_settings
from bot.settings.near_misses import near_misses

log = logging.getLogger(__name__)

# What a shell expects of a program ended by Ctrl-C, by SIGTERM, and because nobody reads what it prints any more.
INTERRUPTED: Final = 130
TERMINATED: Final = 143
UNREAD: Final = 141
# EX_CONFIG of sysexits.h, for `run`: what restarts a process can be told not to after this one.
MISCONFIGURED: Final = 78
# By the option of `discuss` which setting it stands for.
_SETTINGS: Final = {
    "--personas": "PERSONAS_DIR",
    "--task": "TASKS_DIR",
    "--base-url": "LLM_BASE_URL",
    "--model": "LLM_MODEL",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Out: the exit status (0 fine, 1 something to mend, 2 unusable arguments, 78 what no restart of
    `run` mends, 130 interrupted, 141 no longer read, 143 terminated). Without a command it prints the help, which is
    what was asked for: 0."""
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
        print(sentence, file=sys.stderr, flush=True)


# --- the commands; each imports what it needs, so that `--help` and errors are quick ---


async def _run(args: argparse.Namespace) -> int:
    from bot.chat.app import run_bot
    from bot.signals import until_signal

    try:
        return await run_bot(_settings(), adopt=args.adopt_database)
    except HostMustMend as error:
        _tell(without_controls(str(error)), in_log=True)
        if args.stay:
            _tell("A restart would change nothing: waiting to be ended (--stay).", in_log=True)
            await until_signal()
        return MISCONFIGURED


async def _demo(args: argparse.Namespace) -> int:
    from bot.demo.run_demo import serve_demo
    from bot.demo.who_speaks import with_local_file, with_server_near_by

    settings = _settings()
    if args.local is not None:
        settings = await with_local_file(settings, None if args.local is True else args.local)
    else:
        settings = await with_server_near_by(settings, use=args.near)
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

    return await check(_settings(), fix=args.fix, ready=args.ready)


async def _personas(args: argparse.Namespace) -> int:
    from bot.personas_command import check_folder, check_personas, import_personas, list_personas

    if args.action == "check" and args.files:
        return check_personas(args.files)
    settings = _settings()
    folder = args.personas or settings.personas_dir
    if args.action == "check":
        return check_folder(folder, settings.endpoints)
    if args.action == "list":
        return list_personas(folder, settings.endpoints)
    return import_personas(args.files, folder, settings.endpoints, name=args.name, force=args.force)


async def _tasks(args: argparse.Namespace) -> int:
    from bot.tasks_command import check_tasks, list_tasks

    folder = args.tasks or _settings().tasks_dir
    return (list_tasks if args.action == "list" else check_tasks)(folder)


async def _init(args: argparse.Namespace) -> int:
    from bot.host.init_command import init

    return init(args.folder)


async def _backup(args: argparse.Namespace) -> int:
    from bot.host.backup_command import back_up

    return back_up(_settings(), args.file, force=args.force)


async def _restore(args: argparse.Namespace) -> int:
    from bot.host.backup_command import restore

    return restore(_settings(), args.file)


async def _migrate(args: argparse.Namespace) -> int:
    from bot.host.migrate_command import migrate

    return await migrate(_settings(), only_check=args.check)


async def _sessions(args: argparse.Namespace) -> int:
    from bot.host.sessions_command import sessions

    return await sessions(args, _settings())


async def _reload(args: argparse.Namespace) -> int:
    from bot.host.reload_running_bot import reload

    return await reload(_settings())


def _settings(given_as: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    settings = read_settings(given_as, **overrides)
    set_up_logging(settings.log_level, settings.secrets, settings.log_format)
    for sentence in near_misses():
        log.warning("%s", sentence)
    return settings


def _settings_of(args: argparse.Namespace) -> Settings:
    """The settings with those options of `discuss` that stand for one; what is wrong is told by the option's name."""
    values = {option: getattr(args, option.removeprefix("--").replace("-", "_")) for option in _SETTINGS}
    given = {_SETTINGS[option]: (option, value) for option, value in values.items() if value is not None}
    # Who gives an address means that one, whichever model the settings have served here.
    instead = {"llm_gguf": None} if "LLM_BASE_URL" in given else {}
    return _settings(
        {setting: option for setting, (option, _) in given.items()},
        **{setting.lower(): value for setting, (_, value) in given.items()},
        **instead,
    )


_COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace], Coroutine[Any, Any, int]]]] = {
    "run": _run,
    "demo": _demo,
    "discuss": _discuss,
    "dummy": _dummy,
    "check": _check,
    "init": _init,
    "backup": _backup,
    "restore": _restore,
    "migrate": _migrate,
    "reload": _reload,
    "sessions": _sessions,
    "personas": _personas,
    "tasks": _tasks,
}
