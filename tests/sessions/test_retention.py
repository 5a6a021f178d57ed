"""How long things are kept, and what members take back while nobody listens."""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chat.text.sentences import sentence
from bot.discussion.model.dials import Dials
from bot.discussion.model.erasure import Member
from bot.discussion.model.record import Turn
from bot.discussion.replies.scripts import scripts
from bot.discussion.text.text_caches import TURN_TEXT_CACHES
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.sessions.delivery.notices import SessionClosed
from bot.sessions.delivery.stage import PostRejected, RejectReason
from bot.sessions.guest_turns import Heard
from bot.sessions.new_session import OpeningPlace
from bot.sessions.privacy.retention import Retention
from bot.sessions.session_runner import SessionRunner
from bot.sessions.supervisor import Supervisor
from bot.store.models import Post, PostKind, Status, StoredSession
from bot.store.schema import now
from bot.store.store import Store
from tests.support.endpoint_stand_in import ScriptedEndpoint, scripted_endpoint
from tests.support.memory_place import LOST, OK, MemoryPlace, ScriptedStage, Sending
from tests.support.samples import CAST, GUILD, PLACE, TASK, stored_session

CLOSED = sentence(SessionClosed())

HERE = OpeningPlace(guild_id=GUILD, place_id=PLACE, channel_id=PLACE, convener_id=5, anchor_id=1)
LONG = Dials(pace=60, turns=9)
KIM = Member(77, ("Kim",))


class RetentionHouse:
    """A supervisor on a real store, with one place that outlives it."""

    def __init__(self, store: Store, server: ScriptedEndpoint) -> None:
        self.store = store
        self.server = server
        self.place = MemoryPlace()
        self.script: list[Sending] = []
        self.stages: list[ScriptedStage] = []
        self.endpoint = Endpoint(server.url, retries=0)
        self.supervisor = self._supervisor()

    def _supervisor(self) -> Supervisor:
        return Supervisor(self.store, EndpointRegistry(self.endpoint), self._stage, max_tokens=60)

    def _stage(self, stored: StoredSession) -> ScriptedStage:
        self.stages.append(ScriptedStage(self.place, *self.script))
        return self.stages[-1]

    async def start(self, dials: Dials = LONG) -> SessionRunner:
        run = await self.supervisor.start(HERE, task=TASK, cast=CAST, dials=dials, seed=4)
        await self.rest(run)
        return run

    async def rest(self, run: SessionRunner, turns: int = 1) -> None:
        """Wait until so many turns are shown."""
        async with asyncio.timeout(10):
            while len(run.record.persona_turns()) < turns or run.is_posting:  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    async def hear(self, run: SessionRunner, *texts: str) -> list[int]:
        messages = [self.place.guest(text) for text in texts]
        for message in messages:
            assert await run.hear(message) is Heard.TAKEN
        return [message.id for message in messages]

    async def restart(self, meanwhile: "list[int] | None" = None, **edited: str) -> SessionRunner:
        """The process ends, members delete some messages, and another process begins."""
        await self.supervisor.shutdown()
        self.place.guests = [g for g in self.place.guests if g.id not in (meanwhile or [])]
        self.supervisor = self._supervisor()
        await self.supervisor.resume_all()
        run = self.supervisor.open_at(PLACE)
        await run.catch_up()
        return run

    async def guests(self, run: SessionRunner) -> list[str]:
        stored = [t.text for t in await self.store.record(run.stored.id) if t.kind == "guest"]
        assert stored == [t.text for t in run.record if t.kind == "guest"]
        return stored

    def retention(self, *, keep_days: int | None = 90, grace_days: int = 7) -> Retention:
        return Retention(self.store, self.supervisor.drop_server, keep_days=keep_days, grace_days=grace_days)


@pytest.fixture
async def house(store: Store) -> AsyncIterator[RetentionHouse]:
    async with scripted_endpoint() as server:
        house = RetentionHouse(store, server)
        yield house
        await house.supervisor.shutdown()
        await house.endpoint.aclose()


# --- what members take back ---


async def test_what_was_deleted_while_the_bot_was_away_is_blanked_at_the_start(house: RetentionHouse) -> None:
    run = await house.start()
    first, _, last = await house.hear(run, "I live at Mill Lane 4.", "Bread is dear.", "My sister too.")
    run = await house.restart([first, last])
    assert await house.guests(run) == ["", "Bread is dear.", ""]


async def test_what_was_edited_while_the_bot_was_away_is_amended_at_the_start(house: RetentionHouse) -> None:
    run = await house.start()
    first, second, _ = await house.hear(run, "Bread is dear.", "I live at Mill Lane 4.", "Who bakes?")
    house.place.edited |= {first: "Bread is cheap.", second: ""}
    run = await house.restart()
    assert await house.guests(run) == ["Bread is cheap.", "", "Who bakes?"]


