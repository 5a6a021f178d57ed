"""REST routes of the bot itself and of its guild: gateway address, application, commands, emojis, members."""

from __future__ import annotations

import base64
import re

from . import refusals, wire
from .records import JSON, Emoji
from .server import ApiCall, route

# Gateway, user, application.


@route("GET", "/gateway", auth=False)
def gateway(call: ApiCall) -> JSON:
    return {"url": f"ws://{call.host}/gateway"}


@route("GET", "/gateway/bot")
def gateway_bot(call: ApiCall) -> JSON:
    left, again = call.world.session_starts, call.world.session_starts_reset_after
    limit = {"total": 1000, "remaining": left, "reset_after": again, "max_concurrency": call.world.max_concurrency}
    return {"url": f"ws://{call.host}/gateway", "shards": call.world.recommended_shards, "session_start_limit": limit}


@route("GET", "/users/@me")
def me(call: ApiCall) -> JSON:
    return wire.user(call.world.bot) | {"verified": True, "mfa_enabled": False, "flags": 0}


@route("GET", "/users/@me/guilds")
def my_guilds(call: ApiCall) -> list[JSON]:
    return [wire.guild(call.world, each) for each in call.world.servers()]


@route("DELETE", "/users/@me/guilds/{guild}")
def leave_guild(call: ApiCall) -> None:
    """https://discord.com/developers/docs/resources/user#leave-guild: 204, and GUILD_DELETE on the gateway."""
    if call.id("guild") != call.world.guild_id or not call.world.in_guild:
        raise refusals.unknown("Guild")
    call.world.kick_bot()


@route("POST", "/users/@me/channels")
def open_direct_messages(call: ApiCall) -> JSON:
    member = call.world.members.get(int(call.json["recipient_id"]))
    if member is None:
        raise refusals.unknown("User")
    return wire.channel(call.world, call.world.direct_messages(member))


@route("GET", "/users/{user}")
def user(call: ApiCall) -> JSON:
    member = call.world.members.get(call.id("user"))
    if member is None:
        raise refusals.unknown("User")
    return wire.user(member)


@route("GET", "/oauth2/applications/@me")
@route("GET", "/applications/@me")
def application(call: ApiCall) -> JSON:
    return wire.application(call.world)


@route("PATCH", "/applications/@me")
def edit_application(call: ApiCall) -> JSON:
    """Only what is sent is changed: https://docs.discord.com/developers/resources/application#edit-current-application"""
    known = {"integration_types_config", "install_params", "custom_install_url", "interactions_endpoint_url"}
    if unknown := call.json.keys() - known:
        raise refusals.invalid_form(next(iter(unknown)), "UNKNOWN", "The stand-in does not know this field.")
    config = call.json.get("integration_types_config") or {}
    linked = [*(each.get("oauth2_install_params") for each in config.values()), call.json.get("install_params")]
    if any(linked) and not call.world.application["bot_public"]:
        # As the portal words it: https://github.com/DenisD3D/Mc2Discord/issues/128
        raise refusals.invalid_form(
            "bot_public", "PRIVATE", "Private application cannot have a default authorization link."
        )
    call.world.application |= call.json
    return wire.application(call.world)


# Commands: the same for the application and for the guild.


@route("PUT", "/applications/{app}/commands")
@route("PUT", "/applications/{app}/guilds/{guild}/commands")
def put_commands(call: ApiCall) -> list[JSON]:
    guild = call.params.get("guild")
    kept = {key: each for key, each in call.world.commands.items() if each["guild_id"] != guild}
    call.world.commands = kept
    return [_register(call, each) for each in call.json]


@route("POST", "/applications/{app}/commands")
@route("POST", "/applications/{app}/guilds/{guild}/commands")
def post_command(call: ApiCall) -> JSON:
    return _register(call, call.json)


@route("GET", "/applications/{app}/commands")
@route("GET", "/applications/{app}/guilds/{guild}/commands")
def get_commands(call: ApiCall) -> list[JSON]:
    guild = call.params.get("guild")
    return [each for each in call.world.commands.values() if each["guild_id"] == guild]


