"""Questions out of a text that people keep as a list: numbered, with bullets or boxes, under headings."""

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Final

from bot.library.list_numbers import HAN, ListNumber, counted, list_number

_HEADING: Final = re.compile(r"#{1,6}(?:\s+(?P<text>.*?))?\s*#*")
_RULE: Final = re.compile(r"(?:[-_*=~]\s*){3,}|={2,}")
# HTML's and Obsidian's; and what a note says of itself before it begins.
_COMMENT: Final = re.compile(r"<!--.*?-->|%%.*?%%", re.DOTALL)
_FRONT_MATTER: Final = re.compile(
    r"\A\s*---[^\S\n]*\n(?:(?:[\w-]+:(?!.*[?？])|[^\S\n]+\S|- ).*\n|\n)+?---[^\S\n]*(?:\n|\Z)"
)
_QUOTED: Final = re.compile(r"(?:>[^\S\n]*)+")
# Those in the private area are what Word makes of its bullets.
_BULLET: Final = re.compile(
    r"(?:[-*+•◦‣⁃▪▫■□●○◆◇▶►▸➤➢→·–—🔹🔸🔷🔶👉\uf0b7\uf0a7\uf0d8\uf0fc]\ufe0f?(?:\s+|(?=\[[ xX✓]?\]))|[・･]\s*|o\t\s*)"
)
_BOX: Final = re.compile(r"(?:\[[ xX✓✔]?\]|[☐☑☒✅✔✓])\ufe0f?\s+")
_NUMERAL: Final = rf"(?:\d{{1,3}}|[{HAN}]{{1,3}})"
# "Q1:", "Question 2.", "Frage: …", in the languages that most communities write in.
_ASKED: Final = (
    r"(?:q|question|frage|pregunta|pergunta|domanda|vraag|kysymys|fråga|spørgsmål|pytanie|вопрос|питання|soru|سؤال|السؤال"
    r"|प्रश्न|質問|问题|問題|문제|질문|câu)"
)
_LABEL: Final = re.compile(
    rf"(?:\*\*|__)?(?:{_ASKED}\s*(?:(?:#|№|nr\.?|no\.?)?\s*{_NUMERAL}\s*[.:)：）—–-]|[:：])"
    rf"|第\s*{_NUMERAL}\s*(?:个问题|個問題|问|問|題|题)\s*[:：、.．]?)(?:\*\*|__)?\s*",
    re.IGNORECASE,
)
# The same with nothing to ask behind it: the question stands below.
_ONLY_LABEL: Final = re.compile(rf"{_ASKED}\s*(?:#|№|nr\.?|no\.?)?\s*{_NUMERAL}", re.IGNORECASE)
_WHOLE_LINE: Final = re.compile(r"(\*\*\*|\*\*|__|\*|_|==)(?=\S)(?P<text>(?:(?!\1).)+)(?<=\S)\1")
_QUESTION_MARKS: Final = "?？؟;՞፧⁇"
_COLONS: Final = (":", "：")
_ENDS: Final = (*_QUESTION_MARKS, *".!。！।۔…", *_COLONS)


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question and the number of its line, from 1."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class _ListLine:
    first: int
    last: int
    text: str
    indent: int
    number: ListNumber | None
    is_item: bool
    is_heading: bool


def question_lines(text: str) -> list[QuestionLine]:
    """Every question, one a line, without the marks of the list it stands in.

    Headings, and what announces a list ("My questions:"), are left out unless they ask something, or nothing else is
    there. A number belongs to the question unless the lines are counted by it: "1984: still relevant?" stays whole. An
    item goes on in a line that is indented, if it has not ended.
    """
    for part in (_FRONT_MATTER, _COMMENT):
        # Each line keeps its number.
        text = part.sub(lambda found: "\n" * found[0].count("\n"), text)
    lines = _lines(text)
    if all(line.is_heading for line in lines):
        lines = [replace(line, is_heading=False) for line in lines]
    asked = [line for line in lines if not line.is_heading or line.text.endswith(tuple(_QUESTION_MARKS))]
    are_counted = counted([(line.indent, line.number) for line in asked])
    found = [
        (line.first, _behind(_BOX, line.text[line.number.end :]) if line.number and is_counted else line.text)
        for line, is_counted in zip(asked, are_counted, strict=True)
    ]
    return [QuestionLine(at, plain) for at, text in found if _says_something(plain := _plain(text))]


def _lines(text: str) -> list[_ListLine]:
    found: list[_ListLine] = []
    for at, raw in enumerate(text.splitlines(), 1):
        line = _behind(_QUOTED, raw.strip()).rstrip("\\").rstrip()
        if not line:
            continue
        above = found[-1] if found and found[-1].last == at - 1 else None
        if _RULE.fullmatch(line):
            if above and _underlines(line, above.text):
                found[-1] = replace(above, is_heading=True)
            continue
        read = _read(at, line, indent=len(raw) - len(raw.lstrip()))
        if above and _goes_on(above, read):
            found[-1] = replace(above, last=at, text=f"{above.text} {line}")
            continue
        announces = found and not found[-1].is_item and found[-1].text.endswith(_COLONS)
        if announces and (read.is_item or len(found) == 1):
            found[-1] = replace(found[-1], is_heading=True)
        if read.text:
            found.append(read)
    return found


def _read(at: int, line: str, indent: int) -> _ListLine:
    """One line that is not empty; of a heading without words the text is."""
    heading = _HEADING.fullmatch(line)
    item = (heading["text"] or "") if heading else _behind(_BOX, _behind(_BULLET, line))
    text = _plain(_behind(_LABEL, _plain(item)))
    number = list_number(text)
    is_heading = heading is not None or _ONLY_LABEL.fullmatch(text.rstrip(":：. ")) is not None
    is_item = not is_heading and (text != _plain(line) or number is not None)
    return _ListLine(at, at, text, indent, number, is_item, is_heading)


def _goes_on(item: _ListLine, line: _ListLine) -> bool:
    """Whether a line is the rest of the item above it."""
    is_rest = item.is_item and not line.is_item and not line.is_heading and line.indent > item.indent
    return is_rest and not item.text.endswith(_ENDS)


def _behind(mark: re.Pattern[str], line: str) -> str:
    found = mark.match(line)
    return line[found.end() :] or line if found else line


def _underlines(rule: str, text: str) -> bool:
    """Whether a rule makes the line above a heading, in Markdown; a short one of hyphens parts two questions."""
    return set(rule) == {"="} or (set(rule) == {"-"} and len(rule) >= len(text) > len("---"))


def _plain(text: str) -> str:
    """`text` without emphasis or the like around the whole of it."""
    text = text.strip()
    whole = _WHOLE_LINE.fullmatch(text)
    return whole["text"] if whole else text


def _says_something(text: str) -> bool:
    return any(unicodedata.category(character)[0] in "LNS" for character in text)
