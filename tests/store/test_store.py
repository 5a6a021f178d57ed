"""The store: what goes in comes out, and what must not happen twice does not."""

import asyncio
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Turn, Usage
from bot.discussion.model.steerings import (
    Compaction,
    FloorChosen,
    FloorGiven,
    Muted,
    QuestionPut,
    SeatAdded,
    SeatRemoved,
    TurnsChanged,
    TurnSkipped,
    WrapUpCalled,
)
from bot.store.models import BoundPost, Post, PostKind, PostStatus, RefusedPost, Status, StoredSession, Webhook
from bot.store.schema import posts
from bot.store.store import PlaceTaken, Store, open_store
from tests.support.ready_database import ready_database
from tests.support.samples import ANCHOR, CAST, PLACE, STARTED, stored_session

LARGEST = 2**63 - 1  # Discord ids are 64 bits wide; the sign bit will not be reached before the year 2084


def turn(seq: int = 1, **changes: Any) -> Turn:
    return Turn(**({"seq": seq, "kind": "persona", "speaker": "Aino", "text": "Well."} | changes))


def show(*contents: str, seq: int = 1) -> list[Post]:
    return [Post(PostKind.TURN, content, username="Aino", turn_seq=seq) for content in contents]


async def contents(store: Store, session_id: int) -> list[tuple[str, PostStatus]]:
    return [(p.content, p.status) for p in await store.posts.of_session(session_id)]


# --- sessions ---


async def test_a_session_comes_back_as_it_was(store: Store) -> None:
    given_in = stored_session(convener_id=LARGEST, anchor_id=LARGEST - 1, seed=2**32 - 1)
    kept = await store.add_session(given_in, [])
    assert kept == replace(given_in, id=kept.id)
    assert await store.session(kept.id) == kept
    assert await store.session(kept.id + 1) is None


async def test_times_come_back_in_utc(store: Store) -> None:
    local = STARTED.astimezone(timezone(timedelta(hours=5, minutes=30)))
    kept = await store.add_session(stored_session(created_at=local), [])
    again = await store.session(kept.id)
    assert again is not None
    assert again.created_at == local
    assert again.created_at.utcoffset() == timedelta(0)


async def test_one_open_session_a_place(store: Store) -> None:
    first = await store.add_session(stored_session(), [])
    with pytest.raises(PlaceTaken):
        await store.add_session(stored_session(), [Post(PostKind.CARD)])
    await store.add_session(stored_session(place_id=5), [])
    await store.set_status(first.id, Status.PAUSED, "asked to")
    with pytest.raises(PlaceTaken):
        await store.add_session(stored_session(), [])
    await store.set_status(first.id, Status.ENDED)
    second = await store.add_session(stored_session(), [])
    assert second.id > first.id
    assert await store.posts.of_session(second.id) == []


async def test_status_and_reason_are_kept(store: Store, kept: StoredSession) -> None:
    await store.set_status(kept.id, Status.PAUSED, "The endpoint is down.")
    again = await store.session(kept.id)
    assert again == replace(kept, status=Status.PAUSED, reason="The endpoint is down.")
    await store.set_status(kept.id, Status.RUNNING)
    assert await store.session(kept.id) == kept


async def test_unfinished_sessions(store: Store) -> None:
    def at(place: int) -> StoredSession:
        return stored_session(place_id=place)

    running = await store.add_session(at(1), [])
    paused = await store.add_session(at(2), [])
    done = await store.add_session(at(3), [])
    minutes_queued = await store.add_session(at(4), [Post(PostKind.MINUTES, "queued")])
    minutes_sending = await store.add_session(at(5), [Post(PostKind.MINUTES, "sending")])
    minutes_shown = await store.add_session(at(6), [Post(PostKind.MINUTES, "shown")])
    await store.posts.take(5, 0)
    shown = await store.posts.take(6, 0)
    assert shown is not None
    await store.posts.bind(shown.id, 77)
    await store.set_status(paused.id, Status.PAUSED)
    for session in (done, minutes_queued, minutes_sending, minutes_shown):
        await store.set_status(session.id, Status.ENDED)
    found = [s.id for s in await store.unfinished_sessions()]
    assert found == [running.id, paused.id, minutes_queued.id, minutes_sending.id]


