"""`/roundtable privacy`: what a member is told, given and forgotten; and what Discord's own deletions do."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import discord
import pytest
from simcord import InteractionResult, MemberActor, ResponseMessage

from bot.chat.cards import components
from bot.chat.commands.members import privacy_command
from bot.chat.commands.members.privacy_command import (
    CONVENER,
    FORGOTTEN,
    KEPT_OUT,
    LEFT_OUT,
    LET_IN,
    STILL_OUT,
    SURE,
    _where_to,
)
from bot.discussion.model.task import Task
from bot.settings import Settings
from bot.store.member_data import Kept
from bot.store.models import PostKind, Status
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.simulated_bot import Parts
from tests.support.simulated_place import SimulatedPlace, told, words

NAME = "Otto the Miller"
WORDS = "I live at Mill Lane 4."


async def ask(place: SimulatedPlace, action: str = "", *, by: MemberActor | None = None) -> str:
    return await place.type("privacy", by=by or place.otto, **({"action": action} if action else {}))


def answer(result: InteractionResult) -> ResponseMessage:
    """The message that a member got for what they typed."""
    return [*filter(None, [result.response]), *result.followups][-1]


async def confirm(place: SimulatedPlace, *, by: MemberActor | None = None) -> InteractionResult:
    """Ask to be forgotten and press the button."""
    asked = await (by or place.otto).slash(place.channel, "roundtable privacy", action="forget me")
    assert told(asked).startswith(SURE)
    return await (by or place.otto).click(answer(asked), label="Forget me")


async def forgotten(place: SimulatedPlace, *, by: MemberActor | None = None) -> str:
    result = await confirm(place, by=by)
    assert result.response is not None
    shown = result.response.message
    assert not [i for i in discord.ui.LayoutView.from_message(shown).walk_children() if i.is_dispatchable()]
    return words(shown)


def raw(parts: Parts) -> bytes:
    """Every byte of the database on the disk, its write-ahead log included."""
    file = parts.settings.database_file
    assert file is not None
    return b"".join(f.read_bytes() for f in sorted(file.parent.glob(f"{file.name}*")))


def unheard(place: SimulatedPlace, act: Callable[..., Any], *args: Any) -> None:
    """Something that Discord does not tell the bot of, as while it is away."""
    backend = place.env.backend
    listening, backend.subscribers = backend.subscribers, []
    try:
        act(*args)
    finally:
        backend.subscribers = listening


# --- telling and handing out ---


async def test_it_tells_with_the_askers_own_figures(place: SimulatedPlace) -> None:
    await place.type("start", turns=1)
    for text in (WORDS, "Bread is dear."):
        await place.otto.send(place.channel, text)
    await place.lena.send(place.channel, "Is it?")
    await place.type("stop")
    await place.type("start", by=place.otto)
    await place.otto.send(place.channel, "Again.")
    said = await ask(place)
    assert "3 messages of yours in 2 discussions, and that you convened 1 discussion." in said
    assert "30 days after it has ended" in said
    assert "after 7 days" in said
    assert len(said) < 2000
    assert "No message of yours." in await ask(place, by=place.ada)
    assert "1 message of yours in 1 discussion." in await ask(place, by=place.lena)


HOME, FAST = "on the host's own network", "https://fast.example.org/v1"
NOBODY = Kept(0, 0, 0, kept_out=False)


@pytest.mark.parametrize(
    ("url", "fast", "where"),
    [
        (None, None, "Nowhere"),
        ("https://key:secret@api.example.org/v1", None, "the language model at `api.example.org`, which"),
        ("http://127.0.0.1:8000/v1", None, f"the language model {HOME}, which"),
        ("http://vllm:8000/v1", None, f"the language model {HOME}, which"),
        (None, FAST, "the language model at `fast.example.org`, which"),
        ("http://10.1.2.3:8000/v1", FAST, f"the language model {HOME} and at `fast.example.org`, which"),
        ("https://fast.example.org/v2", FAST, "the language model at `fast.example.org`, which"),
    ],
)
def test_where_it_goes_without_the_hosts_secrets(url: str | None, fast: str | None, where: str) -> None:
    named = {"fast": {"base_url": fast}} if fast else {}
    said = _where_to(Settings(_env_file=None, llm_base_url=url, endpoint=named))  # type: ignore[call-arg, arg-type]
    assert where in said
    assert not re.search(r"secret|8000|10\.1|127\.0", said)


@pytest.mark.parametrize(
    ("days", "promised", "said"),
    [
        ("forever", 90, "This host keeps discussions until they are deleted by hand. When I am"),
        (None, None, "A discussion is deleted 30 days after it has ended. At an open table, which"),
        (
            None,
            90,
            "A discussion is deleted 30 days after it has ended; older ones of this server 90 days after, as was said "
            "then. At an open table, which",
        ),
        ("30", 90, "A discussion is deleted 30 days after it has ended. At an open table, which"),
        ("1", None, "A discussion is deleted 1 day after it has ended. At an open table, which"),
    ],
)
def test_how_long_is_said_as_it_is_done(days: str | None, promised: int | None, said: str) -> None:
    given = {} if days is None else {"retention_days": days}
    settings = Settings(_env_file=None, **given)  # type: ignore[call-arg, arg-type]
    kept = replace(NOBODY, promised_days=promised)
    assert privacy_command._how_long(settings, kept).startswith(said)
    # A server may have less, and never more.
    sooner = privacy_command._how_long(settings, kept, 1)
    assert sooner.startswith("This server keeps a discussion for 1 day after" if days != "1" else said)
    if days != "forever":
        assert privacy_command._how_long(settings, kept, 30).startswith(said)


async def test_it_tells_who_runs_the_bot(place: SimulatedPlace) -> None:
    without = await ask(place)
    assert "None" not in without
    given = {
        "host_contact": "@table_talk, or *anybody* here " + "~" * 160,
        "privacy_url": f"https://a.example/{'_' * 180}",
    }
    place.bot.settings = place.bot.settings.model_copy(update=given)
    reached, policy = (await ask(place)).splitlines()[-2:]
    assert reached.startswith(r"Questions, reports and requests about your data: @table\_talk, or \*anybody\* here \~")
    assert policy == f"Privacy policy: <https://a.example/{'_' * 180}>"
    await place.type("start")
    assert f"-# {reached}\n-# {policy}" in words(place.card)


async def test_the_export_is_a_private_file_with_all_of_theirs(place: SimulatedPlace) -> None:
    await place.type("start", by=place.otto)
    message = await place.otto.send(place.channel, WORDS)
    await place.lena.send(place.channel, "So do I.")
    await place.type("pause", by=place.otto)
    result = await place.otto.slash(place.channel, "roundtable privacy", action="export")
    assert told(result) == "Everything I keep about you on this server. Only you can see this."
    (file,) = answer(result).attachments
    assert file.filename == "roundtable-about-you.json"
    data = json.loads(await file.read())
    (said,) = data["messages"]
    assert (said["text"], said["name"], said["message_id"]) == (WORDS, NAME, str(message.id))
    assert data["member_id"] == str(place.otto.id)
    assert [c["task"] for c in data["convened"]] == ["bread"]
    assert [line["text"] for line in data["lines_that_name_you"]] == [f"-# ⏸ {NAME} paused the table."]
    assert "So do I." not in json.dumps(data)


# --- forgetting ---


async def test_forgotten_everywhere_and_others_stay(place: SimulatedPlace, parts: Parts, llm: ScriptedEndpoint) -> None:
    await place.type("start", by=place.otto)
    old = await place.otto.send(place.channel, f"Once, {WORDS}")
    by_command = []
    for text in (f"Once by command, {WORDS}", f"By command, {WORDS} " * 60):
        await place.otto.slash(place.channel, "roundtable say", text=text[:1500])
        by_command += [message.id for message in place.history() if message.author.name.startswith(NAME)]
        if len(text) < 100:
            await place.type("stop", by=place.otto)
            await place.type("start")
    message = await place.otto.send(place.channel, WORDS)
    await place.lena.send(place.channel, "Bread is dear.")
    llm.enqueue(f"Well, {NAME}, that is far.")
    await place.turn(2)
    before = raw(parts)
    ids = [number.to_bytes(8, "big") for number in (old.id, message.id, place.otto.id)]
    traces = [WORDS.encode(), NAME.encode(), *(n.lstrip(b"\0") for n in ids)]
    assert [t for t in traces if t not in before] == []

    assert await forgotten(place) == FORGOTTEN
    assert [t for t in traces if t in raw(parts)] == []
    assert b"Bread is dear." in raw(parts)
    # What the bot has posted for them they could not delete, at the table that has ended as well.
    assert len(set(by_command)) == 2
    assert not set(by_command) & {message.id for message in place.history()}
    assert {old.id, message.id} <= {message.id for message in place.history()}
    await place.turn()
    assert WORDS not in llm.prompts[-1]
    assert NAME not in llm.prompts[-1]
    assert "Well, someone, that is far." in llm.prompts[-1]
    assert 'Lena L. (guest): "Bread is dear."' in llm.prompts[-1]
    assert [t for t in traces if t in raw(parts)] == []
    assert "No message of yours." in await ask(place)
    assert "1 message of yours" in await ask(place, by=place.lena)

    await place.type("stop")
    minutes = await place.history()[-1].attachments[0].read()
    assert NAME.encode() not in minutes
    assert "Bread is dear." in minutes.decode()


async def test_what_was_forgotten_is_not_taken_in_again_and_what_is_new_is(place: SimulatedPlace, parts: Parts) -> None:
    await place.type("start")
    await place.lena.send(place.channel, "Bread is dear.")
    message = await place.otto.send(place.channel, WORDS)
    await forgotten(place)
    await place.otto.edit(message, f"{WORDS} Really.")
    await place.restart(parts)
    assert [t.text for t in await place.guests()] == ["Bread is dear.", ""]
    await place.otto.send(place.channel, "Here I am again.")
    assert [t.text for t in await place.guests()] == ["Bread is dear.", "", "Here I am again."]


async def test_nothing_happens_before_it_is_confirmed(place: SimulatedPlace) -> None:
    await place.type("start")
    await place.otto.send(place.channel, WORDS)
    assert await ask(place, "forget me") == SURE
    assert [t.text for t in await place.guests()] == [WORDS]


async def test_the_button_works_after_a_restart(place: SimulatedPlace, parts: Parts) -> None:
    await place.type("start")
    await place.otto.send(place.channel, WORDS)
    asked = await place.otto.slash(place.channel, "roundtable privacy", action="forget me")
    await place.restart(parts)
    await place.otto.click(answer(asked), label="Forget me")
    assert [t.text for t in await place.guests()] == [""]


async def test_the_button_is_for_whoever_asked(place: SimulatedPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else sees it, but a request can be forged."""
    await place.type("start")
    await place.otto.send(place.channel, WORDS)
    made = components.custom_id
    forged = partial(monkeypatch.setattr, components, "custom_id")
    forged(lambda verb, argument="": made(verb, place.lena.id if verb == "privacy-forget" else argument))
    asked = await place.otto.slash(place.channel, "roundtable privacy", action="forget me")
    result = await place.otto.click(answer(asked), label="Forget me")
    assert answer(result).content.startswith("Only whoever asked for this")
    assert [t.text for t in await place.guests()] == [WORDS]


