"""How a format and its options are chosen: names, what is wrong with them, and what a table of a format comes to."""

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.record import Record, Session
from bot.discussion.model.task import Task
from bot.discussion.moderation.formats.choosing import (
    as_format_has_it,
    first_format,
    format_fault,
    format_named,
    left_out,
    options_fault,
    options_of_format_fault,
    people_fault,
)
from bot.discussion.moderation.formats.format import WISHES, Format
from bot.discussion.moderation.formats.table import FORMATS, ROUND_TABLE
from bot.discussion.moderation.moderator import next_step
from bot.discussion.moderation.steps import Listen, Step
from tests.support.recorded_table import QUESTIONS, persona, table_of

TASK = Task(name="hall", questions=QUESTIONS, options=("yes", "no"))
SESSION = Session(TASK, (persona("Ada"), persona("Ben")), Dials(), 1)
every_format = pytest.mark.parametrize("format", FORMATS.values(), ids=[*FORMATS])


class OpenChoice(Format):
    """One that has everything a format can have of its own, and no clock."""

    name, title, about = "choice", "Open choice", "A choice"
    has_clock, has_polls, has_one_question, takes_options, needs_people = False, True, True, True, True

    def next_step(self, session: Session, record: Record) -> Step:
        return Listen()


@every_format
def test_a_format_goes_by_its_name_and_its_title_in_any_case(format: Format) -> None:
    for text in (format.name, format.title, f" {format.name.upper()}\n", format.title.replace(" ", "-")):
        assert format_named(text) is format
        assert format_fault(text) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("councl", "“councl” is no format. Did you mean council?"),
        ("round  tabel", "“round tabel” is no format. Did you mean roundtable?"),
        ("x" * 60, "“" + "x" * 39 + "…” is no format. There are: roundtable, council"),
        ("", "No format is named. There are: roundtable, council"),
    ],
)
def test_what_names_no_format(text: str, told: str) -> None:
    assert format_named(text) is None
    assert str(format_fault(text)).startswith(told)


@pytest.mark.parametrize(
    ("names", "first"),
    [
        (("council", "roundtable"), "council"),
        ((None, "", "council"), "council"),
        ((), "roundtable"),
        (("of a later version", "council"), "roundtable"),
    ],
)
def test_the_first_that_is_named_is_the_format(names: tuple[str | None, ...], first: str) -> None:
    assert first_format(*names).name == first


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("yes no", None),
        ("a b c d e f g h i j", None),
        ("", "There is no option. Name 2 to 10."),
        ("yes", "This is one option alone. Name 2 to 10."),
        ("a b c d e f g h i j k", "These are 11 options. Name up to 10."),
        ("yes no YES", "The option “YES” stands there twice. Take one of them out."),
        ("x" * 100 + " no", None),
        ("x" * 101 + " no", "The option “" + "x" * 40 + "…” has 101 characters. Keep it to 100."),
    ],
)
def test_between_what_one_can_choose(options: str, told: str | None) -> None:
    fault = options_fault(options.split())
    assert (str(fault) if fault else None) == told


def test_an_empty_option_is_told() -> None:
    assert str(options_fault(["yes", ""])) == "One of the options is empty. Write something, or take it out."


@every_format
def test_a_table_has_of_its_task_what_its_format_has_a_use_for(format: Format) -> None:
    task, dials = as_format_has_it(format, TASK, Dials(vote=True))
    assert dials.format == format.name
    assert dials.vote is not format.has_polls
    assert dials.wrap_up == (Dials().wrap_up if format.last_turns is None else format.last_turns)
    assert task.questions == (QUESTIONS[:1] if format.has_one_question else QUESTIONS)
    assert task.options == (TASK.options if format.takes_options else ())
    assert bool(left_out(format, TASK)) is format.has_one_question
    assert left_out(format, task) == ""
    assert (options_of_format_fault(format) is None) is format.takes_options


def test_how_what_is_left_out_is_told() -> None:
    council = FORMATS["council"]
    assert left_out(council, TASK) == "A council is about one question, here the first; the other 4 are left out."
    two = Task(name="hall", questions=("Why?", "How?"))
    assert left_out(council, two) == "A council is about one question, here the first; the other one is left out."
    assert left_out(council, Task(name="hall", questions=("Why?", "Why?"))) == ""


def test_what_can_not_be_had_of_a_table_is_refused_by_what_its_format_is() -> None:
    refused = {wish: OpenChoice().refusal(wish, SESSION, Record()) for wish in WISHES}
    one = "An open choice is about one question. Open another table for another one."
    assert refused == {
        **dict.fromkeys(WISHES),
        "next_question": one,
        "own_question": one,
        "length": "An open choice has no number of turns. It goes on until somebody wraps it up.",
    }
    assert not any(ROUND_TABLE.refusal(wish, SESSION, Record()) for wish in WISHES)


def test_a_format_of_a_later_version_goes_on_as_a_round_table() -> None:
    later, usual = (table_of("Ada", "Ben", format=format) for format in ("tribunal", "roundtable"))
    for table in (later, usual):
        table.say("Ada")
    assert next_step(later.session, later.record) == next_step(usual.session, usual.record)


def test_a_table_of_an_earlier_version_is_a_round_table() -> None:
    stored = Dials().model_dump(mode="json")
    del stored["format"]
    assert Dials.model_validate(stored).format == ROUND_TABLE.name


@every_format
def test_only_a_format_in_which_personas_wait_for_people_needs_guests(format: Format) -> None:
    assert bool(people_fault(format)) is format.needs_people is (format.name in ("interview", "open"))


def test_what_is_said_where_a_table_would_wait_for_guests_who_may_not_chime_in() -> None:
    assert str(people_fault(FORMATS["interview"])) == (
        "An interview is silent until people talk, and here nobody may chime in. Let everyone or a role chime in "
        "(`guests`), or choose another format: roundtable, council, debate."
    )
