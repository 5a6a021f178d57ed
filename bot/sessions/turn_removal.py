"""Takes a turn out of a discussion on a person's word: out of every later prompt, the minutes and its place."""

from dataclasses import dataclass

from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Turn, seats, struck
from bot.sessions.delivery.stage import Stage
from bot.sessions.delivery.withdrawals import withdraw
from bot.sessions.privacy.session_erasure import renew_minutes
from bot.sessions.session_runner import SessionRunner
from bot.store.models import Post, PostStatus, StoredSession
from bot.store.store import Store


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """The turn that a message shows. `persona` is None for a guest's, and for the moderator's; `number`: how many
    personas had spoken by then, as people count."""

    stored: StoredSession
    turn: Turn
    persona: Persona | None
    posts: tuple[Post, ...]
    number: int


async def shown_turn(store: Store, guild_id: int, message_id: int) -> ShownTurn | None:
    """What a message of this server shows; None if that is no turn of any discussion."""
    found = await store.posts.post_of_message(message_id)
    sessions = [found[0]] if found else await store.member_data.sessions_of_message(message_id)
    for session_id in sessions:
        stored = await store.session(session_id)
        if stored is None or stored.guild_id != guild_id:
            continue
        record = await store.record(session_id)
        seq = found[1].turn_seq if found else next(t.seq for t in record if t.message_id == message_id)
        if seq is None:
            return None
        turn = record.turns[seq - 1]
        posts = [post for post in await store.posts.session_posts(session_id) if post.turn_seq == seq]
        number = sum(each.kind == "persona" and each.seq <= seq for each in record)
        return ShownTurn(stored, turn, _persona(stored, record, turn), tuple(posts), number)
    return None


def _persona(stored: StoredSession, record: Record, turn: Turn) -> Persona | None:
    if turn.kind not in ("persona", "summary"):
        return None
    everybody = [*stored.session.cast, *seats(stored.session, record)]
    return next((p for p in everybody if p.name == turn.speaker), None)


async def remove_turn(store: Store, stage: Stage, shown: ShownTurn, runner: SessionRunner | None) -> bool:
    """Take a turn out. `runner`: the one that holds its session. Out: whether what shows it is gone, too.

    A member's own message is not the bot's to delete: that is left to the caller.
    """
    stored, seq = shown.stored, shown.turn.seq
    if runner is not None:
        await runner.strike(seq)
    else:
        # First, since after a crash in between nobody would look for it, and whoever asked has had no answer.
        for post in shown.posts:
            if post.status is PostStatus.POSTED:
                await withdraw(store, stage, post)
        await store.strike_turn(stored.id, struck(shown.turn))
    await renew_minutes(store, stored.id, lambda stored: stage.names())
    return not any(post.turn_seq == seq for post in await store.posts.posts_to_withdraw(stored.id))
