"""Which question is on the table, how many turns are left, and when to wrap up."""

from collections.abc import Sequence

from bot.discussion.model.dials import Dials
from bot.discussion.model.record import QuestionPut, Record, Session, TurnsChanged, WrapUpCalled, question_on_table
from bot.discussion.moderation.seeded_random import one_in
from bot.discussion.moderation.stagnation import brings_nothing_new


def question_to_put(session: Session, record: Record) -> str | None:
    """The question that should come to the table now, None when the one there stays.

    The first turn on a question always happens; after each turn the table moves on with probability 1/topic_every, and
    in any case when it says nothing new any more.
    Once it is time to wrap up no new question is put.
    """
    if question_on_table(record) is None:
        return session.task.questions[0]
    spoken = len(record.persona_turns())
    if not turns_on_question(record) or is_wrapping_up(session, record):
        return None
    if one_in(session.seed, "agenda", spoken, session.dials.topic_every) or brings_nothing_new(session, record):
        return following_question(session, record)
    return None


def following_question(session: Session, record: Record) -> str | None:
    """The next question of the agenda: first those not yet put, in order, then the one put longest ago."""
    put = [s.question for _, s in record.steerings() if isinstance(s, QuestionPut)]
    agenda = list(dict.fromkeys([*session.task.questions, *put]))
    candidates = [q for q in agenda if q != question_on_table(record)]
    last_put = {question: position for position, question in enumerate(put)}
    return min(candidates, key=lambda q: last_put.get(q, -1), default=None)


def turns_on_question(record: Record) -> int:
    """Persona turns since the question on the table was put."""
    count = 0
    for turn in reversed(record.turns):
        if isinstance(turn.steering, QuestionPut):
            break
        count += turn.kind == "persona"
    return count


def turns_in_all(session: Session, record: Record) -> int:
    """How many persona turns the discussion has, as last changed."""
    return _clock(session, record)[0]


def turns_left(session: Session, record: Record) -> int:
    return max(0, turns_in_all(session, record) - len(record.persona_turns()))


def is_wrapping_up(session: Session, record: Record) -> bool:
    """Whether the next turn is one of the last."""
    turns, called = _clock(session, record)
    return called or turns_left(session, record) <= _wrap_up(session.dials, turns)


def _clock(session: Session, record: Record) -> tuple[int, bool]:
    """How many turns there are in all, and whether somebody called for the wrap-up."""
    turns, called = session.dials.turns, False
    for turn, steering in record.steerings():
        if isinstance(steering, TurnsChanged):
            turns, called = steering.turns, False
        elif isinstance(steering, WrapUpCalled):
            spoken = sum(t.seq < turn.seq for t in record.persona_turns())
            turns, called = min(turns, spoken + _wrap_up(session.dials, turns)), True
    return turns, called


def questions_covered(seed: int, dials: Dials, questions: Sequence[str]) -> int:
    """How many of the questions these turns will reach if nobody steers: the seed decides it.

    More of them, where the table has nothing new to say on one.
    """
    open_turns = dials.turns - _wrap_up(dials, dials.turns)
    moves = sum(one_in(seed, "agenda", turn, dials.topic_every) for turn in range(1, open_turns))
    return min(len(set(questions)), 1 + moves)


def _wrap_up(dials: Dials, turns: int) -> int:
    # A discussion shorter than its wrap-up would be told to end before it began.
    return min(dials.wrap_up, max(turns - 1, 1))
