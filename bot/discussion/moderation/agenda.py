"""Which question is on the table, how many turns are left, and when to wrap up."""

from collections.abc import Sequence
from typing import Final

from bot.discussion.model.dials import Dials
from bot.discussion.model.record import Record, Session, Turn, question_on_table
from bot.discussion.model.steerings import PollOpened, QuestionPut, TurnsChanged, WrapUpCalled
from bot.discussion.moderation.asked_guest import asked_guest
from bot.discussion.moderation.seeded_random import one_in
from bot.discussion.moderation.stagnation import IN_A_ROW, brings_nothing_new

# With so many turns left people are told that it comes to the end.
LAST_CALL: Final = 3


def question_to_put(session: Session, record: Record) -> str | None:
    """The question that should come to the table now, None when the one there stays.

    After `topic_least` turns on a question each turn moves on with a probability that keeps a question there for
    `topic_every` turns on average, and in any case when the table says nothing new any more. No question comes back,
    and once it is time to wrap up no new one is put.
    """
    if question_on_table(record) is None:
        return session.task.questions[0]
    if is_wrapping_up(session, record) or not _may_leave(session.dials, turns_on_question(record)):
        return None
    spoken = len(record.persona_turns())
    if not _moves_on(session.seed, session.dials, spoken) and not brings_nothing_new(session, record):
        return None
    question = next(iter(_not_yet_put(session, record)), None)
    # Nobody takes the word from a guest who was just asked for it.
    return None if question is None or asked_guest(session, record) else question


def has_run_dry(session: Session, record: Record) -> bool:
    """Whether the table is to wrap up early: it has no other question, and going deeper into the last one has brought
    nothing new for twice as long as makes it move on."""
    if is_wrapping_up(session, record) or not _may_leave(session.dials, turns_on_question(record)):
        return False
    return brings_nothing_new(session, record, turns=2 * IN_A_ROW) and not _not_yet_put(session, record)


def is_to_go_deeper(session: Session, record: Record) -> bool:
    """Whether the table says nothing new on its last question, with time left to."""
    if is_wrapping_up(session, record) or _not_yet_put(session, record):
        return False
    return brings_nothing_new(session, record)


def following_question(session: Session, record: Record) -> QuestionPut | None:
    """What somebody who asks for the next question puts: the first not yet put, else the one put longest ago."""
    if left := _not_yet_put(session, record):
        return QuestionPut(question=left[0])
    put = _questions_put(record)
    others = [q for q in dict.fromkeys(put) if q != question_on_table(record)]
    last_put = {question: position for position, question in enumerate(put)}
    oldest = min(others, key=lambda q: last_put[q], default=None)
    return QuestionPut(question=oldest, again=True) if oldest is not None else None


def own_question(record: Record, question: str) -> QuestionPut:
    """What somebody puts who has a question of their own, which may have been on the table before."""
    return QuestionPut(question=question, again=question in _questions_put(record))


def questions_in_order(session: Session, record: Record) -> list[str]:
    """The whole agenda, each question once: the task's, then those that somebody put."""
    return list(dict.fromkeys([*session.task.questions, *_questions_put(record)]))


def put_line(session: Session, record: Record, put: QuestionPut) -> str:
    """What the table sees of a question that is put; of one that comes back, that it does."""
    if not put.again:
        return put.question
    return f"Back to question {questions_in_order(session, record).index(put.question) + 1}: {put.question}"


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


def last_call(session: Session, record: Record, turn: Turn) -> int | None:
    """How many turns are left, if the table comes to its last ones with this turn, the record's next; else None.

    So once for every end: again if that was put off meanwhile, never before anybody has spoken.
    """
    after = Record([*record, turn])
    left = turns_left(session, after)
    is_new = 0 < left <= LAST_CALL < turns_left(session, record)
    return left if is_new and after.persona_turns() else None


def until_last_call(session: Session, record: Record) -> Record:
    """The record up to where people were told that it comes to the end; all of it, if they were not."""
    spoken = len(record.persona_turns())
    for end in range(len(record.turns), 0, -1):
        before = Record(record.turns[: end - 1])
        if spoken - len(before.persona_turns()) > LAST_CALL + 1:
            break
        if last_call(session, before, record.turns[end - 1]) is not None:
            return Record(record.turns[:end])
    return record


def is_wrapping_up(session: Session, record: Record) -> bool:
    """Whether the next turn is one of the last."""
    turns, called = _clock(session, record)
    return called or turns_left(session, record) <= _wrap_up(session.dials, turns)


def is_called_to_end(session: Session, record: Record) -> bool:
    """Whether somebody asked for the wrap-up, however many turns are left."""
    return _clock(session, record)[1]


def is_to_sum_up(record: Record) -> bool:
    """Whether somebody has asked for the summary at once, and nobody has changed that since. Whoever asks once there
    is a vote means what would come behind that as well."""
    for turn, steering in reversed(list(record.steerings())):
        if isinstance(steering, PollOpened):
            return False
        if isinstance(steering, TurnsChanged):
            return steering.turns <= sum(each.seq < turn.seq for each in record.persona_turns())
    return False


def has_ended(record: Record) -> bool:
    """Whether the summary was given, and nobody has had the table go on since."""
    for turn in reversed(record.turns):
        if turn.kind == "summary" or isinstance(turn.steering, TurnsChanged):
            return turn.kind == "summary"
    return False


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
    reached, on_it = 1, 0
    for spoken in range(1, dials.turns - _wrap_up(dials, dials.turns)):
        on_it += 1
        if _may_leave(dials, on_it) and _moves_on(seed, dials, spoken):
            reached, on_it = reached + 1, 0
    return min(len(set(questions)), reached)


def _may_leave(dials: Dials, turns: int) -> bool:
    return turns >= dials.topic_least


def _moves_on(seed: int, dials: Dials, spoken: int) -> bool:
    # With that many turns after the least, a question has `topic_every` of them on average.
    return one_in(seed, "agenda", spoken, max(1.0, dials.topic_every - dials.topic_least + 1))


def _questions_put(record: Record) -> list[str]:
    return [s.question for _, s in record.steerings() if isinstance(s, QuestionPut)]


def _not_yet_put(session: Session, record: Record) -> list[str]:
    put = set(_questions_put(record))
    return [question for question in dict.fromkeys(session.task.questions) if question not in put]


def _wrap_up(dials: Dials, turns: int) -> int:
    # A discussion shorter than its wrap-up would be told to end before it began.
    return min(dials.wrap_up, max(turns - 1, 1))
