"""The numbers with which items of a list begin, as people write them: digits of any script, letters, Roman, Chinese.

What begins a line is no number by itself ("A. Brandt: right?", "1984 - still relevant?"): it is one if the lines are
counted by it.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_DIGITS: Final = "digits"
# In the order in which lists are counted by them; two of one script where people count in two orders.
_ALPHABETS: Final = {
    "latin": "abcdefghijklmnopqrstuvwxyz",
    "russian": "абвгдежзиклмнопрстуфхцчшщэюя",
    "cyrillic": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "ukrainian": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "greek": "αβγδεζηθικλμνξοπρστυφχψω",
    "hebrew": "אבגדהוזחטיכלמנסעפצקרשת",
    "arabic": "أبتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "abjad": "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ",
    "persian": "اآبپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی",
    "devanagari": "कखगघङचछजझञटठडढणतथदधन",
    "bengali": "কখগঘঙচছজঝঞটঠডঢণতথদধন",
    "thai": "กขคงจฉชซฌญฎฏฐฑฒณดตถทธน",
    "hangul": "가나다라마바사아자차카타파하",
    "jamo": "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
    "katakana": "アイウエオカキクケコサシスセソ",
    "iroha": "イロハニホヘトチリヌルヲワカヨ",
}
_ROMAN: Final = {
    ten + one: 10 * tens + ones
    for tens, ten in enumerate(("", "x", "xx", "xxx"))
    for ones, one in enumerate(("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"))
    if ten + one
}
HAN: Final = "〇零一二三四五六七八九十"
_LETTERS: Final = "".join(sorted({letter for alphabet in _ALPHABETS.values() for letter in alphabet}))

# "No. 1", "№1", "#1", "Topic 1", in the languages that most communities write in.
_PREFIX: Final = (
    r"(?:#|№|n[°º]|(?:no|nr|num|q)\.?|topic|theme|point|item|thema|punkt|sujet|thème|tema|punto|ponto|onderwerp|aihe|ämne"
    r"|emne|temat|тема|пункт|konu|موضوع|विषय|議題|议题|話題|话题|主题|主題|テーマ|주제|chủ đề)"
)
_NUMBER: Final = re.compile(
    rf"(?P<prefix>{_PREFIX}\s*)?[\[(（【]?"
    rf"(?:(?P<section>\d{{1,2}}(?:\.\d{{1,2}})+)|(?P<digits>\d{{1,3}})|(?P<han>[{HAN}]{{1,3}})|(?P<roman>[ivx]{{1,7}}"
    rf"|[\u2160-\u217f])|(?P<letter>[{_LETTERS}]))"
    # What parts it from its item; a dash, a space or nothing does so only where the lines are counted.
    r"(?:(?P<mark>\.\)|\\?[.):：）．\]】](?=\s|\*\*|__|[^\x00-\x7fªº])|[、．。）】])"
    r"|(?P<loose>\\?[.)](?=[A-Z\"'])|[°º]\)?\.?|\.[ªº]|(?:\s?[-‐-―])(?=\s)|(?=\t)|(?P<space>(?=\s))))\s*",
    re.IGNORECASE,
)
_SIGN: Final = re.compile(r"(?:(?P<keycap>\d)\ufe0f?\u20e3|(?P<sign>[①-⑳⑴-⒇⒈-⒛❶-❿➀-➉➊-➓⓵-⓾㈠-㈩㊀-㊉]))(?:\*\*|__)?\s*")
_BOLD: Final = re.compile(r"(?P<bold>\*\*|__)(?P<number>.{1,12}?)(?P=bold)\s*")


@dataclass(frozen=True, slots=True)
class ListNumber:
    """What a line begins with: its value in each way to count in which it is a number, and where its item begins."""

    values: Mapping[str, int]
    end: int
    # Whether it counts lines even if it is the only one; and whether it can't be anything but a number of a list.
    is_plain: bool = False
    is_sign: bool = False


def list_number(line: str) -> ListNumber | None:
    """The number that `line` begins with, if something stands behind it."""
    found = _sign(line) or _in_bold(line) or _number(line)
    return found if found and found.end < len(line) else None


def counted(numbers: Sequence[tuple[int, ListNumber | None]]) -> list[bool]:
    """For each line whether it is counted by its number. In: how far each is indented, and its number.

    Counted is from 0 or 1 on, one after the other or anew: by all lines that have such a number, or by those of them
    that are indented alike.
    """
    are = [number is not None and number.is_sign for _, number in numbers]
    for way in dict.fromkeys(way for _, number in numbers if number for way in number.values):
        having = [at for at, (_, number) in enumerate(numbers) if number and way in number.values]
        alike: dict[int, list[int]] = {}
        for at in having:
            alike.setdefault(numbers[at][0], []).append(at)

        def counts(group: list[int], way: str = way) -> bool:
            return _counts([number for at in group if (number := numbers[at][1])], way, is_all=len(numbers) == 1)

        for group in [having] if counts(having) else filter(counts, alike.values()):
            for at in group:
                are[at] = True
    return are


def _counts(group: list[ListNumber], way: str, *, is_all: bool) -> bool:
    """Whether numbers count the lines that have them; one alone does only if there `is_all` of one line."""
    values = [number.values[way] for number in group]
    if values[0] not in (0, 1):
        return False
    if len(values) == 1:
        return group[0].is_plain and is_all
    if all(number.is_plain for number in group):
        # Markdown also takes 1, 1, 1.
        return all(b in (a + 1, 1) for a, b in pairwise(values)) or set(values) == {0}
    return all(b == a + 1 or b == 1 < a for a, b in pairwise(values))


def _sign(line: str) -> ListNumber | None:
    found = _SIGN.match(line)
    if found is None:
        return None
    value = int(found["keycap"]) if found["keycap"] else int(unicodedata.numeric(found["sign"]))
    return ListNumber({_DIGITS: value}, found.end(), is_sign=True)


def _in_bold(line: str) -> ListNumber | None:
    found = _BOLD.match(line)
    number = _number(found["number"] + " ") if found else None
    return ListNumber(number.values, found.end(), number.is_plain) if found and number else None


def _number(line: str) -> ListNumber | None:
    found = _NUMBER.match(line)
    # A space parts a number from its item only where more than a digit tells that it is one: "#1 …", "1.2 …".
    if found is None or (found["space"] is not None and not found["prefix"] and not found["section"]):
        return None
    values = _values(found)
    is_plain = not found["prefix"] and found["mark"] is not None and bool(found["digits"] or found["han"])
    return ListNumber(values, found.end(), is_plain) if values else None


def _values(found: re.Match[str]) -> dict[str, int]:
    if section := found["section"]:
        return {"section": int(section.rpartition(".")[2])}
    if digits := found["digits"]:
        return {_DIGITS: int(digits)}
    if han := found["han"]:
        return {"han": _of_han(han)}
    letters = unicodedata.normalize("NFKC", found["roman"] or found["letter"]).lower()
    values = {way: alphabet.index(letters) + 1 for way, alphabet in _ALPHABETS.items() if letters in alphabet}
    return values | ({"roman": _ROMAN[letters]} if letters in _ROMAN else {})


def _of_han(han: str) -> int:
    tens, ten, ones = han.partition("十")
    if not ten:
        return int("".join(str(int(unicodedata.numeric(character))) for character in tens))
    return 10 * _digit(tens, 1) + _digit(ones, 0)


def _digit(character: str, default: int) -> int:
    return int(unicodedata.numeric(character[0])) if character else default
