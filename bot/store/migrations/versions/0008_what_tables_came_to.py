"""What is kept of tables for later ones, and how it is found"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Whoever makes the table `memories` anew (a batch operation) has to make these anew, too: they go with it.
# https://sqlite.org/fts5.html#external_content_tables
_SQLITE = (
    "CREATE VIRTUAL TABLE memory_index USING fts5("
    "words, content='memories', content_rowid='session_id', tokenize='ascii')",
    "CREATE TRIGGER memories_added AFTER INSERT ON memories BEGIN "
    "INSERT INTO memory_index(rowid, words) VALUES (new.session_id, new.words); END",
    "CREATE TRIGGER memories_deleted AFTER DELETE ON memories BEGIN "
    "INSERT INTO memory_index(memory_index, rowid, words) VALUES ('delete', old.session_id, old.words); END",
    "CREATE TRIGGER memories_changed AFTER UPDATE ON memories BEGIN "
    "INSERT INTO memory_index(memory_index, rowid, words) VALUES ('delete', old.session_id, old.words); "
    "INSERT INTO memory_index(rowid, words) VALUES (new.session_id, new.words); END",
)


def upgrade() -> None:
    op.add_column("sessions", sa.Column("is_private", sa.Boolean(), nullable=True))
    op.add_column("sessions", sa.Column("earlier", sa.Text(), nullable=True))
    op.add_column("server_settings", sa.Column("memory", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_table(
        "memories",
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_memories_session_id_sessions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_memories")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in _SQLITE:
            op.execute(statement)
    else:
        op.execute("CREATE INDEX ix_memories_words ON memories USING gin (to_tsvector('simple', words))")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE memory_index")
    op.drop_table("memories")
    op.drop_column("server_settings", "memory")
    op.drop_column("sessions", "earlier")
    op.drop_column("sessions", "is_private")
