"""The arguments of the commands with which a host looks after a bot: its database, its tables, its files."""

from argparse import ArgumentParser
from collections.abc import Callable

from bot import argument_values as value


def add_host_commands(command: Callable[[str, str], ArgumentParser]) -> None:
    """`command` adds one with its help. Out: nothing; each has its options."""
    backup = command("backup", "Copy the database to a file, also while the bot runs.")
    backup.add_argument("file", type=value.path, metavar="FILE", help="the copy, or a folder for one named by the time")
    backup.add_argument("--force", action="store_true", help="replace a file that is there already")

    restore = command(
        "restore", "Put a copy in the place of the database, which is kept beside it. Stop the bot first."
    )
    restore.add_argument("file", type=value.path, metavar="FILE", help="a copy that `roundtable backup` has made")

    migrate = command("migrate", "Bring the database up to this version's schema, as each start does.")
    migrate.add_argument("--check", action="store_true", help="only say whether it is (exit status 1: it is not)")
