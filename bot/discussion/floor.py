"""Who may speak next."""

from bot.discussion.chance import chance, one_in
from bot.discussion.persona import Persona
from bot.discussion.record import FloorGiven, Record, Session, Turn, TurnSkipped, speakers

# After this many turns of two personas taking turns, the next hand-over between them is ignored once.
DUEL = 4
# So many turns in a row that came to nothing pause the session.
PASSES_BEFORE_PAUSE = 3


def next_speaker(session: Session, record: Record) -> Persona | None:
    """Whoever was given the floor or was addressed, else a draw from the pool; None when nobody may speak."""
    table = {p.name: p for p in speakers(session, record)}
    given = _given(record)
    if given in table:
        return table[given]
    call = addressing_turn(session, record)
    if call and call.addressed:
        return table[call.addressed]
    return _draw(session, record, tuple(table.values()))


def person_to_ask(session: Session, record: Record, speaker: Persona) -> Persona | None:
    """With probability 1/ask_every: the persona whose opinion the speaker is asked to seek."""
    turn = len(record.persona_turns())
    others = [p for p in speakers(session, record) if p.name != speaker.name]
    if not others or not one_in(session.seed, "ask", turn, session.dials.ask_every):
        return None
    return chance(session.seed, "ask whom", turn).choice(others)


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


def addressing_turn(session: Session, record: Record) -> Turn | None:
    """The turn whose address decides about the floor now: it addresses somebody who may speak and was not skipped.

    That is the latest guest's address that the last speaker had not heard, else the last speaker's own, unless the
    two it would go between have had the table to themselves for too long.
    """
    names = {p.name for p in speakers(session, record)}

    def counts(turn: Turn) -> bool:
        return turn.addressed in names and turn.addressed not in _skipped_since(record, turn) and not turn.withheld

    last = _last_persona_turn(record)
    for turn in reversed(list(record.after(last.heard if last else 0))):
        if turn.kind == "guest" and turn.text and counts(turn):
            return turn
    if last and last.addressed != last.speaker and counts(last) and not _is_duel(record, last.addressed):
        return last
    return None


def _given(record: Record) -> str | None:
    for turn in reversed(record.turns):
        if isinstance(turn.steering, FloorGiven):
            return turn.steering.name
        if turn.kind == "persona" or isinstance(turn.steering, TurnSkipped):
            return None
    return None


def _draw(session: Session, record: Record, table: tuple[Persona, ...]) -> Persona | None:
    names = {p.name for p in table}
    spoken: set[str] = set()
    draws, last = 0, None
    for turn in record:
        skipped = turn.steering.name if isinstance(turn.steering, TurnSkipped) else None
        if turn.kind != "persona" and skipped is None:
            continue
        draws, last = draws + 1, skipped or turn.speaker
        spoken.add(last)
        if names <= spoken:
            spoken.clear()
    pool = [p for p in table if p.name not in spoken and p.name != last] or [p for p in table if p.name != last]
    return chance(session.seed, "floor", draws).choice(pool or list(table)) if table else None


def _skipped_since(record: Record, turn: Turn) -> set[str]:
    return {t.steering.name for t in record.after(turn.seq) if isinstance(t.steering, TurnSkipped)}


def _last_persona_turn(record: Record) -> Turn | None:
    return next((t for t in reversed(record.turns) if t.kind == "persona"), None)


def _is_duel(record: Record, addressed: str | None) -> bool:
    """Whether the two last speakers have alternated for a multiple of DUEL turns, and `addressed` would go on with it.

    Then the address is ignored this once; a third persona is let in at any time.
    """
    names = [t.speaker for t in record.persona_turns()]
    if len(set(names[-2:])) < 2 or addressed != names[-2]:
        return False
    run = 2
    while run < len(names) and names[-run - 1] == names[-run + 1]:
        run += 1
    return run >= DUEL and run % DUEL == 0
