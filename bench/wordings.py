"""Other wordings and layouts of the prompt, to be compared with the product's own (`python -m bench.layouts`)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bench.dialogue import Message
from bot.discussion import prompt
from bot.discussion.persona import MODERATOR, Persona
from bot.discussion.prompt import Cue
from bot.discussion.record import Record, Session

Card = Callable[[Persona], str]
Tail = Callable[[Session, Record, Persona, Cue], str]

_ENGLISH: Final = {
    "you": "they",
    "your": "their",
    "yours": "theirs",
    "yourself": "themself",
    "You": "They",
    "Your": "Their",
}


# --- how a character card stands in the preamble ---


def quoted(persona: Persona) -> str:
    """As the product has it."""
    card = " ".join(persona.prompt.split()).replace('"', "'")
    return f'{persona.name}\'s character card: "{card}"'


def third_person(persona: Persona) -> str:
    """In the third person, by exchanging English pronouns: a card in another language stays as it is."""
    card = _bare(persona)
    return re.sub(r"\b(?:[Yy]ou|[Yy]our|yours|yourself)\b", lambda m: _ENGLISH[m.group()], card)


def in_brief(persona: Persona) -> str:
    """Only its one-line reminder."""
    return persona.reminder


def without_you_are(persona: Persona) -> str:
    """Without "You are" in front of the name; the rest is left alone."""
    return _bare(persona)


def _bare(persona: Persona) -> str:
    return re.sub(rf"^You are (?={re.escape(persona.full_name)})", "", " ".join(persona.prompt.split()))


def preamble(session: Session, card: Card, *, cards_first: bool = False, headings: bool = True) -> str:
    if not headings:
        return _plain_preamble(session, card)
    who = ["# Who is at the table"] + [f"## {p.full_name} ({p.name})\n\n{card(p)}" for p in session.cast]
    about = [f"# What it is about\n\n{session.task.context}"] if session.task.context else []
    about.append(f"# Rules of the discussion\n\n{session.task.discuss}")
    parts = [prompt.OPENING, *who, *about] if cards_first else [prompt.OPENING, *about, *who]
    return "\n\n".join(parts) + "\n\n# The discussion\n\n"


def _plain_preamble(session: Session, card: Card) -> str:
    """Nothing that looks like a document: no headings, a line for each at the table."""
    task = session.task
    who = "\n".join(f"{p.full_name} ({p.name}): {card(p).removeprefix(p.full_name).lstrip(', ')}" for p in session.cast)
    return "\n\n".join([prompt.OPENING, *([task.context] if task.context else []), task.discuss, who]) + "\n\n"


# --- the end of the prompt ---


def product_tail(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    return prompt.tail(session, speaker, cue)


def without_reminder(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """The note, but no "You are …"."""
    return (
        f"\n(A note from the moderator to {speaker.name} alone. {' '.join(notes(cue))} "
        f"Write only what {speaker.name} says next.)\n{speaker.name}:"
    )


def third_person_reminder(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    return (
        f"\n(A note from the moderator to {speaker.name} alone. {' '.join(notes(cue))}\n"
        f"{speaker.full_name}: {speaker.reminder} Write only what {speaker.name} says next.)\n{speaker.name}:"
    )


def reminder_first(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """Who speaks comes first, the question last."""
    question, *rest = notes(cue)
    return (
        f"\n(A note from the moderator to {speaker.name} alone. You are {speaker.full_name}. {speaker.reminder} "
        f"{' '.join(rest)} Write only what {speaker.name} says next.\n{question})\n{speaker.name}:"
    )


def moderator_asks(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """The notes in brackets, then the moderator puts the question to the speaker as one more line of the transcript."""
    _, *rest = notes(cue)
    return (
        f"\n({speaker.full_name}: {speaker.reminder} {' '.join(rest)})\n"
        f"{MODERATOR}: {speaker.name}, {cue.question}\n{speaker.name}:"
    )


def moderator_asks_quoting(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """The same, with a quotation mark that opens the speech."""
    return moderator_asks(session, record, speaker, cue) + ' "'


def moderator_calls(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """As `moderator_asks`, but a question that was answered already is only named in the notes."""
    question, *rest = notes(cue)
    said = [t for t in record if t.kind == "persona" and t.text]
    if not said or said[-1].question != cue.question:
        return moderator_asks(session, record, speaker, cue)
    return (
        f"\n({question} {speaker.full_name}: {speaker.reminder} {' '.join(rest)})\n"
        f"{MODERATOR}: {speaker.name}, what do you say to {said[-1].speaker}?\n{speaker.name}:"
    )


def plain_request(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """A request as chat models know it, with no line begun."""
    return (
        f"\n# What to write\n\n{' '.join(notes(cue))}\nWrite only what {speaker.full_name} says next, in the first "
        f"person, in at most three sentences. {speaker.name} is this: {speaker.reminder}"
    )


def answers_last(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """The product's note, which also quotes what was said last and asks for an answer to it."""
    last = next((t for t in reversed(record.turns) if t.kind == "persona" and t.text), None)
    end = f" Write only what {speaker.name} says next.)"
    if last is None:
        return product_tail(session, record, speaker, cue)
    sentence = re.split(r"(?<=[.!?…])\s", " ".join(last.text.split()))[-1][-160:]
    answer = f' {last.speaker} has just said: "{sentence}" Answer that.'
    return product_tail(session, record, speaker, cue).replace(end, answer + end)


