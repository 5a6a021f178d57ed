"""REST routes of webhooks and, at the same addresses, of the answers to interactions."""

from __future__ import annotations

from typing import Any

from . import interactions, refusals, wire
from .channels import change
from .interactions import Interaction, InteractionAnswer
from .records import CHAT_INPUT, EPHEMERAL, JSON, LOADING, MENU_COMMAND, Channel, Message, Webhook
from .server import ApiCall, route

DUE_SECONDS = (
    3.0  # https://discord.com/developers/docs/interactions/receiving-and-responding#responding-to-an-interaction
)


# Webhooks as the bot manages them.


@route("GET", "/channels/{channel}/webhooks")
def in_channel(call: ApiCall) -> list[JSON]:
    record = call.channel()
    call.world.require(record, "manage_webhooks")
    return [wire.webhook(call.world, each) for each in call.world.webhooks.values() if each.channel is record]


@route("GET", "/guilds/{guild}/webhooks")
def in_guild(call: ApiCall) -> list[JSON]:
    world = call.world
    asked = call.id("guild")
    world.require_server(asked)
    there = [each for each in world.webhooks.values() if wire.guild_of(world, each.channel) == str(asked)]
    seen = [each for each in there if world.may(each.channel, "manage_webhooks")]
    return [wire.webhook(world, each) for each in seen]


@route("POST", "/channels/{channel}/webhooks")
def create(call: ApiCall) -> JSON:
    record = call.channel()
    if record.is_thread:
        raise refusals.ApiRefusal(400, 50024, "Cannot execute action on this channel type")
    call.world.require(record, "manage_webhooks")
    refusals.check_name(call.json["name"], "name")
    if sum(each.channel is record for each in call.world.webhooks.values()) >= refusals.WEBHOOKS_PER_CHANNEL:
        raise refusals.too_many_webhooks()
    webhook = call.world.add_webhook(record, call.json["name"].strip(), by=call.world.bot)
    webhook.avatar = call.json.get("avatar")
    return wire.webhook(call.world, webhook)


def _managed(call: ApiCall) -> Webhook:
    if not call.as_bot:
        raise refusals.unauthorised()
    webhook = call.world.webhooks.get(call.id("webhook"))
    if webhook is None:
        raise refusals.unknown("Webhook")
    call.world.require(webhook.channel, "manage_webhooks")
    return webhook


def _by_token(call: ApiCall) -> Webhook:
    webhook = call.world.webhooks.get(call.id("webhook"))
    if webhook is None:
        raise refusals.unknown("Webhook")
    if webhook.token != call.params["token"]:
        raise refusals.invalid_webhook_token()
    return webhook


@route("GET", "/webhooks/{webhook}")
def get(call: ApiCall) -> JSON:
    return wire.webhook(call.world, _managed(call))


@route("PATCH", "/webhooks/{webhook}")
def edit(call: ApiCall) -> JSON:
    webhook = _change(call, _managed(call))
    if "channel_id" in call.json:
        target = call.world.channels.get(int(call.json["channel_id"]))
        if target is None:
            raise refusals.unknown("Channel")
        call.world.require(target, "manage_webhooks")
        call.world.move_webhook(webhook, target)
    else:
        call.world.webhooks_changed(webhook.channel)
    return wire.webhook(call.world, webhook)


def _change(call: ApiCall, webhook: Webhook) -> Webhook:
    if "name" in call.json:
        refusals.check_name(call.json["name"], "name")
        webhook.name = call.json["name"].strip()
    if "avatar" in call.json:
        webhook.avatar = call.json["avatar"]
    return webhook


@route("DELETE", "/webhooks/{webhook}")
def delete(call: ApiCall) -> None:
    call.world.delete_webhook(_managed(call))


@route("GET", "/webhooks/{webhook}/{token}", auth=False)
def get_by_token(call: ApiCall) -> JSON:
    return wire.webhook(call.world, _by_token(call), with_user=False)


@route("PATCH", "/webhooks/{webhook}/{token}", auth=False)
def edit_by_token(call: ApiCall) -> JSON:
    """Without `channel_id`: https://discord.com/developers/docs/resources/webhook#modify-webhook-with-token."""
    webhook = _change(call, _by_token(call))
    call.world.webhooks_changed(webhook.channel)
    return wire.webhook(call.world, webhook, with_user=False)


@route("DELETE", "/webhooks/{webhook}/{token}", auth=False)
def delete_by_token(call: ApiCall) -> None:
    call.world.delete_webhook(_by_token(call))


# What is posted through a webhook, or as a follow-up of an interaction.


@route("POST", "/webhooks/{webhook}/{token}", auth=False)
def execute(call: ApiCall) -> JSON | None:
    if call.id("webhook") == call.world.application_id:
        return _follow_up(call, _interaction(call))
    world, payload, webhook = call.world, call.json, _by_token(call)
    channel = _place(call, webhook)
    if channel.locked:
        raise refusals.thread_locked()
    if channel.archived and not world.messages_wake:
        raise refusals.thread_archived()
    name = payload.get("username")
    if name is not None:
        refusals.check_name(name, "username")
    if payload.get("avatar_url"):
        refusals.check_avatar_url(payload["avatar_url"])
    refusals.check_message(payload, files=len(call.request.files))
    message = world.store(world.through(webhook, channel, payload, call.request.files))
    return wire.message(world, message) if call.flag("wait") else None


