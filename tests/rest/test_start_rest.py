"""What the bot does when it comes up: intents, commands, portraits; and what it can't read."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import discord
import pytest

from bot.chat import first_contact
from bot.chat.bot import RoundtableBot, needed_intents
from bot.chat.commands.steering.message_menus import ask_this_persona
from bot.chat.first_contact import ask_discord, ask_until_answered
from bot.discussion.model.persona import Persona
from bot.errors import RoundtableError
from bot.store.models import Status
from tests.support.discord_stand_in import Fault, pointed_at
from tests.support.portraits import PICTURE, drawn, until_drawn
from tests.support.rest_house import FIRST, SECOND, RestHouse


async def until_done(bot: RoundtableBot, *courtesies: str) -> None:
    """What is done beside the tables by these names is done, or is not tried again."""
    async with asyncio.timeout(5):
        await asyncio.gather(*(task for task in bot.courtesies._tasks if task.get_name() in courtesies))


def draw(persona: Persona, picture: bytes) -> None:
    Path(persona.avatar or "").write_bytes(picture)


def move(file: Path, to: Path) -> None:
    file.rename(to)


@pytest.mark.parametrize("enabled", [True, False])
async def test_only_the_intents_that_are_enabled_are_asked_for(house: RestHouse, enabled: bool) -> None:
    house.world.set_message_content(enabled)
    with pointed_at(house.server):
        application = await ask_discord(house.server.token)
    content = application.message_content
    assert content is enabled
    async with house.running(message_content=content):
        assert (
            house.server.gateway.identifies[-1]["intents"]
            == needed_intents(message_content=enabled, reactions=True).value
        )


async def test_discord_is_asked_until_it_answers_as_discord(
    house: RestHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(first_contact, "FIRST_RETRY", 0.01)
    for fault in (Fault.accepted_then_page(), Fault.refused(403, 40333, "internal network error")):
        house.server.faults.next("GET", "/users/@me", fault)
    end = asyncio.create_task(asyncio.sleep(30))
    with pointed_at(house.server):
        assert await ask_until_answered(house.server.token, None, end) is not None
    end.cancel()
    assert [m for m in caplog.messages if "no answer of Discord's" in m and "Trying again" in m]
    assert [m for m in caplog.messages if "HTTP 403" in m and "Trying again" in m]


async def test_a_refused_token_is_named(house: RestHouse) -> None:
    with pointed_at(house.server), pytest.raises(RoundtableError, match="refused DISCORD_TOKEN"):
        await ask_discord("MTIz.wrong.token")


async def test_commands_are_sent_only_where_discord_knows_others(
    house: RestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each start looks; what is missing there, too much, of another version, or new here has all of them sent."""
    names = {"roundtable", "persona", "task", "Ask this persona", "Who is this?", "Remove turn"}

    async def sent_at_a_start() -> int:
        before = len(house.world.requests_to("PUT", "/applications/"))
        async with house.running(commands=False) as bot:
            await until_done(bot, "bringing the commands up to date")
        assert {each["name"] for each in house.world.commands.values()} == names
        return len(house.world.requests_to("PUT", "/applications/")) - before

    assert await sent_at_a_start() == 1
    assert await sent_at_a_start() == 0
    del house.world.commands[max(house.world.commands)]
    assert await sent_at_a_start() == 1
    house.world.commands[max(house.world.commands)]["version"] = "7"  # a bot with another database has sent its own
    assert await sent_at_a_start() == 1
    for each in house.world.commands.values():
        assert (each["integration_types"], each["contexts"]) == ([0], [0])  # servers only, and only in servers
    monkeypatch.setattr(ask_this_persona, "default_permissions", discord.Permissions(manage_messages=True))
    assert await sent_at_a_start() == 1
    assert await sent_at_a_start() == 0


async def test_a_start_without_commands_or_portraits_is_a_start(house: RestHouse, tmp_path: Path) -> None:
    house.cast = drawn(tmp_path, "Aino", "Ravi")
    async with house.running():
        pass
    # More than once: aiohttp itself asks a second time.
    house.server.faults.next("PUT", "/applications/", Fault.accepted_then_reset(), times=9)
    house.server.faults.next("GET", "/applications/", Fault.accepted_then_reset(), times=9)
    async with house.running():
        await house.start()
        await house.until_ended()
    faces = [m.avatar_url or "" for m in house.world.channel_history("general") if m.webhook_id]
    assert all(face.startswith("https://cdn.discordapp.com/embed/avatars/") for face in faces)


