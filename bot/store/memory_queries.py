"""What the store does with what is kept of tables: plain functions of a connection, for use in a transaction."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    column,
    delete,
    func,
    literal_column,
    or_,
    select,
    table,
    true,
    update,
)

from bot.discussion.model.memory import Memory
from bot.discussion.text.search_words import index_words
from bot.store.engine import upsert
from bot.store.holding import hold_session
from bot.store.mappers import session_of
from bot.store.models import KeptMemory
from bot.store.schema import MEMORY_INDEX, memories, now, sessions

# Of the tables that have a word of a question, as many are looked at more closely: the latest.
_CANDIDATES: Final = 50
_INDEX: Final = table(MEMORY_INDEX, column("rowid", BigInteger), column(MEMORY_INDEX))
# A thread of which nothing is known may be a private one.
_IS_PRIVATE: Final = func.coalesce(sessions.c.is_private, sessions.c.place_id != sessions.c.channel_id)
KEPT: Final = select(
    sessions, memories.c.content, memories.c.words, memories.c.kept_at, memories.c.session_id
).join_from(memories, sessions)


def keep(db: Connection, session_id: int, memory: Memory) -> None:
    """Keep this of a session, in the place of what was kept of it before."""
    values = _values(memory) | {"kept_at": now()}
    new = upsert(db.dialect.name, memories).values(session_id=session_id, **values)
    db.execute(new.on_conflict_do_update(index_elements=["session_id"], set_=values))


def drop_turn(db: Connection, session_id: int, seq: int) -> None:
    """Have a turn be kept no more, if it is."""
    change(db, session_id, lambda memory: memory.without(seq))


def retell(db: Connection, session_id: int, texts: Mapping[int, str]) -> None:
    """Have turns, by number, be kept with these texts, those that are."""
    if texts:
        change(db, session_id, lambda memory: memory.retold(texts))


def change(db: Connection, session_id: int, how: Callable[[Memory], Memory | None]) -> None:
    """Change what is kept of a session, if anything is. `how` gives None for what is to be forgotten."""
    hold_session(db, session_id)
    this = memories.c.session_id == session_id
    content = db.scalar(select(memories.c.content).where(this))
    if content is None:
        return
    if (changed := how(Memory.model_validate(content))) is None:
        db.execute(delete(memories).where(this))
    else:
        db.execute(update(memories).where(this).values(_values(changed)))


def matching(
    db: Connection, guild_id: int, words: Sequence[str], place_id: int, channel_id: int, open_channels: Collection[int]
) -> list[KeptMemory]:
    """What is kept of a server that has one of these words, and that everybody who sees a place may know; latest first.

    In: `words` as an index has them. What was said in a private thread stays in it. Of any other place a channel's
    threads and itself may know, and everybody if it is one of `open_channels`.
    """
    for_all = or_(sessions.c.channel_id == channel_id, sessions.c.channel_id.in_(open_channels))
    may_know = or_(sessions.c.place_id == place_id, ~_IS_PRIVATE & for_all)
    found = KEPT.where(sessions.c.guild_id == guild_id, may_know, _has_one_of(db.dialect.name, words))
    newest = found.order_by(memories.c.kept_at.desc(), memories.c.session_id.desc()).limit(_CANDIDATES)
    return [kept_memory_of(row) for row in db.execute(newest)]


def _has_one_of(dialect: str, words: Sequence[str]) -> ColumnElement[bool]:
    """Words of the index are letters and digits alone, so none of them is syntax of a search."""
    if dialect == "sqlite":
        wanted = " OR ".join(f'"{word}"' for word in words)
        hits: Select[Any] = select(_INDEX.c.rowid).where(_INDEX.c[MEMORY_INDEX].match(wanted))
        return memories.c.session_id.in_(hits)
    simple = literal_column("'simple'")
    document = func.to_tsvector(simple, memories.c.words)
    return document.bool_op("@@")(func.to_tsquery(simple, " | ".join(words)))


def of_server(guild_id: int, session_id: int | None = None) -> Select[Any]:
    """What is kept of a server, or of one of its sessions; latest first."""
    which = true() if session_id is None else memories.c.session_id == session_id
    found = KEPT.where(sessions.c.guild_id == guild_id, which)
    return found.order_by(memories.c.kept_at.desc(), memories.c.session_id.desc())


def kept_memory_of(row: Row[Any]) -> KeptMemory:
    """A row of KEPT."""
    words = frozenset(row.words.split())
    return KeptMemory(session_of(row), row.kept_at, Memory.model_validate(row.content), words)


def _values(memory: Memory) -> dict[str, Any]:
    return {"content": memory.model_dump(mode="json"), "words": " ".join(index_words(memory.text))}
