"""Takes turns out of a discussion on a person's word: out of every later prompt, the minutes and their place."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.discussion.model.persona import Persona
from bot.discussion.model.positions import Position
from bot.discussion.model.record import Record, Turn, seats
from bot.discussion.model.removal import positions_told_in, removal, told_again
from bot.sessions.delivery.stage import Stage
from bot.sessions.delivery.withdrawals import redraw, withdraw
from bot.sessions.privacy.session_erasure import renew_minutes
from bot.sessions.session_runner import SessionRunner
from bot.store.models import Post, PostKind, PostStatus, StoredSession
from bot.store.store import Store


@dataclass(frozen=True, slots=True)
class ShownTurn:
    """The turn that a message shows. `persona` is None for a guest's, and for the moderator's; `number`: how many
    personas had spoken by then, as people count. `positions`: those whose words it tells, each a turn of its own, also
    where they are taken out already."""

    stored: StoredSession
    turn: Turn
    persona: Persona | None
    posts: tuple[Post, ...]
    number: int
    positions: tuple[Position, ...] = ()


async def shown_turn(store: Store, guild_id: int, message_id: int) -> ShownTurn | None:
    """What a message of this server shows; None if that is no turn of any discussion."""
    found = await store.posts.of_message(message_id)
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
        posts = [post for post in await store.posts.of_session(session_id) if post.turn_seq == seq]
        number = sum(each.kind == "persona" and each.seq <= seq for each in record)
        told = positions_told_in(record, turn)
        return ShownTurn(stored, turn, _persona(stored, record, turn), tuple(posts), number, told)
    return None


def _persona(stored: StoredSession, record: Record, turn: Turn) -> Persona | None:
    if turn.kind not in ("persona", "summary"):
        return None
    everybody = [*stored.session.cast, *seats(stored.session, record)]
    return next((p for p in everybody if p.name == turn.speaker), None)


async def remove_turns(
    store: Store, stage: Stage, stored: StoredSession, seqs: Collection[int], runner: SessionRunner | None
) -> bool:
    """Take turns out. `runner`: the one that holds their session. Out: whether what shows them is gone, too, and the
    cards that told of them are drawn anew; where not, it may be asked for once more.

    A member's own message is not the bot's to delete: that is left to the caller.
    """
    if runner is not None:
        await runner.strike(*seqs)
    else:
        # First, since after a crash in between nobody would look for it, and whoever asked has had no answer.
        for post in await store.posts.of_session(stored.id):
            if post.turn_seq in seqs and post.status is PostStatus.POSTED:
                await withdraw(store, stage, post)
        await store.strike(stored.id, removal(stored.session, await store.record(stored.id), seqs))
    await renew_minutes(store, stored.id, lambda stored: stage.names())
    drawn_anew = [await redraw(stage, post) for post in await _telling(store, stored.id, seqs)]
    stay = [post for post in await store.posts.to_withdraw(stored.id) if post.turn_seq in seqs]
    return not stay and all(drawn_anew)


async def _telling(store: Store, session_id: int, seqs: Collection[int]) -> list[Post]:
    """The cards that are shown and tell of positions among these turns."""
    record = await store.record(session_id)
    telling = told_again(record, seqs)
    results = [turn.seq for turn in record if turn.seq in telling and turn.kind == "result"]

    def tells(post: Post) -> bool:
        seq = post.turn_seq or 0
        # A summary's card tells the result of the vote before it.
        return seq in telling or (post.kind is PostKind.SUMMARY and any(result < seq for result in results))

    posts = await store.posts.of_session(session_id)
    return [post for post in posts if post.is_card and post.status is PostStatus.POSTED and tells(post)]
