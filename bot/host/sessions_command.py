"""`roundtable sessions`: how all tables stand, and what a host does with one, by the running bot or the database."""

import argparse
import json
import os
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

from filelock import FileLock

from bot.discussion.text.control_sequences import without_controls
from bot.errors import RoundtableError
from bot.host.migrate_command import revision_of
from bot.host.tables_in_words import in_full, in_rows
from bot.ops.control_client import ask_each
from bot.ops.control_protocol import NotHere, control_sockets, listens_at
from bot.ops.tables import FORMS, StoredTables, deeds_of
from bot.settings import Settings
from bot.store.opening import DatabaseOpenError, known_revisions, lock_database, open_database
from bot.store.store import Store

_CHANGES: Final = ("pause", "resume", "stop")


class _Asked(Protocol):
    async def __call__(self, do: str, /, **values: Any) -> Any: ...


async def sessions(args: argparse.Namespace, settings: Settings) -> int:
    """Do what was typed. Out: the exit status. Raises RoundtableError."""
    async with _tables(settings, changes=args.action in _CHANGES) as ask:
        match args.action:
            case "list":
                tables = await ask("list", with_ended=args.all)
                shown = _json(tables) if args.json else in_rows(tables) if tables else await _why_none(ask)
            case "show":
                table = await ask("show", number=args.id)
                shown = _json(table) if args.json else in_full(table)
            case "export":
                form = args.format or _form_of(args.file)
                name, text = await ask("export", number=args.id, form=form)
                shown = f"The minutes of table {args.id} are in {_write(args.file, name, text, force=args.force)}."
            case "stop":
                shown = await ask("stop", number=args.id, summary=args.summary)
            case _:
                shown = await ask(args.action, number=args.id)
    # Titles and names are other people's.
    print(without_controls(shown))
    return 0


async def _why_none(ask: _Asked) -> str:
    """What to say in the place of a list without a line."""
    if await ask("list", with_ended=True):
        return "No table is open. `roundtable sessions list --all` shows those that have ended."
    return "There are no tables yet."


@asynccontextmanager
async def _tables(settings: Settings, *, changes: bool) -> AsyncIterator[_Asked]:
    """The running bot's tables, or else the database's. `changes`: then no other process may have it."""
    sockets = control_sockets(settings.database_file)
    hello = await ask_each(sockets, "hello")
    if hello.given:
        yield partial(_ask, settings, sockets)
        return
    if hello.errors:
        raise hello.error
    with ExitStack() as stack:
        if changes:
            stack.enter_context(_alone_with(settings.database_file))
        await _require_this_schema(settings)
        store = Store(await open_database(settings.database_url), settings.llm_currency)
        try:
            deeds = deeds_of(StoredTables(store))

            async def look(do: str, /, **values: Any) -> Any:
                return await deeds[do](**values)

            yield look
        finally:
            await store.aclose()


async def _ask(settings: Settings, sockets: list[Path], do: str, /, **values: Any) -> Any:
    """Have it done by whichever process can. Raises ControlError."""
    answers = await ask_each(sockets, do, **values)
    if answers.given:
        match do:
            case "list":
                return _with_all_names(answers.given)
            case "show":
                return max(answers.given, key=lambda table: bool(table["server"]))
            case _:
                return answers.given[0]
    if isinstance(answers.error, NotHere) and settings.database_file is None:
        raise NotHere(
            f"Table {values['number']} is with a process that does not listen {listens_at(None)}, but in another "
            "folder or on another machine. Run this there, or steer the table on Discord."
        )
    raise answers.error


def _with_all_names(lists: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Each process tells of all tables, but knows only of its own what their places are called."""
    named = {table["id"]: table for tables in lists for table in tables if table["server"]}
    return [named.get(table["id"], table) for table in lists[0]]


def _alone_with(database: Path | None) -> FileLock:
    """The lock of the database. Raises RoundtableError where a bot may be using it."""
    if database is None:
        raise RoundtableError(
            f"No bot listens {listens_at(None)}, and whether one uses the database from another machine is not known "
            "here. Run this where the bot runs, or steer the table on Discord."
        )
    try:
        return lock_database(database)
    except DatabaseOpenError:
        raise RoundtableError(
            f"A bot uses {database}, but does not listen {listens_at(database)}: it is of an older version, or the "
            "system has no such sockets. Steer the table on Discord, or stop the bot first."
        ) from None


async def _require_this_schema(settings: Settings) -> None:
    """Raise RoundtableError unless the database can be read as it is: only looking must not migrate it."""
    revision, newest = await revision_of(settings), known_revisions()[0]
    if revision is None:
        where = settings.database_file or "at DATABASE_URL"
        raise RoundtableError(f"There is no database {where} yet, and so no table. `roundtable run` makes it.")
    if revision != newest:
        raise RoundtableError(
            f"The database has schema {revision}, and this version uses {newest}. `roundtable migrate` says what to do."
        )


def _form_of(file: Path | None) -> str:
    """The form that a file's name asks for."""
    ending = file.suffix.removeprefix(".").lower() if file else ""
    return ending if ending in FORMS else FORMS[0]


def _write(file: Path | None, name: str, text: str, *, force: bool) -> Path:
    target = file or Path()
    if target.is_dir():
        target = target / name
    how = os.O_TRUNC if force else os.O_EXCL
    try:
        # Members' words: for the host's eyes.
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | how, 0o600), "w", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        raise RoundtableError(f"{target} is there already. --force replaces it.") from None
    except OSError as error:
        raise RoundtableError(f"{target} can't be written ({error.strerror}).") from None
    return target


def _json(values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, indent=2)
