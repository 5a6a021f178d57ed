"""Members whose messages an application deletes and posts again under another name: one turn each, and still theirs."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from bot.discussion.model.erasure import Member
from bot.discussion.model.record import Turn
from bot.sessions.composing.draft import MOST_DROPS
from bot.sessions.delivery.stage import GuestMessage
from bot.sessions.guest_turns import Heard
from bot.sessions.rate_limit import GUEST_TURNS
from bot.sessions.reposts import ShortMemory
from bot.store.models import PostKind
from bot.store.store import Store
from tests.support.endpoint_stand_in import ScriptedEndpoint, held, stalls
from tests.support.killed_store import Killed, KilledStore
from tests.support.session_table import SessionTable, open_table

LENA, APPLICATION = 77, 500


class Proxy:
    """Writes as Lena does, and posts it again as the application does."""

    def __init__(self, table: SessionTable) -> None:
        self.table = table

    async def says(self, text: str, **more: object) -> tuple[GuestMessage, Heard]:
        message = replace(self.table.place.guest(text), **more)  # type: ignore[arg-type]
        return message, await self.table.run.hear(message)

    def posted(self, text: str, name: str = "Luna", **more: object) -> GuestMessage:
        """It stands there now, and nobody was told."""
        message = replace(self.table.place.guest(text), author_id=APPLICATION, name=name, is_repost=True, **more)  # type: ignore[arg-type]
        self.table.place.guests[-1] = message
        return message

    async def reposts(self, text: str, name: str = "Luna", **more: object) -> tuple[GuestMessage, Heard]:
        message = self.posted(text, name, **more)
        return message, await self.table.run.hear(message)

    async def deletes(self, message: GuestMessage) -> None:
        self.takes_away(message)
        await self.table.run.guest_changed(message.id, "")

    def takes_away(self, message: GuestMessage) -> None:
        self.table.place.guests = [m for m in self.table.place.guests if m.id != message.id]


@pytest.fixture
def proxy(table: SessionTable) -> Proxy:
    return Proxy(table)


def told(turns: list[Turn]) -> list[tuple[str, str, int | None, int | None]]:
    return [(turn.speaker, turn.text, turn.author_id, turn.message_id) for turn in turns]


@pytest.mark.parametrize("deleted_first", [False, True])
async def test_it_is_one_turn_by_the_new_name_and_still_the_members(proxy: Proxy, deleted_first: bool) -> None:
    table = proxy.table
    original, heard = await proxy.says("[Is rye better?]")
    assert heard is Heard.TAKEN
    if deleted_first:
        await proxy.deletes(original)
        assert [turn.text for turn in await table.stored_turns()] == [""]  # nothing outlives its deletion there
    repost, heard = await proxy.reposts("Is rye better?")
    assert heard is Heard.BOUND
    if not deleted_first:
        await proxy.deletes(original)
    assert told(await table.stored_turns()) == [("Luna", "Is rye better?", LENA, repost.id)]
    assert told(table.run.record.turns) == told(await table.stored_turns())
    for message in (original, repost):  # told twice
        assert await table.run.hear(message) is Heard.IGNORED
    assert await table.run.guest_changed(repost.id, "Is oat better?")  # by the application's own command
    assert told(await table.stored_turns()) == [("Luna", "Is oat better?", LENA, repost.id)]
    await proxy.deletes(repost)
    assert [turn.text for turn in await table.stored_turns()] == [""]
    _, heard = await proxy.reposts("Is oat better?", "Sol")
    assert heard is Heard.TAKEN, "a repost that was deleted is no original"


@pytest.mark.parametrize("deleted_first", [False, True])
async def test_it_may_get_its_tags_later(proxy: Proxy, deleted_first: bool) -> None:
    table = proxy.table
    original, _ = await proxy.says("Is rye better?")
    a_minute_later = 60_000 << 22
    await table.run.guest_changed(original.id, "[Is oat better?]", a_minute_later)
    if deleted_first:
        await proxy.deletes(original)
    repost, heard = await proxy.reposts("Is oat better?", id=a_minute_later + 1)
    assert heard is Heard.BOUND
    assert told(await table.stored_turns()) == [("Luna", "Is oat better?", LENA, repost.id)]


async def test_a_draft_that_has_read_the_original_is_made_anew_once(table: SessionTable) -> None:
    """It would answer the member by the other name; and their account's name is nobody's business."""
    proxy, server = Proxy(table), table.server
    server.enqueue(stalls(), stalls(), server.sentence(), stalls())
    loop = asyncio.create_task(table.run.take_turns())
    await server.until_asked(1)
    original, _ = await proxy.says("[Is rye better?]")
    await server.until_asked(2)
    assert "Kim (guest)" in server.prompts[-1]
    await proxy.reposts("Is rye better?")
    await server.until_asked(3)
    assert 'Luna (guest): "Is rye better?"' in server.prompts[-1]
    assert "Kim" not in server.prompts[-1]
    await proxy.deletes(original)
    await server.until_asked(4)
    await table.run.pause()
    await loop
    assert len(table.spoken) == 1, "the third is the turn"


async def test_a_table_where_many_speak_so_gets_its_turns(table: SessionTable) -> None:
    """A draft that was given up for guests often enough has not read the next one's message: nor need it its repost."""
    proxy, server, gate = Proxy(table), table.server, asyncio.Event()
    server.enqueue(*[stalls() for _ in range(4)], held(gate, server.sentence()), stalls())
    loop = asyncio.create_task(table.run.take_turns())
    asked = 1
    for number in range(5):
        await server.until_asked(asked)
        await proxy.says(f"[Crumb {number}.]")
        asked += number < MOST_DROPS
        await server.until_asked(asked)
        await proxy.reposts(f"Crumb {number}.")
        asked += number < MOST_DROPS
    await server.until_asked(5)
    gate.set()
    await server.until_asked(6)
    await table.run.pause()
    await loop
    assert [turn.heard for turn in table.spoken] == [3]
    assert "Crumb 4." in server.prompts[-1]


