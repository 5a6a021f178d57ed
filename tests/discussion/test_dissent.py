"""Whose turn it is to argue the other side."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discussion.model.steerings import FloorGiven, QuestionPut, SeatAdded, SeatRemoved
from bot.discussion.moderation.steps import Close, Speak
from tests.support.recorded_table import RecordedTable, persona, table_of

ABC = ("Ada", "Ben", "Cai")


def asked_to_dissent(table: RecordedTable, *, guests: bool = False) -> list[str]:
    """Play to the end. Out: who was asked to argue the other side, in order."""
    asked, dice = [], Random(table.seed)
    said = [*[f"{p.name}, well?" for p in table.cast], "Indeed.", ""]
    while not isinstance(step := table.step, Close):
        if isinstance(step, Speak):
            if step.cue.dissent:
                asked.append(step.persona.name)
                assert not step.cue.wrap_up
                assert (step.cue.answer_to, step.cue.ask) == (None, None)
            if guests and dice.random() < 0.2:
                table.guest(f"{dice.choice(table.cast).name}, why?")
        table.take(table.step, lambda step, number: dice.choice(said))
    return asked


@settings(max_examples=60, deadline=None)
@given(
    size=st.integers(1, 5),
    seed=st.integers(),
    every=st.sampled_from([0.5, 1, 2, 3]),
    floor=st.sampled_from(["natural", "round_robin", "random", "moderator"]),
)
def test_everybody_is_asked_before_anybody_is_asked_twice(size: int, seed: int, every: float, floor: str):
    table = table_of(*[f"P{n}" for n in range(size)], seed=seed, turns=50, dissent_every=every, floor=floor)
    asked = asked_to_dissent(table)
    assert asked or size == 1
    rounds = [asked[i : i + size] for i in range(0, len(asked), size)]
    assert all(len(set(one)) == len(one) for one in rounds)


@settings(max_examples=30, deadline=None)
@given(st.integers())
def test_with_nought_nobody_ever_is(seed: int):
    assert asked_to_dissent(table_of(*ABC, seed=seed, turns=40, dissent_every=0), guests=True) == []


def test_alone_nobody_argues_with_themselves():
    assert asked_to_dissent(table_of("Ada", turns=20, dissent_every=1)) == []


def test_about_one_turn_in_so_many_is_a_dissent():
    turns = dissents = 0
    for seed in range(60):
        table = table_of(*ABC, seed=seed, turns=6, wrap_up=1, topic_every=1000, dissent_every=4, ask_every=1000)
        dissents += len(asked_to_dissent(table))
        turns += 4  # less the first on the question and the wrap-up
    assert 0.12 < dissents / turns < 0.3


def dissents(table: RecordedTable) -> bool:
    assert table.speaker
    assert isinstance(table.step, Speak)
    return table.step.cue.dissent


def table_at_odds(*, turns: int = 200, **dials: float) -> RecordedTable:
    table = table_of(*ABC, seed=1, turns=turns, topic_every=1000, dissent_every=1, **dials)
    table.say("Ada")
    return table


def test_a_new_question_has_no_other_side_yet():
    table = table_at_odds()
    assert dissents(table)
    table.steer(QuestionPut(question="And then?"))
    assert not dissents(table)


def test_a_guest_is_answered_first_and_a_persona_is_not():
    table = table_at_odds(ask_every=1)
    table.guest("Ben, why?")
    assert not dissents(table)
    assert isinstance(table.step, Speak)
    assert table.step.cue.answer_to == "Zoe"
    table = table_at_odds(ask_every=1)
    table.say("Ben", "Cai, well?")
    assert table.speaker == "Cai"
    assert dissents(table)
    assert isinstance(table.step, Speak)
    assert (table.step.cue.answer_to, table.step.cue.ask) == (None, None)


def test_while_the_table_wraps_up_nobody_opens_another_side():
    assert not dissents(table_at_odds(turns=4, wrap_up=3))


@pytest.mark.parametrize("text", ["", "No."])
def test_a_draft_that_came_to_nothing_counts_as_asked(text: str):
    table = table_at_odds()
    table.say("Ben", text, dissent=True)
    table.say("Ada", dissent=True)
    assert table.speaker == "Cai"
    assert dissents(table)
    table.steer(FloorGiven(name="Ben"))
    assert not dissents(table)


def test_who_joins_is_asked_before_the_others_are_again_and_who_leaves_holds_nobody_up():
    table = table_at_odds()
    for name in ("Ben", "Ada"):
        table.say(name, dissent=True)
    table.steer(SeatAdded(persona=persona("Dov")), SeatRemoved(name="Cai"))
    table.say("Ada", "Ben, well?")
    assert (table.speaker, dissents(table)) == ("Ben", False)
    table.say("Ben", "Dov, well?")
    assert (table.speaker, dissents(table)) == ("Dov", True)
    table.say("Dov", "Ben, well?", dissent=True)
    assert (table.speaker, dissents(table)) == ("Ben", True)