async def test_portraits_are_uploaded_once(house: RestHouse, tmp_path: Path) -> None:
    """Also one that is there twice, since a table's personas come from a folder that was used before."""
    house.cast = drawn(tmp_path, "Aino", "Ravi")
    twin = tmp_path / "before" / Path(house.cast[0].avatar or "").name
    twin.parent.mkdir()
    twin.write_bytes(PICTURE + b"Aino")
    house.cast += (house.cast[1].model_copy(update={"name": "Twin", "full_name": "Aino Twin", "avatar": str(twin)}),)
    async with house.running():
        await until_drawn(house, "Aino", "Ravi")
        await house.start()
        await house.until_ended()
    emojis = {each.image: each for each in house.world.emojis.values()}
    assert set(emojis) == {PICTURE + b"Aino", PICTURE + b"Ravi"}
    for message in (m for m in house.world.channel_history("general") if m.webhook_id):
        emoji = emojis[PICTURE + message.name.split()[0].encode()]
        assert message.avatar_url == f"https://cdn.discordapp.com/emojis/{emoji.id}.png"

    def uploads() -> int:
        return len(house.world.requests_to("POST", f"/applications/{house.world.application_id}/emojis"))

    assert uploads() == 2
    async with house.running():
        await until_drawn(house, "Aino", "Ravi")
        assert uploads() == 2
    draw(house.cast[0], PICTURE + b"in a new dress")
    async with house.running():
        await until_drawn(house, "Aino", "Ravi")
        assert uploads() == 3
        new = next(each for each in house.world.emojis.values() if each.image.endswith(b"dress"))
        assert house.bot.avatars.url(house.cast[0]).endswith(f"/{new.id}.png")


async def test_portraits_that_are_nobodys_any_more_are_removed(
    house: RestHouse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Not those of others' making, nor of a persona that has left the files but sits at a table."""

    def there() -> set[str]:
        return {each.image.removeprefix(PICTURE).decode() for each in house.world.emojis.values()}

    async def start(*, ends: bool = False) -> set[str]:
        async with house.running() as bot:
            await until_done(bot, "looking the portraits up")
            await until_done(bot, *(t.get_name() for t in bot.courtesies._tasks if "portrait" in t.get_name()))
            if ends:
                await house.until_ended()
        return there()

    house.cast = drawn(tmp_path, "Aino", "Ravi", "Bo")
    async with house.running() as bot:
        await until_drawn(house, "Aino", "Ravi", "Bo")
        await bot.create_application_emoji(name="rt_of_the_host", image=PICTURE + b"host")
        await house.between_turns()
    draw(house.cast[0], PICTURE + b"in a new dress")
    house.cast = house.cast[:1]
    aino, elsewhere = Path(house.cast[0].avatar or ""), tmp_path / "elsewhere.png"
    assert await start(ends=True) == {"in a new dress", "Ravi", "Bo", "host"}
    move(aino, elsewhere)
    assert await start() == {"in a new dress", "Ravi", "Bo", "host"}  # hers can't be told from theirs today
    move(elsewhere, aino)
    emojis = f"/applications/{house.world.application_id}/emojis"
    house.server.faults.next("DELETE", emojis, Fault.refused(403, 50013, "Missing Permissions"))
    assert len(await start()) == 3
    assert [m for m in caplog.messages if m.startswith("removing the old portrait rt_") and "does not allow it" in m]
    assert await start() == {"in a new dress", "host"}


async def test_one_portrait_that_is_refused_costs_only_itself(house: RestHouse, tmp_path: Path) -> None:
    house.cast = drawn(tmp_path, "Aino", "Bo", "Ravi")
    draw(house.cast[0], PICTURE + bytes(256 * 1024))
    draw(house.cast[1], b"no picture at all")
    async with house.running() as bot:
        await until_drawn(house, "Ravi")
        urls = [bot.avatars.url(each) for each in house.cast]
        assert [("emojis" in url) for url in urls] == [False, False, True]
        draw(house.cast[2], PICTURE)
        assert bot.avatars.url(house.cast[2]) == urls[2]  # until the next start


# --- without Message Content ---


@pytest.mark.parametrize("make", [Fault.accepted_then, lambda: Fault.hang(stored=True), Fault.event_before_reply])
async def test_turns_are_shown_once_though_their_text_can_t_be_read(
    house: RestHouse, make: Callable[[], Fault]
) -> None:
    house.world.set_message_content(False)
    house.llm.enqueue(FIRST)
    house.server.faults.next("POST", "/webhooks/", make(), content=FIRST)
    async with house.running(message_content=False):
        session = await house.start()
        await house.until_ended()
        await house.check_each_once(session)


async def test_a_late_copy_that_can_t_be_read_takes_no_turn_s_place(house: RestHouse) -> None:
    """It arrives just when the next turn is under way, and looks the same: empty."""
    house.world.set_message_content(False)
    late = house.server.faults.next("POST", "/webhooks/", Fault.hang(), content=FIRST)
    next_turn = house.server.faults.next("POST", "/webhooks/", Fault.hang(), content=SECOND)
    async with house.running(message_content=False):
        session, gate = await house.between_turns()
        gate.set()
        await asyncio.wait_for(next_turn.met.wait(), 5)
        late.release()
        await house.world.until(lambda: house.turns() == [FIRST, FIRST], what="the copy")
        await house.server.settled()
        next_turn.release()
        await house.until_ended()
        assert [text for text in house.turns() if text == SECOND] == [SECOND]
        ended = await house.store.session(session.id)
        assert ended
        assert ended.status is Status.ENDED
