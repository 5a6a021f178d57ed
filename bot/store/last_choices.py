"""What was last chosen for a table in a channel: `store.last_choices`. No words of anybody's are among it."""

from typing import Any

from sqlalchemy import Connection, select

from bot.store.engine import Database, upsert
from bot.store.schema import last_choices


class LastChoices:
    """By channel; one transaction a method."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, channel_id: int) -> dict[str, Any]:
        """A channel's last choices, by name; empty where there were none."""
        found = select(last_choices.c.choices).where(last_choices.c.channel_id == channel_id)
        return await self._database.run(lambda db: db.scalar(found)) or {}

    async def put(self, channel_id: int, guild_id: int, choices: dict[str, Any]) -> None:
        def work(db: Connection) -> None:
            new = upsert(db.dialect.name, last_choices).values(
                channel_id=channel_id, guild_id=guild_id, choices=choices
            )
            db.execute(new.on_conflict_do_update(index_elements=["channel_id"], set_={"choices": choices}))

        await self._database.run(work)
