"""Briefs out of files: what is read of which, and what is said of the others."""

import pytest

from bot.library.brief_file import BRIEF_BYTES, BRIEF_LENGTH, brief_text
from bot.library.file_problem import UnusableFile
from tests.support.pdf_files import CATALOGUE, pdf_of, pdf_with_pages, written

ENCRYPTED = pdf_of(
    CATALOGUE,
    b"<</Type/Pages/Kids[]/Count 0>>",
    b"<</Filter/Standard/V 1/R 2/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">/P -4>>",
    trailer=b"/Encrypt 3 0 R/ID[<41><41>]",
)


@pytest.mark.parametrize(
    ("filename", "data", "text"),
    [
        ("cats.txt", b"Cats roam at night.", "Cats roam at night."),
        ("cats.MD", "\ufeff# Cats\n\nThey roam.".encode(), "# Cats\n\nThey roam."),
        ("cats.markdown", "Où?\r\n\r\n\r\n\r\n\tthere \x07\x1b[2J\r\n".encode("utf-16"), "Où?\n\n\tthere [2J"),
        ("cats.text", "a\u200bb\u202ec".encode(), "abc"),
        ("cats.pdf", pdf_with_pages(written("Cats roam", "at night."), written("Owls, too.")),
         "Cats roam\nat night.\n\nOwls, too."),
        # What it is counts, not what it is called.
        ("cats.txt", b"\n" + pdf_with_pages(written("Cats.")), "Cats."),
    ],
)  # fmt: skip
def test_the_text_of_a_brief(filename: str, data: bytes, text: str) -> None:
    assert brief_text(data, filename) == (text, "")


def test_of_a_long_one_the_beginning_is_taken_and_that_is_said() -> None:
    text, note = brief_text(b"word " * 30_000, "cats.txt")
    assert BRIEF_LENGTH - 10 < len(text) <= BRIEF_LENGTH
    assert text.endswith("word…")
    assert note == "cats.txt is longer than 20,000 characters: only its beginning is taken."


@pytest.mark.parametrize(
    ("filename", "data", "says"),
    [
        ("cats.txt", bytes(BRIEF_BYTES + 1), "cats.txt: has 200,001 bytes. Keep it under 200,000, or paste the part"),
        ("cats.docx", b"PK\x03\x04", "cats.docx: is neither text nor Markdown nor a PDF. Attach a .txt, .md"),
        ("cats", b"Cats.", "cats: is neither text nor Markdown nor a PDF."),
        ("", b"Cats.", "the file: is neither text nor Markdown nor a PDF."),
        ("cats.pdf", b"Cats.", "cats.pdf: is no PDF. Attach"),
        ("cats.txt", b" \n\x07", "cats.txt: is empty. Write what the table should know."),
        ("cats.txt", "Où?".encode("latin-1"), "cats.txt: is not UTF-8 (byte 0xf9 at position 1). Save"),
        ("cats.txt", "Cats.".encode("utf-16-le"), "cats.txt: holds a zero byte"),
        ("cats.pdf", ENCRYPTED, "cats.pdf: is encrypted. Save it without a password."),
        ("cats.pdf", pdf_with_pages(b"q Q"), "cats.pdf: is a PDF without text, as scanned pages are."),
        ("cats.pdf", b"%PDF-1.4", "cats.pdf: is a PDF that is damaged, or takes too long to read."),
    ],
)  # fmt: skip
def test_what_is_no_brief_is_said_in_a_sentence(filename: str, data: bytes, says: str) -> None:
    with pytest.raises(UnusableFile) as found:
        brief_text(data, filename)
    assert str(found.value).startswith(says)
