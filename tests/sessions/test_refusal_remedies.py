"""What each refusal of a post asks for: mended and sent again, given up, or waited for; and nothing else is lost."""

import asyncio

import pytest

from bot.sessions.delivery.stage import (
    OutcomeUnknown,
    PlaceGone,
    PostingBlocked,
    PostRejected,
    RejectReason,
)
from bot.store.models import Post, PostKind, PostStatus, Status
from tests.support.memory_place import OK, Sending, refused
from tests.support.posting_desk import Desk, open_desk
from tests.support.samples import PLACE


async def test_a_webhook_that_is_gone_is_renewed_once(desk: Desk) -> None:
    desk.stage.script.append(refused(RejectReason.WEBHOOK_GONE))
    await desk.say("one", "two")
    await desk.assert_shown("one", "two")
    assert desk.stage.renewed == 1


async def test_a_webhook_that_is_gone_again_withholds_the_turn(desk: Desk) -> None:
    desk.stage.script.extend([refused(RejectReason.WEBHOOK_GONE)] * 2)
    seq = await desk.say("one", "two")
    assert (desk.withheld, desk.stage.renewed) == ([seq], 1)
    await desk.say("three")
    await desk.assert_shown("three")


async def test_renewing_whose_answer_is_lost_is_done_again(desk: Desk) -> None:
    desk.stage.script.append(refused(RejectReason.WEBHOOK_GONE))
    desk.stage.renewals.extend([OutcomeUnknown("lost"), OutcomeUnknown("lost")])
    await desk.say("one")
    await desk.assert_shown("one")
    assert desk.stage.renewed == 3


async def test_renewing_that_is_refused_holds(desk: Desk) -> None:
    desk.stage.script.append(refused(RejectReason.WEBHOOK_GONE))
    desk.stage.renewals.append(PostRejected(RejectReason.BLOCKED, "There are 15 webhooks already. Remove one."))
    await desk.write("one")
    with pytest.raises(PostingBlocked, match="Remove one"):
        await desk.outbox.deliver()
    assert await desk.statuses() == [PostStatus.QUEUED]
    await desk.outbox.deliver()
    await desk.assert_shown("one")


async def test_a_refused_name_is_healed_once(desk: Desk) -> None:
    desk.stage.script.append(refused(RejectReason.NAME))
    await desk.say("one", speaker="Discordia")
    assert [m.name for m in desk.place.messages] == ["Disc\u200aordia"]
    assert [p.username for p in await desk.posts()] == ["Disc\u200aordia"]
    desk.stage.script.extend([refused(RejectReason.NAME)] * 2)
    seq = await desk.say("two", speaker="Clyde")
    assert desk.withheld == [seq]
    assert desk.place.texts == ["one"]


async def test_a_filter_withholds_the_turn_and_the_session_goes_on(desk: Desk) -> None:
    desk.stage.script.extend([OK, refused(RejectReason.WITHHELD)])
    first = await desk.say("shown", "withheld", "behind it")
    await desk.say("next")
    assert desk.withheld == [first]
    assert desk.place.texts == ["shown", "next"]
    assert await desk.statuses() == [PostStatus.POSTED, PostStatus.REFUSED, PostStatus.REFUSED, PostStatus.POSTED]
    assert [t.withheld for t in await desk.store.record(desk.stored.id)] == [True, False]


async def test_a_refused_notice_is_no_turn_and_the_rest_goes_on(desk: Desk) -> None:
    await desk.store.posts.add(desk.stored.id, PLACE, Post(PostKind.NOTICE, "notice"))
    await desk.store.posts.add(desk.stored.id, PLACE, Post(PostKind.MINUTES, "minutes"))
    desk.stage.script.append(refused(RejectReason.WITHHELD))
    await desk.outbox.deliver()
    assert desk.withheld == []
    assert desk.place.texts == ["minutes"]


async def test_anything_else_is_tried_once_more(desk: Desk) -> None:
    desk.stage.script.append(refused(RejectReason.OTHER))
    await desk.say("one")
    await desk.assert_shown("one")
    desk.stage.script.extend([refused(RejectReason.OTHER)] * 2)
    assert desk.withheld == []
    seq = await desk.say("two")
    assert desk.withheld == [seq]


UNHEARD_OF = [refused(RejectReason.OTHER)] * 2  # one post, tried once more


@pytest.mark.parametrize("between", ["nothing", "a filter's", "a crash", "the bot's own words"])
async def test_two_refusals_in_a_row_that_nobody_knows_hold(desk: Desk, between: str) -> None:
    desk.stage.script.extend(UNHEARD_OF)
    given_up = [await desk.say("one", "one more")]
    if between == "a filter's":
        desk.stage.script.append(refused(RejectReason.WITHHELD))
        given_up.append(await desk.say("rude"))
    own = ["notice"] if between == "the bot's own words" else []
    for text in own:
        await desk.store.posts.add(desk.stored.id, PLACE, Post(PostKind.NOTICE, text))
    await desk.outbox.deliver()
    now = await desk.after_a_crash() if between == "a crash" else desk
    now.withheld[:] = given_up
    await now.write("two", "three")
    # The first waits again as well, unless it would come behind what was shown since.
    waiting = ["two", "three"] if own else ["one", "one more", "two", "three"]
    still_given_up = given_up if own else given_up[1:]
    for tried in (1, 1 if own else 2):
        now.stage.script.extend(UNHEARD_OF * tried)
        with pytest.raises(PostingBlocked, match="nobody knows"):
            await now.outbox.deliver()
        assert now.withheld == still_given_up
        assert [t.seq for t in await desk.store.record(desk.stored.id) if t.withheld] == still_given_up
    await now.outbox.deliver()
    assert now.place.texts == [*own, *waiting]
    # What was shown in between ends the row.
    now.stage.script.extend(UNHEARD_OF)
    await now.say("four")
    await now.say("five")
    assert now.place.texts == [*own, *waiting, "five"]


