"""Interactions: a command, click or form as a member's client sends it, and the answers the bot gave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from . import wire
from .records import JSON, Channel, Member, Message

if TYPE_CHECKING:
    from .state import State

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
SUBCOMMAND, GROUP, STRING, INTEGER, NUMBER = 1, 2, 3, 4, 10
BUTTON = 2

Kind = Literal[
    "message", "deferred", "deferred_update", "update", "choices", "modal", "followup", "edit", "delete", "pong"
]
# Interaction callback types: https://discord.com/developers/docs/interactions/receiving-and-responding
CALLBACKS: dict[int, Kind] = {
    1: "pong",
    4: "message",
    5: "deferred",
    6: "deferred_update",
    7: "update",
    8: "choices",
    9: "modal",
}


@dataclass
class InteractionAnswer:
    """One thing the bot said to an interaction: the JSON it sent, the message it made or changed, if any."""

    kind: Kind
    payload: JSON
    message: Message | None = None
    ephemeral: bool = False


@dataclass
class Interaction:
    """What a member did. `answers` grows in order; `source` is the clicked message."""

    state: State
    id: int
    token: str
    type: int
    channel: Channel
    member: Member
    data: JSON
    at: float
    source: Message | None = None
    answers: list[InteractionAnswer] = field(default_factory=list)
    original: Message | None = None
    shown: dict[int, Message] = field(default_factory=dict)

    async def answered(self, kind: Kind | None = None, *, timeout: float = 5.0) -> InteractionAnswer:
        """The first answer (of this kind), waiting for it; TimeoutError after `timeout` seconds."""

        def found() -> InteractionAnswer | None:
            return next((each for each in self.answers if kind in (None, each.kind)), None)

        answer = await self.state.until(found, timeout=timeout, what=f"an answer ({kind or 'any'}) to {self.data}")
        assert answer is not None
        return answer

    async def said(self, *, timeout: float = 5.0) -> Message:
        """The first finished message it was answered with ("is thinking…" is not finished)."""
        await self.state.until(lambda: self.messages, timeout=timeout, what=f"a message in answer to {self.data}")
        return self.messages[0]

    @property
    def messages(self) -> list[Message]:
        """The messages it made, as they stand now, without deleted and unfinished ones."""
        return [each for each in self.shown.values() if not each.deleted and not each.flags & (1 << 7)]

    @property
    def texts(self) -> list[str]:
        return [each.content for each in self.messages]

    @property
    def ephemeral(self) -> bool:
        """Whether the first answer is for the member's eyes only."""
        return bool(self.answers) and self.answers[0].ephemeral

    @property
    def choices(self) -> list[JSON]:
        """The suggestions an autocompletion was answered with."""
        return next((each.payload.get("choices") or [] for each in self.answers if each.kind == "choices"), [])

    @property
    def modal(self) -> JSON | None:
        """The form it was answered with."""
        return next((each.payload for each in self.answers if each.kind == "modal"), None)

    def report(self) -> JSON:
        """For the control route."""
        answers = [{"kind": each.kind, "payload": each.payload, "ephemeral": each.ephemeral} for each in self.answers]
        return {"id": self.id, "answers": answers, "messages": self.messages, "ephemeral": self.ephemeral}


def begin(state: State, kind: int, channel: Channel, member: Member, data: JSON, **more: Any) -> Interaction:
    """Make the interaction and send INTERACTION_CREATE."""
    made = state.new_id()
    interaction = Interaction(state, made, f"interaction-{made}", kind, channel, member, data, state.clock(), **more)
    event: JSON = {
        "id": str(made),
        "application_id": str(state.application_id),
        "type": kind,
        "data": data,
        "token": interaction.token,
        "version": 1,
        "channel_id": str(channel.id),
        "channel": wire.channel(state, channel) | {"permissions": str(state.permissions(member, channel))},
        "app_permissions": str(state.permissions(state.bot, channel)),
        "locale": "en-GB",
        "guild_locale": "en-GB",
        "entitlements": [],
        "authorizing_integration_owners": state.integration_owners,
        "context": 0 if channel.recipient is None else 1,
        "attachment_size_limit": 10 * 1024 * 1024,
    }
    if channel.recipient is None:
        event |= {
            "guild_id": wire.guild_of(state, channel),
            "guild": {"id": wire.guild_of(state, channel), "locale": "en-GB", "features": []},
            "member": wire.member(member) | {"permissions": str(state.permissions(member, channel))},
        }
    else:
        event["user"] = wire.user(member)
    if interaction.source is not None:
        event["message"] = wire.message(state, interaction.source)
    state.emit("INTERACTION_CREATE", event)
    return interaction


