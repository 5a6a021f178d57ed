"""What the store does with posts: plain functions of a connection, for use in a transaction."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import (
    Connection,
    String,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from bot.discussion.model.record import REMOVED_FLAG
from bot.store.column_types import LongText
from bot.store.holding import hold, hold_message, hold_post, hold_session
from bot.store.mappers import post_of, post_values
from bot.store.models import BoundPost, Post, PostKind, PostStatus
from bot.store.schema import posts, reactions, turns

# Written out: a list of parameters would be put into the statement anew each time.
UNSETTLED: Final = [literal_column(f"'{status}'", String) for status in (PostStatus.SENDING, PostStatus.QUEUED)]
# The statements of every turn are built once.
_ADD: Final = insert(posts)
_OF_MESSAGE: Final = select(posts).where(posts.c.message_id == bindparam("message"))
_BIND: Final = update(posts).where(
    posts.c.id == bindparam("post"), posts.c.message_id.is_(None), ~exists(_OF_MESSAGE.correlate(None))
)
_TAKE: Final = update(posts).where(posts.c.id == bindparam("post"))
# What is to be shown next in a place: what is under way, else the oldest that waits.
_OPEN: Final = (
    select(posts)
    .where(posts.c.place_id == bindparam("place"), posts.c.status.in_(UNSETTLED))
    .order_by(posts.c.status.desc(), posts.c.id)
    .limit(1)
)
# All of it, as `str.strip` takes it; SQLite's trim knows the space only.
_WHITE_SPACE: Final = "".join(filter(str.isspace, map(chr, range(0x3001))))  # there is none beyond
GIVEN_UP: Final[dict[str, Any]] = {"status": PostStatus.REFUSED, "attachment": None}
# What is left of a post with what a member said by command.
WITHOUT_WORDS: Final[dict[str, Any]] = {"content": "", "username": None, "avatar": None}
_REMOVED: Final[dict[str, Any]] = {"status": PostStatus.REMOVED, "attachment": None}
# What nobody is to see any more: posts of a turn that a person had taken out, and words of which nothing is left.
_IS_STRUCK: Final = exists().where(
    turns.c.session_id == posts.c.session_id,
    turns.c.seq == posts.c.turn_seq,
    cast(turns.c.flags, Text).contains(f'"{REMOVED_FLAG}"'),
    posts.c.kind != PostKind.VOTE,
)
IS_UNWANTED: Final = or_(_IS_STRUCK, and_(posts.c.kind == PostKind.WORDS, posts.c.content == ""))


def add_posts(db: Connection, session_id: int, place_id: int, show: Sequence[Post]) -> list[int]:
    """Out: their ids, which are in the order in which the place's posts are stored, whoever adds them."""
    hold(db, place_id)
    ids: list[int] = []
    for post in show:
        result: Any = db.execute(_ADD, {"session_id": session_id, "place_id": place_id} | post_values(post))
        ids.append(result.inserted_primary_key[0])
    return ids


def add_and_take(db: Connection, session_id: int, place_id: int, show: Sequence[Post], after_id: int) -> Post | None:
    """Add posts (at least one) of a place that is held, and take its next one if none is under way. Out: the one
    taken."""
    ahead = _open(db, place_id)
    if ahead is not None:
        add_posts(db, session_id, place_id, show)
        return _take(db, ahead, after_id) if ahead.status is PostStatus.QUEUED else None
    # Nothing is under way or waits: the first of these is taken as it is stored.
    first = replace(show[0], status=PostStatus.SENDING, after_id=after_id)
    ids = add_posts(db, session_id, place_id, [first, *show[1:]])
    return replace(first, id=ids[0])


def take(db: Connection, place_id: int, after_id: int) -> Post | None:
    """The post of the place that is `sending`, else the next queued one, which thereby becomes `sending`."""
    hold(db, place_id)
    post = _open(db, place_id)
    return _take(db, post, after_id) if post and post.status is PostStatus.QUEUED else post


