"""One text file: its text, or what is wrong with it."""

import codecs
import re
from pathlib import Path
from typing import Final

from bot.discussion.text.invisible import without_invisible
from bot.library.file_problem import FileProblem

# A persona or task file is a few hundred words; anything near this size is not one.
TEXT_BYTES: Final = 256 * 1024
# What an encoding writes first. UTF-32's begins as UTF-16's does: it is looked for before it.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Control characters, but for lines and tabs; half characters; what is no character.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
LINK: Final = "is a link that leads out of the folder."


def read_text(path: Path, folder: Path) -> tuple[str, list[FileProblem]]:
    """The text of a file that may not lead out of `folder`, without what nobody sees; or every fault of it."""
    try:
        if leads_out(path, folder):
            return "", [FileProblem(str(path), "", LINK, "Put a copy of the file there.")]
        if not path.is_file():
            return "", [FileProblem(str(path), "", "is not a file.", "Put a text file there.")]
        if (size := path.stat().st_size) > TEXT_BYTES:
            return "", [FileProblem(str(path), "", f"has {size:,} bytes.", f"Keep it under {TEXT_BYTES:,}.")]
        with path.open("rb") as file:
            data = file.read(TEXT_BYTES)
    except OSError as error:
        return "", [
            FileProblem(str(path), "", f"can't be read ({error.strerror}).", "Check the file and its permissions.")
        ]
    return decoded(str(path), data)


def decoded(file: str, data: bytes) -> tuple[str, list[FileProblem]]:
    """The text of a file's bytes, without what nobody sees, in UTF-8 or as its mark says; or what is wrong with it."""
    encoding = next((encoding for mark, encoding in _MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.removesuffix("-sig").upper()
        found = f"is not {name} (byte {error.object[error.start]:#04x} at position {error.start})."
        return "", [FileProblem(file, "", found, "Save the file as UTF-8.")]
    if "\0" in text:
        found = f"holds a zero byte (at position {text.index(chr(0))}), as UTF-16 without a mark does."
        return "", [FileProblem(file, "", found, "Save the file as UTF-8.")]
    return without_invisible(text), []


def without_controls(text: str) -> str:
    """`text` with its lines and tabs, and without what else steers a terminal or can't be stored."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def leads_out(path: Path, folder: Path) -> bool:
    """Whether a link makes `path` a file outside of `folder`: a task from elsewhere could so show any file of the host.

    Links inside the folder are fine (Kubernetes mounts files so), and so is a folder that is itself a link.
    """
    return not path.resolve().is_relative_to(folder.resolve())
