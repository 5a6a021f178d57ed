"""The open table: it stands in its channel, answers for a few turns when people talk, and is silent until they do."""

from collections.abc import Sequence

from bot.discussion.model.names import shown_name
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session, Turn, speakers
from bot.discussion.model.steerings import FloorGiven, QuestionPut, TurnsChanged, TurnSkipped, WrapUpCalled
from bot.discussion.moderation import speaker_selection, stagnation
from bot.discussion.moderation.asked_guest import asked_guest
from bot.discussion.moderation.audience_questions import AudienceQuestion, calls, last_word
from bot.discussion.moderation.formats.format import Format
from bot.discussion.moderation.formats.roundtable import sum_up
from bot.discussion.moderation.seeded_random import one_in
from bot.discussion.moderation.steps import Choose, Close, Listen, Speak, Step
from bot.discussion.prompts.prompt import Cue

NOTE = "This is an open table, at which people come and go: speak to what was said last."
SUMMARY = "The table has stood for long: tell what it came to talk about, the latest first."


class OpenTable(Format):
    name = "open"
    title = "Open table"
    about = "It stands in the channel, answers when people talk, and is silent until they do"
    has_clock = False
    tells_last_turns = False
    waits_for_guests = False
    needs_people = True

    def next_step(self, session: Session, record: Record) -> Step:
        if (ends := _end(record)) is not None:
            is_told = any(turn.kind == "summary" for turn in record.after(ends))
            return Close() if is_told else sum_up(session, record, note=SUMMARY, was_told=False)
        word = last_word(record)
        if word is None:
            return Listen()
        table, taken = speakers(session, record), _turns_since(record, word.seq)
        if not table or len(taken) >= session.dials.open_turns:
            return Listen()
        called = _called(session, record, table)
        wanted = speaker_selection.given(record) or next(iter(called), None)
        persona = next((p for p in table if p.name == wanted), None)
        if persona is None and not _has_more_to_say(session, record, word, taken):
            return Listen()
        if persona is None and (among := speaker_selection.choosable(session, record)):
            return Choose(among)
        order = speaker_selection.TURN_ORDERS[session.dials.floor]
        return _turn(session, record, persona or order(session, record, table), word)

    def rules(self, session: Session) -> list[str]:
        return [
            "This table stands here until somebody ends it. It answers when you write something, a turn or two, and is "
            "silent until then.",
        ]

    def phase(self, session: Session, record: Record) -> str:
        match self.next_step(session, record):
            case Listen():
                return "listening"
            case Speak() | Choose():
                return ""
            case _:
                return "summing up"

    def turns_left(self, session: Session, record: Record) -> int:
        return 0  # the summary can come at once

    def is_wrapping_up(self, session: Session, record: Record) -> bool:
        return _end(record) is not None


def _end(record: Record) -> int | None:
    """The turn in which somebody had the table come to its end; None while it stands."""
    for turn, steering in reversed(list(record.steerings())):
        if isinstance(steering, TurnsChanged | WrapUpCalled):
            return None if isinstance(steering, TurnsChanged) and steering.goes_on else turn.seq
    return None


def _turns_since(record: Record, seq: int) -> list[Turn]:
    """The persona turns that have heard turn `seq`, in order."""
    found: list[Turn] = []
    for turn in reversed(record.persona_turns()):
        if turn.seq < seq:
            break
        if turn.heard >= seq:
            found.insert(0, turn)
    return found


def _called(session: Session, record: Record, table: Sequence[Persona]) -> list[str]:
    """Whom guests have called on, in that order. What as many turns as the table takes have passed over is over."""
    last = record.persona_turns()[-session.dials.open_turns :]
    since = last[0].heard if len(last) == session.dials.open_turns else 0
    skipped = {t.steering.name for t in record.after(since) if isinstance(t.steering, TurnSkipped)}
    return calls(record, [p.name for p in table if p.name not in skipped], since=since)


def _has_more_to_say(session: Session, record: Record, word: AudienceQuestion, taken: Sequence[Turn]) -> bool:
    """Whether somebody speaks on whom nobody called: to a question that was put the whole table, to what calls on
    nobody one persona or two, and whomever the last speaker calls on. Whoever asked a guest leaves them the floor."""
    told = [turn for turn in taken if turn.text and not turn.withheld]
    steering = word.turns[-1].steering
    if not told:
        return True
    if asked_guest(session, record) is not None:
        return False
    if speaker_selection.speakers_call(session, record) is not None or isinstance(steering, QuestionPut):
        return True
    if isinstance(steering, FloorGiven) or word.addressed is not None:
        return False
    return len(told) < 2 and one_in(session.seed, "open", word.seq, 2)


def _turn(session: Session, record: Record, persona: Persona, word: AudienceQuestion) -> Speak:
    call = speaker_selection.addressing_turn(session, record)
    return Speak(
        persona,
        Cue(
            question=word.words if word.is_put else None,
            answer_to=shown_name(session, call) if call and call.addressed == persona.name else None,
            new_angle=stagnation.only_agree(session, record),
            note=NOTE,
        ),
    )
