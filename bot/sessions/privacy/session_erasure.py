"""What members take back: a message deleted or edited while nobody listened, or everything they ever said."""

from typing import TYPE_CHECKING

from bot.discussion.model.erasure import Member, forget, without_actor, without_name
from bot.discussion.model.record import QuestionPut, Record, Turn
from bot.sessions.delivery.minutes import minutes
from bot.store.models import Post, PostKind, StoredSession
from bot.store.store import Store

if TYPE_CHECKING:
    from bot.sessions.turn_log import Keeper


async def erase_member(
    store: Store, stored: StoredSession, record: Record, member: Member, listen_from: int
) -> list[Turn]:
    """Take a member out of one stored session. Out: the turns that changed, as they are now."""
    changed = forget(stored.session, record, member)
    after = Record(list(record))
    for turn in changed:
        after.put(turn)
    took_part = any(turn.author_id == member.id for turn in record)
    questions = {turn.seq for turn in record if isinstance(turn.steering, QuestionPut)}

    def content_of(post: Post) -> str:
        if post.kind is PostKind.TURN:
            return without_name(stored.session, post.content, member) if took_part else post.content
        named = post.kind is PostKind.NOTICE and post.turn_seq not in questions
        return without_actor(post.content, member) if named else post.content

    await store.privacy.rewrite(
        stored.id,
        member,
        changed=changed,
        content_of=content_of,
        minutes=minutes(stored.session, after),
        listen_from=listen_from,
    )
    return changed


async def renew_minutes(store: Store, session_id: int) -> None:
    """Write minutes that are not yet handed out anew, from what the record says now."""
    if not await store.privacy.has_unsent_minutes(session_id):
        return
    stored = await store.session(session_id)
    if stored is not None:
        record = await store.record(session_id)
        await store.privacy.set_minutes(session_id, minutes(stored.session, record))


async def apply_missed_edits(run: "Keeper", upto: int) -> None:
    """Blank the guests' turns whose message was deleted meanwhile, amend those that were edited.

    `upto`: the largest Discord id to look at; a newer message may not have reached the history yet. Raises
    PostRejected or OutcomeUnknown.
    """
    known = [t.message_id for t in run.record if t.kind == "guest" and t.text and t.message_id and t.message_id <= upto]
    if not known:
        return
    now = await run.stage.said_since(min(known) - 1)
    for message_id in known:
        text = now.get(message_id, "")
        if text is not None:
            await run.guest_changed(message_id, text)
