"""`/roundtable memory`: what later tables are told, seen and forgotten by whom it is theirs to."""

import discord
import pytest
from simcord import InteractionResult, MemberActor

from bot.chat.cards.memory_card import ALL, NOTHING
from bot.chat.commands.members.memory_command import HOST_WANTS_NONE, NO_SUCH, NOT_ALL, NOT_YOURS, SWITCHED_OFF
from bot.chat.rules.open_channels import open_channels
from bot.discussion.model.memory import KeptTurn, Memory
from bot.store.models import Post, PostKind
from bot.store.schema import now
from tests.support.samples import stored_session
from tests.support.simulated_place import SimulatedPlace, words

QUESTION = "Is rye bread worth the wait?"


@pytest.fixture
def admin(place: SimulatedPlace) -> MemberActor:
    may = place.guild.create_role("admins", permissions=discord.Permissions(manage_guild=True))
    return place.guild.add_member(place.env.create_user("nia"), roles=[may])


async def kept(place: SimulatedPlace, question: str, convener: MemberActor | None = None, **said: str) -> int:
    """A table of this place that has ended, of which this is kept. Out: its number."""
    stored = stored_session(
        guild_id=place.guild.id,
        place_id=place.channel.id,
        channel_id=place.channel.id,
        convener_id=(convener or place.mira).id,
        created_at=now(),
        is_private=False,
    )
    stored = await place.store.add_session(stored, [])
    turns = tuple(
        KeptTurn(seq=seq, kind=kind, speaker="Aino", text=text)
        for seq, (kind, text) in enumerate((said or {"summary": "✅ It is."}).items())
    )
    memory = Memory(questions=(question,), turns=turns)
    await place.store.end_session(stored.id, stored.place_id, Post(PostKind.NOTICE), memory)
    return stored.id


async def memories(place: SimulatedPlace) -> list[str]:
    """The questions of which something is kept, newest first."""
    return [each.memory.questions[0] for each in await place.store.memories.of_server(place.guild.id)]


async def seen(place: SimulatedPlace, by: MemberActor) -> InteractionResult:
    return await by.slash(place.channel, "roundtable memory")


def shown(result: InteractionResult) -> discord.Message:
    (card,) = result.followups or [*filter(None, [result.response])]
    assert card.ephemeral
    return card.message


async def test_a_table_is_kept_when_it_ends_and_the_next_one_is_told(place: SimulatedPlace, admin: MemberActor) -> None:
    assert NOTHING in words(shown(await seen(place, place.otto)))
    await place.type("start", question=QUESTION, turns=2)
    await place.turn(4)
    stored = await place.session()
    (one,) = await place.store.memories.of_server(place.guild.id)
    assert one.memory.questions == (QUESTION,)
    assert one.memory.summary
    card = words(shown(await seen(place, place.otto)))
    assert f"**{QUESTION}**" in card
    assert f"in <#{place.channel.id}>" in card
    assert "It is told what earlier tables came to on this: `/roundtable memory`." in await place.type(
        "start", question="How long a wait is rye bread worth?"
    )
    again = await place.session()
    assert again.id != stored.id
    assert f'a table discussed "{QUESTION}"' in again.session.earlier


async def test_one_is_forgotten_by_its_convener_and_by_who_manages_the_server(
    place: SimulatedPlace, admin: MemberActor
) -> None:
    number = await kept(place, QUESTION)
    assert await place.type("memory", by=place.otto, forget=str(number)) == NOT_YOURS
    assert await place.type("memory", by=place.ada, forget=str(number)) == NOT_YOURS  # messages are not a server
    card = shown(await seen(place, place.mira))
    asked = shown(await place.mira.click(card, label="Forget…"))
    assert words(asked).startswith(f"**Forget what came of “{QUESTION}”?**")
    assert await memories(place) == [QUESTION]
    await place.mira.click(asked, label="Forget")
    assert await memories(place) == []
    assert await place.store.session(number) is not None, "its minutes stay"
    assert await place.type("memory", forget=str(number)) == NO_SUCH
    number = await kept(place, QUESTION)
    sure = await admin.slash(place.channel, "roundtable memory", forget=str(number))
    await admin.click(shown(sure), label="Forget")
    assert await memories(place) == []


