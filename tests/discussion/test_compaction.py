"""What is dropped from a transcript that no longer fits, and the gist that stands for it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discussion.model.dials import Dials
from bot.discussion.model.gist import gist
from bot.discussion.model.steerings import QuestionPut, TurnsChanged
from bot.discussion.moderation.steps import Close, Gather, Speak
from bot.discussion.prompts.compaction import compaction
from bot.discussion.prompts.prompt import transcript
from tests.support.recorded_table import QUESTIONS, RecordedTable, table_of

LONG = "A sentence that takes some room in the transcript. " * 4


def long_table(turns: int = 20, text: str = LONG) -> RecordedTable:
    table = table_of("Ada", "Ben", "Cai")
    for number in range(turns):
        if number == turns // 2:
            table.steer(QuestionPut(question=QUESTIONS[1]))
        table.say("Ada" if number % 2 else "Ben", f"{number}. {text}")
    table.guest("Hello!", name="Zoe")
    return table


@pytest.mark.parametrize("room", [600, 1000, 2000, 4000])
def test_a_compaction_makes_half_of_the_room_free_in_bulk(room: int):
    table = long_table()
    whole = transcript(table.session, table.record)
    drop = compaction(table.session, table.record, room=room)
    assert drop
    table.steer(drop)
    text = transcript(table.session, table.record)
    assert len(text) <= room
    gist, _, rest = text.partition("\n")
    assert whole.endswith(rest)
    assert 'Zoe (guest): "Hello!"' in rest
    assert "Earlier in the discussion" in gist
    assert "Ben" in gist
    assert len(text) <= room / 2 or rest.count("\n") <= 2


def test_the_gist_names_who_spoke_on_which_question():
    table = table_of("Ada", "Ben")
    table.say("Ada")
    table.guest("Why?", name="Zoe: (1)")
    table.say("Ada")
    table.say("Ben", "")
    table.steer(QuestionPut(question="And then?"))
    table.say("Ben")
    table.say("Ada", "A long last word. " * 30)
    drop = compaction(table.session, table.record, room=1300)
    assert drop
    assert drop.upto == 7
    assert drop.gist == (
        "Earlier in the discussion on “Question 1?” spoke Ada 2 times, Zoe 1 (guest); on “And then?” spoke Ben."
    )


def test_compactions_follow_one_another_and_the_prefix_is_stable_between_them():
    table = table_of("Ada", "Ben")
    room, before, compactions = 3000, "", 0
    for number in range(80):
        table.say("Ada" if number % 2 else "Ben", f"{number}. {LONG}")
        text = transcript(table.session, table.record)
        if len(text) > room:
            drop = compaction(table.session, table.record, room=room)
            assert drop
            table.steer(drop)
            compactions += 1
            text = transcript(table.session, table.record)
            assert len(text) <= room
        else:
            assert text.startswith(before)
        before = text
    assert 4 < compactions < 20


def test_a_single_huge_turn_is_kept_where_it_fits_and_dropped_where_it_does_not():
    table = long_table(4)
    table.say("Ada", "y" * 900)
    for room, kept in ((2000, True), (1300, True), (800, False)):
        drop = compaction(table.session, table.record, room=room)
        assert drop
        shown = RecordedTable(table.cast, record=type(table.record)(list(table.record.turns)))
        shown.steer(drop)
        text = transcript(shown.session, shown.record)
        assert len(text) <= room
        assert ("yyy" in text) is kept


@pytest.mark.parametrize("room", [0, -500, 10])
def test_without_room_for_anything_there_is_nothing_to_drop(room: int):
    table = long_table(4)
    assert compaction(table.session, table.record, room=room) is None


def test_nothing_left_to_drop():
    empty = RecordedTable()
    assert compaction(empty.session, empty.record, room=1000) is None
    table = long_table()
    drop = compaction(table.session, table.record, room=1000)
    assert drop
    table.steer(drop)
    assert compaction(table.session, table.record, room=1000) is None
    table.say("Ada", "")  # a pass holds nothing that could be dropped
    assert compaction(table.session, table.record, room=1000) is None


@settings(max_examples=120, deadline=None)
@given(st.lists(st.integers(0, 900), max_size=25), st.integers(-100, 4000))
def test_after_any_compaction_the_transcript_fits(lengths: list[int], room: int):
    table = table_of("Ada", "Ben")
    for number, length in enumerate(lengths):
        if number % 3 == 0:
            table.steer(QuestionPut(question=f"{number} " + "q" * (length // 2)))
        table.say("Ada" if number % 2 else "Ben", "z" * length)
    while drop := compaction(table.session, table.record, room=room):
        earlier = table.record.compaction()
        assert earlier is None or drop.upto > earlier.upto
        table.steer(drop)
        assert len(transcript(table.session, table.record)) <= room


# --- what stays true ---


def convened(format: str, options: tuple[str, ...] = (), **dials: object) -> RecordedTable:
    dials = {"format": format, "turns": 40} | dials
    return RecordedTable(options=options, dials=Dials.model_validate(dials))


def new_words(step: Speak, number: int) -> str:
    """As long as LONG, and nothing of it said before: a table that brings nothing new wraps up."""
    return " ".join(f"{step.persona.name.lower()}{number}x{at}" for at in range(20)) + "."


def play_on(table: RecordedTable, turns: int, *, room: int, choices: tuple[int | None, ...] = ()) -> str:
    """Have so many turns taken, in a window of `room` characters. Out: the transcript, which was compacted."""
    while len(table.record.persona_turns()) < turns:
        match table.step:
            case Gather(kind="position", among=(first, *_)) as step:
                said = f"{first.name} would wait, and see what others do. It is cheap."
                table.answer(step, first.name, said, next(iter(choices), None))
                choices = choices[1:]
            case step:
                assert not isinstance(step, Close)
                table.take(step, new_words)
        while len(transcript(table.session, table.record)) > room:
            drop = compaction(table.session, table.record, room=room)
            assert drop
            table.steer(drop)
    text = transcript(table.session, table.record)
    assert len(text) <= room
    assert "Everybody wrote down" not in text
    return text


def test_a_council_still_knows_who_was_for_what_once_its_positions_no_longer_fit():
    table = convened("council", ("yes", "no", "a second look"))
    text = play_on(table, 30, room=3000, choices=(0, 1, 0, None))
    told = (
        "Before anyone had spoken, Aino and Mira were for “yes”; Ravi was for “no”; nobody was for “a second look”.)\n"
    )
    assert text.count(told) == 1
    assert text.startswith("(Earlier in the discussion on “Question 1?” spoke ")


def test_a_council_still_knows_its_proposals():
    text = play_on(convened("council"), 30, room=3000)
    assert (
        "Before anyone had spoken, Aino proposed “Aino would wait, and see what others do. It is cheap”; Ravi " in text
    )


@pytest.mark.parametrize(
    ("room", "told"),
    [(3000, f"“{'x' * 99}1”"), (1600, f"“{'x' * 59}…”"), (1100, f"“{'x' * 29}…”"), (700, "")],
)
def test_in_a_smaller_window_options_are_shorter_and_at_last_left_out(room: int, told: str):
    options = tuple("x" * 99 + str(number) for number in range(3))
    text = play_on(convened("council", options), 30, room=room, choices=(0, 1, 1, 0))
    assert ("Before anyone had spoken, " in text) is bool(told)
    assert told in text


def test_positions_that_are_still_in_the_transcript_are_told_once():
    table = convened("council", ("yes", "no"))
    while len(table.record.persona_turns()) < 3:
        table.take(table.step)
    assert transcript(table.session, table.record).count("(yes)") == 4
    assert "Before anyone had spoken" not in gist(table.session, table.record, 1)


def test_nobody_reads_what_was_written_down_for_nobody():
    text = play_on(convened("debate"), 30, room=3000, choices=(0, 1, 0, 1))
    assert "Before anyone had spoken" not in text
    assert re.search(r"For the motion: \w+ and \w+; against it: \w+ and \w+\.\)\n", text)


def test_a_council_that_goes_on_still_knows_what_it_has_voted():
    table = convened("council", ("yes", "no"), turns=3)
    table.play()
    table.steer(TurnsChanged(turns=40, goes_on=True))
    text = play_on(table, 30, room=3000)
    assert "The table has voted. The result, with 4 of 4 votes: “yes”.)" in text
