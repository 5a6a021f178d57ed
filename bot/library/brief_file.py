"""What a table is to talk about, out of a file that somebody hands over: plain text, Markdown or PDF."""

import json
import os
import re
import subprocess  # nosec B404: runs this interpreter with a file of ours
import sys
import threading
from pathlib import Path
from typing import Final

from bot.discussion.text.segmentation import clipped
from bot.library.file_problem import FileProblem, UnusableFile, shown_name
from bot.library.text_file import decoded, without_controls

# Of the file: some 30,000 words of plain text.
BRIEF_BYTES: Final = 200_000
# Some 5,000 tokens: it stands in each request, in windows of 8,192 as well.
BRIEF_LENGTH: Final = 20_000

_TEXTS: Final = (".txt", ".text", ".md", ".markdown")
# Readers look for the mark in the first kilobyte: https://www.loc.gov/preservation/digital/formats/fdd/fdd000030.shtml
_PDF: Final = b"%PDF-"
_PDF_WITHIN: Final = 1024
_READER: Final = Path(__file__).with_name("pdf_child.py")
# On a busy machine its five seconds of the processor take longer.
_PATIENCE: Final = 12.0
# Each takes up to 256 MB for up to so long. Whoever comes when these are busy waits for one of them.
_READERS: Final = threading.BoundedSemaphore(2)

_TAKEN: Final = "Attach a .txt, .md or .pdf file."
_PASTE: Final = "Save it as plain text, or print it to a new PDF."


def brief_text(data: bytes, filename: str) -> tuple[str, str]:
    """The text of a brief, tidied, and a sentence where only its beginning is taken (else "").

    A PDF is read in a process of its own. Takes up to a quarter of a minute: call it in a thread. Raises UnusableFile.
    """
    name = shown_name(filename) or "the file"
    if len(data) > BRIEF_BYTES:
        raise _unusable(
            name, f"has {len(data):,} bytes.", f"Keep it under {BRIEF_BYTES:,}, or paste the part that counts."
        )
    if _PDF in data[:_PDF_WITHIN]:
        text = _of_pdf(name, data)
        if not text.strip():
            raise _unusable(
                name, "is a PDF without text, as scanned pages are.", "Have its text recognised, or paste it."
            )
    elif not name.lower().endswith(_TEXTS):
        is_pdf = name.lower().endswith(".pdf")
        raise _unusable(name, "is no PDF." if is_pdf else "is neither text nor Markdown nor a PDF.", _TAKEN)
    else:
        text, problems = decoded(name, data)
        if problems:
            raise UnusableFile(problems)
    text = _tidied(text)
    if not text:
        raise _unusable(name, "is empty.", "Write what the table should know.")
    # A little more than is kept: what is behind that needs no look.
    kept = clipped(text[: BRIEF_LENGTH + 100], BRIEF_LENGTH)
    note = f"{name} is longer than {BRIEF_LENGTH:,} characters: only its beginning is taken."
    return kept, note if kept != text else ""


def _of_pdf(name: str, data: bytes) -> str:
    if not _READERS.acquire(timeout=2 * _PATIENCE):
        raise _unusable(name, "can't be read now: others are.", "Try again in a minute.")
    # What that process can reach: our libraries, and none of the secrets in our environment.
    environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    environment |= {key: os.environ[key] for key in ("SYSTEMROOT",) if key in os.environ}
    try:
        done = subprocess.run(  # nosec B603: no shell, and only names of ours
            [sys.executable, "-P", str(_READER), str(BRIEF_LENGTH)],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=_PATIENCE,
            check=True,
        )
        found: dict[str, str] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        raise _unusable(name, "is a PDF that is damaged, or takes too long to read.", _PASTE) from None
    except OSError as error:
        raise _unusable(name, f"can't be read now ({error.strerror}).", "Try again, or paste it.") from None
    finally:
        _READERS.release()
    if "problem" in found:
        raise _unusable(name, f"is {found['problem']}.", "Save it without a password.")
    return found["text"]


def _tidied(text: str) -> str:
    """Without control characters, blanks at the ends of lines, or more than one empty line in a row."""
    lines = (line.rstrip() for line in without_controls(text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _unusable(name: str, found: str, fix: str) -> UnusableFile:
    return UnusableFile([FileProblem(name, "", found, fix)])
