"""Which guest the last speaker has asked something, by name: the table waits a while for their word."""

from bot.discussion.model.addressing import asked
from bot.discussion.model.names import shown_name
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session, seats


def asked_guest(session: Session, record: Record) -> int | None:
    """The id of the guest whom the last persona's turn asks something by name, answered or not; None for nobody."""
    last = next(reversed(record.persona_turns()), None)
    if last is None or not last.text or last.withheld:
        return None
    guests = {shown_name(session, t): t.author_id for t in record if t.kind == "guest" and t.text and t.author_id}
    if not guests:
        return None
    # They are called as personas are.
    called = [Persona(name=name, full_name=name, prompt=name) for name in guests]
    return guests.get(asked(last.text, [*seats(session, record), *called], speaker=last.speaker) or "")


def awaited_guest(session: Session, record: Record) -> int | None:
    """The same, while they have said nothing since."""
    guest = asked_guest(session, record)
    if guest is None:
        return None
    since = record.after(record.persona_turns()[-1].seq)
    return None if any(turn.author_id == guest for turn in since) else guest


def has_missed_answer(session: Session, record: Record, *, heard: int) -> bool:
    """Whether the guest who was asked had said nothing by turn `heard`, and has since."""
    guest = asked_guest(session, record)
    if guest is None:
        return False
    since = record.after(record.persona_turns()[-1].seq)
    return next((turn.seq for turn in since if turn.author_id == guest), 0) > heard
