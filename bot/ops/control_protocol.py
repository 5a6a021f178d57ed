"""How the shell's commands speak to the running bot: JSON, a line each way, over a socket beside the database.

A request is `{"protocol": 1, "do": "pause", "with": {"number": 3}}`; the answer is `{"protocol": 1, "gives": …}`, or
`{"protocol": 1, "error": "a sentence for a person"}`. Both sides refuse another number of the protocol in words.
"""

import contextlib
import json
import os
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


def control_socket(database: Path | None) -> Path:
    """Where the bot of a database listens: beside it, or where that is on a server (None) in the default folder."""
    database = database or Path("data/roundtable")
    return database.with_name(f"{database.name}.control")


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
