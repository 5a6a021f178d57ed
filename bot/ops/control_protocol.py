"""How the shell's commands speak to the running bot: JSON, a line each way, over a socket beside the database.

A request is `{"protocol": 1, "do": "pause", "with": {"number": 3}}`; the answer is `{"protocol": 1, "gives": …}`, or
`{"protocol": 1, "error": "a sentence for a person"}`, with `"elsewhere": true` where another process may know of it.
Both sides refuse another number of the protocol in words.
"""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bot.errors import RoundtableError

PROTOCOL: Final = 1
# Of a line, in bytes: minutes as a page, with the pictures of a whole table in them.
LONGEST_LINE: Final = 64 * 1024 * 1024
# Systems take addresses of sockets of 107 bytes, some of 103.
_ADDRESS: Final = 100


class ControlError(RoundtableError):
    """The running bot can't be asked, or says no."""


class NoBot(ControlError):
    """Nobody listens."""


class NotHere(ControlError):
    """What is asked for is another process's."""


# Where the processes listen whose database is on a server; several may run in one folder.
_SHARED_FOLDER: Final = Path("data")


def control_socket(database: Path | None) -> Path:
    """Where the bot of a database listens: beside it, or where that is on a server (None) under a name of its own."""
    if database is None:
        return _SHARED_FOLDER / f"roundtable.{secrets.token_hex(4)}.control"
    return database.with_name(f"{database.name}.control")


def control_sockets(database: Path | None) -> list[Path]:
    """Where somebody may be listening for a database: of a server's, all of this folder."""
    return sorted(_SHARED_FOLDER.glob("roundtable.*.control")) if database is None else [control_socket(database)]


def listens_at(database: Path | None) -> str:
    """Where nobody listens, or somebody does, in words."""
    return f"in {_SHARED_FOLDER}/" if database is None else f"at {control_socket(database)}"


@contextlib.contextmanager
def address_of(socket: Path) -> Iterator[str]:
    """Something short by which a socket can be bound, or reached, however long its path is. Raises OSError."""
    if len(os.fsencode(socket)) <= _ADDRESS or not Path("/proc/self/fd").exists():
        yield str(socket)
        return
    folder = os.open(socket.parent, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{socket.name}"
    finally:
        os.close(folder)


def line_of(**message: Any) -> bytes:
    """One message as it goes over the socket."""
    return json.dumps({"protocol": PROTOCOL} | message, ensure_ascii=False).encode() + b"\n"


def read_line(line: bytes) -> dict[str, Any]:
    """The message of a line. Raises ControlError for one that is none, or of another protocol."""
    try:
        message = json.loads(line)
        spoken = message["protocol"]
    except (ValueError, KeyError, TypeError):
        raise ControlError("What came over the control socket is not in its protocol.") from None
    if spoken != PROTOCOL:
        raise ControlError(
            f"The bot and this command are of different versions (protocol {spoken} and {PROTOCOL}). "
            "Use the `roundtable` of the version that runs, or restart the bot."
        )
    return message
