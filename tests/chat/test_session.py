"""A whole discussion in a channel, from the opening card to the minutes."""

from collections import Counter
from datetime import UTC, datetime

import discord
import pytest

from bot.chat.text.sentences import sentence
from bot.discussion.model.record import Record, Session
from bot.discussion.model.steerings import QuestionPut
from bot.discussion.moderation.moderator import next_step
from bot.discussion.moderation.steps import Open, Speak, Summarise
from bot.llm.dummy.server import serve_dummy
from bot.llm.endpoint import Endpoint
from bot.sessions.delivery.notices import SessionClosed
from bot.store.models import Status
from tests.support.endpoint_stand_in import ScriptedEndpoint, says
from tests.support.simulated_bot import CAST, FULL_NAMES, Parts
from tests.support.simulated_place import SimulatedPlace, words

CLOSED = sentence(SessionClosed())


async def test_a_whole_session(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    answer = await place.type("start")
    assert answer.startswith("The table is open.\n10 turns will cover ")
    await place.turn()
    await place.otto.send(place.channel, "The pigeons eat half of it.")
    await place.turn()
    assert '\nOtto the Miller (guest): "The pigeons eat half of it."\n' in llm.prompts[-1]
    first = place.spoken[0]
    await place.lena.send(place.channel, "You never said who sweeps.", reply_to=first)
    await place.turn()
    assert '\nLena L. (guest): "You never said who sweeps."\n' in llm.prompts[-1]
    assert place.spoken[-1].author.name == first.author.name, "the persona replied to speaks next"
    assert "Lena L. has just spoken to you" in llm.prompts[-2]
    await place.turn(10)

    assert_opening(place)
    record, session = await place.record(), (await place.session()).session
    turns = [t for t in record if t.kind in ("persona", "summary")]
    assert [t.kind for t in turns] == ["persona"] * 10 + ["summary"]
    assert place.said == [t.text for t in turns]
    assert place.speakers == [FULL_NAMES[t.speaker] for t in turns[:10]]
    assert f"## Summary, by {FULL_NAMES[turns[10].speaker]}" in words(place.cards[-1])
    put = len({s.question for _, s in record.steerings() if isinstance(s, QuestionPut)})
    assert f"-# 10 turns · {put} questions · 2 guests" in words(place.cards[-1])
    assert turns[10].speaker in most_talkative(record)
    assert llm.prompts[0].endswith(f"{turns[0].speaker}:")

    faces = {persona.full_name: place.bot.avatars.url(persona) for persona in CAST}
    sent = place.executed()
    assert [(s["username"], s["avatar_url"]) for s in sent] == [(name, faces[name]) for name in place.speakers]
    assert all(s["flags"] & discord.MessageFlags.suppress_embeds.flag for s in sent)

    questions = [s.question for _, s in record.steerings() if isinstance(s, QuestionPut)]
    *said, last_call, closed = place.said_by_bot
    assert (said, closed) == ([f"❓ **{q}**" for q in questions], CLOSED)
    assert last_call.startswith("-# Three turns left, then ")
    assert last_call.endswith(" sums up. Last chance to chime in.")
    assert [words(panel) for panel in place.panels] == ["**Closed** · 10 turns"]
    assert (await place.session()).status is Status.ENDED
    assert place.buttons() == []
    await assert_minutes(place, record)
    assert_replays(session, record)


def assert_opening(place: SimulatedPlace) -> None:
    """The channel's first message is the card, with everything a guest should know before writing."""
    card = place.history()[0]
    title, setting, faces, how, notice = words(card).splitlines()
    assert (title, setting, faces) == ("## Round table: bread", "A village bakery.", "Aino · Ravi · Bo")
    assert how.startswith("Just write here to chime in.")
    assert "The speakers are AI." in notice
    assert "kept with the discussion" in notice
    assert "//" in notice


def most_talkative(record: Record) -> list[str]:
    count = Counter(turn.speaker for turn in record.persona_turns())
    return [name for name, turns in count.items() if turns == max(count.values())]


async def assert_minutes(place: SimulatedPlace, record: Record) -> None:
    """The last message carries everything that was shown, in order, with the summary first."""
    (file,) = place.history()[-1].attachments
    assert file.filename == f"bread-{datetime.now(UTC):%Y-%m-%d}.md"
    minutes = (await file.read()).decode()
    at = -1
    *discussion, summary = record
    for turn in [summary, *discussion]:
        after = minutes.find(turn.text, at + 1)
        assert after > at, f"“{turn.text}” is not in the minutes after the turn before it"
        at = after
    assert "**Otto the Miller** (guest): The pigeons eat half of it." in minutes


def assert_replays(session: Session, record: Record) -> None:
    """The same seed and record give the same order of speakers and questions again."""
    replayed = Record()
    for turn in record:
        if turn.kind != "guest":
            match next_step(session, Record(list(replayed))):
                case Speak(persona) | Summarise(persona):
                    assert persona.name == turn.speaker
                case Open(question):
                    assert turn.steering == QuestionPut(question=question)
                case step:
                    raise AssertionError(f"{step} instead of turn {turn.seq}")
        replayed.append(turn)


async def test_the_same_seed_gives_the_same_order(place: SimulatedPlace) -> None:
    orders: list[list[str]] = []
    for name in ("first", "second"):
        one = place.elsewhere(place.guild.create_text_channel(name))
        await one.type("start", turns=6)
        await one.turn(7)
        orders.append([words(m).partition("\n")[0] if not m.webhook_id else m.author.name for m in one.history()])
    assert orders[0] == orders[1]


async def test_two_tables_in_two_channels_keep_apart(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    other = place.elsewhere(place.guild.create_text_channel("harbour"))
    await place.type("start", turns=2)
    await other.type("start", task="boats", turns=2)
    await place.otto.send(place.channel, "The pigeons!")
    await place.turn(3)
    assert [len(p.said) for p in (place, other)] == [3, 3]
    assert not [p for p in llm.prompts if "A harbour." in p and "pigeons" in p]
    assert [p for p in llm.prompts if "A village bakery." in p and "pigeons" in p]


async def test_nothing_that_is_said_pings(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    loud = f"@everyone @here <@{place.otto.id}>"
    llm.answer = lambda request: says(f"Quiet, {loud}! I eat." if "is over." in request.prompt else f"Hi, {loud}!")
    await place.type("start", question=f"Who wakes {loud}?", turns=1)
    await place.lena.slash(place.channel, "roundtable say", text=f"{loud}, good morning")
    await place.turn(2)
    assert place.summaries == [f"Quiet, {loud}! I eat."]
    assert place.pinged == []


async def test_a_long_turn_becomes_several_messages(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    sentences = [f"Sentence {n} is about bread and about the people who bake it." for n in range(60)]
    llm.enqueue(" ".join(sentences))
    await place.type("start", turns=1)
    parts = place.spoken
    assert len(parts) == 2
    assert len({m.author.name for m in parts}) == 1
    assert all(len(m.content) <= 2000 and m.content.endswith(".") for m in parts)
    assert " ".join(m.content for m in parts) == " ".join(sentences)


@pytest.mark.parametrize("strict_roles", [False, True])
async def test_a_session_on_the_embedded_dummy(place: SimulatedPlace, parts: Parts, strict_roles: bool) -> None:
    async with serve_dummy(strict_roles=strict_roles) as base_url:
        parts.endpoint = Endpoint(base_url, retries=0, timeout=10)
        await place.restart(parts)
        await place.type("start")
        await place.otto.send(place.channel, "Ravi, what about the pigeons?")
        await place.turn(12)
        await parts.endpoint.aclose()
    assert (await place.session()).status is Status.ENDED
    assert len(place.spoken) >= 9, "the dummy hardly ever repeats itself"
    assert set(place.speakers) == set(FULL_NAMES.values())
    assert place.speakers[1] == "Ravi Menon"
