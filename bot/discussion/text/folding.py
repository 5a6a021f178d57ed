"""The forms in which texts are compared and quoted: folded, and on one line."""

import unicodedata


def fold(text: str) -> str:
    """The form in which names and words are compared: compatibility-normalised and case-folded."""
    return unicodedata.normalize("NFKC", text).casefold()


def one_line(text: str) -> str:
    """`text` with one space for each run of white space, and none around it."""
    return " ".join(text.split())
