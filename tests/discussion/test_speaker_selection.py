"""Who speaks next."""

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discussion.model.record import Record, Turn
from bot.discussion.model.steerings import (
    Compaction,
    FloorGiven,
    Muted,
    SeatAdded,
    SeatRemoved,
    TurnSkipped,
    WrapUpCalled,
)
from bot.discussion.moderation.moderator import next_step, still_fits
from bot.discussion.moderation.speaker_selection import person_to_ask, summariser
from bot.discussion.moderation.steps import Close, Speak
from tests.support.recorded_table import QUESTIONS, RecordedTable, persona, table_of

ABC = ("Ada", "Ben", "Cai")


# --- addresses ---


def test_whoever_is_addressed_speaks_next():
    for seed in range(20):
        table = table_of(*ABC, seed=seed)
        table.say("Ada", "Cai, what do you say?")
        assert table.speaker == "Cai"


def test_a_guests_reply_to_a_persona_addresses_that_persona():
    for seed in range(20):
        table = table_of(*ABC, seed=seed)
        table.say("Ada", "Ben, what do you say?")
        table.guest("That is wrong.", reply_to="Ada")
        assert table.speaker == "Ada"  # even twice in a row: a guest asked for it


def test_guests_win_over_personas_and_the_latest_guest_over_the_others():
    table = table_of(*ABC)
    table.guest("Ben, why?")
    table.guest("Cai, why?")
    table.guest("I have no idea.")
    table.say("Ada", "Ben, what do you say?", heard=1)
    assert table.speaker == "Cai"


def test_a_guest_who_spoke_while_a_persona_was_composing_is_not_lost():
    table = table_of(*ABC)
    table.guest("Cai, why?")  # turn 2
    table.say("Ada", "Ben, what do you say?", heard=1)  # was composed before it
    assert table.speaker == "Cai"
    table.say("Cai", "Because.")
    assert table.speaker == "Ben"  # Ada's word to Ben was heard by Cai; the pool holds only Ben


def test_a_guest_whom_the_last_speaker_had_heard_steers_no_more():
    table = table_of(*ABC)
    table.guest("Cai, why?")
    table.say("Cai", "Ada, tell them.")
    assert table.speaker == "Ada"


def test_a_deleted_message_addresses_nobody():
    table = table_of(*ABC)
    turn = table.guest("Cai, why?")
    table.record.amend(turn.seq, text="")
    step = table.step
    assert isinstance(step, Speak)
    assert step.cue.answer_to is None


def test_a_withheld_turn_addresses_nobody():
    table = table_of(*ABC)
    table.say("Ben")
    table.say("Cai", "Ben, well?", withheld=True)
    assert table.speaker == "Ada"  # the pool's last


def test_a_guest_named_like_a_persona_can_still_address_it():
    table = table_of(*ABC)
    table.say("Ada")
    table.guest("Cai, why?", name="Cai")
    assert table.speaker == "Cai"


def test_an_address_to_somebody_who_may_not_speak_makes_way_for_the_next():
    table = table_of(*ABC)
    table.steer(Muted(name="Cai"))
    table.guest("Ben, why?")
    table.guest("Cai, why?")
    step = table.step
    assert isinstance(step, Speak)
    assert (step.persona.name, step.cue.answer_to) == ("Ben", "Zoe")


def test_the_addressee_is_told_who_asked():
    table = table_of(*ABC)
    table.say("Ada", "Cai, well?")
    step = table.step
    assert isinstance(step, Speak)
    assert step.cue.answer_to == "Ada"


# --- the pool ---


def test_an_addressee_leaves_the_pool():
    for seed in range(20):
        table = table_of(*ABC, seed=seed)
        table.say("Ada", "Ben, what do you say?")
        table.say("Ben")
        assert table.speaker == "Cai"


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 6), st.integers(), st.integers(1, 40))
def test_without_addresses_everybody_speaks_once_before_anybody_speaks_again(size: int, seed: int, turns: int):
    table = table_of(*[f"P{n}" for n in range(size)], seed=seed, turns=turns)
    table.play()
    said = table.spoken()
    assert len(said) == turns
    rounds = [said[i : i + size] for i in range(0, len(said), size)]
    assert all(len(set(one)) == len(one) for one in rounds)
    assert all(a != b for a, b in pairwise(said))


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 5), st.integers())
def test_whatever_personas_say_nobody_is_silent_for_long_and_nobody_speaks_twice_in_a_row(size: int, seed: int):
    cast = [f"P{n}" for n in range(size)]
    table = table_of(*cast, seed=seed, turns=60)
    said = [*[f"{name}, well?" for name in cast], "Indeed."]
    dice = Random(seed)
    table.play(lambda step, number: dice.choice(said))
    said = table.spoken()
    assert all(a != b for a, b in pairwise(said))
    # At the worst two of them keep the floor for four turns before each draw.
    stretch = 5 * 2 * size
    assert all(set(cast) == set(said[i : i + stretch]) for i in range(len(said) - stretch))


