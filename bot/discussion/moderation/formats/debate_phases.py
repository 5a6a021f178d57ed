"""The phases of a debate: how its turns are spread over them, which one it is time for, and who speaks in it."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, Literal, cast

from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session
from bot.discussion.model.steerings import PhaseBegun, TurnsChanged
from bot.discussion.moderation import agenda, speaker_selection
from bot.discussion.moderation.formats.debate_floor import being_answered, skipped_since_last, turns_had, waiting
from bot.discussion.moderation.formats.debate_sides import side_of, teams

Phase = Literal["openings", "rebuttals", "floor", "closings"]

# A shorter debate has no closings.
_LEAST_WITH_CLOSINGS: Final = 4
# Every speaker opens where that takes no more than two of five turns, else one a side.
_OPENINGS: Final = 5, 2


def current(record: Record) -> tuple[Phase | None, int]:
    """The phase that a debate is in, and in which turn it began; none before the openings."""
    for turn, steering in reversed(list(record.steerings())):
        if isinstance(steering, PhaseBegun):
            return cast(Phase, steering.name), turn.seq
    return None, 0


def due(session: Session, record: Record) -> Phase | None:
    """The phase that it is time for; None once the speeches are over.

    The closings are kept for the last turns, one a side. What lies between them and the openings is shared between
    rebuttals and questions from the floor, and where nobody asks, rebuttals go on. Where people lengthen a debate in
    or after its closings, it goes back to the rebuttals.
    """
    (phase, since), left = current(record), agenda.turns_left(session, record)
    had = _turns_by_side(session, record, since)
    if not left or not had:
        return None
    if phase == "closings":
        to_come = sum(not turns for turns in had)
        is_lengthened = any(isinstance(turn.steering, TurnsChanged) for turn in record.after(since))
        if is_lengthened and left > to_come:
            return "rebuttals"
        return "closings" if to_come else None
    total = agenda.turns_in_all(session, record)
    has_closings = total >= _LEAST_WITH_CLOSINGS or agenda.is_called_to_end(session, record)
    closings = len(had) if has_closings else 0
    if left <= closings:
        return "closings"
    if phase is None or (phase == "openings" and min(had) < _openings(session, record, total)):
        return "openings"
    if len(had) == 1 and closings:  # there is nobody to rebut
        return "floor" if _is_asked(session, record) else "closings"
    if phase == "openings":
        return "rebuttals"
    begun_with = total - sum(turn.seq < since for turn in record.persona_turns()) - closings
    return "floor" if phase == "floor" or left <= closings + floor_turns(begun_with) else "rebuttals"


def floor_turns(between: int) -> int:
    """How many of the turns between openings and closings are for questions from the floor: half of them, as far as
    both sides have as many rebuttals."""
    return max(0, between - 2 * -(-between // 4))


def speaker(session: Session, record: Record) -> Persona | None:
    """Who speaks next: whoever was given the floor; who is to answer a question; else somebody of the side that had
    fewer turns in this phase, and at a tie of the one that did not speak last. None where nobody may."""
    if given := speaker_selection.persona_given(session, record):
        return given
    phase, since = current(record)
    if phase == "floor" and (answered := being_answered(session, record)):
        return _next_of(record, answered[1])
    had = turns_had(record, since)
    sides = [side_of(session, record, name) for name in had]
    everybody = turns_had(record, 0)
    last = side_of(session, record, everybody[-1]) if everybody else None
    able = [(at, team) for at, team in enumerate(teams(session, record)) if team]
    if not able:
        return None
    _, team = min(able, key=lambda one: (sides.count(one[0]), one[0] == last))
    return _next_of(record, team)


def _next_of(record: Record, team: Sequence[Persona]) -> Persona:
    """Of one side whoever has had the fewest turns, but for those just passed over, as far as that goes."""
    had, skipped = Counter(turns_had(record, 0)), skipped_since_last(record)
    return min(team, key=lambda p: (p.name in skipped, had[p.name]))


def _openings(session: Session, record: Record, total: int) -> int:
    """How many openings each side has."""
    able = [len(team) for team in teams(session, record) if team]
    parts, share = _OPENINGS
    return min(able) if parts * min(able) * len(able) <= share * total else 1


def _turns_by_side(session: Session, record: Record, since: int) -> list[int]:
    """How many turns each side that can speak has had behind this turn, those passed over among them."""
    had = [side_of(session, record, name) for name in turns_had(record, since)]
    return [had.count(at) for at, team in enumerate(teams(session, record)) if team]


def _is_asked(session: Session, record: Record) -> bool:
    return being_answered(session, record) is not None or bool(waiting(session, record))
