"""Where a database differs from the schema: what Alembic would still change in it."""

from typing import Any, Final

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from bot.store.schema import MEMORY_INDEX, metadata

# The full-text index of each database, which no schema of SQLAlchemy's tells, with the tables that SQLite keeps it in.
SEARCH_INDEX: Final = (MEMORY_INDEX, "ix_memories_words")


def differences(connection: Connection) -> list[Any]:
    """One thing each; none where the migrations make what the schema says."""
    options = {"compare_type": True, "include_object": _is_of_the_schema}
    return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def _is_of_the_schema(thing: object, name: str | None, *_: object) -> bool:
    return not (name or "").startswith(SEARCH_INDEX)
