"""A turn that a person had taken out is seen by nobody any more, however far its posts had come."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from bot.discussion.model.erasure import Member
from bot.discussion.model.removal import removal
from bot.sessions.delivery.stage import GuestMessage, PostingBlocked, RejectReason
from bot.sessions.guest_turns import Heard
from bot.store.models import Post, PostKind, PostStatus
from bot.store.store import Store
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.memory_place import LOST, NOT_STORED, OK, Sending, late, refused
from tests.support.posting_desk import Desk, open_desk
from tests.support.session_house import until
from tests.support.session_table import open_table

TEXTS = ("One.", "Two.", "Three.")
REMOVED = PostStatus.REMOVED


async def strike(desk: Desk, seq: int) -> None:
    """As the turn log does it."""
    left = removal(desk.stored.session, await desk.store.record(desk.stored.id), [seq])
    await desk.store.strike(desk.stored.id, left)
    desk.outbox.read_anew()
    desk.outbox.withdrawals.are_due = True


@pytest.mark.parametrize(
    "fate",
    [OK, LOST, NOT_STORED, late(1), late(5, event="after"), Sending(event="before"), refused(RejectReason.BLOCKED)],
)
@pytest.mark.parametrize("is_killed", [False, True])
async def test_whatever_becomes_of_the_post_that_is_under_way(store: Store, fate: Sending, is_killed: bool) -> None:
    """One piece is shown, one under way, one waits."""
    gate = asyncio.Event()
    desk = await open_desk(store, OK, replace(fate, until=gate))
    seq = await desk.write(*TEXTS)
    sending = asyncio.create_task(desk.outbox.deliver())
    await desk.stage.until_sent(2)
    await strike(desk, seq)
    gate.set()
    if is_killed:
        await desk.outbox.close(0)
        sending.cancel()
        desk = await desk.after_a_crash()
    with suppress(PostingBlocked, asyncio.CancelledError):
        await sending
    await desk.say("And I?", speaker="Ravi")
    for _ in range(5):  # what came too late for all looks
        desk.stage.arrive()
    await desk.stage.settle()
    assert desk.place.texts == ["And I?"]
    assert await desk.statuses() == [REMOVED] * 3 + [PostStatus.POSTED]
    assert await store.posts.to_withdraw(desk.stored.id) == []


async def test_what_was_struck_is_not_taken_back_with_the_next_that_is_refused(store: Store) -> None:
    desk = await open_desk(store, *[refused(RejectReason.OTHER)] * 4)
    first = await desk.say("One.")
    await strike(desk, first)
    await desk.write("Two.", speaker="Ravi")
    with suppress(PostingBlocked):
        await desk.outbox.deliver()
    with suppress(PostingBlocked):
        await desk.outbox.deliver()
    assert desk.place.texts in ([], ["Two."])
    assert (await store.record(desk.stored.id)).turns[0].withheld


@pytest.mark.parametrize("fate", [OK, LOST, NOT_STORED, refused(RejectReason.BLOCKED)])
async def test_words_of_a_member_who_is_forgotten_are_neither_sent_nor_left_there(
    store: Store, server: ScriptedEndpoint, fate: Sending
) -> None:
    """The first piece is shown, the second under way, the third waits; another member's stay."""
    gate = asyncio.Event()
    async with open_table(store, server) as table:
        table.stage.script.extend([OK, replace(fate, until=gate)])
        posts = tuple(Post(PostKind.WORDS, text, username="Otto (guest)") for text in TEXTS)
        saying = asyncio.create_task(
            table.run.speak_for(GuestMessage(table.place.new_id(), 7, "Otto", " ".join(TEXTS), posts=posts))
        )
        await table.stage.until_sent(2)
        forgetting = asyncio.create_task(table.run.forget(Member(7, ("Otto",)), table.place.new_id()))
        await until(lambda: table.run.record.turns[-1].author_id is None)
        gate.set()
        await asyncio.gather(saying, forgetting)
        theirs = Post(PostKind.WORDS, "Bread is dear.", username="Lena (guest)")
        lena = GuestMessage(table.place.new_id(), 8, "Lena", theirs.content, posts=(theirs,))
        assert await table.run.speak_for(lena) == (Heard.TAKEN, None)
        assert table.place.texts == [theirs.content]
        stored = await store.posts.of_session(table.run.id)
        assert [(p.content, p.username, p.status) for p in stored[:3]] == [("", None, REMOVED)] * 2 + [
            ("", None, PostStatus.REFUSED)
        ]


async def test_nothing_is_said_by_command_at_a_table_that_has_ended_meanwhile(
    store: Store, server: ScriptedEndpoint
) -> None:
    async with open_table(store, server) as table:
        await table.run.close()
        said = Post(PostKind.WORDS, "Wait!", username="Otto (guest)")
        late_one = GuestMessage(table.place.new_id(), 7, "Otto", said.content, posts=(said,))
        assert await table.run.speak_for(late_one) == (Heard.IGNORED, None)
        assert "Wait!" not in table.place.texts
