"""Quotation marks of many languages: which of them are around the whole of a text, and which it leaves open."""

from typing import Final

# An opening mark, and what may close it. Source: the Unicode Standard, chapter 6.2, "Quotation Marks: language-based
# usage". A mark that opens in one language and closes in another stands on both sides.
PAIRS: Final = {
    '"': '"', "“": "”“", "”": "”", "„": "“”", "‟": "”", "«": "»", "»": "«»", "‹": "›", "›": "‹›",
    "'": "'", "‘": "’", "’": "’", "‚": "‘’", "「": "」", "『": "』", "《": "》", "〈": "〉", "〝": "〞〟", "＂": "＂",
    "｢": "｣", "﹁": "﹂", "﹃": "﹄", "`": "´", "❝": "❞", "❛": "❜",
}  # fmt: skip
_MARKS: Final = frozenset(PAIRS).union("".join(PAIRS.values()))
# Where words are not separated, nothing stands between them and the mark.
_OPENS_ANYWHERE: Final = frozenset("「『《〈〝｢﹁﹃“")
# No sense is in more quotations within each other.
_DEEPEST: Final = 8
# They are apostrophes as well: no text is told to be open by them.
_APOSTROPHES: Final = "'’`"


def is_enclosed(text: str) -> bool:
    """Whether `text` is one quotation: its first mark is closed by its last, with something in between."""
    may_be = len(text) > 2 and text[0] in PAIRS and text[-1] in PAIRS[text[0]]
    return may_be and (0, len(text) - 1) in _read(text)[0]


def unclosed(text: str) -> list[int]:
    """Where marks stand that `text` opens and does not close, in order."""
    return [at for at in _read(text)[1] if text[at] not in _APOSTROPHES]


def _read(text: str) -> tuple[list[tuple[int, int]], list[int]]:
    """Where each quotation begins and ends, and where those begin that never end."""
    pairs: list[tuple[int, int]] = []
    opened: list[int] = []
    for at, mark in enumerate(text):
        if mark not in _MARKS or _is_inside_word(text, at):
            continue
        closes = _closes(text, opened, mark)
        if closes is not None and not _stands_before_word(text, at):
            pairs.append((opened[closes], at))
            del opened[closes:]
        elif mark in PAIRS and not _stands_behind_word(text, at):
            opened.append(at)
    return pairs, opened


def _closes(text: str, opened: list[int], mark: str) -> int | None:
    """Which of the open quotations, by its place among them, a mark closes: the innermost that it can."""
    nearest = range(len(opened) - 1, max(-1, len(opened) - 1 - _DEEPEST), -1)
    return next((i for i in nearest if mark in PAIRS[text[opened[i]]]), None)


def _is_inside_word(text: str, at: int) -> bool:
    return text[at] in _APOSTROPHES and text[at - 1 : at].isalnum() and text[at + 1 : at + 2].isalnum()


def _stands_before_word(text: str, at: int) -> bool:
    return text[at - 1 : at].isspace() and text[at + 1 : at + 2].isalnum()


def _stands_behind_word(text: str, at: int) -> bool:
    before = text[at - 1 : at]
    return bool(before) and text[at] not in _OPENS_ANYWHERE and (before.isalnum() or before in ".,!?…")
