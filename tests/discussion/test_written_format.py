"""The format that docs/formats.md shows how to write, taken out of the document and played."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.record import Record
from bot.discussion.model.steerings import SeatAdded, TurnSkipped, WrapUpCalled
from bot.discussion.moderation.formats import table as formats
from bot.discussion.moderation.formats.format import Format
from bot.discussion.moderation.moderator import next_step
from bot.discussion.moderation.steps import Open, Speak, Summarise
from tests.support.recorded_table import CAST, QUESTIONS, RecordedTable, names, persona

EXAMPLES = re.findall(
    r"```python\n(.*?)```", (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8"), re.DOTALL
)


@pytest.fixture
def table() -> RecordedTable:
    """A quick round."""
    return RecordedTable(dials=Dials(format="quick", turns=20))


@pytest.fixture(autouse=True)
def quick() -> Iterator[None]:
    """The format, with its row in the table as the document writes it."""
    module, row = EXAMPLES
    written = ModuleType("quick")
    exec(compile(module, "docs/formats.md", "exec"), written.__dict__)
    place = {**vars(formats), "QuickRound": written.QuickRound}
    exec(compile(row, "docs/formats.md", "exec"), place)
    with patch.object(formats, "FORMATS", place["FORMATS"]):
        yield


def format_at(table: RecordedTable) -> Format:
    return formats.format_of(table.session)


def test_everybody_speaks_once_and_one_sums_up(table: RecordedTable) -> None:
    steps = table.play()
    assert steps[0] == Open(QUESTIONS[0])
    assert names(steps) == [p.name for p in CAST]
    assert [type(step) for step in steps[1:]] == [*[Speak] * len(CAST), Summarise]
    for length, step in enumerate(steps):
        assert next_step(table.session, Record(table.record.turns[:length])) == step


def test_what_is_steered_at_it(table: RecordedTable) -> None:
    for _ in range(2):
        table.take(table.step)
    table.steer(SeatAdded(persona=persona("Zuri")), TurnSkipped(name="Ravi"))
    assert table.speaker == "Mira"
    assert format_at(table).turns_in_all(table.session, table.record) == len(CAST)
    table.steer(WrapUpCalled())
    assert isinstance(table.step, Summarise)
    refused = "At a quick round everybody speaks once, in the order in which they sit."
    assert format_at(table).refusal("length", table.session, table.record) == refused
    assert format_at(table).refusal("skip", table.session, table.record) is None
