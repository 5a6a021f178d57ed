"""The other turn orders: in turn, by lot, and as the model chooses."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discussion.model.dials import TurnOrder
from bot.discussion.model.record import Record
from bot.discussion.model.steerings import (
    Compaction,
    FloorChosen,
    FloorGiven,
    Muted,
    QuestionPut,
    SeatAdded,
    SeatRemoved,
    TurnSkipped,
)
from bot.discussion.moderation.moderator import next_step, still_fits
from bot.discussion.moderation.steps import Choose, Close, Speak
from bot.discussion.prompts.prompt import build_prompt, transcript
from bot.discussion.prompts.selector_prompt import CHOICE_TOKENS, read_selection, selector_prompt
from tests.support.recorded_table import AINO, CAST, MIRA, RAVI, RecordedTable, persona, table_of

ABC = ("Ada", "Ben", "Cai")
OTHERS = ("round_robin", "random", "moderator")


def speak_step(table: RecordedTable) -> Speak:
    """The next turn, on the question that comes first if one does."""
    assert table.speaker
    step = table.step
    assert isinstance(step, Speak), step
    return step


# --- at every table ---


@pytest.mark.parametrize("floor", OTHERS)
def test_who_is_given_the_floor_speaks_next_at_any_table(floor: str):
    for name in ABC:
        table = table_of(*ABC, floor=floor)
        table.say("Ada")
        table.steer(FloorGiven(name=name))
        assert table.speaker == name


@pytest.mark.parametrize("floor", OTHERS)
def test_whom_a_guest_calls_on_answers_next_at_any_table(floor: str):
    for name in ABC:
        table = table_of(*ABC, floor=floor)
        table.say("Ada")
        table.guest(f"{name}, why?")
        assert (table.speaker, speak_step(table).cue.answer_to) == (name, "Zoe")


@pytest.mark.parametrize("floor", OTHERS)
def test_with_nobody_left_to_speak_any_table_closes(floor: str):
    table = table_of("Ada", floor=floor)
    table.steer(Muted(name="Ada"))
    assert table.step == Close()


@pytest.mark.parametrize("floor", OTHERS)
def test_alone_one_goes_on_speaking_at_any_table(floor: str):
    table = table_of("Ada", floor=floor, turns=3)
    table.play()
    assert table.spoken() == ["Ada"] * 3


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(OTHERS), st.integers(2, 5), st.integers())
def test_whatever_personas_say_nobody_speaks_twice_in_a_row_at_any_table(floor: str, size: int, seed: int):
    cast = [f"P{n}" for n in range(size)]
    table, dice = table_of(*cast, floor=floor, seed=seed, turns=30), Random(seed)
    table.play(lambda step, number: dice.choice([*[f"{name}, well?" for name in cast], "Indeed."]))
    assert all(a != b for a, b in pairwise(table.spoken()))


@pytest.mark.parametrize("floor", ["natural", *OTHERS])
@pytest.mark.parametrize("seed", range(8))
def test_any_turn_order_replays_from_the_record_alone(floor: str, seed: int):
    dice = Random(seed)
    table = table_of(*ABC, "Dov", seed=seed, turns=25, topic_every=3, floor=floor, dissent_every=2)
    said = ["Ada, well?", "What would Ben do?", "Indeed.", ""]
    steerings = [FloorGiven(name="Dov"), TurnSkipped(name="Ada"), Muted(name="Cai"), SeatRemoved(name="Ben")]
    decided = []
    while not isinstance(step := table.step, Close):
        decided.append((table.record.last_seq, step))
        match dice.randrange(8), step:
            case 0, _:
                table.guest(dice.choice(["Cai, why?", "Why?", "I like Dov."]))
            case 1, _ if steerings:
                table.steer(steerings.pop())
            case _, Choose(among):
                table.steer(FloorChosen(name=dice.choice([None, *(p.name for p in among)])))
            case _:
                table.take(step, lambda step, number: dice.choice(said))
    for length, step in decided:
        assert next_step(table.session, Record(list(table.record.turns[:length]))) == step


@pytest.mark.parametrize("floor", ["round_robin", "random"])
def test_where_an_address_does_not_count_the_addressee_is_told_only_when_it_is_their_turn(floor: str):
    answered = 0
    for seed in range(30):
        table = table_of(*ABC, seed=seed, floor=floor, dissent_every=0)
        table.say("Ada", "Cai, well?")
        step = speak_step(table)
        assert step.cue.answer_to == ("Ada" if step.persona.name == "Cai" else None)
        assert step.cue.ask is None  # whoever is asked would not answer
        answered += step.persona.name == "Cai"
    assert answered < 30


# --- in turn ---


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.integers(), st.integers(1, 30))
def test_a_round_robin_goes_round_in_seating_order(size: int, seed: int, turns: int):
    cast = [f"P{n}" for n in range(size)]
    table = table_of(*cast, seed=seed, turns=turns, floor="round_robin", guards="none")
    table.play(lambda step, number: f"P{number % size}, well?")
    assert table.spoken() == [cast[n % size] for n in range(turns)]


def test_a_round_robin_passes_over_the_muted_the_skipped_and_who_has_left():
    table = table_of(*ABC, "Dov", floor="round_robin")
    table.steer(Muted(name="Ben"))
    table.say("Ada")
    assert table.speaker == "Cai"
    table.steer(TurnSkipped(name="Cai"))
    assert table.speaker == "Dov"
    table.say("Dov")
    table.steer(SeatRemoved(name="Dov"))
    assert table.speaker == "Ada"  # Dov's empty chair still tells where the round has got to


def test_who_joins_sits_at_the_end_and_who_comes_back_does_too():
    table = table_of(*ABC, floor="round_robin")
    table.steer(SeatAdded(persona=persona("Dov")), SeatRemoved(name="Ada"), SeatAdded(persona=persona("Ada")))
    for name in ("Ben", "Cai", "Dov", "Ada", "Ben"):
        assert table.speaker == name
        table.say(name)


def test_a_round_robin_goes_on_behind_whom_a_guest_called_on():
    table = table_of(*ABC, floor="round_robin")
    table.say("Ada")
    table.guest("Cai, why?")
    table.say("Cai")
    assert table.speaker == "Ada"


# --- by lot ---


def test_by_lot_anyone_but_the_last_speaker_may_be_next():
    after_ada = set()
    for seed in range(60):
        table = table_of(*ABC, "Dov", seed=seed, floor="random")
        table.say("Ben", "Cai, well?")
        table.say("Ada", "Cai, well?")
        after_ada.add(table.speaker)
    assert after_ada == {"Ben", "Cai", "Dov"}


def test_by_lot_a_skipped_turn_goes_to_a_third():
    for seed in range(20):
        table = table_of(*ABC, seed=seed, floor="random")
        table.say("Ada")
        table.steer(TurnSkipped(name="Ben"))
        assert table.speaker == "Cai"


def test_by_lot_of_two_the_skipped_ones_turn_goes_back():
    table = table_of("Ada", "Ben", floor="random")
    table.say("Ada")
    table.steer(TurnSkipped(name="Ben"))
    assert table.speaker == "Ada"


# --- as the model chooses ---


def choosing_table() -> RecordedTable:
    table = table_of(*ABC, floor="moderator")
    table.say("Ada", "Ben, well?")
    return table


def among(table: RecordedTable) -> list[str]:
    step = table.step
    assert isinstance(step, Choose), step
    return [p.name for p in step.among]


def test_the_model_is_asked_before_each_turn_and_its_choice_speaks():
    table = choosing_table()
    assert among(table) == ["Ben", "Cai"]
    table.steer(FloorChosen(name="Cai"))
    assert table.speaker == "Cai"
    assert speak_step(table).cue.answer_to is None  # Ada spoke to Ben
    table.say("Cai")
    assert among(table) == ["Ada", "Ben"]


def test_where_the_answer_names_nobody_the_table_goes_on_as_a_natural_one():
    table = choosing_table()
    table.steer(FloorChosen(name=None))
    assert table.speaker == "Ben"
    assert speak_step(table).cue.answer_to == "Ada"


def test_a_choice_is_overruled_by_a_guest_and_by_the_floor_given():
    table = choosing_table()
    table.steer(FloorChosen(name="Cai"))
    table.guest("I see.")
    assert table.speaker == "Cai"
    table.guest("Ben, why?")
    assert table.speaker == "Ben"
    table.steer(FloorGiven(name="Ada"))
    assert table.speaker == "Ada"


def test_no_choice_is_asked_for_where_people_have_decided_or_only_one_is_left():
    table = choosing_table()
    table.guest("Cai, why?")
    assert table.speaker == "Cai"
    table = choosing_table()
    table.steer(FloorGiven(name="Cai"))
    assert table.speaker == "Cai"
    table = table_of("Ada", "Ben", floor="moderator")
    table.say("Ada")
    assert table.speaker == "Ben"


def test_a_skip_asks_anew_without_the_one_who_was_skipped():
    table = table_of(*ABC, "Dov", floor="moderator")
    table.say("Ada")
    table.steer(FloorChosen(name="Cai"), TurnSkipped(name="Cai"))
    assert among(table) == ["Ben", "Dov"]
    table.steer(TurnSkipped(name="Dov"))
    assert table.speaker == "Ben"


@pytest.mark.parametrize("steering", [QuestionPut(question="And then?"), SeatRemoved(name="Cai"), Muted(name="Cai")])
def test_after_people_have_steered_the_model_is_asked_anew(steering: QuestionPut | SeatRemoved | Muted):
    table = table_of(*ABC, "Dov", floor="moderator")
    table.say("Ada")
    table.steer(FloorChosen(name="Cai"), steering)
    assert isinstance(table.step, Choose)


def test_a_compaction_leaves_the_choice_alone():
    table = choosing_table()
    table.steer(FloorChosen(name="Cai"), Compaction(upto=2, gist="Earlier."))
    assert table.speaker == "Cai"


def test_a_choice_made_meanwhile_does_no_harm_to_a_draft():
    table = choosing_table()
    heard, revision = table.record.last_seq, table.record.revision
    table.steer(FloorChosen(name="Cai"))
    assert still_fits(table.session, table.record, heard=heard, revision=revision)


def test_a_choice_stands_in_no_prompt():
    table = choosing_table()
    before = transcript(table.session, table.record)
    table.steer(FloorChosen(name="Cai"))
    assert transcript(table.session, table.record) == before


def test_the_prompt_for_a_choice_is_the_next_turns_but_for_its_tail():
    table = RecordedTable(context="")
    table.take(table.step)
    table.say("Tomás", "Mira, what do you say?")
    table.guest("Hear, hear!")
    asking = selector_prompt(table.session, table.record, [AINO, RAVI, MIRA])
    table.steer(FloorChosen(name="Mira"))
    turn = build_prompt(table.session, table.record, MIRA, speak_step(table).cue)
    assert asking.preamble + asking.transcript == turn.preamble + turn.transcript
    assert asking.tail.endswith("\nNext speaker:")
    assert "It is one of these: Aino, Ravi, Mira." in asking.tail
    assert "The question on the table is: Question 1?" in asking.tail
    assert len(asking.tail) < 700


def test_a_word_in_the_answer_is_no_choice():
    table = table_of("Will", "May", "Ann")
    cast = table.session.cast
    assert read_selection("I think it will be Ann, if I may.", table.session, table.record, cast) == "Ann"
    assert read_selection("Will", table.session, table.record, cast) == "Will"
    assert read_selection("may", table.session, table.record, cast) == "May"


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("Mira", "Mira"),
        (" **Dr. Kessler** (because", "Mira"),
        ("Tomás has just spoken, so: ravi", "Ravi"),
        ("professor virtanen", "Aino"),
        ("**Mira**", "Mira"),
        ("Next speaker: Mira", "Mira"),
        ("1. Mira", "Mira"),
        ("I think it will be Mira.", "Mira"),
        ("Mira (because Ravi spoke)", "Mira"),
        ("Mira, since Ravi has spoken", "Mira"),
        ("Not Ravi this time, but Mira.", "Mira"),
        ("Mira, not Ravi", "Mira"),
        ("Instead of Ravi, Mira", "Mira"),
        ("Mira rather than Ravi", "Mira"),
        ("Nicht Ravi, sondern Mira", "Mira"),
        ("Why not Mira?", "Mira"),
        ("`Mira`", "Mira"),
        ("> Mira", "Mira"),
        ("```\nMira\n```", "Mira"),
        ("Since Ravi spoke last, Mira.", "Mira"),
        ("不是Ravi，而是Mira", "Mira"),
        ("RaviではなくMira", "Mira"),
        ("Tomás", None),
        ("", None),
        ("Somebody else. Mirabelle?", None),
        ("<think>Okay, let me see", None),
    ],
)
def test_the_first_who_may_speak_of_those_named_is_the_choice(answer: str, name: str | None):
    table = RecordedTable(CAST)
    assert read_selection(answer, table.session, table.record, [AINO, RAVI, MIRA]) == name


def test_a_first_name_that_two_share_chooses_neither():
    both = (persona("Kim B", "Kim Berg"), persona("Kim L", "Kim Lund"), persona("Ada"))
    table = RecordedTable(both)
    assert read_selection("Kim", table.session, table.record, both) is None
    assert read_selection("Kim Lund", table.session, table.record, both) == "Kim L"


def test_every_name_fits_into_the_tokens_of_a_choice():
    assert max(len(p.full_name.split()) for p in CAST) * 3 <= CHOICE_TOKENS


# --- a skip ---


@pytest.mark.parametrize("floor", ["natural", "round_robin", "random", "moderator"])
@pytest.mark.parametrize("size", [2, 3, 4])
def test_after_a_skip_the_last_speaker_does_not_speak_again(floor: TurnOrder, size: int):
    """Unless nobody else is left, or a person calls on them."""
    cast = [*ABC, "Dov"][:size]
    for seed in range(12):
        table = table_of(*cast, seed=seed, floor=floor)
        for _ in range(seed % 5):
            table.say(who_is_next(table))
        table.say(last := who_is_next(table))
        for skips in range(1, size + 2):
            skipped = who_is_next(table)
            table.steer(TurnSkipped(name=skipped))
            speaker = who_is_next(table)
            assert (speaker == last) == (size == 2 and skips % 2 == 1), (seed, skips)
            assert speaker != skipped
        table.guest(f"{last}, why?")
        assert who_is_next(table) == last
        table.steer(TurnSkipped(name=last), FloorGiven(name=last))
        assert who_is_next(table) == last


@pytest.mark.parametrize("floor", ["natural", "round_robin", "random"])
def test_whose_turn_was_not_seen_does_not_hide_who_was_last_heard(floor: TurnOrder):
    for seed in range(8):
        table = table_of(*ABC, "Dov", seed=seed, floor=floor)
        table.say("Cai")
        table.say("Dov", "")
        table.steer(TurnSkipped(name="Ada"))
        assert who_is_next(table) == "Ben"


def who_is_next(table: RecordedTable) -> str:
    while not isinstance(step := table.step, Speak):
        table.take(step)
    return step.persona.name
