"""What languages attach to a name, as far as a rule is safe: endings and prefixes, and the name that is under them.

A row holds for words in its letters, and where the same letters write many languages, only in a text that shows which
one it is in. What no rule here covers (most endings in Latin letters would make one name of another: Mario of Maria)
can be written into a persona's `aliases`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

import regex

from bot.discussion.model.titles import HONORIFICS_IN_LATIN


class Attached(Enum):
    """What stands with a name in its word."""

    NOTHING = auto()
    VOCATIVE = auto()  # an ending that only calls: somebody is spoken to wherever it stands
    ADDRESS = (
        auto()
    )  # an honorific, or a form of the name that is used to call: spoken to by the same signs as the name
    CASE = auto()  # an ending or prefix of somebody who is spoken about: "Ainolle", "Ayşe'nin"


@dataclass(frozen=True, slots=True)
class Inflection:
    """The endings of a language: each with what the name ends in instead, "" for nothing."""

    language: str
    letters: str
    cases: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    address: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    evidence: str = ""


_ANY: Final = ("",)


def _plain(endings: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(endings.split(), _ANY)


_LATIN: Final = r"[\p{Latin}\p{M}'-]+"
# Sources: the reference grammars' tables of declension; for each language only what stays unambiguous for names.
INFLECTIONS: Final = (
    # The long endings make no other name, the short ones do (Leo, Leon).
    Inflection("Finnish", _LATIN, _plain("lle lta ltä")),
    Inflection(
        "Finnish",
        _LATIN,
        _plain("n a ä ta tä lla llä ssa ssä sta stä kin"),
        evidence=r"\b(?:että|mitä|mikä|miksi|miten|mutta|olet|ovat|onko|minä|sinä|mielestä|mieltä|sanoi|myös|tämä|kysyn)\b",
    ),
    # The genitive, and no other name in a text of theirs: "Ottos Brot", "Annas bröd".
    Inflection(
        "German, Dutch, Nordic languages",
        _LATIN,
        _plain("s"),
        evidence=r"[äöüßåæø]|\b(?:ist|und|nicht|ich|den|dem|ein|eine|auf|mit|für|hat|het|een|van|och|inte|ikke|jag|jeg|som)\b",
    ),
    Inflection(
        "Polish",
        _LATIN,
        {
            "ie": ("", "a"),
            "ę": ("a",),
            "y": ("a",),
            "i": ("a",),
            "ą": ("a",),
            "owi": _ANY,
            "em": _ANY,
            "a": _ANY,
            "ka": ("ek",),
        },
        {
            "o": ("a",),
            "u": ("", "ia", "a"),
            "ze": _ANY,
            "ie": _ANY,
            "ku": ("ek", "k"),
            "iu": ("", "ia"),
            "lu": ("el", "l"),
        },
        r"[ąęłśżźćń]|\b(?:czy|jest|nie|jak|tego|myślisz|sądzisz)\b",
    ),
    Inflection(
        "Czech, Slovak",
        _LATIN,
        {"u": ("a", ""), "ě": ("a",), "y": ("a",), "ovi": _ANY, "em": _ANY, "ou": ("a",), "a": _ANY},
        {"o": ("a",), "e": _ANY, "ře": ("r",), "i": _ANY, "ku": ("ek", "k"), "le": ("el", "l"), "ie": ("ius",)},
        r"[ěřůťďň]|\b(?:co|že|jsem|jsi|má|máš|máte|proč|myslíš|myslíte|tomu|podle|čo|prečo)\b",
    ),
    Inflection(
        "Croatian, Serbian, Slovene",
        _LATIN,
        {"u": ("a", "o", ""), "i": ("a",), "e": ("a",), "om": ("a", ""), "a": _ANY},
        {"o": ("a",), "e": _ANY, "u": ("", "o")},
        r"[čćđš]|\b(?:što|šta|misliš|mislite|kako|jesi|jeste)\b",
    ),
    Inflection("Latvian", _LATIN, {"am": ("s",), "im": ("is",)}, {"i": ("is",), "": ("s",)}, r"[āēīģķļņū]"),
    Inflection(
        "Lithuanian",
        _LATIN,
        {"ui": ("as",), "ą": ("as", "a")},
        {"ai": ("as",), "e": ("ė", "as"), "i": ("is",), "y": ("ys",)},
        r"[ėįųąęū]",
    ),
    Inflection(
        "Hungarian",
        _LATIN,
        _plain("nak nek tól től hoz hez höz val vel ról ről t"),
        evidence=r"[őű]|\b(?:hogy|nem|mit|szerinted|gondolsz)\b",
    ),
    Inflection(
        "Romanian",
        _LATIN,
        {"ei": ("a",), "ului": _ANY},
        {"o": ("a",), "e": _ANY, "ule": _ANY},
        r"[ăâîșțşţ]|\b(?:este|părere|crezi)\b",
    ),
    Inflection(
        "Russian, Ukrainian, Bulgarian, Serbian",
        r"[\p{Cyrillic}\p{M}'-]+",
        {
            "у": ("", "а"),
            "ю": ("й", "я", "ь"),
            "е": ("", "а", "я"),
            "ы": ("а",),
            "и": ("а", "я", "ь"),
            "ой": ("а",),
            "ою": ("а",),
            "ей": ("я", "а"),
            "ею": ("я",),
            "ом": _ANY,
            "ем": ("й", "ь"),
            "а": _ANY,
            "я": ("й", "ь"),
            "ии": ("ия",),
            "ию": ("ия",),
            "ові": _ANY,
            "еві": ("й", "ь"),
            "і": ("а", "я", ""),
        },
        {"о": ("а",), "е": _ANY, "ію": ("ій",), "є": ("я",), "ь": ("я",)},
    ),
    Inflection(
        "Greek",
        r"[\p{Greek}\p{M}'-]+",
        {"ου": ("οσ",), "ο": ("οσ",), "ασ": ("α",), "ησ": ("η",), "η": ("ησ",), "α": ("ασ",)},
        {"ε": ("οσ",), "ο": ("οσ",), "η": ("ησ",), "α": ("ασ",)},
    ),
    Inflection(
        "Georgian", r"[\p{Georgian}]+", _plain("ს მ მა ის ისგან თან სთან ზე ით ად"), {"ო": ("", "ი"), "ვ": _ANY}
    ),
    Inflection("Armenian", r"[\p{Armenian}]+", _plain("ն ը ի ին ից ով յի յին")),
    Inflection("Bengali, Assamese", r"[\p{Bengali}]+", _plain("কে র এর ের রা য় ও টা ক ৰ")),
    Inflection("Tamil", r"[\p{Tamil}]+", _plain("வை வுக்கு க்கு யை யிடம் விடம் வின் யின்"), _plain("வே யே")),
    Inflection(
        "Malayalam, Kannada, Telugu",
        r"[\p{Malayalam}\p{Kannada}\p{Telugu}]+",
        _plain("യെ യോട് യ്ക്ക് ന് ಗೆ ನಿಗೆ ಅವರ గారికి కి ని"),
        _plain("గారు ಅವರೇ"),
    ),
)
# In front of a name, in its word: "and", "to".
_PREFIXES: Final = (("Arabic", "\u0621", "\u06d5", ("و", "ل", "ول")), ("Hebrew", "א", "ת", ("ו", "ל", "של", "ול", "ש")))
# A name shorter than this would be found under too many words.
_SHORTEST: Final = 3

_KOREAN: Final = regex.compile(
    r"(?P<honorific>씨|선생님|선생|선배님|선배|박사님|박사|교수님|교수|님|형|누나|오빠|언니|양|군)?"
    r"(?:(?P<vocative>아|야|이여|여)"
    r"|(?P<particle>이?(?:은요|는요|은|는|이|가|을|를|에게|에게서|께|께서|한테|도|의|와|과|랑|만|부터|까지|처럼|보다|라고|라면|네|이랑|이나|나)+))?"
)
_LETTERS: Final = {row.letters: regex.compile(row.letters) for row in INFLECTIONS}
_EVIDENCE: Final = {row.evidence: regex.compile(row.evidence) for row in INFLECTIONS if row.evidence}


def inflected(name: str) -> Iterator[tuple[str, Attached, Inflection]]:
    """Every form that a name (folded, one word) takes by the table, with what that shows and the row it stands in."""
    if len(name) < _SHORTEST:
        return
    for row in INFLECTIONS:
        if not _LETTERS[row.letters].fullmatch(name):
            continue
        for table, attached in ((row.address, Attached.ADDRESS), (row.cases, Attached.CASE)):
            for ending, instead in table.items():
                for last in instead:
                    if name.endswith(last):
                        yield name.removesuffix(last) + ending, attached, row


def joined(word: str) -> Iterator[tuple[str, Attached]]:
    """The names that may be in a word (folded) with something before or behind that no table of endings has."""
    head, apostrophe, rest = word.rpartition("'")
    if apostrophe:
        if len(head) > 1 and len(rest) <= 5:  # "Anna's", "Ayşe'ye"
            yield head, Attached.CASE
        if len(head) <= 4 and len(rest) > 1:  # "d'Anna", "qu'Anna"
            yield rest, Attached.CASE
    head, hyphen, rest = word.rpartition("-")
    if hyphen and rest in HONORIFICS_IN_LATIN:
        yield head, Attached.ADDRESS
    if "\uac00" <= word[0] <= "\ud7a3":
        yield from _korean(word)
    for _, first, last, prefixes in _PREFIXES:
        if first <= word[0] <= last:
            for prefix in prefixes:
                if word.startswith(prefix) and len(word) >= len(prefix) + _SHORTEST:
                    yield word.removeprefix(prefix), Attached.CASE


class Languages:
    """Which rows hold in one text: looked up as they are needed."""

    def __init__(self, folded: str) -> None:
        self._folded = folded
        self._holds: dict[str, bool] = {"": True}

    def have(self, row: Inflection) -> bool:
        if row.evidence not in self._holds:
            self._holds[row.evidence] = _EVIDENCE[row.evidence].search(self._folded) is not None
        return self._holds[row.evidence]


def _korean(word: str) -> Iterator[tuple[str, Attached]]:
    for end in range(len(word) - 1, 0, -1):
        if found := _KOREAN.fullmatch(word, end):
            attached = (
                Attached.CASE if found["particle"] else Attached.VOCATIVE if found["vocative"] else Attached.ADDRESS
            )
            yield word[:end], attached