@route("DELETE", "/applications/{app}/commands/{command}")
@route("DELETE", "/applications/{app}/guilds/{guild}/commands/{command}")
def delete_command(call: ApiCall) -> None:
    if call.world.commands.pop(call.id("command"), None) is None:
        raise refusals.unknown("Application Command")


def _register(call: ApiCall, command: JSON) -> JSON:
    new = call.world.new_id()
    defaults: JSON = {"type": 1, "description": "", "options": [], "default_member_permissions": None, "nsfw": False}
    known = {"id": str(new), "application_id": str(call.world.application_id), "version": str(new)}
    made = {**defaults, **command, **known, "guild_id": call.params.get("guild")}
    call.world.commands[new] = made
    return made


# Application emojis.


@route("GET", "/applications/{app}/emojis")
def emojis(call: ApiCall) -> JSON:
    return {"items": [wire.emoji(call.world, each) for each in call.world.emojis.values()]}


@route("POST", "/applications/{app}/emojis")
def create_emoji(call: ApiCall) -> JSON:
    name, match = call.json["name"], re.fullmatch(r"data:(image/\w+);base64,(.*)", call.json["image"], re.DOTALL)
    if not re.fullmatch(r"\w{2,32}", name, re.ASCII):
        raise refusals.invalid_form("name", "BASE_TYPE_BAD_LENGTH", "Must be between 2 and 32 in length.")
    if match is None:
        raise refusals.invalid_form("image", "BASE_TYPE_INVALID_IMAGE_DATA", "Invalid image data")
    image = base64.b64decode(match[2])
    if len(image) > refusals.EMOJI_BYTES:
        raise refusals.invalid_form("image", "BINARY_TYPE_MAX_SIZE", "File cannot be larger than 256.0 kb.")
    made = Emoji(call.world.new_id(), name, image, match[1])
    call.world.emojis[made.id] = made
    return wire.emoji(call.world, made)


@route("GET", "/applications/{app}/emojis/{emoji}")
def emoji(call: ApiCall) -> JSON:
    found = call.world.emojis.get(call.id("emoji"))
    if found is None:
        raise refusals.unknown("Emoji")
    return wire.emoji(call.world, found)


@route("DELETE", "/applications/{app}/emojis/{emoji}")
def delete_emoji(call: ApiCall) -> None:
    if call.world.emojis.pop(call.id("emoji"), None) is None:
        raise refusals.unknown("Emoji")


# Guild.


def _guild(call: ApiCall) -> None:
    call.world.require_server(call.id("guild"))


@route("GET", "/guilds/{guild}")
def guild(call: ApiCall) -> JSON:
    _guild(call)
    return wire.guild(call.world, call.id("guild"))


@route("GET", "/guilds/{guild}/channels")
def guild_channels(call: ApiCall) -> list[JSON]:
    _guild(call)
    places = [each for each in call.world.places() if wire.guild_of(call.world, each) == call.params["guild"]]
    return [wire.channel(call.world, each) for each in places if not each.is_thread]


@route("GET", "/guilds/{guild}/threads/active")
def active_threads(call: ApiCall) -> JSON:
    _guild(call)
    active = [each for each in call.world.channels.values() if each.is_thread and not each.archived]
    return {"threads": [wire.channel(call.world, each) for each in active], "members": []}


@route("GET", "/guilds/{guild}/roles")
def roles(call: ApiCall) -> list[JSON]:
    _guild(call)
    return [wire.role(each, position) for position, each in enumerate(call.world.roles.values())]


@route("GET", "/guilds/{guild}/members")
def members(call: ApiCall) -> list[JSON]:
    _guild(call)
    return [wire.member(each) for each in call.world.members.values()]


@route("GET", "/guilds/{guild}/members/{user}")
def guild_member(call: ApiCall) -> JSON:
    _guild(call)
    member = call.world.members.get(call.id("user"))
    if member is None:
        raise refusals.unknown("Member")
    return wire.member(member)
