"""Who speaks next, who is asked for an opinion, and who sums up.

People come first: whoever was given the floor, then whomever a guest called on. Otherwise the table's turn order picks.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from bot.discussion.model.dials import TurnOrder
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session, Turn, speakers
from bot.discussion.model.steerings import FloorChosen, FloorGiven, SeatAdded, TurnSkipped
from bot.discussion.moderation.agenda import until_last_call
from bot.discussion.moderation.seeded_random import one_in, seeded_random

# After this many turns of two personas taking turns, the next hand-over between them is ignored once.
DUEL: Final = 4
# Where whoever is asked for an opinion may well speak next.
_ASKING: Final[tuple[TurnOrder, ...]] = ("natural", "moderator")


def next_speaker(session: Session, record: Record) -> Persona | None:
    """Whomever people want to hear, else whom the table's turn order picks; None when nobody may speak."""
    table = speakers(session, record)
    if not table:
        return None
    return wanted(session, record) or TURN_ORDERS[session.dials.floor](session, record, table)


def wanted(session: Session, record: Record) -> Persona | None:
    """Whom people want to hear next: whoever was given the floor, else whom a guest called on."""
    table = {p.name: p for p in speakers(session, record)}
    call = _guests_call(session, record)
    return persona_given(session, record) or table.get((call and call.addressed) or "")


def persona_given(session: Session, record: Record) -> Persona | None:
    """Who was given the floor, and may speak."""
    name = given(record)
    return next((p for p in speakers(session, record) if p.name == name), None)


def choosable(session: Session, record: Record) -> tuple[Persona, ...]:
    """Of whom the model is to choose the next speaker now; nobody where that is settled or there is no choice."""
    if session.dials.floor != "moderator" or _choice(record) or wanted(session, record):
        return ()
    had = _just_had_their_turn(record)
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


def summariser(session: Session, record: Record, *, was_told: bool = True) -> Persona | None:
    """The persona with the most turns (tie: earlier in the cast) of those still at the table; None if nobody spoke.

    People are told who it will be when the last turns come: those do not count. `was_told`: whether they are at all.
    """
    told = until_last_call(session, record) if was_told else record
    spoken = [t.speaker for t in told.persona_turns() if t.text and not t.withheld]
    candidates = speakers(session, record) if spoken or record is not told else ()
    return max(candidates, key=lambda p: spoken.count(p.name), default=None)


# --- the turn orders: who speaks next where nobody was given the floor and no guest called on anybody ---


def natural(session: Session, record: Record, table: tuple[Persona, ...]) -> Persona:
    """Whoever the last speaker called on, else somebody by lot who has not spoken in this round."""
    if called := speakers_call(session, record):
        return next(p for p in table if p.name == called.addressed)
    had = [t.steering.name if isinstance(t.steering, TurnSkipped) else t.speaker for t in record if _took_a_turn(t)]
    spoken, free = this_round((p.name for p in table), had), _free(record, table)
    pool = [p for p in free if p.name not in spoken] or free
    return seeded_random(session.seed, "floor", len(had)).choice(pool)


def in_turn(session: Session, record: Record, table: tuple[Persona, ...]) -> Persona:
    """The next in seating order behind whoever had the last turn. Who has left keeps a place in that order."""
    joined = [s.persona.name for _, s in record.steerings() if isinstance(s, SeatAdded)]
    order = list(dict.fromkeys(reversed([*(p.name for p in session.cast), *joined])))[::-1]
    had = _just_had_their_turn(record)
    behind = order.index(had[0]) + 1 if had else 0
    free = {p.name: p for p in _free(record, table)}
    return next(free[name] for name in [*order[behind:], *order[:behind]] if name in free)


def by_lot(session: Session, record: Record, table: tuple[Persona, ...]) -> Persona:
    """Anyone but the last speaker and whoever was passed over since."""
    return seeded_random(session.seed, "floor", sum(map(_took_a_turn, record))).choice(_free(record, table))


def as_chosen(session: Session, record: Record, table: tuple[Persona, ...]) -> Persona:
    """Whom the model chose, else as at a natural table."""
    chosen = _choice(record)
    return next((p for p in table if chosen and p.name == chosen.name), None) or natural(session, record, table)


# Each picks one of those who may speak, in seating order; there is at least one.
TURN_ORDERS: Final[Mapping[TurnOrder, Callable[[Session, Record, tuple[Persona, ...]], Persona]]] = {
    "natural": natural,
    "round_robin": in_turn,
    "random": by_lot,
    "moderator": as_chosen,
}


# --- what counts: the floor given, the model's choice, who calls on whom ---


def addressing_turn(session: Session, record: Record) -> Turn | None:
    """The turn whose address counts now: a guest's before the last speaker's."""
    return _guests_call(session, record) or speakers_call(session, record)


def given(record: Record) -> str | None:
    """Who was given the floor, if nobody has had or lost a turn since."""
    for turn in reversed(record.turns):
        if isinstance(turn.steering, FloorGiven):
            return turn.steering.name
        if _took_a_turn(turn):
            return None
    return None


def _choice(record: Record) -> FloorChosen | None:
    """The model's choice that stands: nobody has spoken since, and no person has steered."""
    for turn in reversed(record.turns):
        if isinstance(turn.steering, FloorChosen):
            return turn.steering
        if turn.kind == "persona" or (turn.steering and not turn.is_note):
            return None
    return None


def _guests_call(session: Session, record: Record) -> Turn | None:
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


def _counts(session: Session, record: Record, turn: Turn) -> bool:
    """Whether a turn calls on somebody who may speak and was not passed over since, in words that were seen."""
    if turn.addressed is None or turn.withheld:
        return False
    skipped = {t.steering.name for t in record.after(turn.seq) if isinstance(t.steering, TurnSkipped)}
    at_table = {p.name for p in speakers(session, record)}
    return turn.addressed in at_table - skipped


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


# --- whose turn it was ---


def this_round(names: Iterable[str], had: Iterable[str]) -> set[str]:
    """Who has had a turn in this round. `had`: the turns' names in order; a round ends once each of `names` had one."""
    everybody, done = set(names), set[str]()
    for name in had:
        done.add(name)
        if everybody <= done:
            done.clear()
    return done


def _free(record: Record, table: tuple[Persona, ...]) -> list[Persona]:
    """Who may have the next turn: not the last speaker, nor whoever was passed over since. Where that leaves nobody,
    those passed over first come back; and where that leaves nobody either, the last speaker."""
    had = _just_had_their_turn(record)
    for out in (had, {*had[:1], *had[-1:]}, had[:1]):
        if free := [p for p in table if p.name not in out]:
            return free
    return list(table)


def _just_had_their_turn(record: Record) -> list[str]:
    """The last speaker, behind those whose turn was passed over since: whose turn it was last comes first.

    After a skip the last speaker is who was last heard, behind those whose turns since then came to nothing.
    """
    names: list[str] = []
    was_skipped = False
    for turn in reversed(record.turns):
        if isinstance(turn.steering, TurnSkipped):
            names.append(turn.steering.name)
            was_skipped = True
        elif turn.kind == "persona":
            names.append(turn.speaker)
            if not was_skipped or (turn.text and not turn.withheld):
                break
    return names


def _last_persona_turn(record: Record) -> Turn | None:
    return next(reversed(record.persona_turns()), None)


def _took_a_turn(turn: Turn) -> bool:
    return turn.kind == "persona" or isinstance(turn.steering, TurnSkipped)
