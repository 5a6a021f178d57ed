"""Where the database is: a SQLite file or a PostgreSQL server, as DATABASE_URL names it."""

import re
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

_FILE: Final = "sqlite+aiosqlite:///"
_SERVER: Final = "postgresql+asyncpg"
# As people and hosting services write it.
_SERVERS: Final = re.compile(r"(postgres|postgresql|postgresql\+asyncpg)://", re.IGNORECASE)
_EXAMPLES: Final = f"{_FILE}data/roundtable.db or postgresql://user:password@host/database"
# What may stand behind the `?` of a server's address; `sslmode` is how libpq, and so most services, spell `ssl`.
_PARAMETERS: Final = ("host", "port", "ssl", "sslmode")


def database_address(value: str) -> str:
    """The URL of a database as SQLAlchemy takes it. Raises ValueError with the end of a sentence that says what is
    wrong with `value`; it holds no part of that which might be a password."""
    if value.startswith(_FILE) and value != _FILE:
        return value
    if not _SERVERS.match(value):
        raise ValueError(f"is not supported. Write {_EXAMPLES}")
    if value.count("@") > 1:  # what stands behind the first would be taken for the host, which is shown
        raise ValueError("has more than one @. Write one that is part of a name or a password as %40")
    try:
        url = make_url(value).set(drivername=_SERVER)
    except (ArgumentError, ValueError):
        raise ValueError(f"is no address of a database. Write {_EXAMPLES}") from None
    if not url.database:
        raise ValueError("names no database. Write postgresql://user:password@host/database")
    if unknown := sorted(set(url.query) - set(_PARAMETERS)):
        raise ValueError(f"has {', '.join(unknown)} behind the ?. Leave that out; there are {', '.join(_PARAMETERS)}")
    if mode := url.query.get("sslmode"):
        url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
    return url.render_as_string(hide_password=False)


def database_file(url: str) -> Path | None:
    """The file of a database; None for one on a server."""
    return Path(url.removeprefix(_FILE)) if url.startswith(_FILE) else None


def shown_database(url: str) -> str:
    """What people are told of a database's URL: the file, or the server without user and password."""
    if file := database_file(url):
        return str(file)
    parsed = make_url(url)
    shown = URL.create("postgresql", host=_host(parsed), port=parsed.port, database=parsed.database)
    return shown.render_as_string()


def database_passwords(url: str) -> list[str]:
    """The password in a URL, as it is and as it is written there; none for a file."""
    if url.startswith(_FILE):
        return []
    written = re.match(r"[^:]+://[^:/@]*:([^@]*)@", url)
    return list(dict.fromkeys(form for form in (unquote(written[1]), written[1]) if form)) if written else []


def _host(url: URL) -> str | None:
    host = url.host or url.query.get("host")
    return host if isinstance(host, str) and not host.startswith("/") else None
