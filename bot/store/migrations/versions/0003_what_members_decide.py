"""Members who are kept out, servers that the bot has left, and from where on a session listens"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("listen_from", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_turns_message_id"), "turns", ["message_id"], unique=False)
    op.create_table(
        "opt_outs",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name=op.f("pk_opt_outs")),
    )
    op.create_table(
        "departures",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name=op.f("pk_departures")),
    )
    # The minutes that were handed out already are in the channel; the copy here would outlive what members delete.
    op.execute("UPDATE posts SET attachment = NULL WHERE status NOT IN ('queued', 'sending')")


def downgrade() -> None:
    op.drop_table("departures")
    op.drop_table("opt_outs")
    op.drop_index(op.f("ix_turns_message_id"), "turns")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("listen_from")
