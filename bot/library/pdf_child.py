"""Reads the text of a PDF as a process of its own, so that one made to hang or to fill the memory ends only that.

Run by its path, with nothing of the bot but this file: the PDF comes in on standard input, JSON goes out: `text`, or
`problem` with a word. In: how many characters are wanted. Ends by a signal, or with a status that is not 0, where pypdf
or the limits give up.
"""

import json
import sys
from io import BytesIO
from itertools import islice
from typing import Final

# An ordinary PDF of this size takes half a second of this; whatever asks for more is no brief.
_SECONDS: Final = 5
# Beside what the interpreter and pypdf themselves take, which is 60 MB. pypdf unpacks up to 75 MB for each stream.
_MEMORY: Final = 256 * 1024 * 1024
# A brief of this many is long; of a book the beginning is enough to see that it is one.
_PAGES: Final = 200


def _limit() -> None:
    try:
        import resource
    except ImportError:
        return  # Windows has none: there pypdf's own limits and the caller's patience have to do
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # macOS takes this limit and refuses it
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _read(data: bytes, most: int) -> dict[str, str]:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, WrongPasswordError

    pages: list[str] = []
    try:
        for page in islice(PdfReader(BytesIO(data)).pages, _PAGES):
            pages.append(page.extract_text().strip())
            if sum(map(len, pages)) > most:
                break
    except (DependencyError, FileNotDecryptedError, WrongPasswordError):
        return {"problem": "encrypted"}
    return {"text": "\n\n".join(filter(None, pages))[: 2 * most]}


if __name__ == "__main__":
    _limit()
    json.dump(_read(sys.stdin.buffer.read(), int(sys.argv[1])), sys.stdout)