async def test_whom_the_server_has_steer_any_table_has_it_forgotten_too(
    place: SimulatedPlace, admin: MemberActor
) -> None:
    bakers = place.guild.create_role("bakers")
    kim = place.guild.add_member(place.env.create_user("kim"), roles=[bakers])
    number = await kept(place, QUESTION)
    assert await place.type("memory", by=kim, forget=str(number)) == NOT_YOURS
    await place.type("settings", by=admin, steerers=bakers)
    assert (await place.type("memory", by=kim, forget=str(number))).startswith("**Forget what came of")


async def test_all_is_forgotten_by_who_manages_the_server_alone(place: SimulatedPlace, admin: MemberActor) -> None:
    for day in range(6):
        await kept(place, f"Rye on day {day}?")
    assert await place.type("memory", forget=ALL) == NOT_ALL
    first = shown(await seen(place, admin))
    assert "Rye on day 5?" in words(first)
    assert "Rye on day 0?" not in words(first)
    await admin.click(first, label="Older ▶")
    asked = shown(await admin.click(shown(await seen(place, admin)), label="Forget all…"))
    assert "That is 6 tables" in words(asked)
    await admin.click(asked, label="Forget")
    assert await memories(place) == []


async def test_what_one_could_not_read_there_one_does_not_see_here(place: SimulatedPlace, admin: MemberActor) -> None:
    hidden = place.elsewhere(place.guild.create_text_channel("hidden"))
    number = await kept(hidden, "What do we pay the miller?")
    await kept(place, QUESTION)
    for who in (place.otto, admin):
        hidden.forbid(who, "view_channel")
    card = words(shown(await seen(place, place.otto)))
    assert QUESTION in card
    assert "miller" not in card
    assert await place.type("memory", by=place.otto, forget=str(number)) == NO_SUCH
    assert "1 more is of channels that you can't see." in words(shown(await seen(place, admin)))
    choices = await place.mira.autocomplete(place.channel, "roundtable memory", "forget", "RYE")
    assert [choice["name"].partition(" · ")[0] for choice in choices] == [QUESTION]
    everything = await admin.autocomplete(place.channel, "roundtable memory", "forget", "")
    assert everything[0] == {"name": "all of it", "value": ALL}
    assert await place.otto.autocomplete(place.channel, "roundtable memory", "forget", "") == []


async def test_only_what_everybody_can_read_is_open(place: SimulatedPlace) -> None:
    guild = place.bot.get_guild(place.guild.id)
    assert guild is not None
    for name in ("view_channel", "read_message_history"):
        denied = discord.PermissionOverwrite(**{name: False})
        place.guild.create_text_channel(name, overwrites={guild.default_role: denied})
    adult = place.guild.create_text_channel("adult")
    await place.env.settle()
    known = guild.get_channel(adult.id)
    assert isinstance(known, discord.TextChannel)
    known.nsfw = True
    assert open_channels(guild) == {place.channel.id}


async def test_switched_off_it_says_by_whom(place: SimulatedPlace, admin: MemberActor) -> None:
    await place.type("settings", by=admin, memory=False)
    assert SWITCHED_OFF in words(shown(await seen(place, place.otto)))
    await place.type("start", question=QUESTION, turns=2)
    await place.turn(4)
    assert await memories(place) == []
    place.bot.settings = place.bot.settings.model_copy(update={"table_memory": False})
    assert HOST_WANTS_NONE in words(shown(await seen(place, place.otto)))


async def test_whoever_is_forgotten_leaves_what_is_kept(place: SimulatedPlace) -> None:
    await kept(place, QUESTION, summary="✅ Otto the Miller bakes it.", result="Otto the Miller 3.")
    card = await place.otto.slash(place.channel, "roundtable privacy", action="forget me")
    await place.otto.click(shown(card), label="Forget me")
    (one,) = await place.store.memories.of_server(place.guild.id)
    assert (one.memory.summary, one.memory.result) == ("✅ someone bakes it.", "someone 3.")
