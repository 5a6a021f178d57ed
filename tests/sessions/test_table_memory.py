"""What a table comes to is told to the next one on its server: the same to the byte as long as that lasts."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from bot.discussion.model.dials import Dials
from bot.discussion.model.erasure import Member
from bot.discussion.prompts.prompt import preamble
from bot.llm.token_ratio import usual_ratio
from bot.sessions.composing.limits import tokens_in
from bot.sessions.session_runner import SessionRunner
from bot.sessions.table_memory import MOST_TOKENS
from bot.store.models import Status
from bot.store.store import Store
from tests.support.samples import PLACE
from tests.support.session_house import HERE, QUICK, SessionHouse, ended, open_house

SUMMARY = "✅ Lend the tools, as Kim asked. ⚖️ Ravi doubts it. ❓ Who pays?"
UNNAMED = "✅ Lend the tools, as a guest asked. ⚖️ Ravi doubts it. ❓ Who pays?"
LATER = replace(HERE, place_id=PLACE + 1, channel_id=PLACE + 1)


async def held(house: SessionHouse, summary: str = SUMMARY) -> SessionRunner:
    """A table on the tools of a library, at which Kim asks something, and which ends with this summary."""
    house.server.enqueue(*(house.server.sentence() for _ in range(3)), summary)
    run = await house.start()
    await run.hear(house.place.guest("Who mends them?"))
    await ended(run)
    return run


@pytest.mark.both_databases
async def test_the_next_table_is_told_and_so_it_is_after_a_restart(store: Store) -> None:
    async with open_house(store) as house:
        first = await held(house)
        assert "# Earlier tables" not in "".join(house.server.prompts)
        before = len(house.server.prompts)
        run = await house.start(Dials(pace=0, turns=30))
        await house.server.until_asked(before + 2)
        told = preamble(run.session)
        block = told.partition("# Earlier tables")[2].partition("# The discussion")[0]
        assert f'Its summary: "{UNNAMED}"' in block
        assert 'a table discussed "Lend tools?"' in block
        assert "Kim" not in block
        await house.supervisor.shutdown()
        # What became of the first meanwhile changes nothing.
        await store.memories.forget([first.id])
        so_far = len(house.server.prompts)
        await house.again().resume_all()
        again = house.supervisor.open_at(PLACE)
        await ended(again)
        assert again.session == run.session
        assert all(prompt.startswith(told) for prompt in house.server.prompts[before:])
        assert len(house.server.prompts) > so_far


async def test_a_table_ends_and_the_next_begins_with_a_full_text_index_that_is_damaged(store: Store) -> None:
    def damage(db: Any) -> None:
        db.execute("DELETE FROM memory_index_data")

    async with open_house(store) as house:
        await held(house)
        for _ in range(2):
            await store._database.run_on_driver(damage)
            run = await house.start()
            assert UNNAMED in run.session.earlier, "what is kept is found"
            await store._database.run_on_driver(damage)
            await ended(run)
            assert run.status is Status.ENDED
        assert len(await store.memories.of_server(HERE.guild_id)) == 3


async def test_what_a_channel_said_in_private_is_not_told_elsewhere(store: Store) -> None:
    async with open_house(store) as house:
        await held(house)
        for where, is_told in ((LATER, False), (replace(LATER, open_channels=frozenset({PLACE})), True)):
            run = await house.start(QUICK, where)
            assert bool(run.session.earlier) is is_told
            await ended(run)
        private = replace(HERE, place_id=PLACE + 2, is_private=True)
        run = await house.start(QUICK, private)
        await ended(run)
        (newest, *_) = await store.memories.of_server(HERE.guild_id)
        assert (newest.stored.id, newest.stored.is_private) == (run.id, True)


async def test_where_the_server_or_the_host_wants_none_nothing_is_kept_or_told(store: Store) -> None:
    async with open_house(store) as house:
        await held(house)
        await store.servers.change(HERE.guild_id, memory=False)
        run = await house.start()
        await ended(run)
        assert run.session.earlier == ""
        assert len(await store.memories.of_server(HERE.guild_id)) == 1
        await store.servers.change(HERE.guild_id, memory=True)
        house.again(has_memory=False)
        run = await house.start()
        await ended(run)
        assert run.session.earlier == ""
        assert len(await store.memories.of_server(HERE.guild_id)) == 1


async def test_a_table_that_is_stopped_before_it_came_to_anything_is_not_kept(store: Store) -> None:
    async with open_house(store) as house:
        run = await house.start(Dials(pace=0, turns=30))
        await house.server.until_asked(3)
        await house.supervisor.stop(PLACE)
        await ended(run)
        assert run.status is Status.ENDED
        assert await store.memories.of_server(HERE.guild_id) == []


async def test_however_much_was_said_it_is_told_in_few_tokens(store: Store) -> None:
    async with open_house(store) as house:
        for summary in ("✅ The tools are lent to whoever asks for them. " * 20, "✅ 道具は貸し出すべきだ。" * 40):
            await held(house, summary)
        run = await house.start()
        told = run.session.earlier
        assert told.count("a table discussed") == 2
        assert tokens_in(len(told), usual_ratio(told)) <= MOST_TOKENS
        await ended(run)


async def test_a_member_who_is_forgotten_leaves_what_a_table_is_told_also_while_it_is_open(store: Store) -> None:
    """Who was named at an earlier table without being there, that is: guests have no names in what is kept."""
    async with open_house(store) as house:
        first = await held(house, "✅ Lend the tools, as Lena wished.")
        run = await house.start(Dials(pace=0, turns=30))
        assert "as Lena wished" in preamble(run.session)
        await house.server.until_asked(len(house.server.asked) + 1)
        await house.supervisor.forget(HERE.guild_id, Member(5, ("Lena",)), listen_from=house.place.new_id())
        assert "as someone wished" in preamble(run.session)
        before = len(house.server.asked)
        await house.server.until_asked(before + 2)
        assert "Lena" not in house.server.prompts[-1]
        stored = await store.session(run.id)
        assert stored is not None
        assert stored.session == run.session
        kept = await store.memories.one(HERE.guild_id, first.id)
        assert kept is not None
        assert kept.memory.summary == "✅ Lend the tools, as someone wished."


@pytest.mark.logs_errors
async def test_a_search_that_fails_fails_no_start(
    store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.driver_thread.mended", lambda db, error: False)
    async with open_house(store) as house:
        await held(house)
        await store._database.run(lambda db: db.execute(text("DROP TABLE memory_index")))
        run = await house.start(QUICK)
        assert run.session.earlier == ""
        assert "what is kept of earlier tables could not be searched" in caplog.text
        await house.supervisor.shutdown()
