"""`roundtable run` as a process of its own, on the stand-in for Discord and the embedded dummy."""

import asyncio
import re
import signal

import pytest

from bot.chat.app import run_bot
from bot.chat.session_starts import RESERVE
from bot.errors import RoundtableError
from bot.settings import Settings
from bot.store.models import PostKind, PostStatus, Status
from bot.store.store import Store
from tests.support.bot_host import LLM_KEY, PROMISE, BotHost
from tests.support.discord_stand_in import Fault, pointed_at

pytestmark = pytest.mark.long


async def test_a_table_outlives_its_process(host: BotHost) -> None:
    """One discussion over three processes: the first is told to end in the middle of a post, the second is killed."""
    world, in_flight = host.world, host.server.faults
    async with host.process() as process:
        await host.connected()
        await world.until(lambda: world.commands, timeout=10, what="the commands")
        started = world.slash("general", "Mira", "roundtable", "start", {"turns": 3})
        assert "table is open" in (await started.answered("followup")).payload["content"]
        await world.until(lambda: len(host.turns()) == 1, timeout=10, what="the first turn")

        hanging = in_flight.next("POST", "/webhooks/", Fault.hang(stored=True, event="never"))
        async with host.process() as second:
            assert await asyncio.wait_for(second.wait(), 20) == 1
        assert "is in use by another roundtable process" in host.logs.pop().read_text()
        await asyncio.wait_for(hanging.met.wait(), 20)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), PROMISE) == 0
        hanging.release()

    hanging = in_flight.next("POST", "/webhooks/", Fault.hang(stored=True, event="never"))
    async with host.process() as process:
        await host.connected()
        await asyncio.wait_for(hanging.met.wait(), 20)
        process.kill()
        await process.wait()
        hanging.release()
    world.member_says("general", "Otso", "Have I missed something?")

    async with host.process() as process:
        await host.connected()
        await world.wait_for_messages("general", 1, containing="The table is closed. Thank you", timeout=20)
        await host.server.settled()
        panel = next(m for m in world.channel_history("general") if "table.steer" in str(m.sent))
        await world.until(lambda: panel.words.startswith("**Closed**"), what="the closed panel")
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), PROMISE) == 0

    await check_stored(host)
    check_logs(host)


async def check_stored(host: BotHost) -> None:
    """Nothing is lost, nothing stands there twice, and the database says so."""
    store = await Store.open(f"sqlite+aiosqlite:///{host.database}", host.database)
    session = await store.session(1)
    posts = await store.posts.of_session(1)
    record = await store.record(1)
    await store.aclose()
    assert session
    assert session.status is Status.ENDED
    posts = [p for p in posts if (p.kind, p.status) != (PostKind.PANEL, PostStatus.REMOVED)]  # it has moved on
    assert {p.status for p in posts} == {PostStatus.POSTED}
    assert [p.message_id for p in posts] == [m.id for m in host.world.channel_history("general") if m.author.get("bot")]
    turns = [p for p in posts if p.kind is PostKind.TURN]
    *said, summary = host.turns()
    assert [p.content for p in turns] == said
    assert [p.content in summary for p in posts if p.kind is PostKind.SUMMARY] == [True]
    assert len({p.turn_seq for p in turns}) == len(record.persona_turns())
    assert [t.text for t in record if t.kind == "guest"] == ["Have I missed something?"]


def check_logs(host: BotHost) -> None:
    """What three processes said, at DEBUG: no secret, no trace, no false alarm."""
    said = "\n".join(log.read_text() for log in host.logs)
    secrets = {host.server.token, LLM_KEY, *(w.token for w in host.world.webhooks.values()), *host.world.interactions}
    assert [secret for secret in secrets if secret in said] == []
    assert "Traceback" not in said
    assert "LLM_BASE_URL is dummy: the personas babble" in said
    assert said.count("bot.chat.app: ended") == 2  # and one was killed
    for false_alarm in ("PyNaCl", "davey", "intent seems to be disabled", "Unclosed", "never retrieved", "garbage"):
        assert false_alarm not in said


async def test_told_to_end_while_discord_does_not_answer(host: BotHost) -> None:
    silent = host.server.faults.next("GET", "/users/@me", Fault.hang())
    async with host.typed_process() as process:
        await asyncio.wait_for(silent.met.wait(), 20)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), PROMISE) == 0
    assert "Traceback" not in host.logs[-1].read_text()


async def test_the_last_session_starts_of_a_day_are_left_alone(host: BotHost) -> None:
    """At the start and later: the process sleeps and says until when, and ends when told to."""
    world, gateway = host.world, host.server.gateway

    async def says(times: int) -> None:
        await world.until(lambda: host.logs[-1].read_text().count("Going on at") == times, timeout=20, what="the word")

    world.session_starts = RESERVE
    async with host.process(LOG_LEVEL="INFO") as process:
        await says(1)
        assert gateway.identifies == []
        world.session_starts = RESERVE + 1
        await host.connected()
        world.session_starts_reset_after = 3_600_000
        gateway.invalidate()
        await says(2)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), PROMISE) == 0
    assert len(gateway.identifies) == 1
    said = host.logs[-1].read_text()
    assert f"{RESERVE} are left" in said
    assert "Traceback" not in said
    assert "Unclosed" not in said


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"discord_token": None}, "DISCORD_TOKEN is not set"),
        ({"discord_token": "MTIz.another.token"}, "Discord refused DISCORD_TOKEN"),
        ({"personas_dir": "personas"}, "aino.json: creativity"),
    ],
)
async def test_what_a_host_has_to_mend_is_one_sentence(
    host: BotHost, changed: dict[str, str | None], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(host.folder)
    faulty = host.folder / "personas"
    faulty.mkdir()
    (faulty / "aino.json").write_text('{"name": "Aino", "prompt": "You are Aino.", "creativity": 1.7}')
    given = {name.lower(): value for name, value in host.settings().items() if name.lower() in Settings.model_fields}
    with pointed_at(host.server), pytest.raises(RoundtableError, match=re.escape(sentence)) as told:
        await run_bot(Settings(_env_file=None, **(given | changed)))  # type: ignore[arg-type]
    assert host.server.token not in str(told.value)
    assert "another.token" not in str(told.value)
