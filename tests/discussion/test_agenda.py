"""Which question is on the table, how many turns are left, and when to wrap up."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discussion.model.dials import Dials
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record
from bot.discussion.model.steerings import STEERING, Compaction, QuestionPut, TurnsChanged, TurnSkipped, WrapUpCalled
from bot.discussion.moderation.agenda import (
    following_question,
    is_wrapping_up,
    last_call,
    own_question,
    put_line,
    question_to_put,
    questions_covered,
    turns_in_all,
    turns_left,
)
from bot.discussion.moderation.speaker_selection import summariser
from bot.discussion.moderation.steps import Close, Open, Speak, Summarise
from bot.discussion.prompts.prompt import transcript
from tests.support.recorded_table import QUESTIONS, RecordedTable


def table_with(seed: int = 1, questions: tuple[str, ...] = QUESTIONS, **dials: float | str) -> RecordedTable:
    return RecordedTable(seed=seed, questions=questions, dials=Dials.model_validate(dials))


def put(table: RecordedTable) -> list[str]:
    return [s.question for _, s in table.record.steerings() if isinstance(s, QuestionPut)]


# --- the questions ---


def test_a_table_begins_with_the_first_question():
    assert table_with().step == Open(QUESTIONS[0])


def test_questions_come_in_the_files_order_and_none_comes_back_by_itself():
    for seed in range(10):
        table = table_with(seed, turns=60, topic_every=2)
        table.play()
        assert put(table) == list(QUESTIONS)
        assert len(table.record.persona_turns()) == 60


@pytest.mark.parametrize("topic_least", [1, 2, 3, 5])
def test_a_question_has_its_least_turns_before_the_table_moves_on_by_itself(topic_least: int):
    for seed in range(5):
        table = table_with(seed, turns=40, topic_every=1, topic_least=topic_least)
        table.play(lambda _, number: "We all need bread." if number > 3 else f"Point {number}.")
        assert turns_on_each(table)[:-1] == [topic_least] * 4


def turns_on_each(table: RecordedTable) -> list[int]:
    """How many turns each question had."""
    turns: list[int] = []
    for turn in table.record:
        if isinstance(turn.steering, QuestionPut):
            turns.append(0)
        elif turn.kind == "persona":
            turns[-1] += 1
    return turns


@pytest.mark.parametrize(
    ("topic_every", "topic_least", "on_average"), [(2, 1, 2), (4, 1, 4), (4, 3, 4), (10, 3, 10), (2, 3, 3)]
)
def test_a_question_stays_for_topic_every_turns_on_average_but_its_least_ones(
    topic_every: int, topic_least: int, on_average: int
):
    turns: list[int] = []
    for seed in range(50):
        table = table_with(seed, turns=100, topic_every=topic_every, topic_least=topic_least, guards="none")
        while len(put(table)) < len(QUESTIONS):
            if question := question_to_put(table.session, table.record):
                table.steer(QuestionPut(question=question))
            else:
                table.say("Aino", "Well.")
        turns += turns_on_each(table)[:-1]
    assert sum(turns) / len(turns) == pytest.approx(on_average, rel=0.15)


@pytest.mark.parametrize(("turns", "questions"), [(4, {1}), (6, {1}), (10, {1, 2, 3}), (20, {2, 3, 4, 5})])
def test_how_many_questions_a_table_reaches(turns: int, questions: set[int]):
    """So few that each has its least turns; nearly all tables of ten turns reach two."""
    reached = [questions_covered(seed, Dials(turns=turns), QUESTIONS) for seed in range(200)]
    assert set(reached) == questions
    assert turns != 10 or sum(count >= 2 for count in reached) > 180


def test_one_question_is_the_whole_agenda():
    table = table_with(questions=("Why?",), topic_every=1, topic_least=1)
    table.play()
    assert put(table) == ["Why?"]


def test_every_turn_knows_the_question_on_the_table():
    table = table_with(turns=20, topic_every=2, topic_least=1)
    asked = ""
    for step in table.play():
        if isinstance(step, Open):
            asked = step.question
        elif isinstance(step, Speak):
            assert step.cue.question == asked


def test_no_new_question_is_put_once_it_is_time_to_wrap_up():
    for seed in range(20):
        steps = table_with(seed, turns=10, topic_every=1, topic_least=1, wrap_up=3).play()
        assert [type(step) for step in steps[-4:]] == [Speak, Speak, Speak, Summarise]


def test_a_question_somebody_put_joins_the_agenda_and_has_its_first_turn():
    table = table_with(turns=20, topic_every=1, topic_least=1)
    table.take(table.step)
    table.say("Aino")
    table.steer(own_question(table.record, "And the weather?"))
    step = table.step
    assert isinstance(step, Speak)
    assert step.cue.question == "And the weather?"
    table.play()
    assert put(table) == [QUESTIONS[0], "And the weather?", *QUESTIONS[1:]]


def test_a_question_comes_back_only_where_a_person_asks_and_says_that_it_does():
    table = table_with(questions=QUESTIONS[:2], turns=20, topic_every=1, topic_least=1)
    shown: list[str] = []
    for own in (None, None, None, "And the weather?", QUESTIONS[1], None):
        put = own_question(table.record, own) if own else following_question(table.session, table.record)
        assert put is not None
        shown.append(put_line(table.session, table.record, put))
        table.steer(put)
    assert shown == [
        QUESTIONS[0],
        QUESTIONS[1],
        f"Back to question 1: {QUESTIONS[0]}",
        "And the weather?",
        f"Back to question 2: {QUESTIONS[1]}",
        f"Back to question 1: {QUESTIONS[0]}",
    ]
    assert f"Moderator: Back to the question: {QUESTIONS[0]}\n" in transcript(table.session, table.record)
    alone = table_with(questions=("Why?",))
    alone.take(alone.step)
    assert following_question(alone.session, alone.record) is None


def test_a_question_of_an_older_record_is_one_put_for_the_first_time():
    older = STEERING.validate_python({"what": "question_put", "question": "Why?"})
    assert older == QuestionPut(question="Why?", again=False)


def test_a_skip_does_not_move_the_table_on():
    for seed in range(20):
        table = table_with(seed, topic_every=1, topic_least=1)
        table.take(table.step)
        step = table.step
        assert isinstance(step, Speak)
        table.steer(TurnSkipped(name=step.persona.name))
        assert isinstance(table.step, Speak)


def test_guests_and_compactions_move_nothing():
    table = table_with(topic_every=1, topic_least=1)
    table.take(table.step)
    left = turns_left(table.session, table.record)
    table.guest("Hello!")
    table.steer(Compaction(upto=1, gist="Earlier."))
    assert isinstance(table.step, Speak)
    assert turns_left(table.session, table.record) == left


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(),
    turns=st.integers(1, 40),
    topic_every=st.floats(1, 8),
    wrap_up=st.integers(0, 12),
    questions=st.integers(1, 7),
    topic_least=st.integers(1, 5),
)
def test_the_questions_promised_at_the_start_are_those_that_are_reached(
    seed: int, turns: int, topic_every: float, wrap_up: int, questions: int, topic_least: int
):
    agenda = tuple(f"Question {n}?" for n in range(questions))
    table = table_with(seed, agenda, turns=turns, topic_every=topic_every, topic_least=topic_least, wrap_up=wrap_up)
    promised = questions_covered(seed, table.dials, agenda)
    table.play()
    assert len(set(put(table))) == promised


def test_a_question_written_twice_is_promised_once():
    assert questions_covered(1, Dials(turns=20, topic_every=1, topic_least=1), ["Why?", "Why?"]) == 1


# --- the clock ---


@pytest.mark.parametrize(
    ("turns", "wrap_up", "says_so"),
    [
        (10, 3, [False] * 7 + [True] * 3),
        (10, 0, [False] * 10),
        (4, 3, [False, True, True, True]),
        (3, 3, [False, True, True]),  # a short discussion is not told to end before it began
        (1, 3, [True]),
    ],
)
def test_the_last_turns_say_that_it_is_time_to_wrap_up(turns: int, wrap_up: int, says_so: list[bool]):
    steps = table_with(turns=turns, wrap_up=wrap_up).play()
    cues = [step.cue for step in steps if isinstance(step, Speak)]
    assert [cue.wrap_up for cue in cues] == says_so
    assert [cue.turns_left for cue in cues] == list(range(turns, 0, -1))


def test_a_discussion_ends_with_one_summary():
    table = table_with(turns=5)
    steps = table.play()
    assert isinstance(steps[-1], Summarise)
    assert steps[-1].cue.summary
    assert table.step == Close()
    assert sum(turn.kind == "summary" for turn in table.record) == 1


def test_without_a_single_turn_there_is_nothing_to_sum_up():
    table = table_with()
    table.steer(TurnsChanged(turns=0))
    assert table.step == Close()


@pytest.mark.parametrize("spoken", [0, 1, 2, 5, 8])
def test_calling_the_wrap_up_leaves_only_the_wrap_up_turns(spoken: int):
    table = table_with(turns=10, wrap_up=3, topic_every=1)
    table.take(table.step)
    for _ in range(spoken):
        table.say(table.speaker)
    table.steer(WrapUpCalled())
    assert is_wrapping_up(table.session, table.record)
    steps = table.play()
    assert len(steps) == min(3, 10 - spoken) + 1
    assert all(isinstance(step, Speak) and step.cue.wrap_up for step in steps[:-1])
    assert isinstance(steps[-1], Summarise)


def test_wrapping_up_twice_adds_no_turns():
    table = table_with(turns=10, wrap_up=3)
    table.say("Aino")
    table.steer(WrapUpCalled())
    table.say("Ravi")
    table.steer(WrapUpCalled())
    assert turns_in_all(table.session, table.record) == 4


@pytest.mark.parametrize(
    ("turns", "steered", "calls"),
    [
        (10, {}, {7: 3}),
        (5, {}, {2: 3}),
        (4, {}, {1: 3}),
        (3, {}, {}),  # it would be the first thing said
        (10, {0: TurnsChanged(turns=3)}, {}),
        (10, {2: TurnsChanged(turns=4)}, {2: 2}),
        (10, {2: TurnsChanged(turns=3)}, {2: 1}),
        (10, {2: TurnsChanged(turns=2)}, {}),  # the summary comes at once
        (10, {2: WrapUpCalled()}, {2: 3}),
        (10, {8: TurnsChanged(turns=20)}, {7: 3, 17: 3}),  # the end was put off
        (10, {8: TurnsChanged(turns=11)}, {7: 3}),
    ],
)
def test_people_are_told_once_that_it_comes_to_the_end(
    turns: int, steered: dict[int, TurnsChanged | WrapUpCalled], calls: dict[int, int]
):
    """`steered`: after so many turns; `calls`: after how many people are told, and what."""
    table, told, named = table_with(turns=turns, wrap_up=3), dict[int, int](), list[Persona | None]()

    def note() -> None:
        before = Record(table.record.turns[:-1])
        if left := last_call(table.session, before, table.record.turns[-1]):
            told[len(table.spoken())] = left
            named.append(summariser(table.session, table.record))

    while not isinstance(step := table.step, Close):
        if (steering := steered.pop(len(table.spoken()), None)) is not None:
            table.steer(steering)
        else:
            if isinstance(step, Summarise) and named:
                assert step.persona == named[-1], "whoever was named sums up"
            table.take(step)
        note()
    assert told == calls


def test_more_turns_take_the_wrap_up_back():
    table = table_with(turns=10, wrap_up=3)
    table.say("Aino")
    table.steer(WrapUpCalled(), TurnsChanged(turns=20))
    assert not is_wrapping_up(table.session, table.record)
    assert turns_left(table.session, table.record) == 19


def test_fewer_turns_than_were_taken_end_the_discussion():
    table = table_with(turns=10)
    for _ in range(4):
        table.say(table.speaker)
    table.steer(TurnsChanged(turns=2))
    assert isinstance(table.step, Summarise)
