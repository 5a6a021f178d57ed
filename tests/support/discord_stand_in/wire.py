"""The stand-in's records as Discord writes them in JSON, and as a test in another process reads them."""

from __future__ import annotations

import dataclasses
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .records import DIRECT_MESSAGES, JSON, Channel, Emoji, Member, Message, Role, Webhook

if TYPE_CHECKING:
    from .state import State

DISCORD_EPOCH = 1_420_070_400_000  # ms; the zero of every Discord id


def timestamp(snowflake: int) -> str:
    """The moment an id was made."""
    return datetime.fromtimestamp(((snowflake >> 22) + DISCORD_EPOCH) / 1000, UTC).isoformat()


def user(member: Member) -> JSON:
    return {
        "id": str(member.id),
        "username": member.name,
        "global_name": member.global_name,
        "discriminator": "0",
        "avatar": None,
        "bot": member.bot,
        "public_flags": 0,
    }


def member(record: Member, *, with_user: bool = True) -> JSON:
    data: JSON = {
        "nick": record.nick,
        "roles": [str(role) for role in record.roles],
        "joined_at": timestamp(record.id),
        "avatar": None,
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }
    return {**data, "user": user(record)} if with_user else data


def reaction(state: State, message: Message, who: Member, emoji: str) -> JSON:
    """What both events of a reaction tell; its coming tells more."""
    # https://docs.discord.com/developers/events/gateway-events#message-reaction-add
    return {
        "user_id": str(who.id),
        "channel_id": str(message.channel.id),
        "message_id": str(message.id),
        "guild_id": guild_of(state, message.channel),
        "emoji": {"id": None, "name": emoji},
        "burst": False,
        "type": 0,
    }


