"""Takes a member out of a stored session: turns, posts, and minutes that are still to be handed out."""

from collections.abc import Callable
from dataclasses import replace

from bot.discussion.model.erasure import Member, forget, without_actor, without_name
from bot.discussion.model.record import Record, Turn
from bot.discussion.model.steerings import QuestionPut
from bot.minutes.account import PlaceNames
from bot.minutes.as_markdown import as_markdown
from bot.sessions.delivery.minutes import told_of
from bot.sessions.delivery.stage import Stage
from bot.sessions.delivery.withdrawals import withdraw
from bot.store.models import Post, PostKind, PostStatus, StoredSession
from bot.store.store import Store


async def erase_member(
    store: Store,
    stored: StoredSession,
    record: Record,
    member: Member,
    listen_from: int,
    names: PlaceNames = PlaceNames(),  # noqa: B008 (it never changes)
) -> list[Turn]:
    """Take a member out of one stored session. Out: the turns that changed, as they are now.

    `names`: for minutes that are still to be handed out.
    """
    changed = forget(stored.session, record, member)
    after = Record(list(record))
    for turn in changed:
        after.put(turn)
    took_part = any(turn.author_id == member.id for turn in record)
    questions = {turn.seq for turn in record if isinstance(turn.steering, QuestionPut)}

    def content_of(post: Post) -> str:
        if post.kind in (PostKind.TURN, PostKind.SUMMARY):
            return without_name(stored.session, post.content, member) if took_part else post.content
        named = post.kind is PostKind.NOTICE and post.turn_seq not in questions
        return without_actor(post.content, member) if named else post.content

    if stored.convener_id == member.id:
        names = replace(names, convener=None)
    tallies = await store.votes.tallies(stored.id, without=member.id)
    cost = await store.spending.cost_of(stored.id)
    await store.member_data.rewrite(
        stored.id,
        member,
        changed=changed,
        content_of=content_of,
        minutes=as_markdown(told_of(stored, after, names, tallies, cost=cost, is_over=True)),
        listen_from=listen_from,
    )
    return changed


async def withdraw_words(store: Store, stage: Stage, record: Record, session_id: int, member: Member) -> None:
    """Take away what the bot posted for a member, who can't delete that: before nothing tells any more that it was
    theirs."""
    said = {turn.seq for turn in record if turn.author_id == member.id}
    for post in await store.posts.of_session(session_id, PostKind.WORDS):
        if post.turn_seq in said and post.status is PostStatus.POSTED:
            await withdraw(store, stage, post)


async def renew_minutes(store: Store, session_id: int, names_in: Callable[[StoredSession], PlaceNames]) -> None:
    """Write minutes that are not yet handed out anew, from what the record says now."""
    if not await store.member_data.has_unsent_minutes(session_id):
        return
    stored = await store.session(session_id)
    if stored is not None:
        record = await store.record(session_id)
        tallies = await store.votes.tallies(session_id)
        cost = await store.spending.cost_of(session_id)
        minutes = told_of(stored, record, names_in(stored), tallies, cost=cost, is_over=True)
        await store.member_data.set_minutes(session_id, as_markdown(minutes))