async def test_the_latest_id_a_session_has_seen(store: Store, kept: StoredSession) -> None:
    assert await store.latest_id(kept.id) == ANCHOR
    await store.add_turn(kept.id, PLACE, turn(kind="guest", message_id=2_000))
    assert await store.latest_id(kept.id) == 2_000
    await store.add_turn(kept.id, PLACE, turn(2), show("a", seq=2), after_id=3_000)
    assert await store.latest_id(kept.id) == 3_000
    sending = await store.posts.sending(PLACE)
    assert sending is not None
    await store.posts.bind(sending.id, LARGEST)
    assert await store.latest_id(kept.id) == LARGEST


# --- turns ---

CHARACTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\0")
TEXT = st.text(CHARACTERS, max_size=60)
NAME = st.text(CHARACTERS, min_size=1, max_size=30).filter(str.strip)
ID = st.integers(1, LARGEST)
COUNT = st.none() | st.integers(0, 10**6)
PERSONAS = st.builds(
    Persona,
    name=NAME,
    full_name=NAME,
    creativity=st.floats(0, 1),
    prompt=NAME,
    avatar=st.none() | TEXT,
    intro=st.none() | TEXT,
)
STEERINGS = st.one_of(
    st.builds(QuestionPut, question=TEXT),
    st.builds(FloorGiven, name=NAME),
    st.builds(FloorChosen, name=st.none() | NAME),
    st.builds(TurnSkipped, name=NAME),
    st.builds(WrapUpCalled),
    st.builds(TurnsChanged, turns=st.integers(0, 10**6)),
    st.builds(SeatAdded, persona=PERSONAS),
    st.builds(SeatRemoved, name=NAME),
    st.builds(Muted, name=NAME, muted=st.booleans()),
    st.builds(Compaction, upto=st.integers(0, 10**6), gist=TEXT),
)
USAGES = st.builds(
    Usage,
    finish_reason=st.none() | NAME,
    prompt_tokens=COUNT,
    cached_tokens=COUNT,
    completion_tokens=COUNT,
    latency_ms=st.floats(0, 1e6),
)
TURNS = st.builds(
    Turn,
    seq=st.just(0),
    kind=st.sampled_from(["persona", "guest", "moderator", "summary"]),
    speaker=NAME,
    text=TEXT,
    question=st.none() | TEXT,
    addressed=st.none() | NAME,
    heard=st.integers(0, 10**6),
    steering=st.none() | STEERINGS,
    raw=st.none() | TEXT,
    flags=st.lists(NAME, max_size=3).map(tuple),
    usage=st.none() | USAGES,
    message_id=st.none() | ID,
    author_id=st.none() | ID,
    withheld=st.booleans(),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(TURNS, max_size=6, unique_by=lambda t: t.message_id or id(t)))
def test_every_turn_comes_back_as_it_was(turns: list[Turn]) -> None:
    async def round_trip() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with open_store(*await ready_database(Path(folder))) as store:
                kept = await store.add_session(stored_session(), [])
                numbered = [replace(t, seq=seq) for seq, t in enumerate(turns, 1)]
                for t in numbered:
                    assert (await store.add_turn(kept.id, PLACE, t)).is_added
                record = await store.record(kept.id)
                assert record.turns == numbered
                assert [type(t.steering) for t in record] == [type(t.steering) for t in numbered]
                assert record.last_seq == len(numbered)

    asyncio.run(round_trip())


async def test_what_postgresql_would_refuse_of_a_text_is_left_out_everywhere(store: Store, kept: StoredSession) -> None:
    usage = Usage(finish_reason="x" * 121, latency_ms=1.0)
    said = turn(text="ab\0c", raw="\0", question="\0?", usage=usage, flags=("a\0b",))
    await store.add_turn(kept.id, PLACE, said, show("x\0y"), after_id=1)
    (found,) = (await store.record(kept.id)).turns
    assert (found.text, found.raw, found.question, found.flags) == ("abc", "", "?", ("a\0b",))
    assert found.usage is not None
    assert found.usage.finish_reason == "x" * 120
    assert await contents(store, kept.id) == [("xy", PostStatus.SENDING)]
    assert await store.posts.copies(PLACE, "\0") == []


