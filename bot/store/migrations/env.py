"""Runs migrations on the connection that the engine hands over, inside its one transaction."""

from alembic import context

from bot.store.schema import metadata

# SQLite can roll back DDL; Alembic assumes it can't.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
