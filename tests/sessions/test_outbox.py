"""Posting against a place that loses answers, stores late, tells twice and refuses: shown once, in order, whatever."""

import asyncio
import contextlib
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from bot.discussion.model.record import Turn
from bot.sessions.delivery import outbox
from bot.sessions.delivery.stage import (
    OutcomeUnknown,
    OwnMessage,
    PlaceGone,
    PostingBlocked,
    PostRejected,
    RejectReason,
)
from bot.store.engine import TransientDatabaseError
from bot.store.models import Post, PostKind, PostStatus
from bot.store.schema import posts
from tests.support.memory_place import LOST, NOT_STORED, OK, Sending, late
from tests.support.posting_desk import Desk
from tests.support.samples import ANCHOR, PLACE

# --- 1: intent first, one at a time, in order ---

pytestmark = pytest.mark.both_databases


async def test_chunks_and_turns_are_shown_in_order(desk: Desk) -> None:
    await desk.write("one", "two", "three")
    await desk.write("four", speaker="Ravi")
    await desk.outbox.deliver()
    await desk.assert_shown("one", "two", "three", "four")
    assert [m.name for m in desk.place.messages] == ["Aino", "Aino", "Aino", "Ravi"]
    # Each began where everything before it had been seen.
    assert [p.after_id for p in desk.stage.sends] == [ANCHOR, *(m.id for m in desk.place.messages[:3])]


async def test_before_anything_is_sent_the_database_says_so(desk: Desk) -> None:
    gate = asyncio.Event()
    desk.stage.script.append(Sending(until=gate))
    await desk.write("one", "two")
    delivery = asyncio.create_task(desk.outbox.deliver())
    await desk.stage.until_sent(1)
    assert await desk.statuses() == [PostStatus.SENDING, PostStatus.QUEUED]
    assert desk.outbox.is_busy
    gate.set()
    await delivery
    assert await desk.statuses() == [PostStatus.POSTED] * 2
    assert not desk.outbox.is_busy


async def test_several_who_deliver_at_once_send_everything_once(desk: Desk) -> None:
    await desk.write("one", "two")
    await asyncio.gather(*(desk.outbox.deliver() for _ in range(5)))
    await desk.assert_shown("one", "two")


# --- 3: the answer, the event or the history, whichever is first ---


@pytest.mark.parametrize("event", ["before", "after"])
@pytest.mark.parametrize("answered", [True, False])
async def test_an_event_before_or_after_the_answer(desk: Desk, event: str, answered: bool) -> None:
    desk.stage.script.extend([Sending(event=event, answered=answered)] * 3)
    await desk.say("one", "two")
    await desk.say("three")
    await desk.assert_shown("one", "two", "three")
    assert len(desk.stage.sends) == 3
    assert not desk.place.removed


async def test_an_event_that_is_told_twice(desk: Desk) -> None:
    await desk.say("one")
    (shown,) = desk.place.messages
    await desk.write("one")
    await desk.outbox.seen(shown)  # equal in name and content to the post under way, but bound already
    await desk.outbox.deliver()
    assert desk.place.texts == ["one", "one"]
    assert not desk.place.removed


async def test_an_event_that_has_been_told_already_is_not_waited_for(desk: Desk) -> None:
    told = asyncio.get_running_loop().create_task(asyncio.sleep(0))
    await told
    desk.stage.events.add(told)
    async with asyncio.timeout(5):
        await desk.stage.settle()
    assert desk.stage.events == set()


