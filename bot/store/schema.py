"""The tables. Types that SQLite and PostgreSQL share; Discord ids are 64 bits; times are UTC."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    text,
    true,
)

from bot.store.column_types import LongText, ShortText, UtcTime

# Constraint names must be the same everywhere for migrations to find them.
metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def now() -> datetime:
    return datetime.now(UTC)


def _id() -> Column[Any]:
    # SQLite numbers rows by itself only for the type INTEGER.
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def _session() -> Column[Any]:
    return Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False)


def _sum(name: str, **options: Any) -> Column[Any]:
    return Column(name, BigInteger, nullable=False, **options)


sessions: Final = Table(
    "sessions",
    metadata,
    _id(),
    Column("guild_id", BigInteger, nullable=False),
    Column("place_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("convener_id", BigInteger, nullable=False),
    Column("anchor_id", BigInteger, nullable=False),
    Column("listen_from", BigInteger),
    Column("status", ShortText(16), nullable=False),
    Column("reason", LongText),
    Column("fault", ShortText(16)),
    Column("seed", BigInteger, nullable=False),
    Column("task", JSON, nullable=False),
    Column("cast", JSON, nullable=False),
    Column("dials", JSON, nullable=False),
    Column("created_at", UtcTime, nullable=False, default=now),
    Column("ended_at", UtcTime),
    # For how many days an earlier version promised to keep it, where the host set nothing else.
    Column("keep_days", Integer),
    # Whose messages are heard: NULL everyone's, 0 nobody's, else those of members with this role.
    Column("chimers", BigInteger),
    # Whether its place is a private thread; NULL: an earlier version did not ask.
    Column("is_private", Boolean),
    # What its prompts tell of earlier tables; NULL: nothing.
    Column("earlier", LongText),
    # One table per place.
    Index(
        "uq_sessions_open_place",
        "place_id",
        unique=True,
        sqlite_where=text("status != 'ended'"),
        postgresql_where=text("status != 'ended'"),
    ),
)

turns: Final = Table(
    "turns",
    metadata,
    _id(),
    _session(),
    Column("seq", Integer, nullable=False),
    Column("kind", ShortText(16), nullable=False),
    Column("speaker", ShortText(120), nullable=False),
    Column("text", LongText, nullable=False),
    Column("question", LongText),
    Column("addressed", ShortText(120)),
    Column("heard", Integer, nullable=False),
    Column("steering", JSON),
    Column("raw", LongText),
    Column("flags", JSON, nullable=False),
    Column("finish_reason", ShortText(120)),
    Column("prompt_tokens", Integer),
    Column("cached_tokens", Integer),
    Column("completion_tokens", Integer),
    Column("latency_ms", Float),
    Column("message_id", BigInteger),
    Column("author_id", BigInteger),
    Column("withheld", Boolean, nullable=False, default=False),
    Column("created_at", UtcTime, nullable=False, default=now),
    Index("uq_turns_session_id_seq", "session_id", "seq", unique=True),
    # A guest's message becomes a turn once, however often Discord tells us of it.
    # Any message that is deleted anywhere is looked for here.
    Index("ix_turns_message_id", "message_id"),
    Index("uq_turns_session_id_message_id", "session_id", "message_id", unique=True),
)

posts: Final = Table(
    "posts",
    metadata,
    _id(),
    _session(),
    Column("place_id", BigInteger, nullable=False),
    Column("turn_seq", Integer),
    Column("kind", ShortText(16), nullable=False),
    Column("username", ShortText(80)),
    Column("avatar", LongText),
    Column("content", LongText, nullable=False),
    Column("attachment", LongText),
    Column("status", ShortText(16), nullable=False),
    Column("after_id", BigInteger),
    Column("message_id", BigInteger),
    Column("created_at", UtcTime, nullable=False, default=now),
    # At most one post per place is under way: the next chunk and the next turn wait for it.
    Index(
        "uq_posts_sending_place",
        "place_id",
        unique=True,
        sqlite_where=text("status = 'sending'"),
        postgresql_where=text("status = 'sending'"),
    ),
    Index("uq_posts_message_id", "message_id", unique=True),
    Index("ix_posts_place_id_status", "place_id", "status"),
)

# What the sessions' model calls use, by day (UTC), drafts that nobody saw included. Costs are in billionths of the
# currency; of the tokens so many as `unpriced` have no known price.
spending: Final = Table(
    "spending",
    metadata,
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("day", Date, primary_key=True),
    _sum("tokens"),
    _sum("cost", server_default="0"),
    _sum("unpriced", server_default="0"),
)

# What a server, and all together (-1), have used on a day (UTC), and what the answers under way may come to.
day_use: Final = Table(
    "day_use",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    *map(_sum, ("tokens", "cost", "awaited_tokens", "awaited_cost")),
)

# Members who asked to be kept out of every discussion on a server.
opt_outs: Final = Table(
    "opt_outs",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
)

# What a server's own admins have set; a server without a row has the defaults.
server_settings: Final = Table(
    "server_settings",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    # Who may open tables; NULL: everyone who may use the command.
    Column("opener_role_id", BigInteger),
    Column("hears_proxies", Boolean, nullable=False, default=True),
    # Who may steer any table beside its convener; NULL: who may manage messages.
    Column("steerer_role_id", BigInteger),
    # Who makes personas and tasks beside members with Manage Server.
    Column("maker_role_id", BigInteger),
    # In which channels tables may be; NULL: in all.
    Column("channels", JSON(none_as_null=True)),
    # What a table has where nobody says otherwise; NULL: what the host has set.
    Column("task", ShortText(120)),
    Column("cast", LongText),
    Column("turns", Integer),
    Column("pace", Float),
    Column("language", ShortText(80)),
    Column("vote", Boolean),
    # As sessions.chimers.
    Column("chimers", BigInteger),
    Column("most_tables", Integer),
    Column("keep_days", Integer),
    Column("format", ShortText(40)),
    # Its name at IANA; NULL: UTC.
    Column("time_zone", ShortText(64)),
    # Whether what its tables come to is kept for later ones.
    Column("memory", Boolean, nullable=False, server_default=true()),
    # Whether personas are told what the audience makes of their turns.
    Column("reactions", Boolean, nullable=False, default=True, server_default=true()),
)


def _made(name: str, what: str) -> Table:
    """What was made, or brought along, on a server; `key` is the folded name."""
    return Table(
        name,
        metadata,
        _id(),
        Column("guild_id", BigInteger, nullable=False),
        Column("key", ShortText(120), nullable=False),
        Column(what, JSON, nullable=False),
        Column("made_by", BigInteger, nullable=False),
        Column("made_at", UtcTime, nullable=False, default=now),
        Index(f"uq_{name}_guild_id_key", "guild_id", "key", unique=True),
    )


own_personas: Final = _made("own_personas", "persona")
own_tasks: Final = _made("own_tasks", "task")

# What a member is about to make, from the form until it is saved; `craft`: persona or task.
sketches: Final = Table(
    "sketches",
    metadata,
    _id(),
    Column("guild_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("craft", ShortText(16), nullable=False),
    Column("content", JSON, nullable=False),
    Column("made_at", UtcTime, nullable=False, default=now),
)

# Portraits that came through Discord, by the hash of their content: each is uploaded once.
pictures: Final = Table(
    "pictures",
    metadata,
    Column("digest", ShortText(64), primary_key=True),
    Column("png", LargeBinary, nullable=False),
)

# Who convinced whom: one vote a member and question; `question_seq` is the turn that put the question.
votes: Final = Table(
    "votes",
    metadata,
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("question_seq", Integer, primary_key=True),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("persona", ShortText(120), nullable=False),
    Column("voted_at", UtcTime, nullable=False, default=now),
)

# What is kept of tables for later ones, as long as the table itself; `words`: by which it is found, as any index takes
# them (discussion/text/search_words.py). Their full-text index, made by a migration, is `memory_index` on SQLite, which
# triggers keep true, and `ix_memories_words` on PostgreSQL.
memories: Final = Table(
    "memories",
    metadata,
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("content", JSON, nullable=False),
    Column("words", LongText, nullable=False),
    Column("kept_at", UtcTime, nullable=False, default=now),
)
MEMORY_INDEX: Final = "memory_index"

# What members made of personas' messages, by the emoji they reacted with; `turn_seq`: the turn that the message shows.
reactions: Final = Table(
    "reactions",
    metadata,
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("emoji", ShortText(64), primary_key=True),
    Column("turn_seq", Integer, nullable=False),
    Column("liked", Boolean, nullable=False),
    Column("reacted_at", UtcTime, nullable=False, default=now),
)

# What was last chosen for a table in a channel: the next set-up begins with it.
last_choices: Final = Table(
    "last_choices",
    metadata,
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("choices", JSON, nullable=False),
)

# What the bot remembers for itself from one start to the next, one value a name.
remembered: Final = Table(
    "remembered",
    metadata,
    Column("name", ShortText(40), primary_key=True),
    Column("value", LongText, nullable=False),
)

# Servers that the bot has left; their data goes after a grace period.
departures: Final = Table(
    "departures",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("left_at", UtcTime, nullable=False),
)

webhooks: Final = Table(
    "webhooks",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("channel_id", BigInteger, nullable=False, index=True),
    # Outlives the sessions of its channel: it goes with the server.
    Column("guild_id", BigInteger),
    Column("token", LongText, nullable=False),
    # False once it was deleted or moved; the id is kept, so that its old messages stay known as ours.
    Column("live", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False, default=now),
)

# Of several processes on PostgreSQL: whose each shard is until when, by the database's clock. With each new owner the
# epoch grows.
shards: Final = Table(
    "shards",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("owner", ShortText(64)),
    Column("epoch", BigInteger, nullable=False),
    Column("until", UtcTime),
)

# Which of them there are, those without a shard among them.
processes: Final = Table(
    "processes",
    metadata,
    Column("owner", ShortText(64), primary_key=True),
    Column("until", UtcTime, nullable=False),
)
