"""What the store does with webhooks: plain functions of a connection, for use in a transaction."""

from sqlalchemy import Connection, select, update

from bot.store.engine import upsert
from bot.store.mappers import webhook_of
from bot.store.models import Webhook
from bot.store.schema import now, webhooks


def add_webhook(db: Connection, webhook: Webhook) -> None:
    """Remember a webhook of ours; it becomes the live one of its channel."""
    db.execute(update(webhooks).where(webhooks.c.channel_id == webhook.channel_id).values(live=False))
    values = {
        "channel_id": webhook.channel_id,
        "guild_id": webhook.guild_id,
        "token": webhook.token,
        "live": True,
    }
    statement = upsert(db.dialect.name, webhooks).values(id=webhook.id, created_at=now(), **values)
    db.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


def live_webhook(db: Connection, channel_id: int) -> Webhook | None:
    row = db.execute(select(webhooks).where(webhooks.c.channel_id == channel_id, webhooks.c.live)).first()
    return webhook_of(row) if row else None


def retire_webhook(db: Connection, webhook_id: int) -> None:
    """The webhook was deleted or moved. Its id stays known as ours."""
    db.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(live=False))


def webhook_channels(db: Connection) -> dict[int, int]:
    """Every webhook id ever owned, with the channel it belongs to."""
    return {row.id: row.channel_id for row in db.execute(select(webhooks.c.id, webhooks.c.channel_id))}
