"""The shell's end of the control sockets: asks the running bot for something, or each of several."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.ops.control_protocol import LONGEST_LINE, ControlError, NoBot, NotHere, address_of, line_of, read_line

# How long the bot may take, in seconds: whoever stops a table waits for its place, too.
PATIENCE: Final = 60.0


async def ask_bot(path: Path, do: str, **values: Any) -> Any:
    """Have the bot that listens at `path` do something. Out: what it gives.

    Raises NoBot where nobody listens, ControlError with the bot's own sentence or where it does not answer.
    """
    if not hasattr(asyncio, "open_unix_connection"):
        raise NoBot("This system has no sockets in files, so a running bot can't be asked.")
    try:
        with address_of(path) as address:
            reader, writer = await asyncio.open_unix_connection(address, limit=LONGEST_LINE)
    except (FileNotFoundError, ConnectionRefusedError):
        raise NoBot(f"No bot listens at {path}.") from None
    except OSError as error:
        raise ControlError(
            f"The bot's control socket {path} can't be reached ({error.strerror}). "
            "Run this as the user that the bot runs as."
        ) from None
    try:
        async with asyncio.timeout(PATIENCE):
            writer.write(line_of(do=do, **{"with": values}))
            await writer.drain()
            line = await reader.readline()
    except TimeoutError:
        raise ControlError(f"The running bot has not answered within {PATIENCE:.0f} s. Its log may tell why.") from None
    except (ConnectionError, ValueError, json.JSONDecodeError):
        line = b""
    finally:
        writer.close()
    if not line:
        raise ControlError("The running bot has hung up without an answer; it may be ending.")
    answer = read_line(line)
    if "error" in answer:
        raise (NotHere if answer.get("elsewhere") else ControlError)(answer["error"])
    return answer.get("gives")


@dataclass(frozen=True, slots=True)
class Answers:
    """What several give, and what the others say in the place of it."""

    given: list[Any]
    errors: list[ControlError]

    @property
    def is_silence(self) -> bool:
        """Whether nobody is there."""
        return not self.given and not self.errors

    @property
    def error(self) -> ControlError:
        """What to tell where nothing was given: the sentence of whoever knows of the matter, if somebody does."""
        return min(self.errors, key=lambda error: isinstance(error, NotHere), default=NoBot("The bot has ended."))


async def ask_each(paths: Iterable[Path], do: str, **values: Any) -> Answers:
    """Have whoever listens at one of `paths` do something, all at once."""
    answers = await asyncio.gather(*(_ask_or_error(path, do, **values) for path in paths))
    errors = [answer for answer in answers if isinstance(answer, ControlError)]
    return Answers(
        [answer for answer in answers if not isinstance(answer, ControlError)],
        [error for error in errors if not isinstance(error, NoBot)],
    )


async def _ask_or_error(path: Path, do: str, **values: Any) -> Any:
    try:
        return await ask_bot(path, do, **values)
    except ControlError as error:
        return error
