"""The arguments of the commands with which a host looks after a bot: its database, its tables, its files."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from bot import argument_values as value


def add_host_commands(command: Callable[[str, str], ArgumentParser]) -> None:
    """`command` adds one with its help. Out: nothing; each has its options."""
    init = command("init", "Write .env, personas and tasks into an empty folder, to be changed.")
    init.add_argument("folder", type=value.path, nargs="?", default=Path(), metavar="DIR", help="default: this one")

    backup = command("backup", "Copy the database to a file, also while the bot runs.")
    backup.add_argument("file", type=value.path, metavar="FILE", help="the copy, or a folder for one named by the time")
    backup.add_argument("--force", action="store_true", help="replace a file that is there already")

    restore = command(
        "restore", "Put a copy in the place of the database, which is kept beside it. Stop the bot first."
    )
    restore.add_argument("file", type=value.path, metavar="FILE", help="a copy that `roundtable backup` has made")

    migrate = command("migrate", "Bring the database up to this version's schema, as each start does.")
    migrate.add_argument("--check", action="store_true", help="only say whether it is (exit status 1: it is not)")

    command("reload", "Have the running bot read its personas, tasks and log level anew; open tables keep theirs.")
    _add_sessions(command("sessions", "See how all tables stand; pause, resume, stop or export one."))


def _add_sessions(sessions: ArgumentParser) -> None:
    actions = sessions.add_subparsers(metavar="ACTION", dest="action", required=True)

    def action(name: str, help: str, *, of_one: bool = True) -> ArgumentParser:
        added = actions.add_parser(name, help=help, description=help)
        if of_one:
            added.add_argument("id", type=value.number, metavar="ID", help="the table's number in the list")
        return added

    listed = action("list", "The open tables of all servers, newest first.", of_one=False)
    listed.add_argument("--all", action="store_true", help="also those that have ended, 1000 at most")
    shown = action("show", "One table: how it stands, its question, cast and cost.")
    for one in (listed, shown):
        one.add_argument("--json", action="store_true", help="as JSON, for programs")
    action("pause", "Have a table pause until somebody resumes it.")
    action("resume", "Have a paused table go on.")
    stop = action("stop", "End a table; its channel gets the minutes.")
    stop.add_argument("--summary", action="store_true", help="have the one who spoke most sum up first")
    export = action("export", "Write the minutes of a table to a file.")
    export.add_argument(
        "file",
        type=value.path,
        nargs="?",
        metavar="FILE",
        help="a file or folder (default: this one, named by title and day)",
    )
    export.add_argument("--format", choices=("md", "html", "jsonl"), help="default: as FILE ends, else md")
    export.add_argument("--force", action="store_true", help="replace a file that is there already")
