"""The arguments of every command, and what is said of unusable ones."""

import argparse
import difflib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import get_args

from bot import __version__
from bot import argument_values as value
from bot.discussion.model.dials import TurnOrder
from bot.discussion.moderation.formats.table import FORMATS
from bot.host_arguments import add_host_commands


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace | None:
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

    def command(name: str, help: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help, description=help)
        added.set_defaults(command=name)
        return added

    run = command("run", "Run the bot on Discord. Settings come from the environment and .env (see .env.example).")
    run.add_argument(
        "--stay",
        action="store_true",
        help="where no restart would mend what is wrong, say so and wait to be ended, in place of exit status 78: for "
        "what restarts whatever ends, as Docker does",
    )
    run.add_argument(
        "--adopt-database",
        action="store_true",
        help="take over a database that belongs to another application than DISCORD_TOKEN",
    )
    demo = command("demo", "Try the bot in the browser: no token, no account, no LLM needed.")
    demo.add_argument("--port", type=value.port, default=0, help="port on 127.0.0.1 (default: any free one)")
    demo.add_argument("--no-browser", action="store_true", help="only print the address")
    model = demo.add_mutually_exclusive_group()
    model.add_argument(
        "--local",
        type=value.path,
        nargs="?",
        const=True,
        metavar="GGUF",
        help="have a model's file speak, served here; without one a very small model is fetched (98 MB)",
    )
    model.add_argument("--near", action="store_true", help="have a model server speak that runs on this machine")

    talk = command("discuss", "Hold a discussion in this terminal.")
    talk.add_argument(
        "--personas", type=value.path, metavar="DIR", help="folder of persona files (default: PERSONAS_DIR)"
    )
    talk.add_argument(
        "--cast", type=value.names, metavar="NAMES", help="comma-separated names (default: everyone there)"
    )
    talk.add_argument("--task", type=value.path, metavar="DIR", help="task folder (default: the first of TASKS_DIR)")
    talk.add_argument(
        "--question",
        type=value.question,
        metavar="TEXT",
        help="discuss this question, in the setting of --task if that is given",
    )
    talk.add_argument(
        "--format",
        type=value.table_format,
        metavar="NAME",
        help=f"how the table goes: {', '.join(FORMATS)} (default: the task's, else DISCUSSION_FORMAT)",
    )
    talk.add_argument(
        "--options",
        type=value.text_value,
        metavar="TEXT",
        help="what a format that comes to a choice chooses between: two to ten, with | between them",
    )
    talk.add_argument(
        "--turns", type=value.bounded(1, 200), metavar="N", help="persona turns (default: DISCUSSION_TURNS)"
    )
    talk.add_argument("--floor", choices=get_args(TurnOrder), help="who speaks next (default: DISCUSSION_FLOOR)")
    talk.add_argument(
        "--dissent",
        type=value.bounded(0, 1000),
        metavar="N",
        help="one turn in N argues the other side, 0: none (default: DISCUSSION_DISSENT_EVERY)",
    )
    talk.add_argument(
        "--seed", type=value.seed, metavar="N", help="replay the moderator's choices (default: by chance)"
    )
    talk.add_argument("--pace", type=value.seconds, default=0.0, metavar="S", help="seconds between turns (default: 0)")
    talk.add_argument(
        "--base-url",
        type=value.text_value,
        metavar="URL",
        help="endpoint of all who name none (default: LLM_BASE_URL)",
    )
    talk.add_argument(
        "--model",
        type=value.text_value,
        metavar="NAME",
        help="model of all who name none (default: LLM_MODEL)",
    )
    talk.add_argument("--jsonl", type=value.path, metavar="FILE", help="also write one JSON object a turn to FILE")
    talk.add_argument("--no-colour", action="store_true", help="plain text")

    dummy = command("dummy", "Serve the embedded Markov dummy as an OpenAI-compatible endpoint.")
    dummy.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    dummy.add_argument("--port", type=value.port, default=8001, metavar="N", help="port (default: 8001)")
    dummy.add_argument("--delay", type=value.seconds, default=0.0, metavar="S", help="seconds before each answer")
    dummy.add_argument("--seed", type=value.seed, default=0, metavar="N", help="the same seed gives the same answers")
    dummy.add_argument(
        "--strict-roles", action="store_true", help="refuse roles that do not alternate, as Mistral does"
    )

    checking = command("check", "Say whether settings, files, database, endpoint and Discord are right.")
    checking.add_argument(
        "ready",
        nargs="?",
        choices=("run", "demo", "discuss"),
        help="exit with 1 also where this command still needs something, such as the token",
    )
    checking.add_argument(
        "--fix", action="store_true", help="also set on Discord how it is installed: on servers, with what it needs"
    )
    add_host_commands(command)
    _add_actions(command("personas", "Bring character cards into the folder of personas, list or check who is there."))
    _add_task_actions(command("tasks", "List the tasks, or check whether all of them can be discussed."))
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
    check = action("check", "Say what would be taken of each file, or whether all is right in the folder.")
    check.add_argument(
        "files", type=Path, nargs="*", metavar="FILE", help="a card or a persona file (default: all there)"
    )
    for one in (bring, looking, check):
        one.add_argument("--personas", type=Path, metavar="DIR", help="folder of persona files (default: PERSONAS_DIR)")


def _add_task_actions(tasks: argparse.ArgumentParser) -> None:
    actions = tasks.add_subparsers(metavar="ACTION", dest="action", required=True)
    told = {
        "list": "Say what is in the folder of tasks, with the questions, and what is wrong there.",
        "check": "Say whether all is right in the folder of tasks (exit status 1: it is not).",
    }
    for name, help in told.items():
        action = actions.add_parser(name, help=help, description=help)
        action.add_argument("--tasks", type=value.path, metavar="DIR", help="folder of tasks (default: TASKS_DIR)")
