"""Other wordings and layouts of the prompt, to be compared with the product's own (see layouts.py)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bench.quality.dialogue import Message
from bot.discussion.model.persona import MODERATOR, Persona
from bot.discussion.model.record import Record, Session
from bot.discussion.prompts import prompt
from bot.discussion.prompts.prompt import Cue

Card = Callable[[Persona], str]
Tail = Callable[[Session, Record, Persona, Cue], str]

_THEIRS: Final = {"you": "they", "your": "their", "yours": "theirs", "yourself": "themself"}

# --- how a character card stands in the preamble ---


def quoted(persona: Persona) -> str:
    """As it stands, in quotation marks and with a label."""
    card = " ".join(persona.prompt.split()).replace('"', "'")
    return f'{persona.name}\'s character card: "{card}"'


def third_person(persona: Persona) -> str:
    """Told of the character: English pronouns are exchanged, after which the verbs fit. Others stay as they are."""
    return re.sub(r"\b(?:you|yours?|yourself)\b", _of_them, unquoted(persona), flags=re.IGNORECASE)


def _of_them(match: re.Match[str]) -> str:
    they = _THEIRS[match.group().lower()]
    return they.capitalize() if match.group()[0].isupper() else they


def unquoted(persona: Persona) -> str:
    """As it stands, but for a "You are" in front of the name."""
    return re.sub(rf"^You are (?={re.escape(persona.full_name)})", "", " ".join(persona.prompt.split()))


def preamble(session: Session, card: Card | None, *, headings: bool = True) -> str:
    """The product's, or one with other cards; without `headings` nothing in it looks like a document."""
    if card is None:
        return prompt.preamble(session)
    if not headings:
        return _plain_preamble(session, card)
    about = [f"# What it is about\n\n{session.task.context}"] if session.task.context else []
    about.append(f"# Rules of the discussion\n\n{session.task.discuss}")
    who = ["# Who is at the table"] + [f"## {p.full_name} ({p.name})\n\n{card(p)}" for p in session.cast]
    return "\n\n".join([prompt.OPENING, *about, *who]) + "\n\n# The discussion\n\n"


def _plain_preamble(session: Session, card: Card) -> str:
    task = session.task
    who = "\n".join(f"{p.full_name} ({p.name}): {card(p).removeprefix(p.full_name).lstrip(', ')}" for p in session.cast)
    return "\n\n".join([prompt.OPENING, *([task.context] if task.context else []), task.discuss, who]) + "\n\n"


# --- the end of the prompt ---


