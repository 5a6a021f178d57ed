"""Whether somebody speaks under another's name: "I am Ben", or "You are Ben, a baker", as a character card begins."""

from collections.abc import Sequence
from typing import Final

import regex

from bot.discussion.model.name_or_word import also_is_word, is_written_as_name
from bot.discussion.model.persona import Persona
from bot.discussion.model.reading import Occurrence, Reading

# How people say who they are, up to the name: folded, without accents.
_SELF: Final = regex.compile(
    r"(?<![\p{L}\p{M}'])(?:"
    r"i am|i'm|my name is|my name's"  # English
    r"|ich bin|ich heisse|mein name ist|ik ben|ik heet|mijn naam is"  # German, Dutch
    r"|jag ar|jag heter|jeg er|jeg heter|jeg hedder|(?:mina |ma )?olen|nimeni on"  # Nordic languages, Finnish
    r"|je suis|je m'appelle|(?:yo )?soy|me llamo|(?:eu )?sou|(?:me )?chamo-me|io sono|mi chiamo|eu sunt"  # Romance
    r"|jestem|nazywam sie|jsem|jmenuji se|ja sam|vagyok|a nevem"  # Polish, Czech, Croatian, Hungarian
    r"|я|меня зовут|мене звати|аз съм|ειμαι|με λενε|انا|اسمي|من|אני|שמי|मैं|আমি|我是|我叫|ben|benim adim"
    r")\s+(?:(?:o|a|ο|η|der|die)\s+)?\P{L}*$|(?:我是|我叫)$"
)
_CARD: Final = regex.compile(r"[\W\d]*you(?: are|'re)\s+\P{L}*")


def speaks_under_other_name(text: str, speaker: Persona, table: Sequence[Persona]) -> bool:
    """Whether `text` by `speaker` tells "I am …" with another's name, or begins a line as a card does: "You are …"."""
    reading = Reading(text, table)
    return any(
        _is_card(occurrence, reading) or (occurrence.mention.name != speaker.name and _is_self(occurrence, reading))
        for occurrence in reading.occurrences
        if occurrence.may_call
    )


def _is_self(occurrence: Occurrence, reading: Reading) -> bool:
    if not _SELF.search(occurrence.lead):
        return False
    # "I'm frank about it": in a text without capitals a word is taken for the word.
    return is_written_as_name(occurrence, reading) and (reading.has_capitals or not also_is_word(occurrence))


def _is_card(occurrence: Occurrence, reading: Reading) -> bool:
    start = occurrence.mention.start
    line = reading.plain[reading.plain.rfind("\n", 0, start) + 1 : start]
    return _CARD.fullmatch(line) is not None and is_written_as_name(occurrence, reading)
