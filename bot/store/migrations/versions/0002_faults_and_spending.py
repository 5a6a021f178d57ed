"""By what a session was paused, and what its model calls cost by day"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Sessions that are paused now stay so until a person resumes them: nobody knows what paused them.
    op.add_column("sessions", sa.Column("fault", sa.String(length=16), nullable=True))
    op.create_table(
        "spending",
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_spending_session_id_sessions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "day", name=op.f("pk_spending")),
    )


def downgrade() -> None:
    op.drop_table("spending")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("fault")
