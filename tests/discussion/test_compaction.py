"""What is dropped from a transcript that no longer fits, and the gist that stands for it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.discussion.model.steerings import QuestionPut
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
