"""Whether a text claims to be somebody: "I am Ravi", "Me llamo Ravi", or a card that is recited, "You are Ravi"."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from bot.discussion.model.name_forms import is_called, name_forms
from bot.discussion.model.persona import Persona
from bot.discussion.text.folding import fold_name
from bot.discussion.text.markup import prose


class _Introductions(NamedTuple):
    """How one language says "I am", "my name is" and "you are", as patterns of what stands before the name.

    `behind`: what stands behind the name where words are written together; "" where spaces tell where it ends.
    """

    i_am: str
    you_are: str
    behind: str = ""


_LANGUAGES: Final = {
    "en": _Introductions(r"i am|i['’]m|my name is|my name['’]s|call me", r"you are|you['’]re"),
    "de": _Introductions(r"ich bin|ich heiße|ich heisse|mein name ist", r"du bist|sie sind"),
    "fr": _Introductions(r"je suis|je m['’]appelle|mon nom est|moi,? c['’]est", r"tu es|vous êtes"),
    "es": _Introductions(r"(?:yo )?soy|me llamo|mi nombre es", r"(?:tú )?eres|usted es"),
    "pt": _Introductions(
        r"(?:eu )?sou(?: o| a)?|(?:eu )?me chamo|chamo-me|(?:o )?meu nome é", r"(?:você é|és)(?: o| a)?"
    ),
    "it": _Introductions(r"(?:io )?sono|mi chiamo|il mio nome è", r"(?:tu )?sei|lei è"),
    "nl": _Introductions(r"ik ben|ik heet|mijn naam is", r"jij bent|je bent|u bent"),
    "sv": _Introductions(r"jag är|jag heter|mitt namn är", r"du är"),
    "da, nb": _Introductions(r"jeg er|jeg hedder|jeg heter|mit navn er|mitt navn er|navnet mitt er", r"du er"),
    "fi": _Introductions(r"(?:minä )?olen|nimeni on", r"(?:sinä )?olet"),
    "pl": _Introductions(r"jestem|nazywam się|mam na imię", r"jesteś"),
    "cs": _Introductions(r"(?:já )?jsem|jmenuji se|jmenuju se", r"(?:ty )?jsi"),
    "ro": _Introductions(r"(?:eu )?sunt|mă numesc|numele meu este|mă cheamă", r"(?:tu )?ești"),
    "tr": _Introductions(r"(?:benim )?adım|ismim", r"senin adın"),
    "ru": _Introductions(r"меня зовут|мо[её] имя(?: [-–—])?|я(?: [-–—])?", r"(?:ты|вы)(?: [-–—])?"),
    "uk": _Introductions(r"мене звати|мене звуть|я(?: [-–—])?", r"(?:ти|ви)(?: [-–—])?"),
    "el": _Introductions(r"είμαι(?: ο| η)?|με λένε|ονομάζομαι", r"είσαι(?: ο| η)?"),
    "ar": _Introductions(r"أنا|اسمي", r"أنت"),
    "he": _Introductions(r"אני|שמי|קוראים לי", r"אתה|את"),
    "hi": _Introductions(r"मेरा नाम|मैं", r"आप|तुम"),
    "vi": _Introductions(r"tôi là|tên tôi là|tôi tên là", r"bạn là"),
    "id, ms": _Introductions(r"(?:nama )?saya(?: adalah)?|aku", r"(?:anda|kamu) adalah"),
    "th": _Introductions(
        "(?:ผม|ฉัน|ดิฉัน|หนู)(?:ชื่อ|คือ)", "คุณ(?:ชื่อ|คือ)", r"(?=\s|[.,!?]|$|ครับ|ค่ะ|คะ|และ|เป็น)"
    ),
    "ja": _Introductions(
        "(?:私|僕|俺|わたし|わたくし|自分)(?:は|、|が)|(?:私|僕)の名前は|名前は",
        "(?:あなた|君)は",
        r"(?=です|だ(?!け)|と申|といい|と言い|である|、|。|！|$)",
    ),
    "zh": _Introductions("我是|我叫|我的名字(?:是|叫)|本人", "你是|您是", r"(?=[，。,.!！、；;]|$|\s|和|，)"),
    "ko": _Introductions(
        r"(?:저는|나는|전|난|제 이름은|내 이름은)\s*",
        r"(?:당신은|너는)\s*",
        r"(?=입니다|이에요|예요|이야|야|라고|이라고|[.,!]|$)",
    ),
}  # fmt: skip
# What may stand behind a name without a comma, in these languages; any other word makes it an adjective, or a title:
# "I'm Frank about that".
_FOLLOWS: Final = frozenset(
    word
    for words in (
        "and or who whose from of the here speaking",
        "und oder aus der die hier",
        "et ou de du qui ici",
        "y o del que aquí e da di che",
        "en of uit och från som här og fra",
        "ja joka i z który ze který și din ve",
        "и из который та з και από",
        "و ו और ہوں हूँ है và dan dari",
    )
    for word in words.split()
)
_STOPS: Final = ".,;:!?…)]}\"'”’»*_،؛؟।"
_LONGEST_NAME: Final = 7
_LOOK: Final = 120


def _phrases(of: Iterable[tuple[str, str]]) -> list[tuple[re.Pattern[str], re.Pattern[str] | None]]:
    return [
        (
            re.compile(phrase if behind else rf"(?<!\w)(?:{phrase})\s+", re.IGNORECASE),
            re.compile(behind) if behind else None,
        )
        for phrase, behind in of
    ]


def _any_of(phrase: str) -> re.Pattern[str]:
    """Finds whatever one of the languages' phrases finds: one look instead of one for each."""
    spaced = "|".join(getattr(row, phrase) for row in _LANGUAGES.values() if not row.behind)
    unspaced = "|".join(getattr(row, phrase) for row in _LANGUAGES.values() if row.behind)
    return re.compile(rf"(?<!\w)(?:{spaced})|{unspaced}", re.IGNORECASE)


