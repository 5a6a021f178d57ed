"""A guest's burst is read as one turn; a guest who was asked by name is waited for."""

from dataclasses import replace

import pytest

from bot.discussion.model.bursts import GOES_ON_FLAG, as_one, bursts
from bot.discussion.model.steerings import FloorChosen, WrapUpCalled
from bot.discussion.moderation.asked_guest import asked_guest, awaited_guest
from bot.discussion.moderation.steps import Open
from bot.discussion.prompts.prompt import transcript
from bot.sessions.rate_limit import goes_on_from
from tests.support.recorded_table import RecordedTable, table_of


def writes(table: RecordedTable, text: str, *, name: str = "Zoe", author: int | None = 7, goes_on: bool = False) -> int:
    seq = table.guest(text, name=name).seq
    flags = (GOES_ON_FLAG,) if goes_on else ()
    table.record.turns[-1] = replace(table.record.turns[-1], author_id=author, message_id=seq, flags=flags)
    return seq


def lines(table: RecordedTable) -> list[str]:
    return transcript(table.session, table.record).splitlines()[1:]


def test_a_burst_is_one_line_and_what_is_changed_of_it_changes_that_part_only():
    table = table_of("Ada", "Ben")
    writes(table, "One thing.")
    second = writes(table, "Who\n“pays”?", goes_on=True)
    third = writes(table, "Not me.", goes_on=True)
    assert lines(table) == ["Zoe (guest): \"One thing. Who 'pays'? Not me.\""]
    table.record.amend(second, text="Who cares?")
    assert lines(table) == ['Zoe (guest): "One thing. Who cares? Not me."']
    table.record.amend(second, text="")
    table.record.amend(third, withheld=True)
    assert lines(table) == ['Zoe (guest): "One thing."']
    (*_, burst) = bursts(table.record)
    assert (as_one(burst).text, [t.seq for t in burst]) == ("One thing.", [2, 3, 4])


def test_what_is_no_burst():
    table = table_of("Ada", "Ben")
    writes(table, "First.")
    writes(table, "Later.")  # too late to go on with it
    writes(table, "Mine.", name="Yan", author=8, goes_on=True)
    writes(table, "By another name.", name="Luna", author=8, goes_on=True)
    table.say("Ada", "Well.")
    writes(table, "After Ada.", name="Luna", author=8, goes_on=True)
    writes(table, "Forgotten.", name="someone", author=None)
    assert len(lines(table)) == 7


def test_a_line_that_a_turn_has_read_is_never_changed():
    table = table_of("Ada", "Ben")
    writes(table, "First.")
    before = transcript(table.session, table.record)
    writes(table, "And then.", goes_on=True)
    table.say("Ada", "Well.", heard=2)  # was composed before the second
    assert transcript(table.session, table.record).startswith(before)
    assert lines(table) == ['Zoe (guest): "First."', 'Zoe (guest): "And then."', "Ada: Well."]


def test_what_the_moderator_only_notes_parts_no_burst():
    table = table_of("Ada", "Ben")
    writes(table, "First.")
    table.steer(FloorChosen(name="Ada"))
    goes_on = replace(table.record.turns[-2], seq=4, text="And then.", message_id=4)
    assert goes_on_from(table.record, goes_on)
    writes(table, "And then.", goes_on=True)
    assert lines(table) == ['Zoe (guest): "First. And then."']
    table.say("Ada", "Well.", heard=3)  # has read the first, and what was noted behind it
    assert lines(table) == ['Zoe (guest): "First."', 'Zoe (guest): "And then."', "Ada: Well."]
    table.steer(WrapUpCalled())
    assert not goes_on_from(table.record, replace(goes_on, seq=7))


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Zoe, what would you do?", True),
        ("The roof leaks. What would you do, Zoe?", True),
        ("Zoe, the roof leaks. Who would pay for it?", True),
        ("@Zoe why?", True),
        ("Zoe is right about the roof.", False),
        ("Zoe, the roof leaks.", False),
        ("Thank you, Zoe.", False),
        ("Ben, what did Zoe say?", False),
        ("Zoe, thanks. Ben, what do you say?", False),
        ("Kim, what would you do?", False),  # who has said nothing here
        ("", False),
    ],
)
def test_a_guest_who_is_asked_by_name(text: str, asks: bool):
    table = table_of("Ada", "Ben", topic_every=1, topic_least=1)
    writes(table, "Hello.", name="Zoe", author=7)
    writes(table, "Hello.", name="Yan", author=8)
    table.say("Ada", text)
    assert (asked_guest(table.session, table.record) == 7) == asks
    assert (awaited_guest(table.session, table.record) == 7) == asks
    # The moderator does not take the word from them.
    assert isinstance(table.step, Open) != asks
    writes(table, "Me too.", name="Yan", author=8)
    assert (awaited_guest(table.session, table.record) == 7) == asks
    writes(table, "I would tar it.", name="Zoe", author=7)
    assert awaited_guest(table.session, table.record) is None
    table.say("Ben", "Well.")
    assert asked_guest(table.session, table.record) is None


def test_nobody_waits_for_whom_a_persona_is_called_as_or_who_is_forgotten():
    table = table_of("Ada", "Ben")
    writes(table, "Hello.", name="Ben", author=7)  # shown as “Ben of the audience”
    table.say("Ada", "Ben, what would you do?")
    assert asked_guest(table.session, table.record) is None
    writes(table, "Hello.", name="Zoe", author=None)
    table.say("Ada", "Zoe, what would you do?")
    assert asked_guest(table.session, table.record) is None