async def test_what_an_ended_session_has_left_holds_up_nobody(desk: Desk) -> None:
    desk.stage.script.extend(UNHEARD_OF * 2)
    await desk.say("one")
    await desk.write("two")
    with pytest.raises(PostingBlocked):
        await desk.outbox.deliver()
    await desk.store.set_status(desk.stored.id, Status.ENDED)
    later = await open_desk(desk.store, *UNHEARD_OF * 2, place=desk.place)
    await later.say("new")
    assert later.place.texts == ["new"]


@pytest.mark.parametrize("reason", [RejectReason.OTHER, RejectReason.WITHHELD])
async def test_a_card_that_is_refused_is_told_of(desk: Desk, reason: RejectReason) -> None:
    await desk.store.posts.add(desk.stored.id, PLACE, Post(PostKind.CARD))
    await desk.store.posts.add(desk.stored.id, PLACE, Post(PostKind.PANEL, "panel"))
    desk.stage.script.extend([refused(reason)] * (2 if reason is RejectReason.OTHER else 1))
    await desk.outbox.deliver()
    told = f"-# The opening card could not be shown. refused: {reason.value}"
    assert desk.place.texts == ["panel", told]
    # Where not even that can be said, the convener is told.
    await desk.store.posts.add(desk.stored.id, PLACE, Post(PostKind.CARD))
    desk.stage.script.extend([refused(RejectReason.WITHHELD)] * 2)
    await desk.outbox.deliver()
    assert desk.stage.told == ["-# The opening card could not be shown. refused: a filter withheld the message"]


async def test_a_letter_that_is_no_post_is_not_taken_for_the_notice_under_way(desk: Desk) -> None:
    gate = asyncio.Event()
    desk.stage.script.append(Sending(until=gate))
    await desk.store.posts.add(desk.stored.id, PLACE, Post(PostKind.NOTICE, "▶ The table goes on."))
    delivery = asyncio.create_task(desk.outbox.deliver())
    await desk.stage.until_sent(1)
    letter = desk.place.show(Post(PostKind.NOTICE, "⏸ The table is paused."))
    await desk.outbox.seen(letter)
    gate.set()
    await delivery
    assert desk.place.texts == ["⏸ The table is paused.", "▶ The table goes on."]


async def test_an_archived_thread_is_woken_once(desk: Desk) -> None:
    desk.stage.script.append(refused(RejectReason.ASLEEP))
    await desk.say("one")
    desk.stage.script.extend([refused(RejectReason.ASLEEP)] * 2)
    await desk.write("two")
    with pytest.raises(PostingBlocked, match="archived"):
        await desk.outbox.deliver()
    assert desk.stage.woken == 2
    await desk.outbox.deliver()
    await desk.assert_shown("one", "two")


async def test_a_lost_permission_holds_and_nothing_is_lost(desk: Desk) -> None:
    desk.stage.script.extend([OK, refused(RejectReason.BLOCKED), refused(RejectReason.BLOCKED)])
    await desk.write("one", "two", "three")
    for _ in range(2):
        with pytest.raises(PostingBlocked, match="something that people must mend"):
            await desk.outbox.deliver()
    assert await desk.statuses() == [PostStatus.POSTED, PostStatus.QUEUED, PostStatus.QUEUED]
    await desk.outbox.deliver()
    await desk.assert_shown("one", "two", "three")


async def test_a_place_that_is_gone(desk: Desk) -> None:
    desk.stage.script.append(refused(RejectReason.PLACE_GONE))
    await desk.write("one")
    with pytest.raises(PlaceGone):
        await desk.outbox.deliver()


async def test_a_post_left_over_from_an_earlier_session_is_not_taken_for_a_turn_of_this_one(desk: Desk) -> None:
    desk.stage.script.append(refused(RejectReason.BLOCKED))
    await desk.write("old")
    with pytest.raises(PostingBlocked):
        await desk.outbox.deliver()
    await desk.store.set_status(desk.stored.id, Status.ENDED)
    later = await open_desk(desk.store, refused(RejectReason.WITHHELD), place=desk.place)
    await later.say("new")
    assert later.place.texts == ["new"]
    assert later.withheld == []
    assert [t.withheld for t in await desk.store.record(later.stored.id)] == [False]
    assert [t.withheld for t in await desk.store.record(desk.stored.id)] == [True]
