"""What minutes tell, in no form yet: a session's record by its questions, with what only others know of it.

Every form (Markdown, JSON lines, a web page) is made of this one value, so that none tells what another leaves out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Literal

from bot.discussion.model.bursts import as_one, bursts
from bot.discussion.model.names import shown_name
from bot.discussion.model.persona import Persona
from bot.discussion.model.polls import Poll
from bot.discussion.model.record import MINORITY_FLAG, PRIVATE_KINDS, REMOVED_FLAG, TAKEN_OUT, Record, Session, Turn
from bot.discussion.model.steerings import QuestionPut, SeatAdded
from bot.discussion.text.folding import one_line
from bot.discussion.text.links import plain_links
from bot.discussion.text.markup import in_words
from bot.discussion.text.money import Expense
from bot.minutes.decisions import as_told, choice_in_words, poll_told_in

Ending = Literal["open", "summary", "stopped"]
_ENDINGS: Final[Mapping[Ending, str]] = {
    "open": "The table is still open.",
    "summary": "The table closed with a summary.",
    "stopped": "The table was closed without a summary.",
}


@dataclass(frozen=True, slots=True)
class PlaceNames:
    """What the place and whoever convened there are called; None: that can't be told (any more)."""

    server: str | None = None
    channel: str | None = None
    convener: str | None = None


@dataclass(frozen=True, slots=True)
class VoteTally:
    """What came of the vote on the question put in turn `question_seq`: the votes by persona, most first."""

    question_seq: int
    votes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class MinutesFacts:
    """What the record does not tell. `until`: when the session ended, or for an open one, now. Times in UTC.

    `reason`: why it ended, where that is neither its summary nor a person's wish. `cost`: what its models have cost.
    """

    began: datetime
    until: datetime
    is_open: bool = False
    reason: str | None = None
    names: PlaceNames = field(default_factory=PlaceNames)
    votes: tuple[VoteTally, ...] = ()
    cost: Expense | None = None


@dataclass(frozen=True, slots=True)
class MinutesEntry:
    """Something that was said, mentions and custom emoji in words. `speaker`: a persona's short name, or a guest's.
    `choice`: the option that a position names. `poll`: what a ballot or a result is about."""

    turn: Turn
    speaker: str
    name: str
    text: str
    choice: str = ""
    poll: Poll | None = None

    @property
    def is_guest(self) -> bool:
        return self.turn.kind == "guest"

    @property
    def label(self) -> str:
        """What it is, where it is none of the turns of the talk."""
        if MINORITY_FLAG in self.turn.flags:
            return "Minority report"
        return {"position": "Position", "result": "Result of the vote"}.get(self.turn.kind, "")


@dataclass(frozen=True, slots=True)
class MinutesSection:
    """A question and what was said on it; `put` None: what came before the first. `votes` by full name.

    `is_back`: the question was on the table before.
    """

    put: MinutesEntry | None
    is_back: bool
    entries: tuple[MinutesEntry, ...]
    votes: tuple[tuple[str, int], ...] = ()

    @property
    def heading(self) -> str | None:
        return self.put and f"{plain_links(one_line(self.put.text))}{' (again)' if self.is_back else ''}"


@dataclass(frozen=True, slots=True)
class Minutes:
    """A discussion as it was shown. `cast`: everyone who had a seat at any time, in that order."""

    session: Session
    facts: MinutesFacts
    cast: tuple[Persona, ...]
    guests: tuple[str, ...]
    summary: MinutesEntry | None
    result: MinutesEntry | None
    sections: tuple[MinutesSection, ...]
    turns: int
    turns_summed_up: int
    """Persona turns in all, and those before the summary: a table can go on after it."""

    @property
    def summary_heading(self) -> str:
        return "Summary" if self.turns_summed_up == self.turns else f"Summary after turn {self.turns_summed_up}"

    @property
    def title(self) -> str:
        return title_of(self.session)

    @property
    def when(self) -> str:
        """From when to when, in words."""
        began, until = self.facts.began.astimezone(UTC), self.facts.until.astimezone(UTC)
        first, last = _day(began), _day(until)
        return f"{first}, {began:%H:%M} to {f'{last}, ' if last != first else ''}{until:%H:%M} UTC"

    @property
    def where(self) -> str:
        names = self.facts.names
        channel = f"#{names.channel}" if names.channel else ""
        return one_line(" on ".join(filter(None, [channel, names.server])))

    @property
    def ending(self) -> str:
        """How it ended, as a sentence."""
        if self.facts.reason and not self.facts.is_open:
            return self.facts.reason
        if self.facts.is_open:
            return _ENDINGS["open"]
        return _ENDINGS["summary" if self.summary and self.turns_summed_up == self.turns else "stopped"]

    @property
    def details(self) -> list[tuple[str, str]]:
        """What stands between the summary and the discussion: labels, and what they tell; nothing that is empty."""
        turns = "1 turn" if self.turns == 1 else f"{self.turns} turns"
        told = [
            ("Date", self.when),
            ("Channel", self.where),
            ("Convener", one_line(self.facts.names.convener or "")),
            ("AI personas", ", ".join(p.full_name for p in self.cast)),
            ("Guests", ", ".join(self.guests)),
            ("Vote", self.result.text.splitlines()[0] if self.result else ""),
            ("Length", f"{turns}. {self.ending}"),
            ("Cost", self.facts.cost.in_words if self.facts.cost else ""),
        ]
        return [(label, text) for label, text in told if text]