async def test_what_can_not_be_read_is_left_as_it_is(house: RetentionHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_stage: ScriptedStage, message_ids: Collection[int]) -> dict[int, str | None]:
        raise PostRejected(RejectReason.BLOCKED, "The history can't be read.")

    run = await house.start()
    deleted = await house.hear(run, "I live at Mill Lane 4.")
    with monkeypatch.context() as patch:
        patch.setattr(ScriptedStage, "said_of", fail)
        run = await house.restart(deleted)
        assert await house.guests(run) == ["I live at Mill Lane 4."]
    await run.catch_up()
    assert await house.guests(run) == [""]


async def test_a_deleted_message_is_not_in_minutes_sent_again(house: RetentionHouse) -> None:
    run = await house.start()
    (message_id,) = await house.hear(run, "I live at Mill Lane 4.")
    sent = asyncio.Event()
    house.stages[0].script.extend([Sending(stored=False, answered=False, until=sent), OK])
    closing = asyncio.create_task(run.close())
    await house.stages[0].until_sent(len(house.stages[0].sends) + 1)
    await house.supervisor.message_gone(PLACE, message_id)
    sent.set()
    await closing
    before, after = [p.attachment or "" for p in house.stages[0].sends if p.kind is PostKind.MINUTES]
    assert "Mill Lane" in before
    assert "Mill Lane" not in after
    assert house.place.texts[-1] == CLOSED


async def test_a_message_deleted_under_a_closed_table_is_not_in_minutes_still_to_be_sent(house: RetentionHouse) -> None:
    stored = await house.store.add_session(stored_session(), [])
    message = house.place.guest("I live at Mill Lane 4.")
    run = house.supervisor._open(stored, await house.store.record(stored.id), 0)
    await run.hear(message)
    await house.store.set_status(stored.id, Status.ENDED)
    del house.supervisor._runners[PLACE]
    post = Post(PostKind.MINUTES, CLOSED, attachment="**Kim**: I live at Mill Lane 4.")
    await house.store.posts.add(stored.id, PLACE, post)
    await house.supervisor.message_gone(PLACE, message.id)
    (minutes,) = await house.store.posts.of_session(stored.id, PostKind.MINUTES)
    assert minutes.attachment
    assert "Mill Lane" not in minutes.attachment


async def test_a_channel_that_is_deleted_takes_its_guests_words_along(house: RetentionHouse) -> None:
    run = await house.start()
    await house.hear(run, "I live at Mill Lane 4.")
    await house.supervisor.place_gone(PLACE)
    assert run.status is Status.ENDED
    assert [t.text for t in await house.store.record(run.stored.id) if t.kind == "guest"] == [""]


async def test_a_forgotten_member_is_in_no_prompt_and_not_taken_in_again(house: RetentionHouse) -> None:
    run = await house.start()
    ids = await house.hear(run, "I live at Mill Lane 4.", "Aino, do you?")
    await house.supervisor.forget(GUILD, KIM, listen_from=ids[-1] + 1)
    await house.rest(run, 2)
    assert "Mill Lane" not in house.server.prompts[-1]
    assert "Kim" not in house.server.prompts[-1]
    assert run._outbox.latest not in ids
    again = await house.restart()
    assert await house.guests(again) == ["", ""]
    assert not [t for t in again.record if t.author_id or (t.message_id and t.kind == "guest")]


async def test_a_convener_can_be_forgotten_while_the_table_is_open(house: RetentionHouse) -> None:
    run = await house.start()
    await house.supervisor.forget(GUILD, Member(5, ("Mira",)), listen_from=2)
    stored = await house.store.session(run.stored.id)
    assert stored is not None
    assert stored.convener_id == run.stored.convener_id == house.stages[0].reports[-1].convener_id == 0


async def test_who_is_kept_out_is_not_heard_also_after_a_start(house: RetentionHouse) -> None:
    run = await house.start()
    await house.store.member_data.keep_out(GUILD, KIM.id, out=True)
    assert await run.hear(house.place.guest("I live at Mill Lane 4.")) is not Heard.TAKEN
    run = await house.restart()
    assert await house.guests(run) == []
    await house.store.member_data.keep_out(GUILD, KIM.id, out=False)
    assert await run.hear(house.place.guest("Here I am.")) is Heard.TAKEN


# --- how long things are kept ---


def raw(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("roundtable.db*"))


async def ended(house: RetentionHouse, *, place_id: int = PLACE, guild_id: int = GUILD) -> StoredSession:
    stored = await house.store.add_session(stored_session(place_id=place_id, guild_id=guild_id), [])
    await house.store.set_status(stored.id, Status.ENDED)
    return stored