async def test_where_it_calls_on_nobody_by_its_tags_and_on_whom_it_replied_to(proxy: Proxy) -> None:
    table = proxy.table
    await table.speak(1)
    (post,) = [p for p in await table.store.posts.of_session(table.run.id, PostKind.TURN) if p.turn_seq == 2]
    speaker = table.spoken[0].speaker
    for original, reply_to, repost, name in [
        ("Aino: is rye better?", None, "is rye better?", None),
        ("[Ravi, is rye better?]", None, "Ravi, is rye better?", "Ravi"),
        ("[Why?]", post.message_id, "Why?", speaker),
    ]:
        message, _ = await proxy.says(original, reply_to=reply_to)
        await proxy.reposts(repost)
        assert (table.run.record.turns[-1].text, table.run.record.turns[-1].addressed) == (repost, name)
        message, _ = await proxy.says(original, reply_to=reply_to)
        await proxy.deletes(message)
        await proxy.reposts(repost)
        assert (table.run.record.turns[-1].text, table.run.record.turns[-1].addressed) == (repost, name)


async def test_the_same_words_by_two_are_told_apart_by_the_names_they_had_before(proxy: Proxy) -> None:
    for words in ("Rye.", "Yes."):
        await proxy.says(f"[{words}]")
        if words == "Rye.":
            await proxy.reposts(words, "Luna")
        await proxy.says(f"{{{words}}}", author_id=78)
    await proxy.reposts("Yes.", "Luna")
    await proxy.reposts("Yes.", "Sol")
    authors = {(turn.speaker, turn.author_id) for turn in proxy.table.run.record if turn.text == "Yes."}
    assert authors == {("Luna", LENA), ("Sol", 78)}


async def test_several_reposts_of_one_message_are_all_the_members(proxy: Proxy) -> None:
    original, _ = await proxy.says("a: Rye it is.\nb: No, oats.")
    first, _ = await proxy.reposts("Rye it is.", "Ann")
    await proxy.deletes(original)
    second, heard = await proxy.reposts("No, oats.", "Ben")
    assert heard is Heard.TAKEN
    turns = told(await proxy.table.stored_turns())
    assert turns == [("Ann", "Rye it is.", LENA, first.id), ("Ben", "No, oats.", LENA, second.id)]


# --- who is left out ---


async def test_what_was_left_out_is_not_taken_in_by_another_name(proxy: Proxy) -> None:
    store, guild = proxy.table.store, proxy.table.run.stored.guild_id
    await store.member_data.keep_out(guild, LENA, out=True)
    original, heard = await proxy.says("[I live at Mill Lane 4.]")
    _, again = await proxy.reposts("I live at Mill Lane 4.")
    await proxy.deletes(original)
    await store.member_data.keep_out(guild, LENA, out=False)
    _, third = await proxy.says("//between us", is_for_table=False)  # the slashes are the tag
    _, fourth = await proxy.reposts("between us")
    assert {heard, again, third, fourth} == {Heard.IGNORED}
    between, _ = await proxy.says("//you and me", is_for_table=False)  # two at once
    await proxy.says("//me and you", is_for_table=False, author_id=78)
    await proxy.deletes(between)
    assert (await proxy.reposts("me and you"))[1] is Heard.IGNORED
    assert not proxy.table.run.record
    proxy.table.run._guests._memory = ShortMemory()  # long after that
    proxy.table.run.mark_gap()
    await proxy.table.run.catch_up()
    assert not proxy.table.run.record, "the history brings all of it once more"