def account(session: Session, record: Record, facts: MinutesFacts) -> Minutes:
    """What the minutes of a session tell: what was shown, and nothing that was withheld or deleted."""
    joined = [s.persona for _, s in record.steerings() if isinstance(s, SeatAdded)]
    table: dict[str, Persona] = {p.name: p for p in [*session.cast, *joined]}
    shown = [turn for turn in map(as_one, bursts(as_told(record))) if _is_shown(turn)]
    entries = [_entry(session, table, turn, record) for turn in shown]
    summary = next((entry for entry in reversed(entries) if entry.turn.kind == "summary"), None)
    tallies = {tally.question_seq: tally.votes for tally in facts.votes}

    def section(put: MinutesEntry | None, said: list[MinutesEntry], before: set[str]) -> MinutesSection:
        votes = tallies.get(put.turn.seq, ()) if put else ()
        named = tuple((table[name].full_name if name in table else name, count) for name, count in votes)
        return MinutesSection(put, put is not None and put.text in before, tuple(said), named)

    sections: list[MinutesSection] = []
    put, said, asked = None, list[MinutesEntry](), set[str]()
    for entry in [*entries, None]:
        if entry is not None and not isinstance(entry.turn.steering, QuestionPut):
            said += [entry] if entry is not summary else []
            continue
        if put or said:
            sections.append(section(put, said, asked))
        asked |= {put.text} if put else set()
        put, said = entry, []
    guests = dict.fromkeys(entry.name for entry in entries if entry.is_guest)
    spoken = [t.seq for t in record.persona_turns() if t.text and not t.withheld]
    result = next((entry for entry in reversed(entries) if entry.turn.kind == "result"), None)
    return Minutes(
        session=session,
        facts=facts,
        cast=tuple(table.values()),
        guests=tuple(guests),
        summary=summary,
        result=result,
        sections=tuple(sections),
        turns=len(spoken),
        turns_summed_up=sum(seq < summary.turn.seq for seq in spoken) if summary else 0,
    )


def title_of(session: Session) -> str:
    """What a session is about, in words: its task's name, which may be a question or the name of a file."""
    name = one_line(session.task.name)
    return name if " " in name else name.replace("-", " ")


def headings(minutes: Minutes) -> Sequence[str]:
    """The questions as they were put, in order."""
    return [section.heading for section in minutes.sections if section.heading is not None]


def _is_shown(turn: Turn) -> bool:
    # Whoever had no position, or abstained, is named as well.
    return isinstance(turn.steering, QuestionPut) or turn.kind in PRIVATE_KINDS or bool(turn.text and not turn.withheld)


def _entry(session: Session, table: Mapping[str, Persona], turn: Turn, record: Record) -> MinutesEntry:
    if turn.kind == "guest":
        speaker = name = shown_name(session, turn)
    else:
        speaker = turn.speaker
        name = table[speaker].full_name if speaker in table else speaker
    text = turn.steering.question if isinstance(turn.steering, QuestionPut) else turn.text
    if turn.kind in PRIVATE_KINDS and turn.withheld:
        text = TAKEN_OUT if REMOVED_FLAG in turn.flags else ""
    choice, poll = choice_in_words(session, turn), poll_told_in(turn, record)
    return MinutesEntry(turn, speaker, name, in_words(text), choice, poll)


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
