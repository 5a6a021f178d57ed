"""REST routes of channels, threads and messages, with the permissions each of them takes."""

from __future__ import annotations

from typing import Any

from . import refusals, wire
from .records import (
    DEFAULT,
    EPHEMERAL,
    JSON,
    LOADING,
    NEWS_CHANNEL,
    NEWS_THREAD,
    PUBLIC_THREAD,
    REPLY,
    SUPPRESS_NOTIFICATIONS,
    Channel,
    Message,
)
from .refusals import ApiRefusal
from .server import ApiCall, route

HISTORY_LIMIT = 100  # https://discord.com/developers/docs/resources/message#get-channel-messages


# Channels and threads.


@route("GET", "/channels/{channel}")
def channel(call: ApiCall) -> JSON:
    return wire.channel(call.world, call.channel())


@route("PATCH", "/channels/{channel}")
def edit_channel(call: ApiCall) -> JSON:
    record = call.channel()
    # https://discord.com/developers/docs/resources/channel#modify-channel-json-params-thread
    only_wakes = call.json == {"archived": False} and not record.locked
    needed = _sending(record) if record.is_thread and only_wakes else "manage_threads"
    call.world.require(record, needed if record.is_thread else "manage_channels")
    for key in ("name", "topic", "archived", "locked"):
        if key in call.json:
            setattr(record, key, call.json[key])
    call.world.changed(record)
    return wire.channel(call.world, record)


@route("POST", "/channels/{channel}/threads")
@route("POST", "/channels/{channel}/messages/{message}/threads")
def create_thread(call: ApiCall) -> JSON:
    parent = call.channel()
    call.world.require(parent, "create_public_threads")
    # What opens a private one where nothing is said.
    if call.json.get("type") != (NEWS_THREAD if parent.kind == NEWS_CHANNEL else PUBLIC_THREAD):
        raise refusals.invalid_form("type", "BASE_TYPE_CHOICES", "Value must be one of the kinds of this channel.")
    return wire.channel(call.world, call.world.add_thread(parent, call.json["name"]))


@route("POST", "/channels/{channel}/typing")
def typing(call: ApiCall) -> None:
    record = call.channel()
    call.world.require(record, _sending(record))


# Messages.


def _sending(channel: Channel) -> str:
    return "send_messages_in_threads" if channel.is_thread else "send_messages"


def _shown(call: ApiCall, message: Message) -> JSON:
    data = wire.message(call.world, message)
    allowed = call.world.application_flags & (3 << 18)
    return data if allowed else wire.redacted(data, call.world.bot.id)


def _message(call: ApiCall, channel: Channel) -> Message:
    message = call.world.messages.get(call.id("message"))
    if message is None or message.channel is not channel:
        raise refusals.unknown("Message")
    return message


@route("GET", "/channels/{channel}/messages")
def history(call: ApiCall) -> list[JSON]:
    """Newest first. Without Read Message History this is an empty list, not a refusal: so says Discord's page."""
    record, query = call.channel(), call.request.query
    if record.is_voice:
        call.world.require(record, "connect")
    if not call.world.may(record, "read_message_history"):
        if call.world.history_refused:
            raise refusals.missing_permissions()
        return []
    limit = int(query.get("limit", 50))
    if not 1 <= limit <= HISTORY_LIMIT:
        raise refusals.invalid_form("limit", "NUMBER_TYPE_MAX", f"int value should be between 1 and {HISTORY_LIMIT}.")
    found = call.world.in_channel(record)
    if "around" in query:
        middle = int(query["around"])
        older = [each for each in found if each.id < middle][-(limit // 2) :]
        found = older + [each for each in found if each.id >= middle][: limit - len(older)]
    elif "after" in query:
        found = [each for each in found if each.id > int(query["after"])][:limit]
    elif "before" in query:
        found = [each for each in found if each.id < int(query["before"])]
    return [_shown(call, each) for each in reversed(found[-limit:])]


@route("POST", "/channels/{channel}/messages")
def post_message(call: ApiCall) -> JSON:
    world, record, payload = call.world, call.channel(), call.json
    needed = [_sending(record)]
    needed += ["embed_links"] if payload.get("embeds") else []
    needed += ["attach_files"] if call.request.files else []
    world.require(record, *needed)
    if record.locked and not world.may(record, "manage_threads"):
        raise refusals.thread_locked()
    if record.archived and not world.messages_wake:
        raise refusals.thread_archived()
    nonce = str(payload["nonce"]) if payload.get("nonce") else None
    if nonce and payload.get("enforce_nonce"):
        mine = [each for each in world.messages.values() if each.author["id"] == str(world.bot.id)]
        for each in mine:
            if each.nonce == nonce:
                return wire.message(world, each) | {"nonce": nonce}
    more: dict[str, Any] = {"type": DEFAULT, "nonce": nonce}
    if reference := payload.get("message_reference"):
        world.require(record, "read_message_history")
        target = world.messages.get(int(reference["message_id"]))
        if target is None and reference.get("fail_if_not_exists", True):
            code = "REPLIES_UNKNOWN_MESSAGE"
            raise refusals.invalid_form("message_reference", code, "Unknown message")
        if target is not None:
            more |= {"type": REPLY, "reply_to": target}
    refusals.check_message(payload, files=len(call.request.files))
    message = world.draft(record, wire.user(world.bot), payload, call.request.files, **more)
    return wire.message(world, world.store(message)) | ({"nonce": nonce} if nonce else {})


@route("GET", "/channels/{channel}/messages/{message}")
def get_message(call: ApiCall) -> JSON:
    record = call.channel()
    call.world.require(record, "read_message_history")
    return _shown(call, _message(call, record))


@route("PATCH", "/channels/{channel}/messages/{message}")
def patch_message(call: ApiCall) -> JSON:
    record = call.channel()
    message = _message(call, record)
    if message.author["id"] != str(call.world.bot.id):
        raise ApiRefusal(403, 50005, "Cannot edit a message authored by another user")
    return wire.message(call.world, change(call, message))


@route("DELETE", "/channels/{channel}/messages/{message}")
def delete_message(call: ApiCall) -> None:
    record = call.channel()
    message = _message(call, record)
    if message.author["id"] != str(call.world.bot.id):
        call.world.require(record, "manage_messages")
    call.world.remove(message)


@route("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me")
@route("DELETE", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me")
def react(call: ApiCall) -> None:
    """Allowed or not, that is all: reactions are not kept, the request is."""
    record = call.channel()
    call.world.require(record, "read_message_history", "add_reactions")
    _message(call, record)


def change(call: ApiCall, message: Message) -> Message:
    """Edit a message with the request's JSON; what isn't in it stays."""
    if message.channel.archived:
        raise refusals.thread_archived()
    now: JSON = {"content": message.content, "embeds": message.embeds, "components": message.components}
    files = len(message.attachments) + len(call.request.files)
    refusals.check_message({**now, "flags": message.flags, **call.json}, files=files)
    hidden = message.flags & (EPHEMERAL | SUPPRESS_NOTIFICATIONS)  # no edit changes these
    call.world.fill(message, call.json, call.request.files)
    message.flags = message.flags & ~(LOADING | EPHEMERAL | SUPPRESS_NOTIFICATIONS) | hidden
    return call.world.edited(message)
