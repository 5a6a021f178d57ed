"""What the store does with posts that were refused: plain functions of a connection, for use in a transaction."""

from typing import Any, Final

from sqlalchemy import Connection, and_, exists, func, select, update

from bot.store.holding import hold_post
from bot.store.mappers import post_of
from bot.store.models import Post, PostKind, PostStatus, RefusedPost, Status
from bot.store.post_queries import GIVEN_UP, IS_UNWANTED, UNSETTLED, add_posts, set_status
from bot.store.schema import posts, sessions, turns

# What says whether a place takes posts.
_TELLING: Final = (PostStatus.POSTED, PostStatus.REMOVED, PostStatus.UNEXPLAINED)


def refuse(db: Connection, post_id: int, *, explained: bool, instead: Post | None) -> RefusedPost:
    """Give up a post under way; if it shows a turn, that is withheld with the posts behind it.

    One that nobody knows the reason for is queued again if it is the second in a row and its session goes on: then it
    is the place that takes nothing, and the turn before waits again as well. `instead` is queued where the post is
    given up.
    """
    hold_post(db, post_id)
    post = db.execute(select(posts).where(posts.c.id == post_id)).one_or_none()
    if post is None:
        return RefusedPost(is_given_up=True)
    if not explained and (before := _given_up_before(db, post)):
        set_status(db, post_id, PostStatus.QUEUED, None)
        return RefusedPost(is_given_up=False, session_id=post.session_id, taken_back=_take_back(db, before, post))
    shown = post_of(post).shown_turn
    this_turn = and_(posts.c.session_id == post.session_id, posts.c.turn_seq == shown)
    where = (posts.c.id == post_id if shown is None else this_turn, posts.c.status.in_(UNSETTLED))
    given_up = GIVEN_UP | ({} if explained else {"status": PostStatus.UNEXPLAINED})
    db.execute(update(posts).where(*where).values(given_up))
    turn = and_(turns.c.session_id == post.session_id, turns.c.seq == shown)
    db.execute(update(turns).where(turn).values(withheld=True))
    if instead is not None:
        add_posts(db, post.session_id, post.place_id, [instead])
    return RefusedPost(is_given_up=True, session_id=post.session_id)


def _given_up_before(db: Connection, post: Any) -> Any:
    """The post that came to something before this one, if that was refused for no known reason either; else None.

    Asked of the database: a process that is killed between the two counts on. What a filter withheld, or what was given
    up unsent, tells nothing, nor does what the bot itself may say where its webhook may not. A session that has ended
    spends nothing any more, and must not hold up the next one.
    """
    goes_on = exists().where(sessions.c.id == post.session_id, sessions.c.status != Status.ENDED)
    tells = [posts.c.place_id == post.place_id, posts.c.id < post.id, posts.c.status.in_(_TELLING), goes_on]
    if post.kind == PostKind.TURN:
        tells.append(posts.c.kind == PostKind.TURN)
    before = db.execute(select(posts).where(*tells).order_by(posts.c.id.desc()).limit(1)).one_or_none()
    return before if before is not None and before.status == PostStatus.UNEXPLAINED else None


def _take_back(db: Connection, given_up: Any, post: Any) -> int | None:
    """Queue what was given up of a turn again, unless it would come behind what was said later. Out: its number."""
    seen = (PostStatus.POSTED, PostStatus.REMOVED)
    later = exists().where(
        posts.c.place_id == post.place_id, posts.c.id.between(given_up.id, post.id), posts.c.status.in_(seen)
    )
    if given_up.session_id != post.session_id or post_of(given_up).shown_turn is None or db.scalar(select(later)):
        return None
    this_turn = and_(posts.c.session_id == given_up.session_id, posts.c.turn_seq == given_up.turn_seq)
    if db.execute(select(posts.c.id).where(this_turn, IS_UNWANTED).limit(1)).first() is not None:
        return None
    db.execute(
        update(posts).where(this_turn, posts.c.status == PostStatus.UNEXPLAINED).values(status=PostStatus.QUEUED)
    )
    turn = and_(turns.c.session_id == given_up.session_id, turns.c.seq == given_up.turn_seq)
    db.execute(update(turns).where(turn).values(withheld=False))
    return given_up.turn_seq


def refused_turns(db: Connection, session_id: int) -> int:
    """How many of a session's turns were given up because they were refused, or what was left of them was."""
    turn = posts.c.kind.in_((PostKind.TURN, PostKind.SUMMARY))
    refused = posts.c.status.in_((PostStatus.REFUSED, PostStatus.UNEXPLAINED))
    counted = select(func.count(posts.c.turn_seq.distinct())).where(posts.c.session_id == session_id, turn, refused)
    return db.scalar(counted) or 0
