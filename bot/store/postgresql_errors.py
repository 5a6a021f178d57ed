"""What an error of PostgreSQL's driver means to the store: whether it may pass, and whether to try again at once."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout


@dataclass(frozen=True, slots=True)
class Passing:
    """An error that may pass by itself or with a host's help. `cause`: in words. `is_lost`: the connection is gone.
    `again`: a transaction that failed so may be tried again at once."""

    cause: str
    is_lost: bool = False
    again: bool = False


_LOST: Final = Passing("the connection to its server was lost", is_lost=True, again=True)
_AWAY: Final = Passing("its server can't be reached", is_lost=True, again=True)
_RESTARTS: Final = Passing("its server is being restarted", is_lost=True, again=True)
_REFUSED: Final = Passing("its server refuses the bot's name or password")
_DISK: Final = Passing("the disk does not take it")
_MEETS_OTHERS: Final = Passing("too many are writing the same at once", again=True)
_STOOD_TOO_LONG: Final = Passing("another program keeps it locked")
# By SQLSTATE, or by its class, the first two characters
# (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_PASSING: Final = {
    "08": _LOST,
    "57P01": _RESTARTS,  # also an administrator who ended the connection
    "57P02": _RESTARTS,
    "57P03": _RESTARTS,
    "57P05": _LOST,
    "25P03": _LOST,  # idle in a transaction for too long: the process stood still
    "28": _REFUSED,
    "3D000": Passing("its server has no database of that name"),
    "40001": _MEETS_OTHERS,
    "40P01": _MEETS_OTHERS,
    "25006": Passing("it can only be read"),
    "53100": Passing("the disk is full"),
    "53200": Passing("its server has no memory left"),
    "53300": Passing("its server takes no more connections", again=True),
    "55P03": _STOOD_TOO_LONG,
    "57014": _STOOD_TOO_LONG,
    "58030": _DISK,
    "XX001": _DISK,
}
# Of a driver's error without a SQLSTATE, by its name.
_NAMED: Final = {
    "InterfaceError": _LOST,
    "InternalClientError": _LOST,
    # Another process has migrated the schema since a statement was prepared; SQLAlchemy then prepares all of them anew.
    "InvalidCachedStatementError": _MEETS_OTHERS,
}


def passing(error: BaseException) -> Passing | None:
    """What an error is to the store, SQLAlchemy's or the driver's own; None if trying again is of no use."""
    original = getattr(error, "orig", None) or error
    state = getattr(original, "sqlstate", None)
    named = _NAMED.get(type(original).__name__)
    if isinstance(state, str) and named is not _MEETS_OTHERS:
        return _PASSING.get(state) or _PASSING.get(state[:2])
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return _LOST
    if isinstance(original, PoolTimeout):
        return _STOOD_TOO_LONG
    return _AWAY if isinstance(original, OSError | TimeoutError) else named
