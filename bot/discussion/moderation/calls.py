"""Who calls on whom: the addresses that count for the floor."""

from typing import Final

from bot.discussion.model.record import Record, Session, Turn, TurnSkipped, speakers

# After this many turns of two personas taking turns, the next hand-over between them is ignored once.
DUEL: Final = 4


def addressing_turn(session: Session, record: Record) -> Turn | None:
    """The turn whose address counts now: a guest's before the last speaker's."""
    return guests_call(session, record) or speakers_call(session, record)


def guests_call(session: Session, record: Record) -> Turn | None:
    """The latest guest's turn that the last speaker had not heard and that calls on somebody."""
    last = _last_persona_turn(record)
    unheard = reversed(list(record.after(last.heard if last else 0)))
    return next((t for t in unheard if t.kind == "guest" and t.text and _counts(session, record, t)), None)


def speakers_call(session: Session, record: Record) -> Turn | None:
    """The last speaker's turn if it calls on another, unless those two have had the table to themselves for long."""
    last = _last_persona_turn(record)
    if last and last.addressed != last.speaker and _counts(session, record, last) and not _is_duel(record, last):
        return last
    return None


def just_had_their_turn(record: Record) -> list[str]:
    """The last speaker, behind those whose turn was passed over since: whose turn it was last comes first."""
    names: list[str] = []
    for turn in reversed(record.turns):
        if isinstance(turn.steering, TurnSkipped):
            names.append(turn.steering.name)
        elif turn.kind == "persona":
            return [*names, turn.speaker]
    return names


def _counts(session: Session, record: Record, turn: Turn) -> bool:
    """Whether a turn calls on somebody who may speak and was not passed over since, in words that were seen."""
    if turn.addressed is None or turn.withheld:
        return False
    skipped = {t.steering.name for t in record.after(turn.seq) if isinstance(t.steering, TurnSkipped)}
    at_table = {p.name for p in speakers(session, record)}
    return turn.addressed in at_table - skipped


def _last_persona_turn(record: Record) -> Turn | None:
    return next(reversed(record.persona_turns()), None)


def _is_duel(record: Record, last: Turn) -> bool:
    """Whether the two last speakers have alternated for a multiple of DUEL turns, and `last` would go on with it.

    Then the address is ignored this once; a third persona is let in at any time.
    """
    names = [t.speaker for t in record.persona_turns()]
    if len(set(names[-2:])) < 2 or last.addressed != names[-2]:
        return False
    run = 2
    while run < len(names) and names[-run - 1] == names[-run + 1]:
        run += 1
    return run >= DUEL and run % DUEL == 0
