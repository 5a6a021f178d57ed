"""How members react to personas' messages: counted as it stands when a turn is begun, noted, and told once."""

from typing import Any

import pytest

from bot.discussion.model.steerings import AudienceReacted
from bot.discussion.text.segmentation import clipped
from bot.store.engine import TransientDatabaseError
from bot.store.models import Post, PostKind
from bot.store.store import Store
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.samples import GUILD
from tests.support.session_table import SessionTable, open_table

DIALS: dict[str, Any] = {"turns": 12, "topic_every": 1000, "dissent_every": 0}
KIM, LEE = 77, 78


def message_of(table: SessionTable, number: int) -> int:
    """The message that shows the persona's turn of this number."""
    return [m.id for m in table.place.messages if m.by_webhook][number - 1]


async def react(table: SessionTable, number: int, member: int, emoji: str = "👍", *, liked: bool = True) -> None:
    await table.run.room.reacted(message_of(table, number), member, emoji, liked=liked)


async def speak(table: SessionTable, turns: int) -> None:
    """Go on until so many turns were taken in all, and the next one is asked for."""
    await table.run.resume()
    await table.speak(turns)


def noted(table: SessionTable) -> list[AudienceReacted]:
    return [s for _, s in table.run.record.steerings() if isinstance(s, AudienceReacted)]


@pytest.mark.both_databases
async def test_the_next_speaker_is_told_once_however_many_react(store: Store, server: ScriptedEndpoint) -> None:
    async with open_table(store, server, **DIALS) as table:
        await table.speak(2)
        first = table.spoken[0]
        for member, emoji in ((KIM, "👍"), (KIM, "❤️"), (LEE, "🔥")):
            await react(table, 1, member, emoji)
        shown = list(table.place.texts)
        await speak(table, 4)
        assert noted(table) == [AudienceReacted(seq=first.seq, liked=2, disliked=0)]
        assert table.place.texts[: len(shown)] == shown
        clause = f'The audience liked {first.speaker}\'s point "{clipped(first.text, 80)}".'
        assert sum(clause in prompt for prompt in server.prompts) == 1
        assert len([prompt for prompt in server.prompts if "The audience" in prompt]) == 1
        # Whoever reacts later has nobody told again.
        await react(table, 1, 79, "👎", liked=False)
        await speak(table, 6)
        assert len(noted(table)) == 1
        await table.assert_stored()


async def test_what_is_taken_back_counts_no_more(store: Store, server: ScriptedEndpoint) -> None:
    async with open_table(store, server, **DIALS) as table:
        await table.speak(3)
        room = table.run.room
        await react(table, 1, KIM, "👍")
        await react(table, 1, KIM, "❤️")
        await room.taken_back(message_of(table, 1), member_id=KIM, emoji="👍")
        await react(table, 2, KIM, "👍")
        await react(table, 2, LEE, "👍")
        await room.taken_back(message_of(table, 2))
        await react(table, 3, LEE, "👎", liked=False)
        await room.taken_back(message_of(table, 3), emoji="👎")
        await speak(table, 6)
        assert noted(table) == [AudienceReacted(seq=table.spoken[0].seq, liked=1, disliked=0)]


async def test_only_what_personas_said_at_this_table_counts(store: Store, server: ScriptedEndpoint) -> None:
    async with open_table(store, server, **DIALS) as table:
        await table.speak(1)
        guest = table.place.guest("Hear, hear!")
        await table.run.hear(guest)
        cards = [m.id for m in table.place.messages if not m.by_webhook]
        assert cards
        by_command = await store.posts.add(table.run.id, table.run.stored.place_id, Post(PostKind.WORDS, "So!", "Kim"))
        await store.posts.bind(by_command, 9_999)
        for message in (guest.id, *cards, 9_999, 4):
            await table.run.room.reacted(message, KIM, "👍", liked=True)
        assert await store.reactions.counts(table.run.id) == {}
        await speak(table, 3)
        assert noted(table) == []


async def test_who_is_kept_out_and_what_the_server_does_not_want_counts_nowhere(
    store: Store, server: ScriptedEndpoint
) -> None:
    async with open_table(store, server, **DIALS) as table:
        await table.speak(1)
        await store.member_data.keep_out(GUILD, KIM, out=True)
        await react(table, 1, KIM)
        await store.servers.change(GUILD, reactions=False)
        await react(table, 1, LEE)
        assert await store.reactions.counts(table.run.id) == {}
        await store.servers.change(GUILD, reactions=True)
        await react(table, 1, LEE)
        await store.servers.change(GUILD, reactions=False)
        await speak(table, 3)
        assert noted(table) == [], "what was counted before is not told any more either"


async def test_what_is_taken_out_before_it_is_told_is_not_told(store: Store, server: ScriptedEndpoint) -> None:
    async with open_table(store, server, **DIALS) as table:
        await table.speak(3)
        await react(table, 1, KIM)
        await react(table, 1, LEE)
        await react(table, 2, KIM)
        await table.run.resume()
        server.enqueue(server.sentence())
        await table.run.strike(table.spoken[0].seq)
        await table.speak(5)
        assert noted(table) == [AudienceReacted(seq=table.spoken[1].seq, liked=1, disliked=0)]


async def test_it_outlives_the_process_and_a_draft_that_is_dropped(store: Store, server: ScriptedEndpoint) -> None:
    async with open_table(store, server, **DIALS) as table:
        await table.speak(2)
        await react(table, 2, KIM, "👎", liked=False)
    stored = await store.session(table.run.id)
    async with open_table(store, server, stored=stored, place=table.place) as again:
        await again.run.restore()
        await speak(again, 2)  # noted, and told for a draft that comes to nothing
        clause = f"Somebody in the audience did not like {again.spoken[1].speaker}'s point"
        before = sum(clause in prompt for prompt in server.prompts)
        assert before == 1
        await speak(again, 4)
        assert len(noted(again)) == 1
        assert [clause in prompt for prompt in server.prompts[-3:]] == [True, False, False]
        await again.assert_stored()


async def test_a_host_who_wants_none_has_none(store: Store, server: ScriptedEndpoint) -> None:
    async with open_table(store, server, **DIALS) as table:
        await table.speak(1)
        await react(table, 1, KIM)
        table.run.room._is_on = False
        await react(table, 1, LEE)
        assert await store.reactions.counts(table.run.id) == {table.spoken[0].seq: (1, 0)}
        await speak(table, 2)
        assert noted(table) == []


async def test_a_reaction_that_can_not_be_stored_is_lost_without_a_word(
    store: Store, server: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_table(store, server, **DIALS) as table:
        await table.speak(1)

        async def full(*args: Any, **options: Any) -> None:
            raise TransientDatabaseError("The disk is full.")

        with monkeypatch.context() as patch:
            patch.setattr(store._database, "run", full)
            await react(table, 1, KIM)
            await table.run.room.taken_back(message_of(table, 1))
        assert await store.reactions.counts(table.run.id) == {}