async def test_a_guests_message_becomes_a_turn_once(store: Store, kept: StoredSession) -> None:
    said = turn(kind="guest", speaker="Kim", message_id=LARGEST)
    assert (await store.add_turn(kept.id, PLACE, said)).is_added
    assert not (await store.add_turn(kept.id, PLACE, replace(said, seq=2), show("never", seq=2))).is_added
    assert (await store.record(kept.id)).turns == [said]
    assert await store.posts.of_session(kept.id) == []
    # The same message may be a turn of a later session in the place.
    await store.set_status(kept.id, Status.ENDED)
    later = await store.add_session(stored_session(), [])
    assert (await store.add_turn(later.id, PLACE, said)).is_added


async def test_a_number_is_taken_once_and_a_turn_that_fails_leaves_no_post(store: Store, kept: StoredSession) -> None:
    await store.add_turn(kept.id, PLACE, turn())
    with pytest.raises(IntegrityError):
        await store.add_turn(kept.id, PLACE, turn(text="another"), show("never"))
    assert [t.text for t in await store.record(kept.id)] == ["Well."]
    assert await store.posts.of_session(kept.id) == []


async def test_an_amended_turn(store: Store, kept: StoredSession) -> None:
    before = turn(kind="guest", message_id=9, addressed="Ravi")
    await store.add_turn(kept.id, PLACE, before)
    await store.add_turn(kept.id, PLACE, turn(2))
    await store.amend_turn(kept.id, replace(before, text="", addressed=None, withheld=True))
    first, second = await store.record(kept.id)
    assert first == replace(before, text="", addressed=None, withheld=True)
    assert second == turn(2)


async def test_turns_that_are_added_at_once_are_all_there(store: Store, kept: StoredSession) -> None:
    await asyncio.gather(*(store.add_turn(kept.id, PLACE, turn(seq, text=str(seq))) for seq in range(1, 31)))
    assert [t.text for t in await store.record(kept.id)] == [str(seq) for seq in range(1, 31)]


# --- posts ---


async def test_a_turns_first_post_is_sending_and_the_rest_wait(store: Store, kept: StoredSession) -> None:
    await store.add_turn(kept.id, PLACE, turn(), show("one", "two", "three"), after_id=1_234)
    assert await contents(store, kept.id) == [
        ("one", PostStatus.SENDING),
        ("two", PostStatus.QUEUED),
        ("three", PostStatus.QUEUED),
    ]
    sending = await store.posts.sending(PLACE)
    assert sending is not None
    assert (sending.content, sending.after_id, sending.username, sending.by_webhook) == ("one", 1_234, "Aino", True)


async def test_posts_are_taken_in_order_one_at_a_time(store: Store, kept: StoredSession) -> None:
    await store.posts.add(kept.id, PLACE, Post(PostKind.NOTICE, "a notice"))
    await store.add_turn(kept.id, PLACE, turn(), show("one", "two"), after_id=1)
    await store.posts.add(kept.id, PLACE, Post(PostKind.MINUTES, "minutes", attachment="# All of it"))
    await store.posts.add(kept.id, 5, Post(PostKind.NOTICE, "elsewhere"))
    taken: list[str] = []
    attached: list[str | None] = []
    latest = 10
    while post := await store.posts.take(PLACE, latest):
        assert await store.posts.take(PLACE, latest + 5) == await store.posts.post(post.id)
        assert post.after_id == (1 if not taken else latest)
        taken.append(post.content)
        attached.append(post.attachment)
        latest += 10
        assert await store.posts.bind(post.id, latest)
    assert taken == ["a notice", "one", "two", "minutes"]
    assert attached == [None, None, None, "# All of it"]
    # The message has it now; a copy here would outlive what members delete.
    assert (await store.posts.of_session(kept.id, PostKind.MINUTES))[0].attachment is None
    elsewhere = await store.posts.take(5, 0)
    assert elsewhere is not None
    assert elsewhere.content == "elsewhere"


async def test_the_database_itself_refuses_a_second_post_under_way(store: Store) -> None:
    kept = await store.add_session(stored_session(), [Post(PostKind.CARD), Post(PostKind.PANEL)])
    first, second = await store.posts.of_session(kept.id)
    await store.posts.set_status(first.id, PostStatus.SENDING)
    with pytest.raises(IntegrityError):
        await store.posts.set_status(second.id, PostStatus.SENDING)
    await store.posts.set_status(first.id, PostStatus.POSTED)
    await store.posts.set_status(second.id, PostStatus.SENDING, username="A safe name")
    assert (await store.posts.post(second.id) or first).username == "A safe name"
    times = await store._database.run(lambda db: db.scalars(select(posts.c.created_at)).all())
    assert all(t.tzinfo == UTC and abs(datetime.now(UTC) - t) < timedelta(minutes=5) for t in times)


