"""Questions out of a text that people keep as a list: numbered, with bullets or boxes, under headings."""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_HEADING: Final = re.compile(r"#{1,6}(?:\s+(?P<text>.*?))?\s*#*")
_RULE: Final = re.compile(r"(?:[-_*=~]\s*){3,}|={2,}")
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_BULLET: Final = re.compile(r"[-*+•◦‣⁃▪▫■□●○◆◇▶►▸➤➢→·–—](?:\s+|(?=\[[ xX✓]?\]))")
_BOX: Final = re.compile(r"(?:\[[ xX✓✔]?\]|[☐☑☒✅✔✓])\ufe0f?\s+")
# "Q1:", "Question 2.", "Frage: …", in the languages that most communities write in.
_LABEL: Final = re.compile(
    r"(?:\*\*|__)?(?:q|question|frage|pregunta|pergunta|domanda|vraag|kysymys|fråga|spørgsmål|pytanie|вопрос|питання|soru"
    r"|سؤال|السؤال|प्रश्न|質問|问题|問題|문제|질문|câu)\s*(?:(?:#|№|nr\.?|no\.?)?\s*\d{1,3}\s*[.:)：）—–-]|[:：])(?:\*\*|__)?\s*",
    re.IGNORECASE,
)
_DIGITS: Final = r"\d{1,3}"
_HAN: Final = "〇零一二三四五六七八九十"
_NUMBER: Final = re.compile(
    rf"(?:\*\*|__)?(?:[#(（]?(?P<digits>{_DIGITS})(?:\.\)|[.):：）．](?=\s|\*\*|__|[^\x00-\x7f])|[、．。）])|(?P<han>[{_HAN}]{{1,3}})[、．.，)）]"
    r"|(?P<keycap>\d)\ufe0f?\u20e3|(?P<sign>[①-⑳⑴-⒇⒈-⒛❶-❿➀-➉➊-➓⓵-⓾㈠-㈩㊀-㊉]))(?:\*\*|__)?\s*"
)
_WHOLE_LINE: Final = re.compile(r"(\*\*\*|\*\*|__|\*|_)(?=\S)(?P<text>(?:(?!\1).)+)(?<=\S)\1")
_QUESTION_MARKS: Final = "?？؟;՞፧⁇"


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question and the number of its line, from 1."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class _ListLine:
    at: int
    text: str
    number: int | None = None
    unnumbered: str = ""
    is_heading: bool = False
    # A sign that is nothing but a number of a list.
    is_sign: bool = False


def question_lines(text: str) -> list[QuestionLine]:
    """Every question, one a line, without the marks of the list it stands in.

    Headings are left out unless they ask something, or nothing else is there. A number belongs to the question unless
    the lines are counted by it: "1984: still relevant?" stays whole.
    """
    lines = _lines(_COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), text))
    if all(line.is_heading for line in lines):
        lines = [_ListLine(line.at, line.text) for line in lines]
    asked = [line for line in lines if not line.is_heading or line.text.endswith(tuple(_QUESTION_MARKS))]
    counted = _counted([line.number for line in asked])
    found = [
        (line.at, line.unnumbered if line.is_sign or (counted and line.unnumbered) else line.text) for line in asked
    ]
    return [QuestionLine(at, plain) for at, text in found if (plain := _plain(text))]


def _lines(text: str) -> list[_ListLine]:
    found: list[_ListLine] = []
    for at, raw in enumerate(text.splitlines(), 1):
        line = raw.strip().rstrip("\\").rstrip()
        if not line:
            continue
        if _RULE.fullmatch(line):
            if found and found[-1].at == at - 1 and _underlines(line, found[-1].text):
                found[-1] = _ListLine(found[-1].at, found[-1].text, is_heading=True)
            continue
        heading = _HEADING.fullmatch(line)
        line = (heading["text"] or "") if heading else _behind(_BOX, _behind(_BULLET, line))
        line = _behind(_LABEL, line)
        number = _NUMBER.match(line)
        if number and number.end() < len(line):
            is_sign = bool(number["keycap"] or number["sign"])
            found.append(_ListLine(at, line, _value(number), line[number.end() :], heading is not None, is_sign))
        elif line:
            found.append(_ListLine(at, line, is_heading=heading is not None))
    return found


def _behind(mark: re.Pattern[str], line: str) -> str:
    found = mark.match(line)
    return line[found.end() :] or line if found else line


def _underlines(rule: str, text: str) -> bool:
    """Whether a rule makes the line above a heading, in Markdown; a short one of hyphens parts two questions."""
    return set(rule) == {"="} or (set(rule) == {"-"} and len(rule) >= len(text) > len("---"))


def _counted(numbers: list[int | None]) -> bool:
    """Whether these numbers of lines count them: from 0 or 1 on, one after the other (Markdown also takes 1, 1, 1)."""
    given = [number for number in numbers if number is not None]
    if not given or given[0] not in (0, 1) or (len(given) == 1 and len(numbers) > 1):
        return False
    return all(b in (a + 1, 1) for a, b in pairwise(given)) or set(given) == {0}


def _value(number: re.Match[str]) -> int:
    if digits := number["digits"] or number["keycap"]:
        return int(digits)
    if sign := number["sign"]:
        return int(unicodedata.numeric(sign))
    tens, ten, ones = number["han"].partition("十")
    value = 0
    for character in tens if not ten else "":
        value = value * 10 + int(unicodedata.numeric(character))
    return value if not ten else 10 * _digit(tens, 1) + _digit(ones, 0)


def _digit(character: str, default: int) -> int:
    return int(unicodedata.numeric(character[0])) if character else default


def _plain(text: str) -> str:
    text = text.strip()
    whole = _WHOLE_LINE.fullmatch(text)
    return whole["text"] if whole else text
