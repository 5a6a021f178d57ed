"""The floors: who speaks next where nobody was given the floor and no guest called on anybody."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from bot.discussion.model.dials import Floor
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Compaction, FloorChosen, Record, SeatAdded, Session, Turn, TurnSkipped
from bot.discussion.moderation.calls import just_had_their_turn, speakers_call
from bot.discussion.moderation.seeded_random import seeded_random

# Picks one of those who may speak, in seating order; there is at least one.
Pick = Callable[[Session, Record, tuple[Persona, ...]], Persona]


def natural(session: Session, record: Record, table: tuple[Persona, ...]) -> Persona:
    """Whoever the last speaker called on, else somebody by lot who has not spoken in this round."""
    if called := speakers_call(session, record):
        return next(p for p in table if p.name == called.addressed)
    had = [t.steering.name if isinstance(t.steering, TurnSkipped) else t.speaker for t in record if _took_a_turn(t)]
    spoken, last = this_round((p.name for p in table), had), had[-1] if had else None
    pool = [p for p in table if p.name not in spoken and p.name != last] or [p for p in table if p.name != last]
    return seeded_random(session.seed, "floor", len(had)).choice(pool or table)


def in_turn(session: Session, record: Record, table: tuple[Persona, ...]) -> Persona:
    """The next in seating order behind whoever had the last turn. Who has left keeps a place in that order."""
    joined = [s.persona.name for _, s in record.steerings() if isinstance(s, SeatAdded)]
    order = list(dict.fromkeys(reversed([*(p.name for p in session.cast), *joined])))[::-1]
    had = just_had_their_turn(record)
    behind = order.index(had[0]) + 1 if had else 0
    by_name = {p.name: p for p in table}
    return next(by_name[name] for name in [*order[behind:], *order[:behind]] if name in by_name)


def by_lot(session: Session, record: Record, table: tuple[Persona, ...]) -> Persona:
    """Anyone but the last speaker and whoever was passed over since."""
    had = just_had_their_turn(record)
    pool = [p for p in table if p.name not in had] or [p for p in table if p.name not in had[:1]] or table
    return seeded_random(session.seed, "floor", sum(map(_took_a_turn, record))).choice(pool)


def as_chosen(session: Session, record: Record, table: tuple[Persona, ...]) -> Persona:
    """Whom the model chose, else as at a natural table."""
    chosen = choice(record)
    return next((p for p in table if chosen and p.name == chosen.name), None) or natural(session, record, table)


FLOORS: Final[Mapping[Floor, Pick]] = {
    "natural": natural,
    "round_robin": in_turn,
    "random": by_lot,
    "moderator": as_chosen,
}


def choice(record: Record) -> FloorChosen | None:
    """The model's choice that stands: nobody has spoken since, and no person has steered."""
    for turn in reversed(record.turns):
        if isinstance(turn.steering, FloorChosen):
            return turn.steering
        if turn.kind == "persona" or (turn.steering and not isinstance(turn.steering, Compaction)):
            return None
    return None


def this_round(names: Iterable[str], had: Iterable[str]) -> set[str]:
    """Who has had a turn in this round. `had`: the turns' names in order; a round ends once each of `names` had one."""
    everybody, done = set(names), set[str]()
    for name in had:
        done.add(name)
        if everybody <= done:
            done.clear()
    return done


def _took_a_turn(turn: Turn) -> bool:
    return turn.kind == "persona" or isinstance(turn.steering, TurnSkipped)
