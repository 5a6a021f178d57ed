"""How the tables of a server go where nobody says, and what time it is there"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("server_settings", sa.Column("format", sa.String(length=40), nullable=True))
    op.add_column("server_settings", sa.Column("time_zone", sa.String(length=64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("server_settings", schema=None) as batch_op:
        batch_op.drop_column("time_zone")
        batch_op.drop_column("format")