def _place(call: ApiCall, webhook: Webhook) -> Channel:
    """The webhook's channel, or the thread of it that `thread_id` names."""
    if "thread_id" not in call.request.query:
        return webhook.channel
    thread = call.world.channels.get(int(call.request.query["thread_id"]))
    if thread is None or thread.parent is not webhook.channel:
        raise refusals.unknown("Channel")
    return thread


def _posted(call: ApiCall) -> tuple[Message, Interaction | None]:
    """The message in the path, which this webhook or interaction must have made."""
    name = call.params["message"]
    if call.id("webhook") == call.world.application_id:
        interaction = _interaction(call)
        message = interaction.original if name == "@original" else interaction.shown.get(int(name))
        if message is None or message.deleted:
            raise refusals.unknown("Message")
        return message, interaction
    webhook = _by_token(call)
    message = call.world.messages.get(call.id("message"))
    if message is None or message.webhook_id != webhook.id or message.channel is not _place(call, webhook):
        raise refusals.unknown("Message")
    return message, None


@route("GET", "/webhooks/{webhook}/{token}/messages/{message}", auth=False)
def get_posted(call: ApiCall) -> JSON:
    return wire.message(call.world, _posted(call)[0])


@route("PATCH", "/webhooks/{webhook}/{token}/messages/{message}", auth=False)
def edit_posted(call: ApiCall) -> JSON:
    message, interaction = _posted(call)
    change(call, message)
    if interaction is not None:
        interaction.answers.append(InteractionAnswer("edit", call.json, message, message.ephemeral))
    return wire.message(call.world, message)


@route("DELETE", "/webhooks/{webhook}/{token}/messages/{message}", auth=False)
def delete_posted(call: ApiCall) -> None:
    message, interaction = _posted(call)
    call.world.remove(message)
    if interaction is not None:
        interaction.answers.append(InteractionAnswer("delete", {}, message, message.ephemeral))


# Interactions.


def _interaction(call: ApiCall) -> Interaction:
    """The interaction with this token; follow-ups are for those that were answered."""
    interaction = call.world.interactions.get(call.params["token"])
    if interaction is None or not interaction.answers:
        raise refusals.unknown("Webhook")
    return interaction


@route("POST", "/interactions/{interaction}/{token}/callback", auth=False)
def callback(call: ApiCall) -> JSON | None:
    world, interaction = call.world, call.world.interactions.get(call.params["token"])
    if interaction is None or interaction.id != call.id("interaction"):
        raise refusals.unknown("Interaction")
    if interaction.answers:
        raise refusals.already_acknowledged()
    if world.clock() - interaction.at > DUE_SECONDS:
        raise refusals.unknown("Interaction")
    number, payload = call.json["type"], call.json.get("data") or {}
    kind = interactions.CALLBACKS[number]
    hidden = bool((payload.get("flags") or 0) & EPHEMERAL)
    message = None
    if kind == "message":
        message = _answer_message(call, interaction, payload)
    elif kind == "deferred":
        thinking = {"flags": LOADING | (payload.get("flags") or 0)}
        message = _answer_message(call, interaction, thinking, check=False)
    elif kind in ("update", "deferred_update"):
        message = interaction.source
        if message is not None and kind == "update":
            world.fill(message, payload, call.request.files)
            world.edited(message)
    if message is not None:
        interaction.original = message
    interaction.answers.append(InteractionAnswer(kind, payload, message, hidden))
    if not call.flag("with_response"):
        return None
    told: JSON = {"id": str(interaction.id), "type": interaction.type}
    resource: JSON = {"type": number}
    if message is not None:
        told |= {"response_message_id": str(message.id), "response_message_ephemeral": hidden}
        told["response_message_loading"] = bool(message.flags & LOADING)
        if kind in ("message", "update"):
            resource["message"] = wire.message(world, message)
    return {"interaction": told, "resource": resource}


def _follow_up(call: ApiCall, interaction: Interaction) -> JSON:
    """A further message; the first one after "is thinking…" takes its place."""
    original = interaction.original
    if original is not None and original.flags & LOADING:
        message = change(call, original)
        message.sent = call.json
    else:
        message = _answer_message(call, interaction, call.json)
    interaction.answers.append(InteractionAnswer("followup", call.json, message, message.ephemeral))
    return wire.message(call.world, message)


def _answer_message(call: ApiCall, interaction: Interaction, payload: JSON, *, check: bool = True) -> Message:
    """A message in answer to the interaction: in the channel, or for the member's eyes only."""
    world = call.world
    more: dict[str, Any] = {"webhook_id": world.application_id, "application_id": world.application_id}
    more["interaction_metadata"] = interactions.metadata(world, interaction)
    if interaction.type == interactions.COMMAND:
        more["type"] = MENU_COMMAND if interaction.data["type"] == 3 else CHAT_INPUT
    if check:
        refusals.check_message(payload, files=len(call.request.files))
    message = world.draft(interaction.channel, wire.user(world.bot), payload, call.request.files, **more)
    interaction.shown[message.id] = message
    return message if message.ephemeral else world.store(message)