async def test_a_discussion_is_kept_so_many_days_after_its_end(house: RetentionHouse) -> None:
    old, still_open = await ended(house), await house.store.add_session(stored_session(place_id=5), [])
    await house.retention().sweep([GUILD], now() + timedelta(days=89))
    assert await house.store.session(old.id)
    await house.retention().sweep([GUILD], now() + timedelta(days=91))
    assert await house.store.session(old.id) is None
    assert await house.store.session(still_open.id)


async def test_for_ever_means_for_ever(house: RetentionHouse) -> None:
    old = await ended(house)
    await house.retention(keep_days=None).sweep([GUILD], now() + timedelta(days=36_500))
    assert await house.store.session(old.id)


async def test_each_look_is_one_line_in_the_log(house: RetentionHouse, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot.sessions.privacy.retention")
    await ended(house)
    await house.retention().sweep([GUILD], now() + timedelta(days=91))
    assert [r.getMessage() for r in caplog.records if r.name == "bot.sessions.privacy.retention"] == [
        "retention: 1 ended discussions deleted (kept for 90 days), 0 of servers left (7 days of grace)"
    ]


async def test_a_server_that_was_left_has_a_grace_period(house: RetentionHouse) -> None:
    run = await house.start()
    retention = house.retention()
    await retention.left(GUILD)
    await retention.sweep([], now() + timedelta(days=6))
    assert await house.store.session(run.stored.id)
    await retention.sweep([], now() + timedelta(days=8))
    assert await house.store.session(run.stored.id) is None
    assert house.supervisor.find(PLACE) is None


async def test_coming_back_in_between_keeps_everything(house: RetentionHouse) -> None:
    kept = await ended(house)
    retention = house.retention()
    await retention.left(GUILD)
    await retention.back(GUILD)
    await retention.sweep([GUILD], now() + timedelta(days=8))
    assert await house.store.session(kept.id)


async def test_a_server_left_while_the_bot_was_away_counts_from_the_next_start(house: RetentionHouse) -> None:
    gone, here = await ended(house), await ended(house, place_id=5, guild_id=9)
    retention = house.retention(keep_days=None, grace_days=0)
    await retention.sweep([9], now())
    assert await house.store.session(gone.id), "not in the same breath"
    await retention.sweep([9], now() + timedelta(days=1))
    assert await house.store.session(gone.id) is None
    assert await house.store.session(here.id)


async def test_what_is_deleted_is_not_in_the_file(house: RetentionHouse, tmp_path: Path) -> None:
    run = await house.start(Dials(pace=0, turns=1))
    await house.hear(run, "I live at Mill Lane 4.")
    await run.close()
    await house.retention().sweep([GUILD], now() + timedelta(days=91))
    assert b"Moderator" not in raw(tmp_path)
    assert b"Mill Lane" not in raw(tmp_path)


async def test_a_look_that_fails_is_not_the_last(
    house: RetentionHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.sessions.privacy.retention._DAY", 0)
    looks = iter([RuntimeError("a bug"), None])
    done = asyncio.Event()

    def servers() -> list[int]:
        if error := next(looks, None):
            raise error
        done.set()
        return [GUILD]

    task = asyncio.create_task(house.retention().run(servers, lambda guild_id: True))
    async with asyncio.timeout(10):
        await done.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert "trying again tomorrow" in caplog.text


async def test_a_post_whose_session_was_deleted_is_not_sent(house: RetentionHouse) -> None:
    house.script = [OK, OK, OK, LOST]
    run = await house.start(Dials(pace=60, turns=5))
    house.supervisor.drop_server(GUILD)
    await house.store.expiry.delete_server(GUILD)
    shown = len(house.place.messages)
    await run._outbox.deliver()
    assert len(house.place.messages) == shown


@pytest.mark.parametrize("how", ["the sweep", "a deletion under a closed table", "forget me"])
async def test_what_is_deleted_is_in_no_cache_either(house: RetentionHouse, how: str) -> None:
    stored = await house.store.add_session(stored_session(), [])
    said = house.place.guest("I live at Mill Lane 4.")
    turn = Turn(1, "guest", said.name, said.text, message_id=said.id, author_id=said.author_id)
    await house.store.add_turn(stored.id, PLACE, turn)
    await house.store.set_status(stored.id, Status.ENDED)
    scripts(said.text)  # as while the table was open
    match how:
        case "the sweep":
            await house.retention(keep_days=0).sweep([GUILD], now() + timedelta(days=1))
        case "forget me":
            await house.supervisor.forget(GUILD, KIM, listen_from=said.id + 1)
        case _:
            await house.supervisor.message_gone(PLACE, said.id)
    assert [cache.cache_info().currsize for cache in TURN_TEXT_CACHES if cache.cache_info().currsize] == []