async def test_what_is_kept_comes_with_buttons_for_what_one_can_do(place: SimulatedPlace) -> None:
    await place.type("start")
    await place.otto.send(place.channel, WORDS)
    card = answer(await place.otto.slash(place.channel, "roundtable privacy"))
    assert answer(await place.otto.click(card, label="Export")).attachments[0].filename == "roundtable-about-you.json"
    assert answer(await place.otto.click(card, label="Keep me out")).content == KEPT_OUT
    card = answer(await place.otto.slash(place.channel, "roundtable privacy"))
    assert answer(await place.otto.click(card, label="Let me in")).content == LET_IN
    sure = answer(await place.otto.click(card, label="Forget me…"))
    await place.otto.click(sure, label="Cancel")
    assert [t.text for t in await place.guests()] == [WORDS]


async def test_the_convener_is_told_what_it_means_for_the_table(place: SimulatedPlace) -> None:
    await place.type("start")
    asked = await ask(place, "forget me", by=place.mira)
    assert asked == f"{SURE}\n{CONVENER}"
    assert await forgotten(place, by=place.mira) == FORGOTTEN
    assert "Its convener asked to be forgotten." in await place.type("status")
    assert (await place.type("pause")).startswith(
        "Only members with **Manage Messages** can do that: the convener asked to be forgotten. You can chime in"
    )
    await place.type("stop", by=place.ada)
    assert (await place.session()).status is Status.ENDED


