"""The tables by which several processes share an application's shards; empty on SQLite, which one process has alone."""

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, Table

from bot.store.column_types import ShortText, UtcTime
from bot.store.schema import metadata

# Whose each shard is until when, by the database's clock. With each new owner the epoch grows.
shards: Final = Table(
    "shards",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("owner", ShortText(64)),
    Column("epoch", BigInteger, nullable=False),
    Column("until", UtcTime),
)

# Which processes there are, those without a shard among them.
processes: Final = Table(
    "processes",
    metadata,
    Column("owner", ShortText(64), primary_key=True),
    Column("until", UtcTime, nullable=False),
)
