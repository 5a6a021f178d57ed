"""How a character card gives a model its character: "You are …", "You, as an AI assistant, will take the role of …".

One reading for all that is made of a card: told in the third person to the others at the table, in short to its own
speaker. English only; a card in another language has no such phrase and stays as it is.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from bot.discussion.model.titles import PARTICLES, TITLES
from bot.discussion.text.folding import fold, one_line


class RoleKind(Enum):
    """What stands behind a card's role phrase."""

    NAME = auto()  # the character's own: "You are Katja, who …"
    DESCRIPTION = auto()  # "Act as a retired judge who …"
    UNCLEAR = auto()  # neither, or a name in mid-sentence: "Act as if nobody knew", "You are Katja and you …"
    NONE = auto()  # the card has no role phrase


@dataclass(frozen=True, slots=True)
class Role:
    """A card taken apart: its role phrase, the name behind it (of kind NAME only), and the rest, as they stand there.

    Where there is no phrase, or no part to be told from it, `rest` is the card. None of it is said to an AI.
    """

    kind: RoleKind
    phrase: str
    name: str
    rest: str

    @property
    def is_plain(self) -> bool:
        """Whether the phrase is "You are" and no more: then the card is fine as it stands for whom it addresses."""
        return _YOU_ARE.fullmatch(self.phrase) is not None


def _any_of(phrases: Iterable[str]) -> str:
    return "(?:" + "|".join(phrases) + ")"


_AI: Final = (
    r"(?:chat-?gpt|gpt-?\d\w*|(?:an?|the|my) (?:(?:helpful|advanced|expert|virtual|intelligent|friendly) )?"
    r"(?:ai|a\.i\.|artificial intelligence|llm|(?:large )?language model|chat ?bot|assistant)"
    r"(?:[ -](?:assistant|model|language model|chat ?bot|agent|system))?)"
)
# Said to the model, not of the character: left out.
_AI_ASIDE: Final = re.compile(
    rf"(?:as {_AI},? )?you(?P<will>['’]ll| will| shall| must| should)?(?:,? as {_AI},?|, {_AI},| \({_AI}\)|(?<=, you)) "
    rf"|as {_AI},? you ",
    re.IGNORECASE,
)

_OPENING: Final = _any_of(
    [
        r"(?:please|now|okay|ok|today|starting now|as of now),? ",
        r"(?:hello|hi|hey)(?:,? (?:chatgpt|gpt|ai|assistant|claude|there))?[,.!]? ",
        r"(?:let['’]s|we(?: are|['’]re) going to|we will) role-? ?play[.:,]? ",
        r"from (?:now|here|this (?:point|moment)) on(?:wards?)?,? ",
        r"(?:for|in|during|throughout) (?:this|the|our)(?: [\w-]+){1,4}?,? ",
        r"remember(?: that)?,? ",
    ]
)
_NOW: Final = r"(?:(?:now|always|only|here|simply|just) )?"
# Whoever is told to: "" is the imperative.
_TOLD: Final = _any_of(
    [
        rf"you(?:['’]ll| {_NOW}(?:will|shall|must|should|can|have to|need to)) {_NOW}(?:be )?",
        rf"you(?: have|['’]ve) {_NOW}been ",
        rf"you(?: are|['’]re) {_NOW}(?:(?:going|about|asked|told|expected|required|here|instructed|supposed|meant) )?"
        rf"to {_NOW}(?:be )?",
        rf"you(?: are|['’]re) {_AI},? (?:(?:that|who|which) )?(?:(?:will|is|must|should) )?(?:to )?",
        rf"you(?: are|['’]re) {_NOW}",
        rf"i(?: (?:want|need|would like|ask|expect|wish)|['’]d like) you to {_NOW}(?:be )?",
        rf"your (?:task|job|role|goal|mission|purpose|assignment)(?: (?:here|now|today))? is to {_NOW}",
        r"let['’]s ",
        "",
    ]
)
_PART: Final = r"(?:roles?|parts?|persona|character|identity|personality|shoes|voice)(?: and \w+)?"
# What gives a role whatever is named behind it.
_TAKES_A_ROLE: Final = _any_of(
    [
        r"(?:tak(?:e|es|ing)|assum(?:e|es|ing)|adopt(?:s|ing)?|play(?:s|ing)?|fill(?:s|ing)?|enact(?:s|ing)?"
        r"|(?:step|slip)(?:s|ping)? into|perform(?:s|ing)?|portray(?:s|ing)?|embod(?:y|ies|ying)|speak(?:s|ing)? in"
        r"|assigned|given|cast in|tasked with (?:playing|taking))"
        rf"(?: on| up| over)? (?:the|a) {_PART} of",
        r"(?:act(?:s|ing)?|behav(?:e|es|ing)|pos(?:e|es|ing)|role-? ?play(?:s|ing)?) (?:exactly |just )?(?:as|like)"
        r"(?: (?:if|though) you(?: are|['’]re| were))?",
        r"pretend(?:s|ing)? (?:to be|(?:that )?you(?: are|['’]re| were))",
        r"imagine (?:that )?you(?: are|['’]re| were)",
    ]
)
# What does so only with the character's own name behind it: one also plays the violin, and answers as one pleases.
_IS_SOMEBODY: Final = _any_of(
    [
        r"(?:play(?:s|ing)?(?: as)?|portray(?:s|ing)?|embod(?:y|ies|ying)|impersonat(?:e|es|ing)|simulat(?:e|es|ing)"
        r"|role-? ?play(?:s|ing)?|becom(?:e|es|ing)|be)",
        r"(?:speak|respond|answer|reply|talk|write)(?:s|ing)? (?:as|like)(?: (?:if|though) you(?: are|['’]re| were))?",
        r"stay(?:ing)? in character as",
        rf"(?:take|assume|adopt|play|act)s? (?:on )?(?:the|a) {_PART} of",
        r"act(?:s|ing)? as",
    ]
)
_CALLED: Final = rf"(?:the (?:fictional )?{_PART}(?: of| called| named)? )?"
_YOU_ARE: Final = re.compile(r"you are ", re.IGNORECASE)
# Each with what may stand behind it, the first that fits counts.
_PHRASES: Final = (
    (re.compile(rf"(?:{_OPENING})*{_TOLD}{_TAKES_A_ROLE} ", re.IGNORECASE), {RoleKind.DESCRIPTION, RoleKind.UNCLEAR}),
    (re.compile(rf"(?:{_OPENING})*(?:{_TOLD}|you {_NOW}){_IS_SOMEBODY} {_CALLED}", re.IGNORECASE), set[RoleKind]()),
    (re.compile(rf"(?:your )?(?:role|name|character|persona)(?: is|:) {_CALLED}", re.IGNORECASE), set[RoleKind]()),
    (
        re.compile(rf"(?:{_OPENING})*you(?: are|['’]re| will be| shall be) {_NOW}{_CALLED}", re.IGNORECASE),
        {RoleKind.DESCRIPTION},
    ),
    (_YOU_ARE, {RoleKind.DESCRIPTION}),
)
_DETERMINER: Final = re.compile(r"(?:an?|the|one of|some|someone|somebody)\b", re.IGNORECASE)