def role(record: Role, position: int = 1) -> JSON:
    return {
        "id": str(record.id),
        "name": record.name,
        "permissions": str(record.permissions),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def guild_of(state: State, record: Channel) -> str:
    """The id of the server that a channel or thread is in."""
    return str(record.root.server or state.guild_id)


def channel(state: State, record: Channel) -> JSON:
    last = max((m.id for m in state.messages.values() if m.channel is record), default=None)
    if record.recipient is not None:
        recipients = [user(record.recipient)]
        return {
            "id": str(record.id),
            "type": DIRECT_MESSAGES,
            "last_message_id": str(last or ""),
            "recipients": recipients,
        }
    data: JSON = {
        "id": str(record.id),
        "guild_id": guild_of(state, record),
        "name": record.name,
        "last_message_id": str(last) if last else None,
        "rate_limit_per_user": record.slow_mode,
        "flags": 0,
    }
    if record.parent is None:
        kinds = dict.fromkeys(state.roles, 0)
        overwrites = [
            {"id": str(who), "type": kinds.get(who, 1), "allow": str(allow), "deny": str(deny)}
            for who, (allow, deny) in record.overwrites.items()
        ]
        position = list(state.channels).index(record.id) if record.id in state.channels else 0
        extra = {
            "type": record.kind,
            "topic": record.topic,
            "position": position,
            "nsfw": record.age_restricted,
            "parent_id": None,
        }
        voice = {"bitrate": 64_000, "user_limit": 0} if record.is_voice else {}
        return {**data, **extra, **voice, "permission_overwrites": overwrites}
    if state.bot.id in record.joined:
        data["member"] = thread_member(state, record)
    return {
        **data,
        "type": record.kind,
        "parent_id": str(record.parent.id),
        "owner_id": str(state.convener.id),
        "message_count": 0,
        "member_count": 1,
        "total_message_sent": 0,
        "thread_metadata": {
            "archived": record.archived,
            "locked": record.locked,
            "auto_archive_duration": 1440,
            "archive_timestamp": timestamp(record.id),
            "create_timestamp": timestamp(record.id),
        },
    }


def thread_member(state: State, record: Channel) -> JSON:
    """The bot as a member of a thread."""
    ids = {"id": str(record.id), "user_id": str(state.bot.id)}
    return ids | {"join_timestamp": timestamp(record.id), "flags": 0}


def guild(state: State, server: int, *, full: bool = False, every_member: bool = False) -> JSON:
    """A server; `full` as GUILD_CREATE sends it, with channels, threads and members (only the bot, or all).

    All of them have the same people and roles.
    """
    data: JSON = {
        "id": str(server),
        "name": state.further.get(server, state.guild_name),
        "icon": None,
        "owner_id": str(state.owner.id),
        "roles": [role(each, n) | _everyone(state, each, server) for n, each in enumerate(state.roles.values())],
        "emojis": [],
        "stickers": [],
        "features": [],
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "afk_timeout": 300,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "preferred_locale": "en-GB",
        "system_channel_id": str(state.system_channel.id) if state.system_channel else None,
        "system_channel_flags": 0,
    }
    if not full:
        return data
    members = list(state.members.values()) if every_member else [state.bot]
    places = [each for each in state.places() if guild_of(state, each) == data["id"]]
    return {
        **data,
        "joined_at": timestamp(state.bot.id),
        "large": False,
        "unavailable": False,
        "member_count": len(state.members),
        "members": [member(each) for each in members],
        "channels": [channel(state, each) for each in places if not each.is_thread],
        "threads": [
            channel(state, each) for each in places if each.is_thread and not each.archived and state.sees(each)
        ],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def _everyone(state: State, record: Role, server: int) -> JSON:
    """The role of all members has the id of its server."""
    return {"id": str(server)} if record.id == state.guild_id else {}


def message(state: State, record: Message, *, gateway: bool = False, reference: bool = True) -> JSON:
    """A message; on the `gateway` also with guild, author's membership and nonce."""
    data: JSON = {
        "id": str(record.id),
        "channel_id": str(record.channel.id),
        "type": record.type,
        "author": record.author,
        "content": record.content,
        "timestamp": timestamp(record.id),
        "edited_timestamp": record.edited_at,
        "tts": False,
        "pinned": False,
        "mention_everyone": record.mention_everyone,
        "mentions": [user(each) for each in record.mentions],
        "mention_roles": [str(each) for each in record.mention_roles],
        "attachments": record.attachments,
        "embeds": record.embeds,
        "components": record.components,
        "flags": record.flags,
    }
    if record.webhook_id:
        data["webhook_id"] = str(record.webhook_id)
    if record.application_id:
        data["application_id"] = str(record.application_id)
    if record.interaction_metadata:
        data["interaction_metadata"] = record.interaction_metadata
    if record.reply_to is not None:
        target = record.reply_to
        data["message_reference"] = {
            "type": 0,
            "message_id": str(target.id),
            "channel_id": str(target.channel.id),
            "guild_id": guild_of(state, target.channel),
        }
        if reference:
            data["referenced_message"] = None if target.deleted else message(state, target, reference=False)
    if gateway:
        data["guild_id"] = guild_of(state, record.channel)
        author = state.members.get(int(record.author["id"]))
        if author is not None and not record.webhook_id:
            data["member"] = member(author, with_user=False)
    return data


def redacted(data: JSON, bot_id: int) -> JSON:
    """A message as an application without Message Content gets it: empty, unless its own or one that mentions it.

    https://discord.com/developers/docs/events/gateway#message-content-intent
    """
    data = dict(data)
    if data.get("referenced_message"):
        data["referenced_message"] = redacted(data["referenced_message"], bot_id)
    concerned = [data["author"], *data["mentions"]]
    if all(each["id"] != str(bot_id) for each in concerned):
        data |= {"content": "", "embeds": [], "attachments": [], "components": []}
    return data


def webhook_author(record: Webhook, name: str | None) -> JSON:
    """Who a webhook's message is from: the name given with it, else the webhook's own."""
    shown = (name or record.name).strip()
    author: JSON = {"id": str(record.id), "username": shown, "global_name": None, "discriminator": "0000"}
    return author | {"avatar": None, "bot": True}


def webhook(state: State, record: Webhook, *, with_user: bool = True) -> JSON:
    data: JSON = {
        "id": str(record.id),
        "type": 1,
        "guild_id": guild_of(state, record.channel),
        "channel_id": str(record.channel.id),
        "name": record.name,
        "avatar": f"{zlib.crc32(record.avatar.encode()):032x}" if record.avatar else None,
        "application_id": str(record.application_id) if record.application_id else None,
    }
    # Another application's token is nobody else's business.
    if record.application_id in (None, state.application_id):
        data["token"] = record.token
    return {**data, "user": user(record.creator)} if with_user else data


def emoji(state: State, record: Emoji) -> JSON:
    return {
        "id": str(record.id),
        "name": record.name,
        "roles": [],
        "user": user(state.bot),
        "require_colons": True,
        "managed": False,
        "animated": record.mime == "image/gif",
        "available": True,
    }


def application(state: State) -> JSON:
    return {
        "id": str(state.application_id),
        "name": state.bot.name,
        "description": "",
        "icon": None,
        "bot": user(state.bot),
        "owner": user(state.owner),
        "team": None,
        "verify_key": "00" * 32,
        "flags": state.application_flags,
        "approximate_guild_count": int(state.in_guild) + len(state.further),
        "redirect_uris": [],
        **state.application,
    }


def plain(value: Any) -> Any:
    """A record as JSON for the control route: channels and members by id, messages in full."""
    match value:
        case Channel() | Member():
            shown = {"id": value.id, "name": value.name}
            return shown | ({"archived": value.archived, "locked": value.locked} if isinstance(value, Channel) else {})
        case Message():
            shallow = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.name != "reply_to"}
            shallow |= {"channel": value.channel.id, "name": value.name, "avatar_url": value.avatar_url}
            return plain(shallow | {"reply_to": value.reply_to.id if value.reply_to else None})
        case dict():
            return {str(key): plain(each) for key, each in value.items()}
        case list() | tuple():
            return [plain(each) for each in value]
        case bytes():
            return len(value)
        case _ if hasattr(value, "report"):
            return plain(value.report())
        case _ if dataclasses.is_dataclass(value):
            return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        case _:
            return value