async def test_whoever_adds_a_turn_hears_which_post_is_to_be_sent(store: Store, kept: StoredSession) -> None:
    added = await store.add_turn(kept.id, PLACE, turn(), show("one", "two"), after_id=1_234)
    assert added.is_added
    assert added.sending == await store.posts.sending(PLACE)
    assert added.sending is not None
    assert (added.sending.content, added.sending.status) == ("one", PostStatus.SENDING)
    later = await store.add_turn(kept.id, PLACE, turn(2), show("three", seq=2), after_id=1_235)
    assert (later.is_added, later.sending) == (True, None), "another one is under way"
    assert (await store.add_turn(kept.id, PLACE, turn(3, text=""))).sending is None


async def test_a_post_that_waited_longer_is_to_be_sent_first(store: Store, kept: StoredSession) -> None:
    await store.posts.add(kept.id, PLACE, Post(PostKind.NOTICE, "a notice"))
    added = await store.add_turn(kept.id, PLACE, turn(), show("one"), after_id=7)
    assert added.sending == await store.posts.sending(PLACE)
    assert added.sending is not None
    assert (added.sending.content, added.sending.after_id) == ("a notice", 7)


async def test_with_an_answer_the_next_post_is_taken(store: Store, kept: StoredSession) -> None:
    await store.add_turn(kept.id, PLACE, turn(), show("one", "two"), after_id=10)
    await store.posts.add(kept.id, 5, Post(PostKind.NOTICE, "elsewhere"))
    first, second = (await store.posts.of_session(kept.id))[:2]
    bound = await store.posts.bind_and_take(first.id, 20, PLACE, 15)
    assert bound == BoundPost(is_bound=True, sending=await store.posts.sending(PLACE))
    assert bound.sending == replace(second, status=PostStatus.SENDING, after_id=20)
    assert await store.posts.bind_and_take(first.id, 21, PLACE, 15) == BoundPost(is_bound=False), "bound before"
    assert await store.posts.bind_and_take(second.id, 20, PLACE, 15) == BoundPost(is_bound=False), "shows another post"
    assert await store.posts.bind_and_take(second.id, 30, PLACE, 40) == BoundPost(is_bound=True), "nothing else waits"


async def test_a_message_binds_once_and_a_bound_post_stays_bound(store: Store, kept: StoredSession) -> None:
    await store.add_turn(kept.id, PLACE, turn(), show("one", "two"))
    first, second = await store.posts.of_session(kept.id)
    assert await store.posts.bind(first.id, LARGEST)
    assert not await store.posts.bind(first.id, LARGEST), "a second time"
    assert not await store.posts.bind(first.id, 8), "another message"
    assert not await store.posts.bind(second.id, LARGEST), "a message that shows another post"
    assert await store.posts.of_message(LARGEST) == (kept.id, await store.posts.post(first.id))
    assert await store.posts.of_message(8) is None
    bound, unbound = await store.posts.of_session(kept.id)
    assert (bound.message_id, bound.status) == (LARGEST, PostStatus.POSTED)
    assert (unbound.message_id, unbound.status) == (None, PostStatus.QUEUED)


async def test_the_answer_can_put_a_shown_post_right_but_not_a_removed_one(store: Store, kept: StoredSession) -> None:
    await store.add_turn(kept.id, PLACE, turn(), show("one"))
    (post,) = await store.posts.of_session(kept.id)
    assert await store.posts.rebind(post.id, 8) is None
    await store.posts.bind(post.id, 7)
    assert await store.posts.rebind(post.id, 8) == 7
    assert (await store.posts.post(post.id) or post).message_id == 8
    await store.posts.message_gone(8)
    assert await store.posts.rebind(post.id, 9) is None
    assert (await store.posts.post(post.id) or post).message_id == 8


async def test_a_place_that_is_gone_is_waited_for_no_longer(store: Store, kept: StoredSession) -> None:
    await store.add_turn(kept.id, PLACE, turn(), show("shown", "under way", "queued"))
    await store.posts.bind((await store.posts.of_session(kept.id))[0].id, 50)
    await store.posts.take(PLACE, 50)
    await store.posts.add(kept.id, 5, Post(PostKind.NOTICE, "elsewhere"))
    await store.posts.give_up_place(PLACE)
    assert [status for _, status in await contents(store, kept.id)] == [
        PostStatus.POSTED,
        PostStatus.REFUSED,
        PostStatus.REFUSED,
        PostStatus.QUEUED,
    ]


