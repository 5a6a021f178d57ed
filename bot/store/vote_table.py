"""The votes of members on who convinced them: `store.votes`. Each method is one transaction."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, exists, func, select

from bot.store.engine import Database, upsert
from bot.store.holding import hold_session
from bot.store.models import PostKind, Status
from bot.store.schema import now, posts, sessions, turns, votes

Poll = Mapping[int, int]
"""A poll's votes: the number of the option, by member."""
Tallies = dict[int, dict[str, int]]
"""By the number of the turn that put the question: how many votes each persona has, most first."""


class VoteTable:
    """One vote a member and question. A vote is open from its card on until the next one's, or the session's end."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def cast(
        self, session_id: int, question_seq: int, member_id: int, persona: str, *, at: datetime | None = None
    ) -> str | None:
        """Have a member's vote on a question be for this persona, whatever it was.

        `at`: when the member voted, by Discord's clock; without it, now. Two votes given one after the other may arrive
        here the other way round. Out: what the vote is for, from now on; it differs if a later one was here first. None
        if the vote is closed.
        """
        key = {"session_id": session_id, "question_seq": question_seq, "member_id": member_id}
        changed = {"persona": persona, "voted_at": at or now()}

        def work(db: Connection) -> str | None:
            hold_session(db, session_id)
            if _open_vote(db, session_id) != question_seq:
                return None
            statement = upsert(db.dialect.name, votes).values(key | changed)
            is_later = votes.c.voted_at <= statement.excluded.voted_at
            keys = [votes.c[name] for name in key]
            db.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed, where=is_later))
            return db.scalar(select(votes.c.persona).filter_by(**key))

        return await self._database.run(work)

    async def open_vote(self, session_id: int) -> int | None:
        """The question that is being voted on, by the turn that put it."""
        return await self._database.run(lambda db: _open_vote(db, session_id))

    async def tallies(self, session_id: int, *, without: int = 0) -> Tallies:
        """Every question of a session that somebody voted on; `without` a member, if that is an id."""
        count = func.count()
        query = (
            select(votes.c.question_seq, votes.c.persona, count)
            .where(votes.c.session_id == session_id, votes.c.member_id != without)
            .group_by(votes.c.question_seq, votes.c.persona)
            .order_by(votes.c.question_seq, count.desc(), votes.c.persona)
        )
        found: defaultdict[int, dict[str, int]] = defaultdict(dict)
        for question_seq, persona, number in await self._database.run(lambda db: db.execute(query).all()):
            found[question_seq][persona] = number
        return dict(found)


def votes_in(db: Connection, session_id: int, poll_seq: int) -> Poll:
    """How members voted in the poll that was opened in turn `poll_seq`, in a transaction that holds the session."""
    here = (votes.c.session_id == session_id, votes.c.question_seq == poll_seq)
    rows = db.execute(select(votes.c.member_id, votes.c.persona).where(*here))
    return {row.member_id: int(row.persona) for row in rows if row.persona.isdigit()}


def _open_vote(db: Connection, session_id: int) -> int | None:
    here, of_session = posts.c.session_id == session_id, turns.c.session_id == session_id
    # A discussion that goes on after its end leaves the result that was told as it is.
    told = select(func.coalesce(func.max(posts.c.id), 0)).where(here, posts.c.kind == PostKind.MINUTES)
    newest = (
        select(posts.c.turn_seq)
        .join(sessions, sessions.c.id == posts.c.session_id)
        .where(here, posts.c.kind == PostKind.VOTE, posts.c.id > told.scalar_subquery())
        .where(sessions.c.status != Status.ENDED)
        # A poll is closed by its result.
        .where(~exists().where(of_session, turns.c.kind == "result", turns.c.seq > posts.c.turn_seq))
        .order_by(posts.c.id.desc())
        .limit(1)
    )
    return db.scalar(newest)
