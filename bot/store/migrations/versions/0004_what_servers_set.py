"""What servers set for themselves, what the bot remembers, and how long what is there already was to be kept"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("keep_days", sa.Integer(), nullable=True))
    # Members were told 90 days, the default until now, and conveners may count on them.
    op.execute("UPDATE sessions SET keep_days = 90")
    op.add_column("webhooks", sa.Column("guild_id", sa.BigInteger(), nullable=True))
    op.execute(
        "UPDATE webhooks SET guild_id ="
        " (SELECT max(guild_id) FROM sessions WHERE sessions.channel_id = webhooks.channel_id)"
    )
    op.create_table(
        "server_settings",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("opener_role_id", sa.BigInteger(), nullable=True),
        sa.Column("hears_proxies", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name=op.f("pk_server_settings")),
    )
    op.create_table(
        "remembered",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_remembered")),
    )


def downgrade() -> None:
    op.drop_table("remembered")
    op.drop_table("server_settings")
    with op.batch_alter_table("webhooks", schema=None) as batch_op:
        batch_op.drop_column("guild_id")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("keep_days")