def metadata(state: State, interaction: Interaction) -> JSON:
    """What a message says about the interaction it answers."""
    data: JSON = {"id": str(interaction.id), "type": interaction.type, "user": wire.user(interaction.member)}
    if interaction.source:
        data["interacted_message_id"] = str(interaction.source.id)
    return data | {"authorizing_integration_owners": state.integration_owners}


def command_data(
    commands: Mapping[int, JSON], path: tuple[str, ...], options: Mapping[str, Any], focused: str | None = None
) -> tuple[JSON, JSON]:
    """The registered command, and the data of an invocation. Refuses (LookupError, ValueError) what no client sends."""
    command = next((each for each in commands.values() if each["name"] == path[0] and each.get("type", 1) == 1), None)
    if command is None:
        registered = ", ".join(each["name"] for each in commands.values()) or "none"
        raise LookupError(f"/{path[0]} is not registered (registered: {registered})")
    node, chain = command, []
    for word in path[1:]:
        below = [each for each in node.get("options") or [] if each["type"] in (SUBCOMMAND, GROUP)]
        found = next((each for each in below if each["name"] == word), None)
        if found is None:
            names = ", ".join(each["name"] for each in below)
            raise LookupError(f"/{' '.join(path)}: no subcommand {word!r} (there are: {names})")
        chain.append(node := found)
    declared = {each["name"]: each for each in node.get("options") or []}
    for name in options:
        if name not in declared or declared[name]["type"] in (SUBCOMMAND, GROUP):
            raise LookupError(f"/{' '.join(path)} has no option {name!r} (there are: {', '.join(declared)})")
    if focused is None:
        missing = [name for name, each in declared.items() if each.get("required") and name not in options]
        if missing:
            raise ValueError(f"/{' '.join(path)} requires {', '.join(missing)}")
    elif not declared[focused].get("autocomplete"):
        raise ValueError(f"option {focused!r} of /{' '.join(path)} suggests nothing")
    given: list[JSON] = []
    for name, value in options.items():
        option: JSON = {"name": name, "type": declared[name]["type"], "value": value}
        if name == focused:
            option["focused"] = True
        else:
            _check_value(declared[name], value)
        given.append(option)
    for step in reversed(chain):
        given = [{"name": step["name"], "type": step["type"], "options": given}]
    data: JSON = {"id": command["id"], "name": command["name"], "type": 1, "options": given}
    if command.get("guild_id"):
        data["guild_id"] = command["guild_id"]
    return command, data


def _check_value(option: JSON, value: Any) -> None:
    """ValueError for a value that a member's client would not let through."""
    kinds = {STRING: str, INTEGER: int, 5: bool, NUMBER: (int, float)}
    name, kind = option["name"], kinds.get(option["type"], (str, int))
    if not isinstance(value, kind):
        raise ValueError(f"option {name!r} takes another type than {value!r}")
    size = len(value) if isinstance(value, str) else value
    least, most = option.get("min_length", option.get("min_value")), option.get("max_length", option.get("max_value"))
    if (least is not None and size < least) or (most is not None and size > most):
        raise ValueError(f"option {name!r}: {value!r} is outside {least}…{most}")
    allowed = [each["value"] for each in option.get("choices") or []]
    if allowed and value not in allowed:
        raise ValueError(f"option {name!r}: {value!r} is none of {allowed}")


def components(tree: Any) -> Iterator[JSON]:
    """Every component in a message or a form, however deep."""
    if isinstance(tree, list):
        for each in tree:
            yield from components(each)
    elif isinstance(tree, dict):
        yield tree
        for key in ("components", "component", "accessory"):
            yield from components(tree.get(key))


def filled_in(tree: Any, values: Mapping[str, Any]) -> Any:
    """A form's components as they are submitted, with `values` by custom id (blank where none is given)."""
    if isinstance(tree, list):
        return [filled_in(each, values) for each in tree]
    kept: JSON = {"type": tree["type"], "id": tree.get("id", 0)}
    if "custom_id" in tree:
        given = values.get(tree["custom_id"], tree.get("value") or "")
        kept |= {"custom_id": tree["custom_id"], ("values" if isinstance(given, list) else "value"): given}
    for key in ("components", "component"):
        if key in tree:
            kept[key] = filled_in(tree[key], values)
    return kept
