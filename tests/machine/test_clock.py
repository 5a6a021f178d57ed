"""The wall clock jumps: what is waited for is measured by another clock, and ids come from Discord alone."""

import ast
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import bot
from bot.llm.endpoint import Endpoint
from bot.sessions.composing import budget
from bot.sessions.privacy import retention
from bot.store import schema, store
from bot.store.models import Status
from bot.store.store import open_store
from tests.support.discord_stand_in import Fault, stand_in
from tests.support.endpoint_stand_in import scripted_endpoint
from tests.support.rest_house import FIRST, SECOND, RestHouse
from tests.support.samples import database
from tests.support.source_trees import source_tree

DAY = 24 * 3600.0
# How the time of day can be asked for; `now` is bot.store.schema's, and the only one that the rooms share.
WALL_CLOCK = {
    *("time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.strftime"),
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "discord.utils.utcnow", "utcnow"),
    *("now", "schema.now"),
}
ASKS_THE_WALL_CLOCK = {
    "backfill.py": "the id, which is a time, behind which a standing table is read back",
    "schema.py": "it is where `now` stands",
    "store.py": "when a session ended is stored",
    "webhook_table.py": "when a webhook was made is stored",
    "new_session.py": "when a session began is stored",
    "vote_table.py": "when a vote was cast is stored, where Discord does not say it",
    "memory_queries.py": "since when something is kept of a table is stored",
    "discuss.py": "the same, in the terminal",
    "budget.py": "tokens are counted by the day (UTC), and a session has an age",
    "reopening.py": "whether a table that goes on would end at once, by its age or by what was used today",
    "trial_line.py": "what a line costs that is tried out counts for the day (UTC)",
    "opening.py": "the copy before a migration has its time in its name",
    "backup_command.py": "so have a copy, and what a restore replaces",
    "retention.py": "what is older than so many days is deleted",
    "minutes.py": "until when the minutes of a table go that is not over",
    "own_posts.py": "the same, for the figures below a summary",
    "table_files.py": "the name of a file of minutes has its date",
    "app.py": "the log tells at what time the bot goes on",
    "recovery.py": "when the next day begins; it looks again after DAY_NAP seconds at the latest",
    "waits.py": "servers tell by the time of day until when they want to be left alone; what comes of it is bounded",
    "endpoint_errors.py": "people are told at what time a wait ends",
    "server.py": "an answer of the dummy's says when it was made",
}
# Ahead by less than LIMIT_SESSION_MINUTES: a table may not last longer, by the wall clock.
JUMPS = {"a day back": -DAY, "twenty hours ahead": 20 * 3600.0, "twenty years back": -20 * 365 * DAY}


class WallClock:
    """The machine's time of day, which somebody sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.offset = 0.0
        real = time.time
        monkeypatch.setattr(time, "time", lambda: real() + self.offset)
        for module in (schema, store, budget, retention):
            monkeypatch.setattr(module, "now", lambda: datetime.now(UTC) + timedelta(seconds=self.offset))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> WallClock:
    return WallClock(monkeypatch)


@pytest.fixture
async def abroad(tmp_path: Path) -> AsyncIterator[RestHouse]:
    """A house whose Discord keeps its own time."""
    url, file = database(tmp_path)
    real = time.time
    async with stand_in(clock=lambda: real()) as server, scripted_endpoint() as llm, open_store(url, file) as opened:
        endpoint = Endpoint(llm.url, retries=0, timeout=10)
        yield RestHouse(server, opened, endpoint, llm)
        await endpoint.aclose()


@pytest.mark.parametrize("offset", JUMPS.values(), ids=JUMPS.keys())
async def test_a_jump_in_the_middle_of_a_table_changes_nothing(
    abroad: RestHouse, clock: WallClock, offset: float
) -> None:
    """Between two turns, with a lost answer and a rate limit after it, and a restart at the new time."""
    async with abroad.running():
        session, gate = await abroad.between_turns()
        clock.offset = offset
        plan = abroad.server.faults.next
        plan("POST", "/webhooks/", Fault.rate_limited(0.05), content=SECOND)
        plan("POST", "/webhooks/", Fault.accepted_then(502, event="never"), content=SECOND)
        abroad.world.member_says("general", "Otso", "What time is it?")
        gate.set()
        await abroad.world.until(lambda: SECOND in abroad.turns(), what="the second turn")
        await abroad.settled()
    async with abroad.running():
        await abroad.until_ended()
        await abroad.check_each_once(session)
    assert abroad.turns()[:2] == [FIRST, SECOND]
    assert len(abroad.turns()) == 3
    record = await abroad.store.record(session.id)
    assert [t.text for t in record if t.kind == "guest"] == ["What time is it?"]


@pytest.mark.parametrize("offset", JUMPS.values(), ids=JUMPS.keys())
async def test_the_pace_is_not_the_wall_clock_s(abroad: RestHouse, clock: WallClock, offset: float) -> None:
    """A jump while the table rests between two turns neither skips the rest nor makes it endless."""
    abroad.pace = 0.4
    abroad.llm.enqueue(FIRST, SECOND)
    async with abroad.running():
        session = await abroad.start()
        await abroad.world.wait_for_messages("general", 1, containing=FIRST)
        clock.offset = offset
        await abroad.until_ended()
        ended = await abroad.store.session(session.id)
    assert ended
    assert ended.status is Status.ENDED
    posted = [r.at for r in abroad.world.requests_to("POST", "/webhooks/") if "username" in (r.json or {})]
    assert posted[1] - posted[0] >= 0.4


def test_nothing_that_waits_asks_for_the_time_of_day() -> None:
    """Only where a time of day is stored or counted by: each place with its reason. (The demo is left out.)"""
    found = {
        path.name
        for path in Path(bot.__file__).parent.rglob("*.py")
        if "demo" not in path.parts
        for node in ast.walk(source_tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in WALL_CLOCK
    }
    assert found == set(ASKS_THE_WALL_CLOCK)