def product_tail(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    return prompt.tail(session, speaker, cue)


def third_person_reminder(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    return (
        f"\n(A note from the moderator to {speaker.name} alone. {' '.join(notes(cue))}\n"
        f"{speaker.full_name}: {speaker.reminder} Write only what {speaker.name} says next.)\n{speaker.name}:"
    )


def moderator_asks(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """The notes in brackets, then the moderator puts the question to the speaker as one more line of the transcript."""
    _, *rest = notes(cue)
    return (
        f"\n({speaker.full_name}: {speaker.reminder} {' '.join(rest)})\n"
        f"{MODERATOR}: {speaker.name}, {cue.question}\n{speaker.name}:"
    )


def plain_request(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """A request as chat models know it, with no line begun."""
    return (
        f"\n# What to write\n\n{' '.join(notes(cue))}\nWrite only what {speaker.full_name} says next, in the first "
        f"person, in at most three sentences. {speaker.name} is this: {speaker.reminder}"
    )


def opened_quotation(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """The product's, with a quotation mark that opens the speech."""
    return product_tail(session, record, speaker, cue) + ' "'


def brief(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """One line by the moderator: the question only where it is new, no reminder of the card."""
    question, *rest = notes(cue)
    last = next((t for t in reversed(record.turns) if t.kind == "persona" and t.text), None)
    told = [*([] if last and last.question == cue.question else [question]), *rest]
    return f"\n({' '.join(told)} {speaker.full_name} speaks next.)\n{speaker.name}:"


def notes(cue: Cue) -> list[str]:
    """What the moderator tells, the question first."""
    found = [f"The question on the table is: {cue.question}"]
    if cue.answer_to:
        found.append(f"{cue.answer_to} has just spoken to you: answer that first.")
    if cue.ask and not cue.wrap_up and cue.turns_left != 1:
        found.append(f"Make your point, then ask {cue.ask} by name for an opinion on it.")
    if cue.turns_left == 1:
        found.append(prompt.LAST_TURN)
    elif cue.turns_left is not None:
        found.append(f"{cue.turns_left} turns are left in the discussion, this one included.")
        if cue.wrap_up:
            found.append(prompt.WRAP_UP)
    if cue.again:
        found += [prompt.AGAIN, cue.again]
    return found


# --- layouts ---


@dataclass(frozen=True, slots=True)
class Flat:
    """One user message: preamble, transcript, tail, as the product lays it out."""

    card: Card | None = None  # None: the product's own preamble
    tail: Tail = product_tail
    headings: bool = True
    # A turn ends with its first line, as its line in the transcript does.
    one_line: bool = False

    def __call__(self, session: Session, record: Record, speaker: Persona, cue: Cue) -> Sequence[Message]:
        head = preamble(session, self.card, headings=self.headings)
        text = head + prompt.transcript(session, record) + self.tail(session, record, speaker, cue)
        return [{"role": "user", "content": text}]


class Cues:
    """Messages that are only ever added to: the preamble and each cue as the user's, each turn as the assistant's.

    Roles alternate strictly, beginning with the user. One object holds one discussion. A cue ends in the speaker's tag;
    `tagged`: the turn behind it begins with it once more.
    """

    def __init__(
        self, card: Card = quoted, tail: Tail = product_tail, *, tagged: bool = True, one_line: bool = False
    ) -> None:
        self.one_line = one_line
        self._card = card
        self._tail = tail
        self._tagged = tagged
        self._sent: dict[int, str] = {}

    def __call__(self, session: Session, record: Record, speaker: Persona, cue: Cue) -> Sequence[Message]:
        messages: list[Message] = []
        news = preamble(session, self._card)
        for turn in record:
            if turn.kind == "persona" and turn.text:
                messages.append({"role": "user", "content": self._sent[turn.seq]})
                text = f"{turn.speaker}: {turn.text}" if self._tagged else turn.text
                messages.append({"role": "assistant", "content": text})
                news = ""
            else:
                news += prompt.transcript(session, Record([turn]))
        tail = self._tail(session, record, speaker, cue)
        content = (news + tail).strip("\n")
        if not cue.again:
            self._sent[record.last_seq + 1] = content
        return [*messages, {"role": "user", "content": content}]


VARIANTS: Final[dict[str, Callable[[], Flat | Cues]]] = {
    "product": Flat,
    "third person": lambda: Flat(third_person),
    "third person throughout": lambda: Flat(third_person, third_person_reminder),
    "third person throughout, no headings": lambda: Flat(third_person, third_person_reminder, headings=False),
    "third person throughout, one line": lambda: Flat(third_person, third_person_reminder, one_line=True),
    "unquoted": lambda: Flat(unquoted, third_person_reminder),
    "unquoted, no headings": lambda: Flat(unquoted, third_person_reminder, headings=False),
    "quoted": lambda: Flat(quoted),
    "quoted, one line": lambda: Flat(quoted, one_line=True),
    "quoted, reminder in the third person": lambda: Flat(quoted, third_person_reminder),
    "quoted, the moderator asks": lambda: Flat(quoted, moderator_asks),
    "quoted, a plain request": lambda: Flat(quoted, plain_request),
    "quoted, a quotation is opened": lambda: Flat(quoted, opened_quotation),
    "cues": lambda: Cues(quoted),
    "cues, a plain request": lambda: Cues(quoted, plain_request),
    "cues, untagged": lambda: Cues(quoted, tagged=False),
    "cues, untagged, brief": lambda: Cues(quoted, brief, tagged=False),
}