_I_AM: Final = _phrases((row.i_am, row.behind) for row in _LANGUAGES.values())
_ANY_I_AM: Final = _any_of("i_am")
# Right before a name; the rows whose names need a look at what stands behind one by one.
_INTRODUCED: Final = re.compile(
    rf"(?<!\w)(?:{'|'.join(row.i_am for row in _LANGUAGES.values() if not row.behind)}|im)\s+[*_\"“„«'‘]*\Z",
    re.IGNORECASE,
)
_INTRODUCED_UNSPACED: Final = tuple(
    (re.compile(rf"(?:{row.i_am})\Z"), re.compile(row.behind)) for row in _LANGUAGES.values() if row.behind
)
_YOU_ARE: Final = _phrases((rf"^[\W\d]*(?:{row.you_are})", row.behind) for row in _LANGUAGES.values())
_ANY_YOU_ARE: Final = _any_of("you_are")


def speaks_as_other(text: str, speaker: Persona, table: tuple[Persona, ...]) -> bool:
    """Whether `text` says "I am …" with another's name, or begins a line as a card does: "You are …" and a name."""
    others, anybody = _forms(speaker.name, table)
    plain = prose(text)
    says_who = _ANY_I_AM.search(plain) is not None
    if says_who and any(_is_name(rest, behind, others) for rest, behind in _claims(plain, _I_AM)):
        return True
    return _ANY_YOU_ARE.search(plain) is not None and any(
        _is_name(rest, behind, anybody) for line in plain.split("\n") for rest, behind in _claims(line, _YOU_ARE)
    )


def introduces(text: str, start: int, end: int) -> bool:
    """Whether the name from `start` up to `end` is the one by which the author of `text` introduces themselves."""
    before = text[max(0, start - _LOOK // 3) : start]
    if _INTRODUCED.search(before):
        return _ends_name(text[end : end + _LOOK])
    return any(
        phrase.search(before) is not None and behind.match(text, end) is not None
        for phrase, behind in _INTRODUCED_UNSPACED
    )


def _claims(
    text: str, phrases: Iterable[tuple[re.Pattern[str], re.Pattern[str] | None]]
) -> Iterator[tuple[str, re.Pattern[str] | None]]:
    """What stands behind each "I am" in `text`."""
    for phrase, behind in phrases:
        for match in phrase.finditer(text):
            yield text[match.end() : match.end() + _LOOK], behind


def _is_name(rest: str, behind: re.Pattern[str] | None, forms: frozenset[str]) -> bool:
    """Whether `rest` begins with a name, as a name is written and followed."""
    if behind is not None:
        return any(is_called(rest[: m.start()], forms) for m in behind.finditer(rest) if 0 < m.start() <= _LOOK // 4)
    found = rest.lstrip("*_\"“„«'‘").split()
    for count in range(min(_LONGEST_NAME, len(found)), 0, -1):
        candidate = " ".join(found[:count])
        name = candidate.rstrip(_STOPS)
        if not name or name[0].islower() or not is_called(name, forms):
            continue
        return _ends_name(candidate.removeprefix(name) + " " + " ".join(found[count : count + 1]))
    return False


def _ends_name(behind: str) -> bool:
    """Whether what stands behind a name leaves it one: "I'm Frank about that" does not."""
    follows = behind.split(maxsplit=1)[0] if behind.strip() else ""
    return (
        not follows
        or not behind[0].isspace()
        or not follows[0].isalnum()
        or follows.casefold().strip(_STOPS) in _FOLLOWS
    )


@lru_cache(maxsize=256)
def _forms(speaker: str, table: tuple[Persona, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The names of everybody but the speaker, and those of everybody."""
    anybody = frozenset(form for p in table for form in name_forms(p))
    own = frozenset(form for p in table if p.name == speaker for form in name_forms(p)) | {fold_name(speaker)}
    return anybody - own, anybody