async def test_forgetting_is_by_server(place: SimulatedPlace, parts: Parts) -> None:
    other = SimulatedPlace(place.env, parts.store)
    otto = other.guild.add_member(place.otto.user)
    for there, who in ((place, place.otto), (other, otto)):
        await there.type("start")
        await who.send(there.channel, WORDS)
    await forgotten(place)
    assert [t.text for t in await place.guests()] == [""]
    assert [t.text for t in await other.guests()] == [WORDS]


# --- keeping out ---


async def test_kept_out_by_every_way_in_until_let_in_again(place: SimulatedPlace, parts: Parts) -> None:
    await place.type("start")
    await place.otto.send(place.channel, "Before.")
    assert await ask(place, "keep me out") == KEPT_OUT
    message = await place.otto.send(place.channel, WORDS)
    assert message.reactions == []
    shown = len(place.history())
    assert await place.type("say", by=place.otto, text=WORDS) == LEFT_OUT
    assert len(place.history()) == shown
    await place.restart(parts)
    assert [t.text for t in await place.guests()] == ["Before."]
    assert "You are on the list of those whom I keep out." in await ask(place)
    assert await forgotten(place) == f"{FORGOTTEN} {STILL_OUT}"
    assert await ask(place, "let me in") == LET_IN
    await place.otto.send(place.channel, "After.")
    assert [t.text for t in await place.guests()] == ["", "After."]


