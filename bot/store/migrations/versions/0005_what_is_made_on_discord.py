"""What is set, made and voted on Discord: server settings, own personas and tasks, votes, last choices"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SETTINGS = (
    ("steerer_role_id", sa.BigInteger()),
    ("maker_role_id", sa.BigInteger()),
    ("channels", sa.JSON(none_as_null=True)),
    ("task", sa.String(length=120)),
    ("cast", sa.Text()),
    ("turns", sa.Integer()),
    ("pace", sa.Float()),
    ("language", sa.String(length=80)),
    ("vote", sa.Boolean()),
    ("chimers", sa.BigInteger()),
    ("most_tables", sa.Integer()),
    ("keep_days", sa.Integer()),
)


def upgrade() -> None:
    op.add_column("sessions", sa.Column("chimers", sa.BigInteger(), nullable=True))
    for name, kind in _SETTINGS:
        op.add_column("server_settings", sa.Column(name, kind, nullable=True))
    _made("own_personas", "persona")
    _made("own_tasks", "task")
    op.create_table(
        "sketches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("craft", sa.String(length=16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sketches")),
    )
    op.create_table(
        "pictures",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_pictures")),
    )
    op.create_table(
        "votes",
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question_seq", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("persona", sa.String(length=120), nullable=False),
        sa.Column("voted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_votes_session_id_sessions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "question_seq", "member_id", name=op.f("pk_votes")),
    )
    op.create_table(
        "last_choices",
        sa.Column("channel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", name=op.f("pk_last_choices")),
    )


def _made(table: str, what: str) -> None:
    """A table of what was made on servers."""
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column(what, sa.JSON(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"uq_{table}_guild_id_key", table, ["guild_id", "key"], unique=True)


def downgrade() -> None:
    for table in ("last_choices", "votes", "pictures", "sketches", "own_tasks", "own_personas"):
        op.drop_table(table)
    with op.batch_alter_table("server_settings", schema=None) as batch_op:
        for name, _ in _SETTINGS:
            batch_op.drop_column(name)
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("chimers")
