"""Who may speak next, who is asked for an opinion, and who sums up."""

from typing import Final

from bot.discussion.model.persona import Persona
from bot.discussion.model.record import FloorGiven, Record, Session, TurnSkipped, speakers
from bot.discussion.moderation.calls import guests_call, just_had_their_turn
from bot.discussion.moderation.floors import FLOORS, choice
from bot.discussion.moderation.seeded_random import one_in, seeded_random

# So many turns in a row that came to nothing pause the session.
PASSES_BEFORE_PAUSE: Final = 3
# Where whoever is asked for an opinion may well speak next.
_ASKING: Final = ("natural", "moderator")


def next_speaker(session: Session, record: Record) -> Persona | None:
    """Whomever people want to hear, else whom the table's floor picks; None when nobody may speak."""
    table = speakers(session, record)
    if not table:
        return None
    return wanted(session, record) or FLOORS[session.dials.floor](session, record, table)


def wanted(session: Session, record: Record) -> Persona | None:
    """Whom people want to hear next: whoever was given the floor, else whom a guest called on."""
    table = {p.name: p for p in speakers(session, record)}
    call = guests_call(session, record)
    return table.get(_given(record) or "") or table.get((call and call.addressed) or "")


def choosable(session: Session, record: Record) -> tuple[Persona, ...]:
    """Of whom the model is to choose the next speaker now; nobody where that is settled or there is no choice."""
    if session.dials.floor != "moderator" or choice(record) or wanted(session, record):
        return ()
    had = just_had_their_turn(record)
    others = tuple(p for p in speakers(session, record) if p.name not in had)
    return others if len(others) > 1 else ()


def person_to_ask(session: Session, record: Record, speaker: Persona) -> Persona | None:
    """With probability 1/ask_every: the persona whose opinion the speaker is asked to seek."""
    if session.dials.floor not in _ASKING:
        return None
    turn = len(record.persona_turns())
    others = [p for p in speakers(session, record) if p.name != speaker.name]
    if not others or not one_in(session.seed, "ask", turn, session.dials.ask_every):
        return None
    return seeded_random(session.seed, "ask whom", turn).choice(others)


def summariser(session: Session, record: Record) -> Persona | None:
    """The persona with the most turns (tie: earlier in the cast) of those still at the table; None if nobody spoke."""
    spoken = [t.speaker for t in record.persona_turns() if t.text and not t.withheld]
    candidates = speakers(session, record) if spoken else ()
    return max(candidates, key=lambda p: spoken.count(p.name), default=None)


def passes_in_a_row(record: Record) -> int:
    """How many of the last persona turns came to nothing."""
    count = 0
    for turn in reversed(record.persona_turns()):
        if not turn.is_pass:
            break
        count += 1
    return count


def _given(record: Record) -> str | None:
    for turn in reversed(record.turns):
        if isinstance(turn.steering, FloorGiven):
            return turn.steering.name
        if turn.kind == "persona" or isinstance(turn.steering, TurnSkipped):
            return None
    return None