def opened_quotation(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """The product's, with a quotation mark that opens the speech."""
    return product_tail(session, record, speaker, cue) + ' "'


def not_the_card(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """The product's, which also forbids reciting the card."""
    end = f" Write only what {speaker.name} says next.)"
    more = " Say what you think of the question; do not describe yourself."
    return product_tail(session, record, speaker, cue).replace(end, more + end)


def card_at_the_end(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """The whole card of the speaker in the note, where it is read anew each turn."""
    return (
        f"\n(A note from the moderator to {speaker.name} alone. {' '.join(speaker.prompt.split())}\n"
        f"{' '.join(notes(cue))} Write only what {speaker.name} says next.)\n{speaker.name}:"
    )


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

    card: Card = quoted
    tail: Tail = product_tail
    cards_first: bool = False
    headings: bool = True
    # A turn ends with its first line, as its line in the transcript does.
    one_line: bool = False

    def __call__(self, session: Session, record: Record, speaker: Persona, cue: Cue) -> Sequence[Message]:
        head = preamble(session, self.card, cards_first=self.cards_first, headings=self.headings)
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
    "cards in the third person": lambda: Flat(third_person),
    "cards without 'You are'": lambda: Flat(without_you_are),
    "cards in brief": lambda: Flat(in_brief),
    "cards before the task": lambda: Flat(cards_first=True),
    "reminder in the third person": lambda: Flat(tail=third_person_reminder),
    "no reminder": lambda: Flat(tail=without_reminder),
    "reminder first, question last": lambda: Flat(tail=reminder_first),
    "the moderator asks": lambda: Flat(tail=moderator_asks),
    "a plain request, no line begun": lambda: Flat(tail=plain_request),
    "what was said last is quoted": lambda: Flat(tail=answers_last),
    "a quotation is opened": lambda: Flat(tail=opened_quotation),
    "'do not describe yourself'": lambda: Flat(tail=not_the_card),
    "whole card at the end": lambda: Flat(in_brief, card_at_the_end),
    "third person, the moderator asks": lambda: Flat(third_person, moderator_asks),
    "third person, the moderator calls": lambda: Flat(third_person, moderator_calls),
    "the same, no headings": lambda: Flat(third_person, moderator_calls, headings=False),
    "third person, asks, quotation": lambda: Flat(third_person, moderator_asks_quoting),
    "third person throughout": lambda: Flat(third_person, third_person_reminder),
    "third person, no headings": lambda: Flat(third_person, third_person_reminder, headings=False),
    "no 'You are'": lambda: Flat(without_you_are, third_person_reminder),
    "no 'You are', no headings": lambda: Flat(without_you_are, third_person_reminder, headings=False),
    "one line": lambda: Flat(one_line=True),
    "one line, third person throughout": lambda: Flat(third_person, third_person_reminder, one_line=True),
    "one line, third person, no headings": lambda: Flat(
        third_person, third_person_reminder, headings=False, one_line=True
    ),
    "one line, third person, the moderator asks": lambda: Flat(third_person, moderator_asks, one_line=True),
    "one line, in brief": lambda: Flat(in_brief, third_person_reminder, one_line=True),
    "cues, one line": lambda: Cues(one_line=True),
    "cues, one line, third person throughout": lambda: Cues(third_person, third_person_reminder, one_line=True),
    "cues": Cues,
    "cues, third person, the moderator asks": lambda: Cues(third_person, moderator_asks),
    "cues, a plain request": lambda: Cues(tail=plain_request),
    "cues, untagged": lambda: Cues(tagged=False),
    "cues, untagged, brief": lambda: Cues(tail=brief, tagged=False),
    "cues, untagged, the moderator asks": lambda: Cues(tail=moderator_asks, tagged=False),
    "cues, untagged, cards in the third person": lambda: Cues(third_person, third_person_reminder, tagged=False),
    "cues, untagged, no reminder": lambda: Cues(tail=without_reminder, tagged=False),
}
