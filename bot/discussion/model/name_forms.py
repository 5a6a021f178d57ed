"""Every form in which people may call a persona or a guest, all folded, and who at a table is called by which."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import regex

from bot.discussion.model.persona import Persona
from bot.discussion.model.titles import (
    ARTICLES,
    CHINESE_SURNAMES,
    HONORIFICS,
    HONORIFICS_OF_HAN,
    HONORIFICS_OF_HANGUL,
    HONORIFICS_OF_JAPAN,
    PARTICLES,
    PREFIXES_OF_HAN,
    SUFFIXES,
    TITLES,
)
from bot.discussion.text.folding import bare, fold_name, spellings
from bot.discussion.text.text_caches import caches_turn_texts

# Where a full name goes over into what is told of its bearer: "Mira Kessler, botanist", "Sam (he/him)", "Otto | they".
_ASIDE: Final = regex.compile(r"\s*[,;|/•·~(\[{（【「].*|\s+[-–—:]+\s.*", regex.DOTALL)
_PRONOUNS: Final = regex.compile(r"(?i)\s+\p{L}{1,5}(?:/\p{L}{1,5})+\Z")
_NICKNAME: Final = regex.compile(r"[\"“„«‘(](?P<nick>[^\"”“»’()]+)[\"”“»’)]")
# The family names that nearly all Koreans bear, then a given name of two syllables.
_HANGUL_NAME: Final = regex.compile(
    r"[김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추]"
    r"[가-힣]{2}"
)
_HAN: Final = regex.compile(r"[\p{Han}々]+")
_IDEOGRAPHS: Final = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー々]+")
# A part of a name that is shorter calls nobody: it is an initial.
_SHORTEST_PART: Final = 2


@dataclass(frozen=True, slots=True)
class NameClash:
    """A name of a persona's (`field`: name, full_name or aliases) that an earlier one bears, too.

    Both by their place in the cast.
    """

    earlier: int
    later: int
    field: str
    name: str

    def problem(self, holder: str) -> str:
        """What is wrong, as a sentence; `holder` says where the earlier one is found."""
        return f'"{self.name}" is also {"a" if self.field == "aliases" else "the"} name in {holder}.'

    @property
    def fix(self) -> str:
        return "Leave it out of one of the two." if self.field == "aliases" else "Rename one of the two."


def given_names(persona: Persona) -> tuple[str, ...]:
    """The names that a persona was given, as they are written in its file."""
    return tuple(name for _, name in _given(persona))


def own_names(persona: Persona) -> tuple[str, ...]:
    """The names that a persona was given, folded: no other may bear them at one table."""
    return tuple(dict.fromkeys(fold_name(name) for _, name in _given(persona)))


def name_forms(persona: Persona) -> tuple[str, ...]:
    """Every form in which the table may call a persona, folded: its own names, then what is made of the full name.

    That is without titles; each of its parts; title and part; a surname with its particles ("van der Berg", "Berg").
    """
    return tuple(dict.fromkeys([*own_names(persona), *_parts(persona.name, persona.full_name)]))


def guest_forms(name: str) -> tuple[str, ...]:
    """Every form in which a guest may be called, folded: the display name, and its part that is a name.

    "Otto Berg | he/him" is Otto Berg, too, Otto, and Berg.
    """
    short = _ASIDE.sub("", _PRONOUNS.sub("", name.strip())) or name
    forms = [fold_name(name), fold_name(short)]
    words = short.split()
    titles = _titles([fold_name(word) for word in words], "")
    names = [word for word in words[titles:] if fold_name(word)[:1].isalnum()]  # "Otto Berg 🍞"
    if titles:
        forms.append(fold_name(" ".join(names)))
    if 1 < len(names) <= 3 and all(word[0].isupper() for word in names):
        forms += [part for part in (fold_name(names[0]), fold_name(names[-1])) if _is_part(part)]
    return tuple(dict.fromkeys(form for form in forms if form))


def is_called(label: str, forms: Iterable[str]) -> bool:
    """Whether a label in any writing ("**Dr. Müller**", "Mueller") is one of these forms, as a whole.

    Titles before it and honorifics behind it are no part of a name, nor are accents that the label lacks.
    """
    known = frozenset(forms)
    return any(key in known or bare(key) in _all_spellings(known) for key in _without_courtesies(fold_name(label)))


# Each line of a reply is asked about with the same forms. Guests' names are among them, so it is emptied with the rest.
@caches_turn_texts(maxsize=256)
def _all_spellings(forms: frozenset[str]) -> frozenset[str]:
    return frozenset(spelling for form in forms for spelling in spellings(form))


def callers(cast: Sequence[Persona]) -> Mapping[str, str]:
    """Each form with the name of the one persona it calls, accents as written and without them.

    A form that two personas share (a first name) calls neither, unless it is one's very name.
    """
    return _callers(tuple(cast))


def name_clashes(personas: Iterable[Persona]) -> list[NameClash]:
    """Every name that two personas share, as a name, a full name or an alias: at a table they would be one speaker."""
    clashes: list[NameClash] = []
    taken: dict[str, int] = {}
    for number, persona in enumerate(personas):
        for field, name in _given(persona):
            holder = taken.setdefault(fold_name(name), number)
            if holder != number:
                clashes.append(NameClash(holder, number, field, name))
    return clashes


def _given(persona: Persona) -> list[tuple[str, str]]:
    aliases = [("aliases", alias) for alias in persona.aliases]
    return [("name", persona.name), ("full_name", persona.full_name), *aliases]


@lru_cache(maxsize=64)
def _callers(cast: tuple[Persona, ...]) -> Mapping[str, str]:
    called: dict[str, str] = {}
    taken: set[str] = set()
    # The more a form is one's own, the earlier it is given away; what two would have at once is nobody's.
    own = [(p.name, own_names(p)) for p in cast]
    parts = [(p.name, name_forms(p)) for p in cast]
    for forms in (own, parts, _spelt(own), _spelt(parts)):
        owners: dict[str, set[str]] = {}
        for name, of_persona in forms:
            for form in of_persona:
                owners.setdefault(form, set()).add(name)
        for form, names in owners.items():
            if form not in taken and len(names) == 1:
                called[form] = next(iter(names))
        taken |= owners.keys()
    return called


def _spelt(forms: Iterable[tuple[str, tuple[str, ...]]]) -> list[tuple[str, tuple[str, ...]]]:
    return [(name, tuple(s for form in of_persona for s in spellings(form))) for name, of_persona in forms]


@lru_cache(maxsize=512)
def _parts(name: str, full_name: str) -> tuple[str, ...]:
    """What else a full name may be shortened to."""
    return tuple(form for form in _shortened(name, full_name) if form)


def _shortened(name: str, full_name: str) -> Iterable[str]:
    own = fold_name(name)
    plain = _NICKNAME.sub(" ", full_name)
    yield from (fold_name(match["nick"]) for match in _NICKNAME.finditer(full_name) if " " not in match["nick"].strip())
    short = _ASIDE.sub("", plain).strip() or plain
    yield fold_name(short)
    if _IDEOGRAPHS.fullmatch(short) or _HANGUL_NAME.fullmatch(short):
        yield from _unspaced_parts(own, fold_name(short))
        return
    # A lower-case word that is no particle begins a description: "Keeper of the Light", "Joan of Arc".
    words: list[str] = []
    for word in short.split():
        folded = fold_name(word)
        if words and word.islower() and folded not in PARTICLES and folded not in TITLES:
            break
        if any(letter.isalnum() for letter in folded):
            words.append(folded)
    if not words:
        return
    if words[0] in ARTICLES and len(words) > 1 and words[0] != own:
        yield " ".join(words[1:])
        return
    titles = _titles(words, own)
    while len(words) > titles + 1 and words[-1] in SUFFIXES:
        words.pop()
    title, bearer = words[:titles], words[titles:]
    yield " ".join(bearer)
    is_split = own in bearer or own == " ".join(words) or own not in " ".join(bearer)
    # A name of several words is one: "Old Tom" Bard.
    units = bearer if is_split else [word for word in bearer if word not in own.split()]
    for at, word in enumerate(units):
        if word not in PARTICLES and _is_part(word):
            yield word
            if title:
                yield " ".join([*title, word])
            if at > 0:  # surnames of two families: "Ana García-López"
                yield from (part for part in word.split("-") if part not in PARTICLES and len(part) > _SHORTEST_PART)
            start = at
            while start > 0 and units[start - 1] in PARTICLES:
                start -= 1
            if start < at:
                yield " ".join(units[start : at + 1])
    if len(bearer) > 2 and is_split and _is_part(bearer[0]):
        yield f"{bearer[0]} {bearer[-1]}"
    if title:
        yield " ".join([*title, own])


def _titles(words: Sequence[str], own: str) -> int:
    """How many of the first words of a name are titles."""
    count = 0
    while count < len(words) - 1 and words[count] in TITLES and words[count] != own:
        count += 1
    return count


def _unspaced_parts(own: str, full: str) -> Iterable[str]:
    """Surname and given name where nothing stands between them; surnames that are too short alone with honorifics."""
    if own == full:
        yield from _whole_parts(full)
        return
    rest = full.removesuffix(own) if full.endswith(own) else full.removeprefix(own) if full.startswith(own) else ""
    if len(rest) >= _SHORTEST_PART:
        yield rest
    elif rest:
        yield from _with_honorifics(rest)


def _whole_parts(full: str) -> Iterable[str]:
    """What a name that is written as a whole, surname first, may be shortened to."""
    surname, given = full[0], full[1:]
    if _HANGUL_NAME.fullmatch(full):
        yield given
        yield from _with_honorifics(surname)
    elif _HAN.fullmatch(full):
        if len(full) in (2, 3) and surname in CHINESE_SURNAMES:
            yield from _with_honorifics(surname)
            if len(given) >= _SHORTEST_PART:
                yield given
        if len(full) in (3, 4):
            yield from (full[:2] + honorific for honorific in HONORIFICS_OF_JAPAN)
        if len(full) == 4:
            yield full[2:]


def _with_honorifics(surname: str) -> Iterable[str]:
    if surname >= "\uac00":
        yield from (f"{surname}{space}{honorific}" for honorific in HONORIFICS_OF_HANGUL for space in ("", " "))
        return
    yield from (surname + honorific for honorific in HONORIFICS_OF_HAN)
    yield from (prefix + surname for prefix in PREFIXES_OF_HAN)


def _is_part(word: str) -> bool:
    return len(word) >= _SHORTEST_PART and word[0].isalnum()


def _without_courtesies(folded: str) -> Iterable[str]:
    yield folded
    words = folded.split()
    if titles := _titles(words, ""):
        yield " ".join(words[titles:])
    for honorific in HONORIFICS:
        if folded.endswith(honorific) and len(folded) > len(honorific):
            yield folded.removesuffix(honorific).strip()
