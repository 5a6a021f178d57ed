"""The bot's process is killed, told to end, or refused an intent: what is stored is shown, and paid for once."""

import asyncio
import signal
from collections.abc import AsyncIterator

import pytest

from bot.store.models import PostStatus, Status
from tests.support.bot_host import PROMISE, BotHost
from tests.support.discord_stand_in import Fault
from tests.support.endpoint_stand_in import ScriptedEndpoint, held, scripted_endpoint

pytestmark = pytest.mark.long

FIRST, SECOND = "The miller bakes at dawn.", "Nobody bakes on Sundays, friends."


@pytest.fixture
async def llm() -> AsyncIterator[ScriptedEndpoint]:
    async with scripted_endpoint() as server:
        server.answers_probes_aside = True
        yield server


@pytest.mark.parametrize("stored", [True, False], ids=["shown", "not shown"])
async def test_a_stored_turn_costs_no_second_call_and_keeps_its_text(
    host: BotHost, llm: ScriptedEndpoint, stored: bool
) -> None:
    """Killed between the commit of a turn and the answer to its post."""
    llm.enqueue(FIRST, SECOND)
    post = host.server.faults.next("POST", "/webhooks/", Fault.hang(stored=stored, event="never"), content=FIRST)
    async with host.process(LLM_BASE_URL=llm.url) as process:
        await host.start()
        await asyncio.wait_for(post.met.wait(), 20)
        process.kill()
        await process.wait()
    host.server.faults.planned.clear()
    async with host.store() as store:
        (sending,) = [p for p in await store.posts.of_session(1) if p.status is PostStatus.SENDING]
        assert sending.content == FIRST
    asked = len(llm.prompts)
    assert asked == 1
    async with host.process(LLM_BASE_URL=llm.url):
        await host.connected()
        await host.world.wait_for_messages("general", 1, containing="The table is closed. Thank you", timeout=30)
        await host.server.settled()
    assert host.turns()[:2] == [FIRST, SECOND]
    assert len(host.turns()) == 3
    assert len(llm.prompts) == 3  # two turns and the summary, once each


async def test_told_to_end_nobody_speaks_any_more(host: BotHost, llm: ScriptedEndpoint) -> None:
    """The answer that the second speaker is waiting for comes too late: it is neither stored nor shown."""
    gate = asyncio.Event()
    llm.enqueue(FIRST, held(gate, SECOND))
    async with host.process(LLM_BASE_URL=llm.url) as process:
        await host.start()
        await host.world.until(lambda: len(llm.prompts) == 2, timeout=20, what="the second speaker")
        process.send_signal(signal.SIGINT)  # SIGTERM ends others of these tests
        assert await asyncio.wait_for(process.wait(), PROMISE) == 0
        gate.set()
    assert host.turns() == [FIRST]
    assert len(llm.prompts) == 2
    async with host.store() as store:
        session = await store.session(1)
        assert session
        assert session.status is Status.RUNNING
        assert [t.text for t in (await store.record(1)).persona_turns()] == [FIRST]
    assert "Traceback" not in host.logs[-1].read_text()


async def test_an_intent_that_is_refused_at_the_gateway_is_done_without(host: BotHost) -> None:
    """The switch was turned off just after the bot had looked: Discord closes the connection with 4014."""
    world = host.world
    again = host.server.faults.next("GET", "/users/@me", Fault.hang(), skip=1)
    async with host.process(LOG_LEVEL="INFO") as process:
        await asyncio.wait_for(again.met.wait(), 20)
        world.set_message_content(False)
        again.release()
        await host.start()
        await world.wait_for_messages("general", 1, containing="The table is closed. Thank you", timeout=20)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), PROMISE) == 0
    asked = [identify["intents"] & 1 << 15 for identify in host.server.gateway.identifies]
    assert [bool(content) for content in asked] == [True, False]
    said = host.logs[-1].read_text()
    assert "Discord refused the Message Content intent; going on without it" in said
    assert "guests chime in with `/roundtable say`" in said
    assert "Traceback" not in said
    assert "/roundtable say" in world.channel_history("general")[0].words
