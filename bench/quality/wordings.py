"""Other wordings and layouts of the prompt, to be compared with the product's own (see layouts.py)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bench.quality.dialogue import Message
from bot.discussion.model.persona import MODERATOR, Persona
from bot.discussion.model.record import Record, Session
from bot.discussion.prompts import prompt
from bot.discussion.prompts.control_tokens import escape_control_tokens
from bot.discussion.prompts.prompt import Cue

Card = Callable[[Persona], str]
Tail = Callable[[Session, Record, Persona, Cue], str]

# --- how a character card stands in the preamble ---


def quoted(persona: Persona) -> str:
    """As it stands, in quotation marks and with a label."""
    card = " ".join(persona.prompt.split()).replace('"', "'")
    return f'{persona.name}\'s character card: "{card}"'


def unquoted(persona: Persona) -> str:
    """As it stands, but for a "You are" in front of the name."""
    return re.sub(rf"^You are (?={re.escape(persona.full_name)})", "", " ".join(persona.prompt.split()))


def preamble(session: Session, card: Card, *, headings: bool = True) -> str:
    """The product's, with these cards in place of its own; without `headings` nothing in it looks like a document."""
    if not headings:
        return _plain_preamble(session, card)
    found = prompt.preamble(session)
    for persona in session.cast:
        # With what stands before it: two personas may have the same card.
        own = f"({persona.name})\n\n{escape_control_tokens(prompt.card(persona))}"
        assert own in found
        found = found.replace(own, f"({persona.name})\n\n{escape_control_tokens(card(persona))}")
    return found


def _plain_preamble(session: Session, card: Card) -> str:
    task = session.task
    who = "\n".join(f"{p.full_name} ({p.name}): {card(p).removeprefix(p.full_name).lstrip(', ')}" for p in session.cast)
    return "\n\n".join([prompt.OPENING, *([task.context] if task.context else []), task.discuss, who]) + "\n\n"


# --- the end of the prompt ---


def product_tail(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    return prompt.tail(session, speaker, cue)


def third_person_reminder(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """The product's, but who speaks is told of, too."""
    whole = product_tail(session, record, speaker, cue)
    told = notes(session, speaker, cue) + "\n"
    before, asked = whole[: whole.index(told)] + told, whole[whole.rindex(" Write only ") :]
    return f"{before}{speaker.full_name}: {speaker.reminder}{asked}"


def moderator_asks(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """The notes in brackets, then the moderator puts the question to the speaker as one more line of the transcript."""
    rest = notes(session, speaker, replace(cue, question=None))
    asked = f"{MODERATOR}: {speaker.name}, {cue.question}"
    return f"\n({speaker.full_name}: {speaker.reminder} {rest})\n{asked}\n{speaker.name}:"


def plain_request(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """A request as chat models know it, with no line begun."""
    return (
        f"\n# What to write\n\n{notes(session, speaker, cue)}\nWrite only what {speaker.full_name} says next, in the "
        f"first person, in at most three sentences. {speaker.name} is this: {speaker.reminder}"
    )


def opened_quotation(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """The product's, with a quotation mark that opens the speech."""
    return product_tail(session, record, speaker, cue) + ' "'


def brief(session: Session, record: Record, speaker: Persona, cue: Cue) -> str:
    """One line by the moderator: the question only where it is new, no reminder of the card."""
    last = next((t for t in reversed(record.turns) if t.kind == "persona" and t.text), None)
    if last and last.question == cue.question:
        cue = replace(cue, question=None)
    return f"\n({notes(session, speaker, cue)} {speaker.full_name} speaks next.)\n{speaker.name}:"


def notes(session: Session, speaker: Persona, cue: Cue) -> str:
    """What the moderator tells in the product's tail, the question first."""
    return prompt.tail(session, speaker, cue).partition(" alone. ")[2].partition("\n")[0]


# --- layouts ---


@dataclass(frozen=True, slots=True)
class Flat:
    """One user message: preamble, transcript, tail, as the product lays it out."""

    card: Card = prompt.card
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
    "reminder in the third person": lambda: Flat(tail=third_person_reminder),
    "reminder in the third person, no headings": lambda: Flat(tail=third_person_reminder, headings=False),
    "reminder in the third person, one line": lambda: Flat(tail=third_person_reminder, one_line=True),
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