def without_known_votes(db: Connection, session_id: int, show: Sequence[Post]) -> list[Post]:
    """`show` without votes on questions that were voted on before: a discussion that goes on after its summary comes
    to the same question again, and a process that was killed to the same step."""
    if not any(post.kind is PostKind.VOTE for post in show):
        return list(show)
    known = select(posts.c.turn_seq).where(posts.c.session_id == session_id, posts.c.kind == PostKind.VOTE)
    seqs = set(db.scalars(known))
    return [post for post in show if post.kind is not PostKind.VOTE or post.turn_seq not in seqs]


def bind(db: Connection, post_id: int, message_id: int) -> bool:
    """Note that this message shows this post. A bound post or message stays as it is. Out: whether it was bound."""
    hold_post(db, post_id)
    return _bind(db, post_id, message_id)


def bind_and_take(db: Connection, post_id: int, message_id: int, place_id: int, after_id: int) -> BoundPost:
    """The same, and the next queued post of the place becomes `sending`, if this was what it waited for."""
    hold(db, place_id)
    if not _bind(db, post_id, message_id):
        return BoundPost(is_bound=False)
    ahead = _open(db, place_id)
    if ahead is None or ahead.status is not PostStatus.QUEUED:
        return BoundPost(is_bound=True)
    return BoundPost(is_bound=True, sending=_take(db, ahead, max(after_id, message_id)))


def rebind(db: Connection, post_id: int, message_id: int) -> int | None:
    """Note which message really shows a post. Out: the one it was bound to, None if the post is not shown."""
    hold_post(db, post_id)
    where = and_(posts.c.id == post_id, posts.c.status == PostStatus.POSTED)
    former = db.scalar(select(posts.c.message_id).where(where))
    if former is not None:
        db.execute(update(posts).where(where).values(message_id=message_id))
    return former


def set_status(db: Connection, post_id: int, status: PostStatus, username: str | None) -> None:
    """Change where a post stands, and with `username` the name it is shown under."""
    hold_post(db, post_id)
    values: dict[str, Any] = {"status": status} | ({"username": username} if username else {})
    db.execute(update(posts).where(posts.c.id == post_id).values(**values))


def give_up(db: Connection, post_id: int) -> None:
    """Give up a post that nobody has begun to send."""
    hold_post(db, post_id)
    db.execute(update(posts).where(posts.c.id == post_id, posts.c.status == PostStatus.QUEUED).values(GIVEN_UP))


def give_up_turn(db: Connection, session_id: int, seq: int) -> None:
    """Have what is not shown of a turn, and not under way, never be shown."""
    hold_session(db, session_id)
    of_turn = and_(posts.c.session_id == session_id, posts.c.turn_seq == seq, posts.c.kind != PostKind.VOTE)
    waits = posts.c.status.in_((PostStatus.QUEUED, PostStatus.UNEXPLAINED))
    db.execute(update(posts).where(of_turn, waits).values(_REMOVED))


def if_wanted(db: Connection, post_id: int) -> Post | None:
    """A post that is about to be sent, if anybody is still to see it; else it never will be."""
    hold_post(db, post_id)
    unwanted = update(posts).where(posts.c.id == post_id, IS_UNWANTED).values(_REMOVED)
    return None if db.execute(unwanted).rowcount else post(db, post_id)


def to_withdraw(db: Connection, session_id: int) -> list[Post]:
    """A session's posts that are shown though nobody is to see them any more."""
    where = (posts.c.session_id == session_id, posts.c.status == PostStatus.POSTED, posts.c.message_id.is_not(None))
    return [post_of(row) for row in db.execute(select(posts).where(*where, IS_UNWANTED).order_by(posts.c.id))]


def give_up_place(db: Connection, place_id: int) -> None:
    """Give up every post that a place which is gone was still to show."""
    hold(db, place_id)
    db.execute(update(posts).where(posts.c.place_id == place_id, posts.c.status.in_(UNSETTLED)).values(GIVEN_UP))


