"""Whether the database can be used, without changing it."""

import os
from pathlib import Path

from bot.checks.report import Report
from bot.database_address import database_file, shown_database
from bot.store.engine import DatabaseOpenError
from bot.store.models import LookedInto
from bot.store.opening import known_revisions, look_into
from bot.store.server_opening import look_into_server


async def check_database(url: str, report: Report) -> LookedInto | None:
    """Look into the file, or onto the server, that DATABASE_URL names. Out: what is there, if anything is."""
    file = database_file(url)
    return await _check_server(url, report) if file is None else _check_file(file, report)


async def _check_server(url: str, report: Report) -> LookedInto | None:
    try:
        found = await look_into_server(url)
    except DatabaseOpenError as error:
        report.fault(f"Database: {error}")
        return None
    if found.revision is None:
        report.fine(f"Database: {shown_database(url)} is empty; its tables will be made at the first start.")
        return None
    return _told(shown_database(url), found, report)


def _check_file(file: Path, report: Report) -> LookedInto | None:
    try:
        is_there = file.exists()
    except OSError as error:
        report.fault(f"Database: {file} can't be reached ({error.strerror}). Change permissions or DATABASE_URL.")
        return None
    if not is_there:
        folder = next(parent for parent in file.absolute().parents if parent.exists())
        if os.access(folder, os.W_OK):
            report.fine(f"Database: {file} will be made at the first start.")
        else:
            report.fault(f"Database: {folder} can't be written to. Change its permissions or DATABASE_URL.")
        return None
    try:
        found = look_into(file)
    except DatabaseOpenError as error:
        report.fault(f"Database: {file} can't be read ({error}). Set DATABASE_URL to a file made by roundtable.")
        return None
    if found.revision in known_revisions() and not os.access(file, os.W_OK):
        report.fault(f"Database: {file} is read-only. Change its permissions.")
        return found
    return _told(str(file), found, report)


def _told(shown: str, found: LookedInto, report: Report) -> LookedInto:
    revisions = known_revisions()
    if found.revision not in revisions:
        report.fault(f"Database: {shown} was made by a newer version. Update roundtable or change DATABASE_URL.")
        return found
    later = "" if found.revision == revisions[0] else " It will be migrated at the next start."
    tables = f"{found.open_tables} open table{'' if found.open_tables == 1 else 's'}"
    report.fine(f"Database: {shown}, {tables}.{later}")
    return found
