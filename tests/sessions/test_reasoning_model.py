"""A table of a model that thinks: nothing of the thought is shown, told to the others or left uncounted."""

import pytest

from bot.discuss import turn_as_json
from bot.discussion.model.dials import Dials
from bot.sessions.composing.limits import Limits
from bot.store.models import Fault, Status
from bot.store.store import Store
from tests.support.endpoint_stand_in import Answer, Request, thinks
from tests.support.session_house import ended, hurry, open_house, until

SECRET = "zebra"
ROOM = 300


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


@pytest.mark.parametrize("beside", ["reasoning_content", "reasoning", "<think>", "<think>, the template's"])
async def test_nothing_of_the_thought_is_shown_or_sent_back(store: Store, beside: str) -> None:
    async with open_house(store, reasoning_tokens=ROOM) as house:

        def thinker(request: Request) -> Answer:
            """Needs 200 tokens to think."""
            cut = request.body["max_tokens"] < 200
            said = "" if cut else house.server.sentence()
            finish = "length" if cut else "stop"
            if "think" not in beside:
                return thinks(f"A {SECRET}!", said or None, beside=beside, finish_reason=finish)
            begin = "" if "template" in beside else "<think>"
            return Answer(f"{begin}A {SECRET}!{'' if cut else '</think>'}{said}", finish_reason=finish)

        house.server.answer = thinker
        run = await house.start()
        await ended(run)
        spoken = [t for t in run.record if t.kind in ("persona", "summary")]
        assert [text for text in house.place.texts if SECRET in text] == []
        assert [prompt for prompt in house.server.prompts if SECRET in prompt] == []
        assert [turn for turn in spoken if SECRET in turn_as_json(run.session, turn, run.record)["text"]] == []
        tried = [60 + ROOM // 4] if "template" in beside else []  # a thought that bears no mark
        assert [r.body["max_tokens"] for r in house.server.asked] == [60, *tried] + [60 + ROOM] * 3 + [120 + ROOM]
        assert all(turn.text.endswith(".") for turn in spoken)


async def test_what_was_thought_is_paid_for(store: Store) -> None:
    async with open_house(store, reasoning_tokens=ROOM) as house:

        def thinker(request: Request) -> Answer:
            limit = request.body["max_tokens"]
            usage = {"prompt_tokens": 500, "completion_tokens": min(limit, 250)}
            return thinks("Hm.", None if limit < 250 else house.server.sentence(), usage=usage)

        house.server.answer = thinker
        run = await house.start()
        await ended(run)
        turns = [t for t in run.record if t.usage]
        used = await store.spending.of_session(run.stored.id)
        assert run.status_report().tokens == used.tokens == 5 * 500 + 60 + 4 * 250
        assert sum((t.usage.prompt_tokens or 0) + (t.usage.completion_tokens or 0) for t in turns if t.usage) == 3560


async def test_room_to_think_is_booked_before_it_is_used(store: Store) -> None:
    """The first call may be two, and take no more than there is."""
    async with open_house(store, Limits(0, 0, 1200, 0), reasoning_tokens=1000) as house:
        house.server.answer = lambda request: thinks("Hm.")
        run = await house.start(Dials(pace=0, turns=20))
        await until(lambda: run.status is Status.PAUSED)
        assert run.fault is Fault.LIMIT
        assert house.server.asked == []
