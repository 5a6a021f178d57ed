"""A session that is killed at any turn and rebuilt from what is stored decides what it would have decided."""

from pathlib import Path
from random import Random

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.steerings import Compaction, Muted, SeatAdded, TurnsChanged, TurnSkipped, WrapUpCalled
from bot.discussion.moderation.moderator import next_step
from bot.discussion.moderation.steps import Close
from bot.store.models import Status, StoredSession
from bot.store.schema import now
from bot.store.store import open_store
from tests.support.recorded_table import RecordedTable, persona


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_session_rebuilt_from_its_stored_turns_goes_on_the_same_way(tmp_path: Path, seed: int):
    table, dice = RecordedTable(seed=seed, dials=Dials(turns=20)), Random(seed)
    said = ["Aino, well?", "What would Professor Virtanen do?", "Indeed.", "", "Tomás: no."]
    steerings = [
        TurnsChanged(turns=12),
        WrapUpCalled(),
        Muted(name="Mira"),
        Compaction(upto=3, gist="Earlier."),
        SeatAdded(persona=persona("Zed", creativity=0.1)),
        TurnSkipped(name="Ravi"),
    ]
    file = tmp_path / "roundtable.db"
    async with open_store(f"sqlite+aiosqlite:///{file}", file) as store:
        fresh = StoredSession(0, 1, 2, 3, 4, 5, Status.RUNNING, None, table.session, now())
        session_id = (await store.add_session(fresh, [])).id
        stored = 0
        while not isinstance(step := table.step, Close):
            for turn in table.record.after(stored):
                await store.add_turn(session_id, 2, turn)
            stored = len(table.record)
            rebuilt = await store.session(session_id)
            assert rebuilt
            assert next_step(rebuilt.session, await store.record(session_id)) == step
            if steerings and dice.random() < 0.3:
                table.steer(steerings.pop())
            elif dice.random() < 0.2:
                table.guest(dice.choice(["Ravi, why?", "I like Aino."]))
            else:
                table.take(step, lambda step, number: dice.choice(said))
    assert stored >= 10
