"""Whether a file can be the model that is served here: a GGUF, and one that this machine's memory holds."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.errors import RoundtableError

_MAGIC: Final = b"GGUF"  # https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
# Beside the weights: the interpreter, the bot, llama.cpp's buffers and the context of a small model, in bytes.
_BESIDES: Final = 512 * 1024**2
_GIGABYTE: Final = 1e9
# A model in several files is loaded by the name of the first.
_PART: Final = re.compile(r"-\d{5}-of-\d{5}\.gguf$")
_CONTROL_GROUPS: Final = Path("/sys/fs/cgroup")


class UnusableModel(RoundtableError):
    """The model can't be served here; the message says why and what to do."""


def usable_gguf(file: Path, *, given_as: str, memory: int | None = None) -> Path:
    """The file, once it is seen to be a GGUF that fits into `memory` (bytes; None: this machine's).

    `given_as`: how whoever named it calls it. Raises UnusableModel.
    """
    file = file.expanduser()
    named = f"{given_as} {file}"
    try:
        with file.open("rb") as opened:
            beginning = opened.read(len(_MAGIC))
        size = sum(part.stat().st_size for part in _parts(file))
    except FileNotFoundError:
        raise UnusableModel(f"{named} is not there. Write the path of a model's file (.gguf).") from None
    except IsADirectoryError:
        inside = sorted(path.name for path in file.glob("*.gguf"))
        found = f" In it are {', '.join(inside)}." if inside else ""
        raise UnusableModel(f"{named} is a folder. Write the path of one model's file (.gguf) in it.{found}") from None
    except OSError as error:
        raise UnusableModel(f"{named} can't be read ({error.strerror}). Change its permissions or the path.") from None
    if beginning != _MAGIC:
        raise UnusableModel(
            f"{named} is no GGUF: such a file begins with the letters GGUF. A page in the place of a file looks so, or "
            "a pointer to one; fetch it again."
        )
    holds = memory if memory is not None else memory_here()
    if holds is not None and size + _BESIDES > holds:
        raise UnusableModel(
            f"{named} has {size / _GIGABYTE:.1f} GB, more than the {holds / _GIGABYTE:.1f} GB of memory here hold "
            "beside the bot. Take a smaller model, or the same in fewer bits (Q4_K_M): docs/endpoints.md says which."
        )
    return file


def _parts(file: Path) -> list[Path]:
    start = _PART.sub("", file.name)
    return [file] if start == file.name else sorted(file.parent.glob(f"{start}-*-of-*.gguf"))


def memory_here() -> int | None:
    """The bytes of memory that this process may use; None where the system does not tell."""
    try:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows
        return None
    return min([machine, *_limits()])


def _limits() -> Iterator[int]:
    """What the control groups of this process allow it: a container's limit, a service's."""
    try:
        own = next(
            line.strip().removeprefix("0::/")
            for line in Path("/proc/self/cgroup").read_text().splitlines()
            if line.startswith("0::/")
        )
    except (OSError, StopIteration):
        return
    group = _CONTROL_GROUPS / own
    for folder in (group, *group.parents):
        if not folder.is_relative_to(_CONTROL_GROUPS):
            return
        try:
            yield int((folder / "memory.max").read_text())
        except (OSError, ValueError):  # none there, or "max"
            continue
