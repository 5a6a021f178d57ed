"""Everything that is stored about a member on a server, for them to take with them."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, Text, and_, cast, exists, or_, select

from bot.discussion.model.erasure import Member
from bot.discussion.model.record import PRIVATE_KINDS
from bot.store import memory_queries
from bot.store.engine import Database
from bot.store.own_library import made_rows
from bot.store.paging import pages
from bot.store.schema import opt_outs, posts, reactions, sessions, sketches, turns, votes

_LATER: Final = turns.alias("later")
# What a persona wrote down, of which all at the table came to read.
_WAS_SHOWN: Final = exists().where(
    _LATER.c.session_id == turns.c.session_id,
    _LATER.c.seq > turns.c.seq,
    ~_LATER.c.withheld,
    cast(_LATER.c.steering, Text).contains('"positions_revealed"'),
)


async def export(database: Database, guild_id: int, member: Member) -> dict[str, Any]:
    """A JSON object; times in ISO 8601, UTC. Names are looked for between the transactions, not in them."""
    here = sessions.c.guild_id == guild_id
    opt_out = select(opt_outs).where(opt_outs.c.guild_id == guild_id, opt_outs.c.user_id == member.id)
    mine = select(turns, sessions.c.place_id).join(sessions).where(here, turns.c.author_id == member.id)
    convened = select(sessions).where(here, sessions.c.convener_id == member.id)
    put_in = and_(turns.c.session_id == votes.c.session_id, turns.c.seq == votes.c.question_seq)
    voted = select(votes, turns.c.steering).select_from(votes.join(sessions).outerjoin(turns, put_in))
    voted = voted.where(here, votes.c.member_id == member.id)
    voted = voted.order_by(votes.c.session_id, votes.c.question_seq)
    reacted = select(reactions).join(sessions).where(here, reactions.c.member_id == member.id)
    reacted = reacted.order_by(reactions.c.session_id, reactions.c.message_id, reactions.c.emoji)
    said = select(turns.c.id, turns.c.session_id, turns.c.speaker, turns.c.text).join(sessions)
    # What a persona wrote for itself alone is told to one who was at the table if all of them came to read it.
    is_told = or_(turns.c.kind.not_in(PRIVATE_KINDS), and_(turns.c.kind == "position", _WAS_SHOWN))
    said = said.where(here, is_told, turns.c.kind != "guest", turns.c.text != "")
    told = select(posts.c.id, posts.c.session_id, posts.c.content.label("text")).join(sessions)
    made = [row for query in made_rows(guild_id, member.id) for row in await database.run(_all_of(query))]
    begun = select(sketches).where(sketches.c.guild_id == guild_id, sketches.c.member_id == member.id)
    unsaved = await database.run(lambda db: db.execute(begun.order_by(sketches.c.id)).all())
    is_kept_out = await database.run(lambda db: db.execute(opt_out).first() is not None)
    mine_voted = await database.run(lambda db: db.execute(voted).all())
    mine_reacted = await database.run(lambda db: db.execute(reacted).all())
    return {
        "server_id": str(guild_id),
        "member_id": str(member.id),
        "kept_out": is_kept_out,
        "messages": [_message(row) async for page in pages(database, mine, turns.c.id) for row in page],
        "convened": [_convened(row) async for page in pages(database, convened, sessions.c.id) for row in page],
        "personas_and_tasks_you_made": [_made(row) for row in made],
        "not_saved": [
            {"kind": row.craft, "begun_at": row.made_at.isoformat(), "content": row.content} for row in unsaved
        ],
        "votes": [_vote(row) for row in mine_voted],
        "reactions": [_reaction(row) for row in mine_reacted],
        "lines_that_name_you": [
            {"discussion": row.session_id, "speaker": row.speaker, "text": row.text}
            async for page in pages(database, said, turns.c.id)
            for row in page
            if member.is_named_in(row.text)
        ]
        + [
            {"discussion": row.session_id, "speaker": "the bot", "text": row.text}
            async for page in pages(database, told.where(here, posts.c.turn_seq.is_(None)), posts.c.id)
            for row in page
            if member.is_named_in(row.text)
        ]
        + [
            {"discussion": kept.stored.id, "speaker": "what is kept of it for later ones", "text": kept.memory.text}
            async for page in pages(database, memory_queries.KEPT.where(here), sessions.c.id)
            for kept in map(memory_queries.kept_memory_of, page)
            if member.is_named_in(kept.memory.text)
        ]
        + [
            {"discussion": row.id, "speaker": "what it was told of earlier ones", "text": row.earlier}
            async for page in pages(database, select(sessions).where(here, sessions.c.earlier != ""), sessions.c.id)
            for row in page
            if member.is_named_in(row.earlier)
        ],
    }


def _all_of(query: Any) -> Callable[[Connection], Sequence[Row[Any]]]:
    return lambda db: db.execute(query).all()


def _made(row: Row[Any]) -> dict[str, Any]:
    return {"made_at": row.made_at.isoformat(), **row.thing}


def _message(row: Row[Any]) -> dict[str, Any]:
    return {
        "discussion": row.session_id,
        "channel_id": str(row.place_id),
        "message_id": str(row.message_id),
        "name": row.speaker,
        "text": row.text,
        "question_on_the_table": row.question,
        "called_on": row.addressed,
        "stored_at": row.created_at.isoformat(),
    }


def _vote(row: Row[Any]) -> dict[str, Any]:
    return {
        "discussion": row.session_id,
        "question_put_in_turn": row.question_seq,
        "for": _voted_for(row),
        "stored_at": row.voted_at.isoformat(),
    }


def _voted_for(row: Row[Any]) -> str:
    """A persona's name; in a vote of the table's format what the option of that number says."""
    options: list[str] = (row.steering or {}).get("options", [])
    return options[int(row.persona)] if row.persona.isdigit() and int(row.persona) < len(options) else row.persona


def _reaction(row: Row[Any]) -> dict[str, Any]:
    return {
        "discussion": row.session_id,
        "message_id": str(row.message_id),
        "emoji": row.emoji,
        "stored_at": row.reacted_at.isoformat(),
    }


def _convened(row: Row[Any]) -> dict[str, Any]:
    return {
        "discussion": row.id,
        "channel_id": str(row.place_id),
        "task": row.task["name"],
        "questions": row.task["questions"],
        "started_at": row.created_at.isoformat(),
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
    }