async def test_an_event_at_the_same_time_as_the_answer(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    look_up, send = desk.store.posts.of_message, desk.stage.send
    looked_up = asyncio.Event()

    async def slowly(message_id: int) -> Any:
        found = await look_up(message_id)
        looked_up.set()
        with contextlib.suppress(TimeoutError):
            # Time enough for the answer to be stored and the next send to begin, if nothing keeps them.
            await asyncio.wait_for(desk.stage.until_sent(2), 0.05)
        return found

    async def answer_meanwhile(post: Post) -> int:
        message_id = await send(post)
        await looked_up.wait()
        return message_id

    monkeypatch.setattr(desk.store.posts, "of_message", slowly)
    monkeypatch.setattr(desk.stage, "send", answer_meanwhile)
    desk.stage.script.append(Sending(event="after"))
    await desk.say("one", "two")
    await desk.assert_shown("one", "two")
    assert not desk.place.removed


async def test_a_message_from_before_the_post_does_not_show_it(desk: Desk) -> None:
    old = desk.place.show(Post(PostKind.TURN, "one", username="Aino"))
    desk.outbox.latest = desk.place.new_id()
    await desk.write("something else")
    await desk.write("one")
    await desk.outbox.deliver()
    posts = await desk.posts()
    assert old.id not in [p.message_id for p in posts]
    assert desk.place.texts == ["one", "something else", "one"]


async def test_the_bots_own_message_does_not_show_a_turn(desk: Desk) -> None:
    await desk.write("one")
    await desk.outbox.seen(OwnMessage(desk.place.new_id(), by_webhook=False, name="Roundtable", content="one"))
    assert await desk.statuses() == [PostStatus.SENDING]


async def test_content_that_cannot_be_read_binds_all_the_same(desk: Desk) -> None:
    desk.stage.script.append(NOT_STORED)
    await desk.write("one")
    message = desk.place.show(Post(PostKind.TURN, "", username="Aino"))
    await desk.outbox.seen(message)
    await desk.outbox.deliver()
    assert [p.message_id for p in await desk.posts()] == [message.id]
    assert not desk.stage.sends


async def test_a_deleted_message_is_not_sent_again(desk: Desk) -> None:
    await desk.say("one")
    await desk.store.posts.message_gone(desk.place.messages[0].id)
    again = await desk.after_a_crash()
    await again.outbox.deliver()
    assert not again.stage.sends
    assert await desk.statuses() == [PostStatus.REMOVED]


# --- 5 and 6: unknown outcomes and late copies ---


async def test_a_lost_answer_of_a_stored_message(desk: Desk) -> None:
    desk.stage.script.extend([LOST, OK, LOST])
    await desk.say("one", "two")
    await desk.say("three")
    await desk.assert_shown("one", "two", "three")
    assert len(desk.stage.sends) == 3
    assert desk.stage.looked_after[0] == ANCHOR


async def test_a_message_that_was_not_stored_is_looked_for_twice_and_sent_again(desk: Desk) -> None:
    desk.stage.script.extend([NOT_STORED, NOT_STORED, OK])
    await desk.say("one")
    await desk.assert_shown("one")
    assert len(desk.stage.sends) == 3
    assert len(desk.stage.looked_after) == 4


async def test_what_is_sent_again_is_what_stands_in_the_database_by_then(desk: Desk) -> None:
    """A guest deletes what the minutes hold while the bot looks for them."""
    await desk.store.posts.add(desk.stored.id, PLACE, Post(PostKind.MINUTES, "closed", attachment="# What Kim said"))
    look = desk.stage.sent_since

    async def look_while_they_change(after_id: int) -> list[OwnMessage]:
        without_kim = update(posts).values(attachment="# Minutes")
        await desk.store._database.run(lambda db: db.execute(without_kim) and None)
        return await look(after_id)

    desk.stage.sent_since = look_while_they_change
    desk.stage.script.extend([NOT_STORED, OK])
    await desk.outbox.deliver()
    assert [p.attachment for p in desk.stage.sends] == ["# What Kim said", "# Minutes"]


async def test_a_message_that_is_stored_between_two_looks(desk: Desk) -> None:
    desk.stage.script.append(late(1))
    await desk.say("one")
    await desk.assert_shown("one")
    assert len(desk.stage.sends) == 1


@pytest.mark.parametrize("same", [False, True])
async def test_a_copy_that_is_stored_after_it_was_sent_again_is_removed(desk: Desk, same: bool) -> None:
    desk.stage.script.extend([late(3, event="after"), OK])
    await desk.say("one")
    await desk.assert_shown("one")
    gate = asyncio.Event()
    desk.stage.script.append(Sending(until=gate))
    next_text = "one" if same else "two"  # a persona that repeats itself
    await desk.write(next_text)
    delivery = asyncio.create_task(desk.outbox.deliver())
    await desk.stage.until_sent(3)
    desk.stage.arrive()
    await desk.stage.settle()
    gate.set()
    await delivery
    await desk.assert_shown("one", next_text)
    assert [m.content for m in desk.place.removed] == ["one"]


@pytest.mark.parametrize("event", ["", "before", "after"])
async def test_two_copies_of_which_the_answer_names_the_second(desk: Desk, event: str) -> None:
    desk.stage.script.append(Sending(copies=2, event=event))
    await desk.say("one")
    for message in list(desk.place.messages):
        await desk.outbox.seen(message)  # at the latest when the gateway tells of it
    await desk.say("two")
    await desk.assert_shown("one", "two")
    assert len(desk.place.removed) == 1


@pytest.mark.parametrize("readable", [True, False])
async def test_the_answer_decides_between_two_messages(desk: Desk, readable: bool) -> None:
    """A late copy of the first post is taken for the second, as its text can't be read, before the answer comes."""
    desk.stage.script.extend([late(3), OK])
    await desk.say("one")
    gate = asyncio.Event()
    desk.stage.script.append(Sending(until=gate))
    await desk.write("two")
    delivery = asyncio.create_task(desk.outbox.deliver())
    await desk.stage.until_sent(3)
    desk.stage.arrive()
    copy = desk.place.messages[-1]
    await desk.outbox.seen(copy if readable else replace(copy, content=""))
    gate.set()
    await delivery
    await desk.assert_shown("one", "two")
    assert desk.place.removed == [copy]


async def test_a_stray_that_equals_nothing_is_left_alone(desk: Desk) -> None:
    await desk.say("one")
    stray = desk.place.show(Post(PostKind.TURN, "who wrote this?", username="Aino"))
    other_name = desk.place.show(Post(PostKind.TURN, "one", username="Somebody"))
    for message in (stray, other_name):
        await desk.outbox.seen(message)
    assert desk.place.messages[1:] == [stray, other_name]
    assert not desk.place.removed


async def test_a_copy_that_cannot_be_removed_does_not_end_anything(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(message: OwnMessage) -> None:
        raise PostRejected(RejectReason.BLOCKED, "no permission")

    await desk.say("one")
    monkeypatch.setattr(desk.stage, "remove", refuse)
    await desk.outbox.seen(desk.place.show(Post(PostKind.TURN, "one", username="Aino")))
    await desk.say("two")
    assert desk.place.texts == ["one", "one", "two"]


async def test_while_the_history_cannot_be_read_it_waits(desk: Desk) -> None:
    waiting: list[bool] = []
    looks = desk.stage.sent_since

    async def look(after_id: int) -> list[OwnMessage]:
        waiting.append(desk.outbox.waiting)
        return await looks(after_id)

    desk.stage.sent_since = look
    desk.stage.script.append(LOST)
    desk.stage.looks.extend([OutcomeUnknown("down")] * 4)
    await desk.say("one")
    await desk.assert_shown("one")
    assert waiting == [False, True, True, True, True]
    assert not desk.outbox.waiting


# --- 7: the history may no longer be read ---


async def test_without_the_history_it_neither_loses_nor_doubles(desk: Desk) -> None:
    desk.stage.script.append(LOST)
    desk.stage.looks.extend([PostRejected(RejectReason.BLOCKED, "Read Message History is missing.")] * 2)
    await desk.write("one", "two")
    for _ in range(2):
        with pytest.raises(PostingBlocked, match="Read Message History"):
            await desk.outbox.deliver()
        assert await desk.statuses() == [PostStatus.SENDING, PostStatus.QUEUED]
    await desk.outbox.deliver()
    await desk.assert_shown("one", "two")
    assert len(desk.stage.sends) == 2


async def test_the_place_is_found_gone_when_looking(desk: Desk) -> None:
    desk.stage.script.append(LOST)
    desk.stage.looks.append(PostRejected(RejectReason.PLACE_GONE, "The channel is gone."))
    await desk.write("one")
    with pytest.raises(PlaceGone):
        await desk.outbox.deliver()


async def test_an_error_that_nobody_foresaw_makes_the_outcome_unknown(desk: Desk) -> None:
    desk.stage.script.append(Sending(error=ValueError("a fault of the library")))
    await desk.write("one")
    with pytest.raises(ValueError, match="library"):
        await desk.outbox.deliver()
    desk.place.show(Post(PostKind.TURN, "one", username="Aino"))
    await desk.outbox.deliver()
    await desk.assert_shown("one")


# --- 8: the bot's own messages ---


async def test_cards_and_minutes_are_recorded_the_same_way(desk: Desk) -> None:
    desk.stage.script.extend([LOST, NOT_STORED, OK])
    await desk.store.posts.add(desk.stored.id, PLACE, Post(PostKind.CARD, "card"))
    await desk.store.posts.add(desk.stored.id, PLACE, Post(PostKind.MINUTES, "closed", attachment="# Minutes"))
    await desk.outbox.deliver()
    await desk.assert_shown("card", "closed")
    assert [p.attachment for p in desk.stage.sends] == [None, "# Minutes", "# Minutes"]


# --- stopping ---


async def test_cancelling_the_caller_does_not_cancel_the_send(desk: Desk) -> None:
    gate = asyncio.Event()
    desk.stage.script.append(Sending(until=gate))
    await desk.write("one", "two")
    delivery = asyncio.create_task(desk.outbox.deliver())
    await desk.stage.until_sent(1)
    delivery.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delivery
    assert desk.outbox.is_busy
    gate.set()
    await desk.outbox.deliver()
    await desk.assert_shown("one", "two")
    assert len(desk.stage.sends) == 2


async def test_an_error_after_the_caller_is_gone_is_nobodys(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    gate = asyncio.Event()
    desk.stage.script.append(Sending(until=gate, refused=RejectReason.BLOCKED))
    await desk.write("one")
    delivery = asyncio.create_task(desk.outbox.deliver())
    await desk.stage.until_sent(1)
    delivery.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delivery
    gate.set()
    await desk.outbox.close(5)
    assert await desk.statuses() == [PostStatus.QUEUED]
    assert "never retrieved" not in caplog.text


async def test_closing_lets_a_send_in_flight_end_and_begins_no_other(desk: Desk) -> None:
    gate = asyncio.Event()
    desk.stage.script.append(Sending(until=gate))
    await desk.write("one", "two")
    delivery = asyncio.create_task(desk.outbox.deliver())
    await desk.stage.until_sent(1)
    closing = asyncio.create_task(desk.outbox.close(5))
    await asyncio.sleep(0)
    gate.set()
    await closing
    await delivery
    assert desk.place.texts == ["one"]
    assert len(desk.stage.sends) == 1
    again = await desk.after_a_crash()
    await again.outbox.deliver()
    await again.assert_shown("one", "two")


async def test_closing_leaves_a_send_that_takes_too_long(desk: Desk) -> None:
    gate = asyncio.Event()
    desk.stage.script.append(Sending(until=gate))
    await desk.write("one")
    delivery = asyncio.create_task(desk.outbox.deliver())
    await desk.stage.until_sent(1)
    await desk.outbox.close(0.01)
    assert await desk.statuses() == [PostStatus.SENDING]
    assert not delivery.done()
    gate.set()
    await delivery


@pytest.mark.parametrize("waits_for", ["the message", "the history"])
async def test_closing_ends_a_wait_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch, waits_for: str) -> None:
    monkeypatch.setattr(outbox, "SETTLE_SECONDS", 3600 if waits_for == "the message" else 0)
    monkeypatch.setattr(outbox, "LONGEST_BACKOFF", 3600)
    asked = asyncio.Event()

    async def fail(after_id: int) -> list[OwnMessage]:
        monkeypatch.setattr(outbox, "SETTLE_SECONDS", 3600)
        asked.set()
        raise OutcomeUnknown("down")

    desk.stage.sent_since = fail
    desk.stage.script.append(LOST)
    await desk.write("one", "two")
    delivery = asyncio.create_task(desk.outbox.deliver())
    await desk.stage.until_sent(1)
    if waits_for == "the history":
        await asked.wait()
    await desk.outbox.close(30)
    await delivery
    assert not desk.outbox.is_busy
    assert await desk.statuses() == [PostStatus.SENDING, PostStatus.QUEUED]
    await desk.outbox.deliver()
    assert len(desk.stage.sends) == 1
    again = await desk.after_a_crash()
    await again.outbox.deliver()
    await again.assert_shown("one", "two")
    assert len(again.stage.sends) == 1


# --- a post that was taken with what was stored ---


async def taken(desk: Desk, text: str) -> None:
    """A turn is stored, its post with it, and nobody has sent that yet."""
    turn = Turn(len(await desk.store.record(desk.stored.id)) + 1, "persona", "Aino", text)
    post = Post(PostKind.TURN, text, username="Aino", turn_seq=turn.seq)
    added = await desk.store.add_turn(desk.stored.id, PLACE, turn, [post], after_id=desk.outbox.latest)
    assert added.sending is not None
    desk.outbox.next_is(added.sending)


async def test_a_post_that_somebody_was_taken_out_of_is_sent_as_it_is_now(desk: Desk) -> None:
    await taken(desk, "Kim asked me.")
    (post,) = await desk.posts()
    without_kim = update(posts).where(posts.c.id == post.id).values(content="Someone asked me.")
    await desk.store._database.run(lambda db: db.execute(without_kim) and None)
    desk.outbox.unsee(())
    await desk.outbox.deliver()
    assert desk.place.texts == ["Someone asked me."]


async def test_a_post_whose_place_is_given_up_is_not_sent(desk: Desk) -> None:
    await taken(desk, "Too late.")
    await desk.store.posts.give_up_place(PLACE)
    desk.outbox.read_anew()
    await desk.outbox.deliver()
    assert desk.place.texts == []


async def test_a_message_that_the_database_did_not_take_in_is_found_and_not_sent_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise TransientDatabaseError("The bot's database can't be used: the disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(desk.store.posts, "bind_and_take", full)
        with pytest.raises(TransientDatabaseError):
            await desk.say("Hello there.")
    await desk.outbox.deliver()
    assert desk.place.texts == ["Hello there."]
    assert [p.status for p in await desk.posts()] == [PostStatus.POSTED]