def test_different_seeds_give_different_orders():
    orders = set()
    for seed in range(20):
        table = table_of(*ABC, seed=seed, turns=6)
        table.play()
        orders.add(tuple(table.spoken()))
    assert len(orders) > 5


def test_alone_at_the_table_one_goes_on_speaking():
    table = table_of("Ada", turns=3)
    table.play()
    assert table.spoken() == ["Ada", "Ada", "Ada"]


# --- duels ---


def duel(table: RecordedTable, turns: int) -> None:
    for number in range(turns):
        table.say(*[("Ada", "Ben, well?"), ("Ben", "Ada, well?")][number % 2])


def test_after_four_turns_of_a_duel_a_third_gets_the_floor_once():
    for seed in range(20):
        table = table_of(*ABC, seed=seed)
        duel(table, 3)
        assert table.speaker == "Ben"
        table.say("Ben", "Ada, well?")
        assert table.speaker == "Cai"
        table.say("Cai", "Ben, well?")
        assert table.speaker == "Ben"  # the duel is over, addresses count again


def test_the_address_is_ignored_only_once():
    for seed in range(20):
        table = table_of(*ABC, seed=seed)
        duel(table, 5)
        assert table.speaker == "Ben"


def test_a_duellist_may_call_a_third():
    for seed in range(20):
        table = table_of(*ABC, "Dov", seed=seed)
        duel(table, 3)
        table.say("Ben", "Dov, well?")
        assert table.speaker == "Dov"


def test_a_guest_may_keep_a_duel_going():
    table = table_of(*ABC)
    duel(table, 4)
    table.guest("Ada, well?")
    assert table.speaker == "Ada"


# --- steering ---


def test_the_floor_given_comes_before_everything_else_and_only_once():
    table = table_of(*ABC)
    table.say("Ada", "Ben, well?")
    table.guest("Ada, well?")
    table.steer(FloorGiven(name="Cai"))
    assert table.speaker == "Cai"
    table.say("Cai")
    assert table.speaker == "Ben"


def test_the_floor_given_to_somebody_who_left_is_void():
    table = table_of(*ABC)
    table.say("Ada", "Ben, well?")
    table.steer(FloorGiven(name="Cai"), SeatRemoved(name="Cai"))
    assert table.speaker == "Ben"


def test_a_skipped_turn_goes_to_another_and_stops_no_clock():
    for seed in range(20):
        table = table_of(*ABC, seed=seed)
        step = table.step
        assert isinstance(step, Speak)
        table.steer(TurnSkipped(name=step.persona.name))
        after = table.step
        assert isinstance(after, Speak)
        assert after.persona != step.persona
        assert after.cue.turns_left == step.cue.turns_left


def test_who_was_skipped_leaves_the_pool():
    for seed in range(20):
        table = table_of(*ABC, seed=seed)
        table.steer(TurnSkipped(name="Ada"))
        table.say("Ben")
        assert table.speaker == "Cai"


def test_a_skipped_addressee_is_not_called_again_by_the_same_address():
    table = table_of(*ABC)
    table.say("Ada", "Ben, well?")
    table.steer(TurnSkipped(name="Ben"))
    assert table.speaker == "Cai"


def test_a_skip_takes_the_given_floor_back():
    table = table_of(*ABC)
    table.say("Ada")
    table.say("Ben")
    table.steer(FloorGiven(name="Ada"), TurnSkipped(name="Ada"))
    assert table.speaker != "Ada"


def test_the_muted_get_no_turns_until_they_may_speak_again():
    table = table_of(*ABC, turns=20)
    table.steer(Muted(name="Ben"))
    for _ in range(8):
        table.say(table.speaker, "Ben, well?")
    assert set(table.spoken()) == {"Ada", "Cai"}
    table.steer(Muted(name="Ben", muted=False))
    table.play()
    assert "Ben" in table.spoken()


def test_who_leaves_gets_no_turns_and_who_joins_gets_one_soon():
    table = table_of(*ABC, turns=12)
    table.say("Ada")
    table.steer(SeatRemoved(name="Ben"), SeatAdded(persona=persona("Dov")))
    table.play()
    assert "Ben" not in table.spoken()
    assert "Dov" in table.spoken()[:4]


def test_with_nobody_left_to_speak_the_table_closes():
    table = table_of("Ada")
    table.steer(Muted(name="Ada"))
    assert table.step == Close()


# --- asking for an opinion ---


def test_one_turn_in_so_many_asks_another_for_an_opinion():
    asked = 0
    for seed in range(400):
        table = table_of(*ABC, seed=seed, ask_every=4)
        ask = person_to_ask(table.session, table.record, table.cast[0])
        assert ask is None or ask.name in ("Ben", "Cai")
        asked += ask is not None
    assert 60 < asked < 140


def test_alone_there_is_nobody_to_ask():
    table = table_of("Ada", ask_every=1)
    assert person_to_ask(table.session, table.record, table.cast[0]) is None


