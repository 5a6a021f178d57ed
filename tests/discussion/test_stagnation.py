"""A table that gets nowhere: its passes, its agreements (a new angle is asked for), its circles (the next question)."""

from typing import Any

import pytest

from bot.discussion.model.steerings import QuestionPut, TurnsChanged
from bot.discussion.moderation.agenda import turns_left
from bot.discussion.moderation.stagnation import in_vain
from bot.discussion.moderation.steps import Open, Speak, WrapUp
from tests.support.recorded_table import QUESTIONS, RecordedTable, table_of

AGREEMENTS = {
    "Ada": "I agree. The roof needs tar before the winter comes.",
    "Ben": "Exactly, Ada. My barn was tarred in May and it holds.",
    "Cia": "Quite right. Nobody sleeps well under a wet ceiling.",
}


def quiet_table(**dials: Any) -> RecordedTable:
    """A table that would hardly ever move on, or ask for an opinion, by chance."""
    quiet: dict[str, Any] = {"topic_every": 1e9, "ask_every": 1e9}
    return table_of("Ada", "Ben", "Cia", **(quiet | dials))


def cue_of(table: RecordedTable):
    step = table.step
    assert isinstance(step, Speak)
    return step.cue


def test_three_openings_that_only_agree_ask_for_a_new_angle():
    table = quiet_table()
    for count, (name, text) in enumerate(AGREEMENTS.items()):
        assert not cue_of(table).new_angle, count
        table.say(name, text)
    assert cue_of(table).new_angle
    table.say("Ada", "No: tar is dear, and slate would last.")
    assert not cue_of(table).new_angle


def test_what_is_not_a_row_of_agreements():
    for texts in (
        ["I agree.", "Exactly, but tar is dear.", "Quite right."],
        ["I agree.", "Who tars it?", "Quite right."],
    ):
        table = quiet_table()
        for name, text in zip(AGREEMENTS, texts, strict=True):
            table.say(name, text)
        assert not cue_of(table).new_angle


def test_passes_and_withheld_turns_are_not_heard_and_do_not_count():
    table = quiet_table()
    for name, text in AGREEMENTS.items():
        table.say(name, "")
        table.say("Ada", "No!", withheld=True)
        table.say(name, text)
    assert cue_of(table).new_angle


def circle(table: RecordedTable, turns: int) -> None:
    for number in range(turns):
        table.say(("Ada", "Ben", "Cia")[number % 3], "The roof leaks and somebody should mend the roof.")


def test_a_table_with_nothing_new_to_say_moves_on():
    table = quiet_table()
    circle(table, 3)  # the first of them was new
    assert isinstance(table.step, Speak)
    circle(table, 1)
    assert table.step == Open(QUESTIONS[1])


def test_on_a_new_question_it_is_given_time_again():
    table = quiet_table()
    circle(table, 4)
    table.steer(QuestionPut(question=QUESTIONS[1]))
    circle(table, 2)
    assert isinstance(table.step, Speak)
    circle(table, 1)
    assert table.step == Open(QUESTIONS[2])


@pytest.mark.parametrize("questions", [QUESTIONS[:1], QUESTIONS[:2]])
def test_on_its_last_question_a_table_goes_deeper_and_then_wraps_up_early(questions: tuple[str, ...]):
    table = quiet_table(turns=30, dissent_every=0)
    table.questions = questions
    if len(questions) > 1:
        circle(table, 4)
        table.take(table.step)
        circle(table, 2)
    else:
        circle(table, 3)  # the first of them was new
    assert not cue_of(table).deeper
    circle(table, 1)
    for _ in range(3):
        assert cue_of(table).deeper
        circle(table, 1)
    assert table.step == WrapUp()
    table.take(table.step)
    assert turns_left(table.session, table.record) == 3
    assert not cue_of(table).deeper


def test_whoever_has_a_table_go_on_is_not_told_at_once_that_it_has_run_dry():
    table = quiet_table(turns=30)
    table.questions = QUESTIONS[:1]
    circle(table, 7)
    table.take(table.step)
    table.steer(TurnsChanged(turns=40))
    circle(table, 5)
    assert isinstance(table.step, Speak)
    circle(table, 1)
    assert table.step == WrapUp()


def test_one_turn_that_brings_something_new_is_enough_to_stay():
    table = quiet_table()
    circle(table, 3)
    table.say("Ben", "My grandmother kept bees up there, and honey ran down the wall each June.")
    circle(table, 2)
    assert isinstance(table.step, Speak)


def test_guards_that_are_turned_off_do_nothing():
    table = quiet_table(guards="empty,repeat")
    circle(table, 6)
    for name, text in AGREEMENTS.items():
        table.say(name, text)
    assert not cue_of(table).new_angle
    circle(table, 6)
    assert isinstance(table.step, Speak)


def test_no_new_question_while_wrapping_up():
    table = quiet_table(turns=6)
    circle(table, 4)
    assert isinstance(table.step, Speak)


def test_turns_in_vain_are_counted_until_somebody_is_heard():
    table = quiet_table()
    counts: list[int] = []
    for text in ["", "", "Well.", "", "Spam.", ""]:
        table.say("Ada", text, withheld=text == "Spam.")
        table.guest("Go on!")  # a guest does not break the row
        counts.append(len(in_vain(table.record)))
    assert counts == [1, 2, 0, 1, 2, 3]
