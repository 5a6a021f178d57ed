"""A table that comes to its end: people are told, and it may be put off."""

from contextlib import suppress

import pytest

from bot.chat.text.sentences import sentence
from bot.sessions import steering
from bot.sessions.delivery.notices import LastCall
from bot.store.models import PostStatus, Status
from bot.store.store import Store
from bot.terminal import TerminalStage
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.killed_store import Killed, KilledStore
from tests.support.session_table import open_table


@pytest.mark.parametrize(
    ("notice", "says"),
    [
        (LastCall(3, "Kaede"), "Three turns left, then Kaede sums up."),
        (LastCall(1, "Kaede"), "One turn left, then Kaede sums up."),
        (LastCall(2, None), "Two turns left, then comes the summary."),
    ],
)
def test_the_last_turns_are_announced_with_who_sums_up(notice: LastCall, says: str) -> None:
    assert sentence(notice) == f"-# {says} Last chance to chime in."
    assert TerminalStage().sentence(notice) == says  # where nobody can


@pytest.mark.parametrize("transactions", range(8))
async def test_killed_around_them_a_table_announces_its_last_turns_once(
    store: Store, server: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch, transactions: int
) -> None:
    async with open_table(store, server, turns=5, topic_least=5) as table:
        await table.speak(1)
        with monkeypatch.context() as patch, suppress(Killed):
            await table.run.resume()
            KilledStore(store, patch, transactions)
            await table.run.take_turns()
    stored = await store.session(table.run.id)
    assert stored is not None
    async with open_table(store, server, stored=stored, place=table.place) as table:
        await table.run.restore()
        await table.run.take_turns()
        assert table.run.status is Status.ENDED
        (said,) = [text for text in table.place.texts if "turns left" in text]
        shown = [m.content for m in table.place.messages]
        assert shown.index(said) == shown.index(table.spoken[1].text) + 1
        assert {p.status for p in await store.posts.of_session(stored.id)} == {PostStatus.POSTED}


async def test_an_end_that_is_put_off_is_announced_anew(store: Store, server: ScriptedEndpoint) -> None:
    async with open_table(store, server, turns=5) as table:
        await table.speak(3)
        await steering.change_turns(table.run, 8, by="Mira")
        await table.resume()
        told = [text for text in table.place.texts if "turns left" in text]
        # By whom, as it stands then.
        assert [text.partition(",")[0] for text in told] == ["-# Three turns left"] * 2