async def test_of_many_claims_at_once_one_wins(store: Store, kept: StoredSession) -> None:
    await store.add_turn(kept.id, PLACE, turn(), show("one"))
    (post,) = await store.posts.of_session(kept.id)
    claims = await asyncio.gather(*(store.posts.bind(post.id, message) for message in range(1, 21)))
    assert sum(claims) == 1
    assert (await store.posts.post(post.id) or post).message_id == claims.index(True) + 1


async def test_a_deleted_message_stays_bound_and_is_not_sent_again(store: Store, kept: StoredSession) -> None:
    await store.add_turn(kept.id, PLACE, turn(), show("one"))
    (post,) = await store.posts.of_session(kept.id)
    await store.posts.bind(post.id, 50)
    await store.posts.message_gone(50)
    await store.posts.message_gone(51)
    gone = await store.posts.post(post.id)
    assert gone is not None
    assert (gone.status, gone.message_id) == (PostStatus.REMOVED, 50)
    assert not await store.posts.bind(post.id, 52)
    assert await store.posts.take(PLACE, 0) is None


async def test_a_refused_turn_gives_up_what_was_not_shown(store: Store, kept: StoredSession) -> None:
    await store.add_turn(kept.id, PLACE, turn(), show("one", "two", "three"))
    await store.add_turn(kept.id, PLACE, turn(2), show("next", seq=2))
    await store.posts.bind((await store.posts.of_session(kept.id))[0].id, 50)
    await store.posts.take(PLACE, 50)
    two = await store.posts.sending(PLACE)
    assert two is not None
    assert await store.posts.refuse(two.id, explained=True) == RefusedPost(is_given_up=True, session_id=kept.id)
    assert [t.withheld for t in await store.record(kept.id)] == [True, False]
    assert [status for _, status in await contents(store, kept.id)] == [
        PostStatus.POSTED,
        PostStatus.REFUSED,
        PostStatus.REFUSED,
        PostStatus.QUEUED,
    ]


async def test_only_a_queued_post_can_be_given_up(store: Store, kept: StoredSession) -> None:
    await store.add_turn(kept.id, PLACE, turn(), show("one", "two"))
    for post in await store.posts.of_session(kept.id):
        await store.posts.give_up(post.id)
    assert await contents(store, kept.id) == [("one", PostStatus.SENDING), ("two", PostStatus.REFUSED)]


async def test_copies_are_found_by_what_they_say(store: Store, kept: StoredSession) -> None:
    await store.add_turn(kept.id, PLACE, turn(), show("\t\u2003padded \n", "plain", "unshown"))
    first, second, _ = await store.posts.of_session(kept.id)
    await store.posts.bind(first.id, 1)
    await store.posts.bind(second.id, 2)
    assert [p.id for p in await store.posts.copies(PLACE, "padded")] == [first.id]
    assert [p.id for p in await store.posts.copies(PLACE, "plain")] == [second.id]
    assert await store.posts.copies(PLACE, "unshown") == []
    assert await store.posts.copies(5, "plain") == []


# --- webhooks ---


async def test_every_webhook_id_is_kept(store: Store) -> None:
    assert await store.webhooks.live(3) is None
    await store.webhooks.add(Webhook(LARGEST, 3, "first-token"))
    await store.webhooks.add(Webhook(12, 3, "second-token"))
    await store.webhooks.add(Webhook(13, 4, "other-token"))
    live = await store.webhooks.live(3)
    assert live is not None
    assert (live.id, live.token) == (12, "second-token")
    assert "second-token" not in repr(live)
    await store.webhooks.retire(12)
    assert await store.webhooks.live(3) is None
    assert (await store.webhooks.channels()).keys() == {LARGEST, 12, 13}
    await store.webhooks.add(Webhook(12, 3, "new-token"))
    assert (await store.webhooks.live(3) or live).token == "new-token"


async def test_the_cast_is_kept_as_it_was_at_the_start(store: Store, kept: StoredSession) -> None:
    again = await store.session(kept.id)
    assert again is not None
    assert again.session.cast == CAST
    assert again.session.cast[1].creativity == 0.2