# --- what Discord deletes ---


async def test_deleted_or_edited_while_the_bot_was_away(
    place: SimulatedPlace, parts: Parts, llm: ScriptedEndpoint
) -> None:
    await place.type("start")
    backend, channel = place.env.backend, place.channel.id
    deleted = await place.otto.send(place.channel, WORDS)
    edited = await place.lena.send(place.channel, "Bread is dear.")
    hushed = await place.lena.send(place.channel, "Psst.")
    await place.lena.send(place.channel, f"Ask {place.otto.mention}.")
    mention = (await place.guests())[-1].text
    await place.otto.slash(place.channel, "roundtable say", text="By command.")
    await place.otto.slash(place.channel, "roundtable say", text=f"By command, {WORDS}")
    gone = place.history()[-1]
    for message in (deleted, gone):
        unheard(place, backend.delete_message, channel, message.id)
    unheard(place, backend.edit_message, channel, edited.id, {"content": "Bread is cheap."})
    unheard(place, backend.edit_message, channel, hushed.id, {"content": "// Psst."})
    await place.restart(parts)
    assert [t.text for t in await place.guests()] == [
        "",
        "Bread is cheap.",
        "",
        mention,
        "By command.",
        "",
    ]
    found = await place.store.posts.of_message(gone.id)
    assert found is not None
    assert found[1].content == "", "nor is it kept with its post"
    await place.turn()
    assert WORDS not in llm.prompts[-1]


async def test_a_deleted_channel_takes_what_was_said_in_it_and_its_threads(place: SimulatedPlace) -> None:
    thread = place.make_thread("side table")
    for there in (place, thread):
        await there.type("start")
        await there.otto.send(there.channel, WORDS)
        await there.otto.slash(there.channel, "roundtable say", text=f"By command, {WORDS}")
    await place.type("stop")
    sessions = [(await there.session()).id for there in (place, thread)]
    place.env.backend.delete_channel(place.channel.id)
    await place.env.settle()
    for number in sessions:
        assert [t.text for t in await place.store.record(number) if t.kind == "guest"] == ["", ""]
        assert [post.content for post in await place.store.posts.of_session(number, PostKind.WORDS)] == [""]
        stored = await place.store.session(number)
        assert stored is not None
        assert stored.status is Status.ENDED


async def test_a_deleted_thread_takes_what_was_said_in_it(place: SimulatedPlace) -> None:
    thread = place.make_thread("side table")
    await thread.type("start")
    await thread.otto.send(thread.channel, WORDS)
    number = (await thread.session()).id
    place.env.backend.delete_channel(thread.channel.id)
    await place.env.settle()
    assert [t.text for t in await place.store.record(number) if t.kind == "guest"] == [""]


# --- leaving a server ---


async def test_leaving_begins_the_grace_period_and_coming_back_ends_it(place: SimulatedPlace) -> None:
    await place.type("start")
    far_off = place.bot.retention
    at = discord.utils.utcnow().replace(year=2999)
    place.env.backend.remove_guild(place.guild.id)
    await place.env.settle()
    assert await place.store.expiry.servers_left(at) == [place.guild.id]
    await far_off.back(place.guild.id)
    assert await place.store.expiry.servers_left(at) == []
    catalogues, task = place.bot.workshop.catalogues, Task(name="ferry", context="", questions=("Row?",))
    await place.store.own_tasks.add(place.guild.id, task, made_by=1, most=1, sketch_id=0)
    catalogues.changed(place.guild.id)
    assert task in (await catalogues.of(place.guild.id)).tasks
    await far_off.left(place.guild.id)
    await far_off.sweep([], at)
    assert task not in (await catalogues.of(place.guild.id)).tasks, "nothing remembers what is deleted"


async def test_an_outage_is_no_departure(place: SimulatedPlace) -> None:
    await place.type("start")
    state = place.bot._connection
    state.parse_guild_delete({"id": str(place.guild.id), "unavailable": True})  # type: ignore[typeddict-item]
    await place.env.settle()
    at = discord.utils.utcnow().replace(year=2999)
    assert await place.store.expiry.servers_left(at) == []
    await place.bot.retention.sweep([g.id for g in place.bot.guilds], at)
    assert await place.store.session((await place.session()).id)