async def test_a_repost_that_begins_as_what_is_kept_out_takes_its_original_back(proxy: Proxy) -> None:
    original, _ = await proxy.says("[// between us]")
    repost, heard = await proxy.reposts("// between us", is_for_table=False)
    await proxy.deletes(original)
    assert heard is Heard.BOUND
    assert told(await proxy.table.stored_turns()) == [("Luna", "", LENA, repost.id)]
    assert (await proxy.reposts("// more", is_for_table=False))[1] is Heard.IGNORED


async def test_a_flood_counts_for_whoever_writes_it(proxy: Proxy) -> None:
    for number in range(GUEST_TURNS + 2):
        original, _ = await proxy.says(f"[Crumb {number}.]")
        _, heard = await proxy.reposts(f"Crumb {number}.", f"Luna {number}")
        await proxy.deletes(original)
        assert heard is (Heard.BOUND if number < GUEST_TURNS else Heard.IGNORED)
    assert len(proxy.table.run.record) == GUEST_TURNS
    for number in range(GUEST_TURNS + 1):  # those whose author is not known share one limit
        _, heard = await proxy.reposts(f"Seed {number}.")
        assert heard is (Heard.TAKEN if number < GUEST_TURNS else Heard.FLOODED)


async def test_forget_me_and_export_reach_what_was_reposted(proxy: Proxy) -> None:
    table, member_data, guild = proxy.table, proxy.table.store.member_data, proxy.table.run.stored.guild_id
    await proxy.says("[I live at Mill Lane 4.]")
    await proxy.reposts("I live at Mill Lane 4.")
    assert (await member_data.about(guild, LENA)).messages == 1
    member = Member(LENA, tuple(await member_data.names(guild, LENA)))
    (exported,) = (await member_data.export(guild, member))["messages"]
    assert (exported["name"], exported["text"]) == ("Luna", "I live at Mill Lane 4.")
    await proxy.says("[And my sister at number 5.]")
    deleted, _ = await proxy.says("[And my mother at 6.]")
    await proxy.deletes(deleted)
    await proxy.says("a: My house.\nb: My garden.")
    await proxy.reposts("My house.")
    await table.run.forget(member, listen_from=table.place.new_id())
    assert [(turn.text, turn.author_id) for turn in await table.stored_turns()] == [("", None)] * 4
    for before in ("And my sister at number 5.", "And my mother at 6.", "My garden."):
        _, heard = await proxy.reposts(before)
        assert heard is Heard.IGNORED, "what was said before is forgotten, by whatever name it comes again"
    assert (await proxy.reposts("Nobody's."))[1] is Heard.TAKEN, "and nothing but that"


async def test_a_server_may_have_none_of_it(proxy: Proxy) -> None:
    await proxy.table.store.servers.change(proxy.table.run.stored.guild_id, hears_proxies=False)
    original, _ = await proxy.says("[Is rye better?]")
    assert (await proxy.reposts("Is rye better?"))[1] is Heard.IGNORED
    assert [turn.text for turn in proxy.table.run.record] == ["[Is rye better?]"]
    await proxy.deletes(original)
    assert [turn.text for turn in proxy.table.run.record] == [""]


async def test_of_an_unknown_member(proxy: Proxy) -> None:
    """The original was never heard: it is a guest by the name that everybody sees."""
    store, guild = proxy.table.store, proxy.table.run.stored.guild_id
    repost, heard = await proxy.reposts("Is rye better?")
    assert heard is Heard.TAKEN
    assert (await proxy.reposts("To another member.", reply_to=repost.id))[1] is Heard.IGNORED
    await store.member_data.keep_out(guild, 4711, out=True)
    # It may be that one.
    assert (await proxy.reposts("By whom?"))[1] is Heard.IGNORED
    assert told(await proxy.table.stored_turns()) == [("Luna", "Is rye better?", APPLICATION, repost.id)]