# What may follow a name that is no longer behind its phrase: "Aino Virtanen, 61", "Aino Virtanen, who …", a full stop.
_BEHIND_NAME: Final = re.compile(
    r"$|[.:;!(–—-]|,(?! (?:and|but|or|so|you)\b)"
    r"| (?:who|whose|whom|from|at|of|in|with|without|aged|born|living|known|called)\b| [–—(-]",
    re.IGNORECASE,
)
_UNFINISHED: Final = re.compile(r"\w[*_\"”]*$")
# A shorter line was not broken for its length.
_SHORT_LINE: Final = 60
_WRAPPED: Final = re.compile(r"^(?:\*\*|__|[\"“])(?P<inside>[^*_\"“”]{1,80})(?:\*\*|__|[\"”])")
_OF_SOMEBODY: Final = re.compile(r"['’]s?$")
# No name has more words than this with its titles: where a card goes on in capitals, the rest is none.
_NAME_WORDS: Final = 20
_WORD: Final = re.compile(r" ?([^\s,;:()\[\]!?…–—\"“”]+)")


def role_of(card: str, name: str, full_name: str) -> Role:
    """Take a card apart. In: what its character is called; a title, initial or middle name more is the same name."""
    card = _with_full_stops(card)
    if aside := _AI_ASIDE.match(card):
        card = f"You{aside['will'] or ''} {card[aside.end() :]}"
    for phrase, allowed in _PHRASES:
        if (found := phrase.match(card)) is None:
            continue
        behind = _unwrapped(card[found.end() :])
        if end := _name_length(behind, name, full_name):
            if not _BEHIND_NAME.match(behind, end):
                break
            return Role(RoleKind.NAME, found[0], behind[:end], behind[end:])
        # Somebody else's name will do: "the Captain" may be one.
        if phrase is _YOU_ARE or _DETERMINER.match(behind) or behind[:1].isupper():
            if RoleKind.DESCRIPTION in allowed:
                return Role(RoleKind.DESCRIPTION, found[0], "", behind)
        elif RoleKind.UNCLEAR in allowed:
            break
    else:
        return Role(RoleKind.NONE, "", "", card)
    return Role(RoleKind.UNCLEAR, "", "", card)


def _with_full_stops(card: str) -> str:
    """A card on one line: what ended with its line ends with a full stop."""
    lines = [one_line(line) for line in card.strip().splitlines()]
    for at in range(len(lines) - 1):
        is_last = not lines[at + 1] or (len(lines[at]) < _SHORT_LINE and lines[at + 1][:1].isupper())
        if is_last and _UNFINISHED.search(lines[at]):
            lines[at] += "."
    return one_line(" ".join(lines))


def _unwrapped(text: str) -> str:
    """`text` without bold type or quotation marks around what it begins with."""
    return _WRAPPED.sub(lambda found: found["inside"], text, count=1)


def _name_length(text: str, name: str, full_name: str) -> int:
    """How much of the beginning of `text` is the character's name, with title and further names; 0 if it is not."""
    forms = [_words(full_name), _words(name), _words(full_name)[-1:]]
    run: list[str] = []
    end = 0
    for found in _WORD.finditer(text):
        word, stop = found[1].rstrip("."), found[1].endswith(".")
        if found.start() != end or len(run) == _NAME_WORDS or not _is_part_of_name(word, forms, run):
            break
        run.append(fold(word))
        named = _holds(run, forms)
        # A full stop ends the sentence, but behind a title or an initial.
        if stop and len(word) > 1 and (named or fold(word) not in TITLES):
            return found.end() - 1 if named else 0
        end = found.end()
    if not _holds(run, forms):
        return 0
    return len(text[:end].rstrip())


def _is_part_of_name(word: str, forms: list[list[str]], run: list[str]) -> bool:
    if any(fold(word) in form for form in forms) or (not run and fold(word) in TITLES):
        return True
    is_capitalised = word[:1].isupper() and not _OF_SOMEBODY.search(word)
    return is_capitalised or (bool(run) and word in PARTICLES)


def _holds(run: list[str], forms: list[list[str]]) -> bool:
    return any(run[at : at + len(form)] == form for form in forms for at in range(len(run) - len(form) + 1))


def _words(name: str) -> list[str]:
    return [word.rstrip(".") for word in fold(name).split()]
