"""What is shown of sessions, and where each of it stands: `store.posts`. Each method is one transaction."""

from sqlalchemy import Connection

from bot.store import post_queries, refusal_queries
from bot.store.engine import Database
from bot.store.holding import hold
from bot.store.models import BoundPost, Post, PostKind, PostStatus, RefusedPost


class StoredPosts:
    """The posts of all sessions. At most one of a place is under way; a message shows one of them at most."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, session_id: int, place_id: int, post: Post) -> int:
        """Queue a post that belongs to no turn (panel, notice, minutes). Out: its id."""
        (post_id,) = await self._database.run(lambda db: post_queries.add_posts(db, session_id, place_id, [post]))
        return post_id

    async def add_vote(self, session_id: int, place_id: int, question_seq: int) -> bool:
        """Queue the vote on a question, unless there is one. Out: whether it was queued."""
        vote = Post(PostKind.VOTE, turn_seq=question_seq)

        def work(db: Connection) -> bool:
            hold(db, place_id)
            new = post_queries.without_known_votes(db, session_id, [vote])
            return bool(post_queries.add_posts(db, session_id, place_id, new))

        return await self._database.run(work)

    async def take(self, place_id: int, after_id: int) -> Post | None:
        """The post of the place that is `sending`, else the next queued one, which thereby becomes `sending`."""
        return await self._database.run(lambda db: post_queries.take(db, place_id, after_id))

    async def set_status(self, post_id: int, status: PostStatus, *, username: str | None = None) -> None:
        """Change where a post stands, and the name it is shown under if Discord refused the first."""
        await self._database.run(lambda db: post_queries.set_status(db, post_id, status, username))

    async def refuse(self, post_id: int, *, explained: bool, instead: Post | None = None) -> RefusedPost:
        """Give up a post under way. If it shows a turn, the posts behind it are given up and the turn is withheld.

        If nobody knows why (`explained` False), and the post before it was given up so, too, it is queued again
        instead while its session goes on, and the turn before it, too. `instead` is queued where the post is given up.
        """
        return await self._database.run(
            lambda db: refusal_queries.refuse(db, post_id, explained=explained, instead=instead)
        )

    async def refused_turns(self, session_id: int) -> int:
        """How many of a session's turns were given up because they were refused, or what was left of them was."""
        return await self._database.run(lambda db: refusal_queries.refused_turns(db, session_id))

    async def give_up(self, post_id: int) -> None:
        """Give up a post that nobody has begun to send."""
        await self._database.run(lambda db: post_queries.give_up(db, post_id))

    async def give_up_place(self, place_id: int) -> None:
        """Give up every post that a place which is gone was still to show."""
        await self._database.run(lambda db: post_queries.give_up_place(db, place_id))

    async def bind(self, post_id: int, message_id: int) -> bool:
        """Note that this message shows this post. A bound post or message stays as it is. Out: whether it was bound."""
        return await self._database.run(lambda db: post_queries.bind(db, post_id, message_id))

    async def bind_and_take(self, post_id: int, message_id: int, place_id: int, after_id: int) -> BoundPost:
        """Note that this message shows this post, and have the place's next queued one become `sending`.

        `after_id` is the largest Discord id seen in the place, the message's aside. Nothing is taken if the post or the
        message was bound before, or if something else is `sending`.
        """
        return await self._database.run(
            lambda db: post_queries.bind_and_take(db, post_id, message_id, place_id, after_id)
        )

    async def rebind(self, post_id: int, message_id: int) -> int | None:
        """Note which message really shows a post. Out: the one it was bound to, None if the post is not shown."""
        return await self._database.run(lambda db: post_queries.rebind(db, post_id, message_id))

    async def sending(self, place_id: int) -> Post | None:
        """The place's post whose outcome is open."""
        return await self._database.run(lambda db: post_queries.sending(db, place_id))

    async def post(self, post_id: int) -> Post | None:
        return await self._database.run(lambda db: post_queries.post(db, post_id))

    async def if_wanted(self, post_id: int) -> Post | None:
        """A post that is about to be sent. None if it is there no more, or nobody is to see it any more: then it never
        will be sent."""
        return await self._database.run(lambda db: post_queries.if_wanted(db, post_id))

    async def to_withdraw(self, session_id: int) -> list[Post]:
        """What is shown of a session though nobody is to see it any more: a turn that a person had taken out, words by
        command of which nothing is left."""
        return await self._database.run(lambda db: post_queries.to_withdraw(db, session_id))

    async def of_message(self, message_id: int) -> tuple[int, Post] | None:
        """The session and post that a message shows."""
        return await self._database.run(lambda db: post_queries.of_message(db, message_id))

    async def of_session(self, session_id: int, *kinds: PostKind) -> list[Post]:
        """A session's posts in order, all or those of some kinds."""
        return await self._database.run(lambda db: post_queries.of_session(db, session_id, kinds))

    async def copies(self, place_id: int, content: str) -> list[Post]:
        """The posts with this content that are known to be shown in the place, or are to be shown no more."""
        return await self._database.run(lambda db: post_queries.posted_copies(db, place_id, content))

    async def message_gone(self, message_id: int) -> None:
        """A message was deleted: its post is `removed` and will not be sent again, a guest's words are blanked."""
        await self._database.run(lambda db: post_queries.message_gone(db, message_id))
