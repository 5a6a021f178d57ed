"""The bot's end of the control socket: does what the shell's commands ask, one request a connection."""

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from bot.errors import RoundtableError, new_error_id
from bot.ops.control_protocol import ControlError, NotHere, address_of, line_of, read_line

log = logging.getLogger(__name__)

Deed = Callable[..., Awaitable[Any]]

# How long whoever has connected may take to say what they want, in seconds.
_PATIENCE: Final = 10.0
# How long the end of the process may be held up by what was asked before, in seconds.
_LAST_SECONDS: Final = 0.5
_LONGEST_REQUEST: Final = 64 * 1024


@contextlib.asynccontextmanager
async def serving_control(path: Path, deeds: Mapping[str, Deed]) -> AsyncIterator[None]:
    """Answer at a socket for the length of a block. Only whoever runs the bot can reach it (mode 0600).

    `deeds`: what can be asked for, by name; each takes the request's values and gives what JSON can hold. Where there
    can be no socket (Windows, a folder that takes none) the log says so, and the bot goes on without.
    """
    if not hasattr(asyncio, "start_unix_server"):
        log.info("this system has no sockets in files: `roundtable sessions` can't ask the running bot")
        yield
        return
    try:
        bound = _bind(path)
    except OSError as error:
        log.warning("no control socket at %s (%s): the shell's commands can't ask the running bot", path, error)
        yield
        return
    answering = set[asyncio.Task[Any]]()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        try:
            async with asyncio.timeout(_PATIENCE):
                line = await reader.readline()
            answering.add(task)
            writer.write(await _answer(line, deeds))
            await writer.drain()
        except (ConnectionError, TimeoutError, ValueError):
            log.debug("whoever asked at the control socket has gone")
        finally:
            answering.discard(task)
            writer.close()

    server = await asyncio.start_unix_server(answer, sock=bound, limit=_LONGEST_REQUEST)
    try:
        yield
    finally:
        server.close()
        _unbind(path)
        # A request under way is done: it may be the end of a table.
        if answering:
            await asyncio.wait(answering, timeout=_LAST_SECONDS)


def _bind(path: Path) -> socket.socket:
    """Raises OSError, also where somebody is answering there."""
    if _answers(path):
        raise OSError("another process answers there")
    bound = socket.socket(socket.AF_UNIX)
    new = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.unlink(missing_ok=True)
        with address_of(new) as address:
            before = os.umask(0o177)
            try:
                bound.bind(address)
            finally:
                os.umask(before)
        bound.listen()
        # Only now: a socket at which nobody answers is taken for one that a killed bot has left.
        new.replace(path)
        bound.setblocking(False)
    except OSError:
        bound.close()
        raise
    return bound


def _answers(path: Path) -> bool:
    """Whether somebody listens there. Raises OSError where that can't be known."""
    with socket.socket(socket.AF_UNIX) as tried, contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
        with address_of(path) as address:
            tried.connect(address)
        return True
    return False


def remove_left(paths: Iterable[Path]) -> None:
    """Remove those sockets that processes have left which were killed."""
    for path in paths:
        with contextlib.suppress(OSError):
            if not _answers(path):
                path.unlink()


def _unbind(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


async def _answer(line: bytes, deeds: Mapping[str, Deed]) -> bytes:
    try:
        request = read_line(line)
        deed = deeds.get(request.get("do", ""))
        if deed is None:
            raise ControlError("The running bot does not know this command. Is it of the same version?")
        return line_of(gives=await deed(**request.get("with", {})))
    except NotHere as error:
        return line_of(error=str(error), elsewhere=True)
    except RoundtableError as error:
        return line_of(error=str(error))
    except Exception:
        error_id = new_error_id()
        log.exception("what was asked at the control socket has failed (error %s)", error_id)
        return line_of(error=f"The bot has failed at that. Its log tells more, at error {error_id}.")