async def test_where_not_everybody_may_chime_in_only_a_known_author_is_heard(proxy: Proxy) -> None:
    async def yes() -> bool:
        return True

    async def no() -> bool:
        return False

    run = proxy.table.run
    run._state.stored = replace(run.stored, chimers=7)
    original, _ = await proxy.says("[Is rye better?]", ask_welcome=yes)
    assert (await proxy.reposts("Is rye better?"))[1] is Heard.BOUND
    await proxy.deletes(original)
    assert (await proxy.says("[And wheat?]", ask_welcome=no))[1] is Heard.IGNORED
    assert (await proxy.reposts("And wheat?"))[1] is Heard.IGNORED
    assert (await proxy.reposts("By whom is this?"))[1] is Heard.IGNORED
    assert [turn.text for turn in await proxy.table.stored_turns()] == ["Is rye better?"]


# --- from process to process ---


@pytest.mark.parametrize("deleted", ["not yet", "unheard", "heard"])
async def test_a_process_that_ends_between_the_two(store: Store, server: ScriptedEndpoint, deleted: str) -> None:
    """The next one finds the repost in the history, and mostly no original any more."""
    async with open_table(store, server) as table:
        proxy = Proxy(table)
        original, _ = await proxy.says("[Is rye better?]")
        if deleted == "heard":
            await proxy.deletes(original)
    if deleted == "unheard":
        proxy.takes_away(original)
    other = table.place.guest("Oats!", name="Otto")
    repost = proxy.posted("Is rye better?")
    for _ in range(2):  # and once more
        async with open_table(store, server, stored=table.run.stored, place=table.place) as table:
            await table.run.restore()
            await table.run.catch_up()
            turns = [("Luna", "Is rye better?", LENA, repost.id), ("Otto", "Oats!", LENA, other.id)]
            assert told(await table.stored_turns()) == turns


async def test_an_original_that_is_gone_before_it_was_taken_in(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    """It came while something older was still missing; in the history there is only its repost."""
    table, reads = proxy.table, asyncio.Event()
    read = table.stage.heard_since

    async def slowly(after_id: int) -> list[GuestMessage]:
        await reads.wait()
        return await read(after_id)

    monkeypatch.setattr(table.stage, "heard_since", slowly)
    table.run.mark_gap()
    hearing = [asyncio.create_task(table.run.hear(original := table.place.guest("[Is rye better?]")))]
    await asyncio.sleep(0)  # it waits now
    await proxy.deletes(original)
    hearing.append(asyncio.create_task(table.run.hear(repost := proxy.posted("Is rye better?"))))
    reads.set()
    assert await asyncio.gather(*hearing) == [Heard.IGNORED, Heard.TAKEN]
    assert told(await table.stored_turns()) == [("Luna", "Is rye better?", LENA, repost.id)]


@pytest.mark.parametrize("transactions", range(5))
async def test_a_process_that_is_killed_before_any_transaction_of_it(
    store: Store, server: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch, transactions: int
) -> None:
    async with open_table(store, server) as table:
        proxy = Proxy(table)
        original, _ = await proxy.says("[Is rye better?]")
        repost = proxy.posted("Is rye better?")
        with monkeypatch.context() as patch:
            KilledStore(store, patch, transactions)
            with suppress(Killed):
                await table.run.hear(repost)
                await proxy.deletes(original)
                await table.run.hear(table.place.guest("Oats!"))
    proxy.takes_away(original)
    async with open_table(store, server, stored=table.run.stored, place=table.place) as table:
        await table.run.restore()
        await table.run.catch_up()
        assert told(await table.stored_turns())[0] == ("Luna", "Is rye better?", LENA, repost.id)
        assert len(table.run.record) == len(table.place.guests)


async def test_names_of_the_history_make_no_second_person(proxy: Proxy) -> None:
    asked = list[int]()

    async def look_up() -> str:
        asked.append(1)
        return "Otto the Miller"

    for name in ("otto", "otto2"):
        await proxy.says("Bread is life.", author_id=5, name=name, look_up_name=look_up)
    await proxy.says("[So it is.]", author_id=5, name="Otto the Miller")
    await proxy.reposts("So it is.")
    await proxy.says("Is it?", author_id=5, name="otto", look_up_name=look_up)
    names = [turn.speaker for turn in proxy.table.run.record]
    assert names == ["Otto the Miller", "Otto the Miller", "Luna", "Otto the Miller"]
    assert len(asked) == 1
    await proxy.table.store.member_data.keep_out(proxy.table.run.stored.guild_id, 6, out=True)
    await proxy.says("Nobody asks who I am.", author_id=6, look_up_name=look_up)
    assert len(asked) == 1
