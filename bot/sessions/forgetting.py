"""Takes members and their messages out of every session that holds them, under way or over."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from functools import partial

from bot.discussion.model.erasure import Member, without_name
from bot.discussion.model.record import Session
from bot.discussion.moderation.formats.table import format_of
from bot.discussion.text.text_caches import forget_turn_texts
from bot.minutes.account import PlaceNames
from bot.sessions.delivery.stage import Stage
from bot.sessions.privacy.session_erasure import erase_member, renew_minutes, withdraw_words
from bot.sessions.session_runner import SessionRunner
from bot.store.models import StoredSession
from bot.store.store import Store


async def forget_member(
    store: Store,
    under_way: Iterable[SessionRunner],
    make_stage: Callable[[StoredSession], Stage],
    guild_id: int,
    member: Member,
    listen_from: int,
) -> None:
    """Take a member out of every session of a server; no message before the id `listen_from` is taken in again."""
    runners = {runner.id: runner for runner in under_way if runner.stored.guild_id == guild_id}
    for session_id in sorted({*runners, *await store.member_data.sessions_with(guild_id, member)}):
        if session_id in runners:
            await runners[session_id].forget(member, listen_from)
        elif stored := await store.session(session_id):
            stage, record = make_stage(stored), await store.record(session_id)
            await withdraw_words(store, stage, record, session_id, member)
            await erase_member(store, stored, record, member, listen_from, stage.names())
    await store.memories.rewrite(guild_id, partial(_without, member))
    await store.makers.forget(guild_id, member.id)
    await store.pictures.free()  # of what they have not saved
    forget_turn_texts()
    await store.member_data.scrub()


async def forget_memories(store: Store, session_ids: Collection[int]) -> None:
    """Forget what is kept of sessions for later ones; the sessions themselves stay."""
    await store.memories.forget(session_ids)
    forget_turn_texts()
    await store.member_data.scrub()


async def forget_message(
    store: Store, runner: SessionRunner | None, names_in: Callable[[StoredSession], PlaceNames], message_id: int
) -> None:
    """Any message was deleted: a guest's turn is blanked, a post of ours is not sent again.

    `runner`: the session of its place, if one is under way.
    """
    if runner is not None:
        await runner.guest_changed(message_id, "")
    await store.posts.message_gone(message_id)
    for session_id in await store.member_data.sessions_of_message(message_id):
        await renew_minutes(store, session_id, names_in)
        forget_turn_texts()  # also of a session that has ended


def _without(member: Member, session: Session, text: str) -> str:
    return without_name(session, text, member)


async def forget_old_words(
    store: Store, under_way: Iterable[SessionRunner], at: datetime, keep_days: int | None
) -> int:
    """Forget what was said at tables that stand, and so never end, more than so many days before a time, or than their
    server wants it kept (`keep_days` None: for ever). Out: at how many tables there was anything."""
    count = 0
    for runner in list(under_way):
        if format_of(runner.session).has_clock:
            continue
        own = (await store.servers.of(runner.stored.guild_id)).keep_days
        days = min((each for each in (keep_days, own) if each is not None), default=None)
        if days is not None and (upto := await store.expiry.last_turn_before(runner.id, at - timedelta(days=days))):
            await runner.fade(upto, at - timedelta(days=days))
            count += 1
    return count
