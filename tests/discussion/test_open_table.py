"""The open table: what wakes it, how many answer, and when it is silent again."""

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.discussion.model.steerings import FloorGiven, QuestionPut, TurnsChanged, TurnSkipped, WrapUpCalled
from bot.discussion.moderation.formats.table import format_of
from bot.discussion.moderation.steps import Choose, Close, Listen, Speak, Summarise
from tests.support.recorded_table import RecordedTable, Words, persona, plain_words, table_of

CAST = ("Aino", "Ravi", "Mira", "Juno")


def open_table(*, seed: int = 1, **dials: Any) -> RecordedTable:
    made = table_of(*CAST, **{"format": "open", **dials})
    return RecordedTable(tuple(map(persona, CAST)), seed, dials=made.dials)


def answers(table: RecordedTable, words: Words = plain_words) -> list[str]:
    """Who speaks until it is silent."""
    found: list[str] = []
    while isinstance(step := table.step, Speak):
        found.append(step.persona.name)
        table.take(step, words)
    assert table.step == Listen()
    return found


def test_it_is_silent_until_somebody_talks() -> None:
    table = open_table()
    assert table.step == Listen()
    table.guest("Good morning.")
    assert answers(table)


def test_what_calls_on_nobody_has_one_answer_or_two() -> None:
    found = set[int]()
    for seed in range(20):
        table = open_table(seed=seed, open_turns=5)
        table.guest("The snow came early.")
        found.add(len(answers(table)))
    assert found == {1, 2}


def test_whom_a_guest_calls_on_answers_alone() -> None:
    table = open_table()
    table.guest("Mira, did you see the snow?")
    step = table.step
    assert isinstance(step, Speak)
    assert step.cue.answer_to == "Zoe"
    assert answers(table) == ["Mira"]


def test_everyone_who_was_called_on_answers_in_that_order() -> None:
    table = open_table()
    table.guest("Mira, did you see the snow?")
    table.guest("Aino, and you?", name="Tom")
    table.guest("Juno?", name="Kim")
    assert answers(table) == ["Mira", "Aino", "Juno"]


def test_a_speaker_who_calls_on_another_hands_over_up_to_the_most() -> None:
    def calling(step: Speak, number: int) -> str:
        other = next(name for name in CAST if name != step.persona.name and name not in table.spoken()[-1:])
        return f"{other}, what of point {number}?"

    table = open_table(open_turns=3)
    table.guest("Mira, did you see the snow?")
    assert len(answers(table, calling)) == 3


def test_what_somebody_says_further_renews_it() -> None:
    table = open_table(open_turns=1)
    for text in ("Mira, did you see the snow?", "And you, Ravi?", "Hm."):
        table.guest(text)
        assert len(answers(table)) == 1
    assert table.spoken()[:2] == ["Mira", "Ravi"]


def test_what_a_turn_had_not_heard_is_answered() -> None:
    table = open_table(open_turns=1)
    table.guest("Mira, did you see the snow?")
    table.guest("Ravi, and you?", name="Tom")
    table.say("Mira", heard=1)
    assert answers(table) == ["Ravi"]


def test_a_question_that_is_put_is_for_the_whole_table() -> None:
    table = open_table(open_turns=3)
    table.steer(QuestionPut(question="What will the winter bring?"))
    step = table.step
    assert isinstance(step, Speak)
    assert step.cue.question == "What will the winter bring?"
    assert len(set(answers(table))) == 3


def test_whoever_is_given_the_floor_speaks() -> None:
    table = open_table()
    table.steer(FloorGiven(name="Juno"))
    assert answers(table) == ["Juno"]


def test_who_asks_a_guest_by_name_leaves_them_the_floor() -> None:
    table = open_table(seed=2, open_turns=5)
    table.steer(QuestionPut(question="What will the winter bring?"))
    table.guest("Snow.")
    table.say("Aino", "Zoe, how much of it?")
    assert table.step == Listen()
    table.guest("A lot.")
    assert answers(table)


def test_what_comes_to_nothing_does_not_count_as_an_answer_but_is_not_tried_for_ever() -> None:
    table = open_table(open_turns=3)
    table.guest("Mira, did you see the snow?")
    assert len(answers(table, lambda step, number: "")) == 3


def test_who_is_passed_over_does_not_speak() -> None:
    table = open_table()
    table.guest("Mira, did you see the snow?")
    table.steer(TurnSkipped(name="Mira"))
    assert "Mira" not in answers(table)


def test_the_model_may_choose_who_speaks() -> None:
    table = open_table(floor="moderator")
    table.guest("The snow came early.")
    assert isinstance(table.step, Choose)
    table.take(table.step)
    assert isinstance(table.step, Speak)


def test_it_ends_when_people_want_it_to_and_can_go_on() -> None:
    table = open_table()
    table.guest("Mira, did you see the snow?")
    answers(table)
    table.steer(WrapUpCalled())
    assert isinstance(table.step, Summarise)
    table.take(table.step)
    assert table.step == Close()
    table.steer(TurnsChanged(turns=7, goes_on=True))
    assert table.step == Listen()
    table.guest("Is anybody there?")
    assert answers(table)
    table.steer(TurnsChanged(turns=len(table.spoken())))  # stopped, with a summary
    assert isinstance(table.step, Summarise)


def test_it_has_no_clock() -> None:
    table = open_table(turns=2)
    for _ in range(5):
        table.guest("And then?")
        answers(table)
    form = format_of(table.session)
    assert form.turns_in_all(table.session, table.record) is None
    assert form.phase(table.session, table.record) == "listening"


@given(st.integers(0, 10_000), st.integers(1, 4))
def test_it_always_falls_silent_and_answers_everyone_who_is_heard(seed: int, most: int) -> None:
    chance, table = random.Random(seed), open_table(seed=seed, open_turns=most)
    said = ["The snow came early.", "Mira, why?", "Aino and Ravi!", "Juno?"]

    def words(step: Speak, number: int) -> str:
        return chance.choice(["", f"Point {number}.", f"Ravi, what of point {number}?", f"Zoe, and {number}?"])

    for _ in range(6):
        for _ in range(chance.randint(1, 3)):
            table.guest(chance.choice(said), name=chance.choice(["Zoe", "Tom"]))
        assert 1 <= len(answers(table, words)) <= most