def give_up_cards(db: Connection, place_id: int) -> None:
    """Give up what the earlier sessions of a place that is held were still to show and only an open one shows."""
    of_open = posts.c.kind.in_((PostKind.CARD, PostKind.PANEL, PostKind.VOTE))
    db.execute(
        update(posts).where(posts.c.place_id == place_id, posts.c.status.in_(UNSETTLED), of_open).values(GIVEN_UP)
    )


def sending(db: Connection, place_id: int) -> Post | None:
    """The place's post whose outcome is open."""
    where = (posts.c.place_id == place_id, posts.c.status == PostStatus.SENDING)
    row = db.execute(select(posts).where(*where)).one_or_none()
    return post_of(row) if row else None


def post(db: Connection, post_id: int) -> Post | None:
    row = db.execute(select(posts).where(posts.c.id == post_id)).one_or_none()
    return post_of(row) if row else None


def of_message(db: Connection, message_id: int) -> tuple[int, Post] | None:
    """The session and post that a message shows."""
    row = db.execute(_OF_MESSAGE, {"message": message_id}).one_or_none()
    return (row.session_id, post_of(row)) if row else None


def of_session(db: Connection, session_id: int, kinds: Sequence[PostKind]) -> list[Post]:
    """A session's posts in order, all or those of some kinds."""
    query = select(posts).where(posts.c.session_id == session_id).order_by(posts.c.id)
    return [post_of(row) for row in db.execute(query.where(posts.c.kind.in_(kinds)) if kinds else query)]


def posted_copies(db: Connection, place_id: int, content: str) -> list[Post]:
    """The posts with this content that are known to be shown in the place, or are to be shown no more."""
    # What is shown begins and ends with no white space; what is stored may (an indented item of a list).
    says_so = func.trim(posts.c.content, _WHITE_SPACE, type_=LongText) == content.strip()
    never = and_(posts.c.status == PostStatus.REMOVED, posts.c.message_id.is_(None))
    where = (posts.c.place_id == place_id, or_(posts.c.status == PostStatus.POSTED, never), says_so)
    return [post_of(row) for row in db.execute(select(posts).where(*where))]


def message_gone(db: Connection, message_id: int) -> None:
    """A message was deleted: its post is `removed` and will not be sent again, a guest's words are blanked. With it go
    the reactions to it."""
    hold_message(db, message_id)
    found = of_message(db, message_id)
    if found and found[1].kind is PostKind.WORDS:
        of_turn = (found[0], found[1].turn_seq)
        blank_words(db, *of_turn)
        db.execute(update(turns).where(turns.c.session_id == of_turn[0], turns.c.seq == of_turn[1]).values(text=""))
    if found:
        db.execute(delete(reactions).where(reactions.c.session_id == found[0], reactions.c.message_id == message_id))
    db.execute(update(posts).where(posts.c.message_id == message_id).values(_REMOVED))
    db.execute(update(turns).where(turns.c.message_id == message_id).values(text=""))


def blank_words(db: Connection, session_id: int, turn_seq: int | None) -> None:
    """Take out of the posts of a turn, whose place is held, what a member said by command, and their name; what waits
    is not sent."""
    theirs = and_(posts.c.session_id == session_id, posts.c.turn_seq == turn_seq, posts.c.kind == PostKind.WORDS)
    db.execute(update(posts).where(theirs).values(WITHOUT_WORDS))
    db.execute(update(posts).where(theirs, posts.c.status == PostStatus.QUEUED).values(GIVEN_UP))


def _bind(db: Connection, post_id: int, message_id: int) -> bool:
    # Whoever deletes a message must not find it kept in minutes that are in the channel already.
    values = {"message_id": message_id, "status": PostStatus.POSTED, "attachment": None}
    return db.execute(_BIND, {"post": post_id, "message": message_id} | values).rowcount == 1


def _open(db: Connection, place_id: int) -> Post | None:
    row = db.execute(_OPEN, {"place": place_id}).one_or_none()
    return post_of(row) if row else None


def _take(db: Connection, post: Post, after_id: int) -> Post:
    db.execute(_TAKE, {"post": post.id, "status": PostStatus.SENDING, "after_id": after_id})
    return replace(post, status=PostStatus.SENDING, after_id=after_id)
