"""The bot's webhooks: `store.webhooks`. Each method is one transaction."""

from sqlalchemy import Connection, select, update

from bot.store.engine import Database, upsert
from bot.store.holding import hold
from bot.store.mappers import webhook_of
from bot.store.models import Webhook
from bot.store.schema import now, webhooks


class WebhookTable:
    """One live webhook a channel; the ids of former ones stay known as ours."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, webhook: Webhook) -> None:
        """Remember a webhook of ours; it becomes the live one of its channel."""
        values = {
            "channel_id": webhook.channel_id,
            "guild_id": webhook.guild_id,
            "token": webhook.token,
            "live": True,
        }

        def work(db: Connection) -> None:
            hold(db, webhook.channel_id)
            db.execute(update(webhooks).where(webhooks.c.channel_id == webhook.channel_id).values(live=False))
            statement = upsert(db.dialect.name, webhooks).values(id=webhook.id, created_at=now(), **values)
            db.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))

        await self._database.run(work)

    async def live(self, channel_id: int) -> Webhook | None:
        """The one of a channel."""
        of_channel = select(webhooks).where(webhooks.c.channel_id == channel_id, webhooks.c.live)
        row = await self._database.run(lambda db: db.execute(of_channel).first())
        return webhook_of(row) if row else None

    async def retire(self, webhook_id: int) -> None:
        """The webhook was deleted or moved. Its id stays known as ours."""
        this = update(webhooks).where(webhooks.c.id == webhook_id).values(live=False)
        await self._database.run(lambda db: db.execute(this).rowcount)

    async def channels(self) -> dict[int, int]:
        """Every webhook id ever owned, with the channel it belongs to."""
        every = select(webhooks.c.id, webhooks.c.channel_id)
        return {row.id: row.channel_id for row in await self._database.run(lambda db: db.execute(every).all())}
