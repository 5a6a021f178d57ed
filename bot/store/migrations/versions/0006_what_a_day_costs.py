"""What model calls cost, and what each server uses on a day"""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Under these names a day and its tokens were remembered: of sessions that are deleted, and of lines tried out.
_OF_DELETED = "tokens of deleted sessions"
_OF_TRIALS = "lines tried out on "
_ALL = -1


def upgrade() -> None:
    for name in ("cost", "unpriced"):
        op.add_column("spending", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    op.execute("UPDATE spending SET unpriced = tokens")
    op.create_table(
        "day_use",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("awaited_tokens", sa.BigInteger(), nullable=False),
        sa.Column("awaited_cost", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "day", name=op.f("pk_day_use")),
    )
    _add_up(_of_sessions() + _of_no_session())
    remembered = sa.table("remembered", sa.column("name"))
    op.execute(sa.delete(remembered).where(_is_of_no_session(remembered.c.name)))


def _of_sessions() -> list[tuple[int, str, int]]:
    """Server, day and tokens."""
    found = op.get_bind().execute(
        sa.text(
            "SELECT guild_id, CAST(day AS VARCHAR(10)), tokens "
            "FROM spending JOIN sessions ON sessions.id = spending.session_id"
        )
    )
    return [(guild_id, day, tokens) for guild_id, day, tokens in found]


def _of_no_session() -> list[tuple[int, str, int]]:
    """The same of what was deleted, by nobody's server, and of lines tried out."""
    remembered = sa.table("remembered", sa.column("name"), sa.column("value"))
    rows = op.get_bind().execute(sa.select(remembered).where(_is_of_no_session(remembered.c.name)))
    return [
        (int(name.removeprefix(_OF_TRIALS)) if name.startswith(_OF_TRIALS) else _ALL, *_day_and_tokens(value))
        for name, value in rows
    ]


def _is_of_no_session(name: sa.ColumnClause[str]) -> sa.ColumnElement[bool]:
    return sa.or_(name == _OF_DELETED, name.startswith(_OF_TRIALS))


def _day_and_tokens(value: str) -> tuple[str, int]:
    day, _, tokens = value.partition(" ")
    return day, int(tokens)


def _add_up(used: list[tuple[int, str, int]]) -> None:
    sums: dict[tuple[int, str], int] = {}
    for guild_id, day, tokens in used:
        for whose in {guild_id, _ALL}:
            sums[whose, day] = sums.get((whose, day), 0) + tokens
    day_use = sa.table(
        "day_use",
        sa.column("guild_id"),
        sa.column("day", sa.Date()),
        *map(sa.column, ("tokens", "cost", "awaited_tokens", "awaited_cost")),
    )
    none = dict.fromkeys(("cost", "awaited_tokens", "awaited_cost"), 0)
    rows = [
        {"guild_id": guild_id, "day": date.fromisoformat(day), "tokens": tokens, **none}
        for (guild_id, day), tokens in sums.items()
    ]
    if rows:
        op.bulk_insert(day_use, rows)


def downgrade() -> None:
    op.drop_table("day_use")
    with op.batch_alter_table("spending", schema=None) as batch_op:
        batch_op.drop_column("unpriced")
        batch_op.drop_column("cost")