# --- the summary ---


@pytest.mark.parametrize(
    ("said", "sums_up"),
    [
        (["Ada", "Ben", "Cai", "Cai"], "Cai"),
        (["Cai", "Ben", "Ada"], "Ada"),  # a tie: earlier in the cast
        (["Cai", "Ben", "Cai", "Ben"], "Ben"),
        ([], None),
    ],
)
def test_the_persona_with_the_most_turns_sums_up(said: list[str], sums_up: str | None):
    table = table_of(*ABC)
    for name in said:
        table.say(name)
    persona = summariser(table.session, table.record)
    assert (persona.name if persona else None) == sums_up


def test_passes_and_withheld_turns_make_nobody_the_most_talkative():
    table = table_of(*ABC)
    table.say("Cai", "")
    table.say("Cai", "Spam.", withheld=True)
    table.say("Ben")
    persona = summariser(table.session, table.record)
    assert persona
    assert persona.name == "Ben"


def test_somebody_who_left_does_not_sum_up():
    table = table_of(*ABC)
    table.say("Cai")
    table.steer(SeatRemoved(name="Cai"))
    persona = summariser(table.session, table.record)
    assert persona
    assert persona.name == "Ada"


# --- passes ---


def test_a_pass_uses_the_clock_and_the_pool():
    table = table_of(*ABC, turns=10)
    table.say("Ada", "")
    step = table.step
    assert isinstance(step, Speak)
    assert step.cue.turns_left == 9
    table.say("Ben")
    assert table.speaker == "Cai"


def test_a_withheld_turn_uses_the_clock():
    table = table_of(*ABC, turns=10)
    table.say("Ada", "Spam.", withheld=True)
    step = table.step
    assert isinstance(step, Speak)
    assert step.cue.turns_left == 9


# --- committing a draft ---


def test_a_draft_fits_unless_somebody_steered_or_changed_what_it_had_read():
    table = table_of(*ABC)
    guest = table.guest("Hello.")
    heard, revision = table.record.last_seq, table.record.revision
    table.guest("And good evening.")
    table.steer(Compaction(upto=1, gist="Earlier."))
    assert still_fits(table.session, table.record, heard=heard, revision=revision)
    table.record.amend(guest.seq, text="")
    assert not still_fits(table.session, table.record, heard=heard, revision=revision)
    revision = table.record.revision
    table.steer(WrapUpCalled())
    assert not still_fits(table.session, table.record, heard=heard, revision=revision)


def test_a_draft_does_not_fit_once_the_guest_who_was_asked_has_answered():
    table = table_of(*ABC)
    table.record.append(Turn(table.record.last_seq + 1, "guest", "Zoe", "Hello.", message_id=1, author_id=7))
    table.say("Ada", "Zoe, what would you do?")

    def fits(heard: int) -> bool:
        return still_fits(table.session, table.record, heard=heard, revision=table.record.revision)

    asked = table.record.last_seq
    table.record.append(Turn(asked + 1, "guest", "Yan", "Me too.", message_id=2, author_id=8))
    assert fits(asked), "another one's word it need not have heard"
    table.record.append(Turn(asked + 2, "guest", "Zoe", "I would tar it.", message_id=3, author_id=7))
    assert not fits(asked)
    assert not fits(asked + 1)
    assert fits(asked + 2)
    table.record.append(Turn(asked + 3, "guest", "Zoe", "Twice.", message_id=4, author_id=7))
    assert fits(asked + 2), "the answer it has heard"


# --- replay ---


@pytest.mark.parametrize("seed", range(25))
def test_a_record_replayed_turn_by_turn_gives_the_decisions_it_was_made_with(seed: int):
    dice = Random(seed)
    table = table_of("Ada", "Ben", "Cai", "Dov", seed=seed, turns=15, topic_every=2)
    said = ["Ada, well?", "What would Ben do?", "Indeed.", ""]
    steerings = [FloorGiven(name="Dov"), TurnSkipped(name="Ada"), Muted(name="Cai"), SeatRemoved(name="Ben")]
    decided = []
    while not isinstance(step := table.step, Close):
        decided.append((table.record.last_seq, step))
        match dice.randrange(10):
            case 0:
                table.guest(dice.choice(["Cai, why?", "Why?", "I like Dov."]))
            case 1 if steerings:
                table.steer(steerings.pop())
            case _:
                table.take(step, lambda step, number: dice.choice(said))
    for length, step in decided:
        rebuilt = Record(list(table.record.turns[:length]))
        assert next_step(table.session, rebuilt) == step


def test_questions_are_not_needed_for_the_floor():
    """The floor only looks at who spoke: another question changes nobody's turn."""
    orders = []
    for questions in (QUESTIONS, ("Only one?",)):
        table = RecordedTable(questions=questions, seed=7)
        table.play()
        orders.append(table.spoken())
    assert orders[0] == orders[1]
