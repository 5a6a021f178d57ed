"""The world a test acts in: what people, moderators and Discord itself do, as plain methods."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

from . import interactions, wire
from .interactions import Interaction
from .records import JSON, REPLY, TEXT_CHANNEL, Channel, Member, Message, Role, Webhook, bits
from .state import MESSAGE_CONTENT_LIMITED
from .threads import ChannelLike, Threads

MemberLike = Member | int | str
MessageLike = Message | int | str


class World(Threads):
    """One guild. Ready made: `general` (a channel), `convener`, `guest` and `owner` (members), `bot`."""

    def __init__(self, *, token: str, message_content: bool = True, clock: Callable[[], float] = time.time) -> None:
        super().__init__(token=token, message_content=message_content, clock=clock)
        # By token, so that the bot's answers find them.
        self.interactions: dict[str, Interaction] = {}

    # Building the place.

    def add_channel(self, name: str, *, kind: int = TEXT_CHANNEL) -> Channel:
        channel = Channel(self.new_id(), name, kind=kind)
        self.channels[channel.id] = channel
        self.changed(channel, "CREATE")
        return channel

    def add_member(self, name: str, *, nick: str | None = None, bot: bool = False) -> Member:
        member = self._join(name, nick=nick, bot=bot)
        self.emit("GUILD_MEMBER_ADD", wire.member(member) | {"guild_id": str(self.guild_id)})
        return member

    def add_role(self, name: str, *permissions: str, member: MemberLike | None = None) -> Role:
        role = Role(self.new_id(), name, bits(*permissions))
        self.roles[role.id] = role
        self.emit("GUILD_ROLE_CREATE", {"guild_id": str(self.guild_id), "role": wire.role(role)})
        if member is not None:
            self.member(member).roles.append(role.id)
        return role

    def delete_role(self, role: Role) -> None:
        """Nothing more is told than that; neither of its members nor of channels that allowed it something."""
        del self.roles[role.id]
        for member in self.members.values():
            member.roles = [each for each in member.roles if each != role.id]
        for channel in self.channels.values():
            channel.overwrites.pop(role.id, None)
        self.emit("GUILD_ROLE_DELETE", {"guild_id": str(self.guild_id), "role_id": str(role.id)})

    def add_webhook(
        self, channel: ChannelLike, name: str, *, by: MemberLike = "Owner", application_id: int | None = None
    ) -> Webhook:
        """A webhook that a person made, or another application, which the bot must leave alone."""
        creator = self.member(by)
        made_by = self.application_id if creator is self.bot else application_id
        webhook = Webhook(self.new_id(), secrets.token_urlsafe(32), name, self.channel(channel), creator, made_by)
        self.webhooks[webhook.id] = webhook
        self.webhooks_changed(webhook.channel)
        return webhook

    # What moderators do.

    def forbid(self, channel: ChannelLike, *permissions: str, who: MemberLike = "Roundtable") -> None:
        """Take permissions from a member (the bot) in a channel."""
        self._overwrite(channel, who, 0, bits(*permissions))

    def permit(self, channel: ChannelLike, *permissions: str, who: MemberLike = "Roundtable") -> None:
        """Give permissions to a member (the bot) in a channel."""
        self._overwrite(channel, who, bits(*permissions), 0)

    def _overwrite(self, channel: ChannelLike, who: MemberLike, allow: int, deny: int) -> None:
        record, member = self.channel(channel).root, self.member(who)
        old_allow, old_deny = record.overwrites.get(member.id, (0, 0))
        record.overwrites[member.id] = (old_allow & ~deny | allow, old_deny & ~allow | deny)
        self.changed(record)

    def set_channel(
        self, channel: ChannelLike, *, age_restricted: bool | None = None, slow_mode: int | None = None
    ) -> None:
        """Mark a channel as age-restricted or not, set its (or a thread's) slow mode in seconds."""
        record = self.channel(channel)
        record.age_restricted = record.age_restricted if age_restricted is None else age_restricted
        record.slow_mode = record.slow_mode if slow_mode is None else slow_mode
        self.changed(record)

    def set_roles(self, member: MemberLike, *roles: Role) -> None:
        """The member has these roles and no others. A bot is told of its own without the intent for members."""
        record = self.member(member)
        record.roles = [role.id for role in roles]
        self.emit("GUILD_MEMBER_UPDATE", wire.member(record) | {"guild_id": str(self.guild_id)})

    def set_nick(self, member: MemberLike, nick: str | None) -> None:
        """The member's name on this server; the bot is told of nobody's but its own."""
        record = self.member(member)
        record.nick = nick
        self.emit("GUILD_MEMBER_UPDATE", wire.member(record) | {"guild_id": str(self.guild_id)})

    def delete_channel(self, channel: ChannelLike) -> None:
        """With its messages, threads and webhooks."""
        gone = self.channel(channel)
        for thread in [each for each in self.channels.values() if each.parent is gone]:
            self.delete_channel(thread)
        self.webhooks = {key: each for key, each in self.webhooks.items() if each.channel is not gone}
        self.messages = {key: each for key, each in self.messages.items() if each.channel is not gone}
        del self.channels[gone.id]
        self.changed(gone, "DELETE")

    def delete_webhook(self, webhook: Webhook | int | str) -> None:
        gone = self.webhook(webhook)
        del self.webhooks[gone.id]
        self.webhooks_changed(gone.channel)

    def move_webhook(self, webhook: Webhook | int | str, channel: ChannelLike) -> Webhook:
        record = self.webhook(webhook)
        self.webhooks_changed(record.channel)
        record.channel = self.channel(channel)
        self.webhooks_changed(record.channel)
        return record

    def kick_bot(self) -> None:
        self.emit("GUILD_DELETE", {"id": str(self.guild_id)})
        self.in_guild = False

    def invite_bot(self) -> None:
        """After `kick_bot`: the bot is let in again."""
        self.in_guild = True
        self.emit("GUILD_CREATE", wire.guild(self, self.guild_id, full=True) | {"unavailable": None})

    def begin_outage(self) -> None:
        """Discord itself can't reach the server: the gateway tells nothing of it, REST still answers."""
        self.emit("GUILD_DELETE", {"id": str(self.guild_id), "unavailable": True})
        self.available = False

    def end_outage(self) -> None:
        self.available = True
        self.emit("GUILD_CREATE", wire.guild(self, self.guild_id, full=True) | {"unavailable": False})

    def set_message_content(self, enabled: bool) -> None:
        """The switch in the developer portal. It matters to REST at once and to the gateway at the next IDENTIFY."""
        self.application_flags &= ~MESSAGE_CONTENT_LIMITED
        self.application_flags |= MESSAGE_CONTENT_LIMITED if enabled else 0

    # What people do.

    def member_says(
        self,
        channel: ChannelLike,
        member: MemberLike,
        text: str,
        *,
        reply_to: MessageLike | None = None,
        files: list[str] | None = None,
        type: int | None = None,
        ping: bool = True,
    ) -> Message:
        """An ordinary message; `files` are names of attachments, `type` a system message's number.

        `ping` False is a reply with the mention switched off.
        """
        target = self.message(reply_to) if reply_to is not None else None
        kind = type if type is not None else REPLY if target else 0
        attached = [{"filename": name, "size": 1, "content_type": _mime(name)} for name in files or []]
        payload: JSON = {"content": text}
        if not ping:
            payload["allowed_mentions"] = {"parse": ["users", "roles", "everyone"], "replied_user": False}
        author = wire.user(self.member(member))
        message = Message(self.new_id(), self.channel(channel), author, type=kind, reply_to=target, sent=payload)
        self.fill(message, payload, attached)
        return self.store(message)

    def webhook_says(
        self,
        webhook: Webhook | int | str,
        text: str,
        *,
        username: str | None = None,
        thread: ChannelLike | None = None,
        embeds: list[JSON] | None = None,
    ) -> Message:
        """A post through a webhook that no request of the bot's made: another program's, or a late copy."""
        hook = self.webhook(webhook)
        place = self.channel(thread) if thread is not None else hook.channel
        payload: JSON = {"content": text, "embeds": embeds or []} | ({"username": username} if username else {})
        return self.store(self.through(hook, place, payload, []))

    def edit_message(self, message: MessageLike, text: str) -> Message:
        record = self.message(message)
        self.fill(record, {"content": text}, [])
        return self.edited(record)

    def delete_message(self, message: MessageLike) -> None:
        self.remove(self.message(message))

    def react(self, message: MessageLike, member: MemberLike, emoji: str) -> None:
        """React with an emoji of Unicode. Reactions are not kept: the gateway tells of each."""
        record, who = self.message(message), self.member(member)
        data = wire.reaction(self, record, who, emoji) | {"member": wire.member(who), "burst_colors": []}
        if record.webhook_id is None:
            data["message_author_id"] = record.author["id"]
        self.emit("MESSAGE_REACTION_ADD", data, record.channel)

    def unreact(self, message: MessageLike, member: MemberLike, emoji: str) -> None:
        """Take a reaction back."""
        record = self.message(message)
        data = wire.reaction(self, record, self.member(member), emoji)
        self.emit("MESSAGE_REACTION_REMOVE", data, record.channel)

    def slash(self, channel: ChannelLike, member: MemberLike, *command: str | Mapping[str, Any]) -> Interaction:
        """`slash(channel, member, "roundtable", "start", {"turns": 3})`: refuses what a member's client would."""
        path, options = _split(command)
        registered, data = interactions.command_data(self.commands, path, options)
        return self._use(registered, data, interactions.COMMAND, channel, member)

    def autocomplete(
        self, channel: ChannelLike, member: MemberLike, *command: str | Mapping[str, Any], focused: str
    ) -> Interaction:
        """The member types in the option `focused`; its `choices` are what the bot suggests."""
        path, options = _split(command)
        registered, data = interactions.command_data(self.commands, path, {focused: "", **options}, focused)
        return self._use(registered, data, interactions.AUTOCOMPLETE, channel, member)

    def menu(self, message: MessageLike, member: MemberLike, name: str) -> Interaction:
        """The member picks an app's entry in a message's context menu. Its data hold the message in full."""
        target = self.message(message)
        found = [each for each in self.commands.values() if each["name"] == name and each.get("type") == 3]
        if not found:
            raise LookupError(f"no message command {name!r} is registered")
        resolved = {"messages": {str(target.id): wire.message(self, target)}}
        data = {"id": found[0]["id"], "name": name, "type": 3, "target_id": str(target.id), "resolved": resolved}
        return self._use(found[0], data, interactions.COMMAND, target.channel, member)

    def _use(self, command: JSON, data: JSON, kind: int, channel: ChannelLike, member: MemberLike) -> Interaction:
        place, person = self.channel(channel), self.member(member)
        needed = int(command.get("default_member_permissions") or 0)
        if self.permissions(person, place) & needed != needed:
            raise PermissionError(f"{person.name} may not use /{command['name']}")
        return self._begin(kind, place, person, data)

    def click(
        self, message: MessageLike, custom_id: str, member: MemberLike, values: list[str] | None = None
    ) -> Interaction:
        """Press the button with this custom id, or choose `values` in that select menu."""
        source = self._to_press(message)
        on_it = [each for each in interactions.components(source.components) if "custom_id" in each]
        found = next((each for each in on_it if each["custom_id"] == custom_id), None)
        if found is None:
            raise LookupError(
                f"no component {custom_id!r} (there are: {', '.join(each['custom_id'] for each in on_it)})"
            )
        if found.get("disabled"):
            raise ValueError(f"the component {custom_id!r} is disabled")
        data: JSON = {"custom_id": custom_id, "component_type": found["type"]}
        if found["type"] != interactions.BUTTON:
            data["values"] = values or []
        return self._begin(interactions.COMPONENT, source.channel, self.member(member), data, source=source)

    def _to_press(self, message: MessageLike) -> Message:
        """A message that stands in a place, or one that only whoever asked for it sees."""
        private = (shown for each in self.interactions.values() for shown in each.messages if shown.id == message)
        return next(private, None) or self.message(message)

    def submit_modal(self, interaction: Interaction | str, values: Mapping[str, Any]) -> Interaction:
        """Fill in the form that answered `interaction` (or its token), by custom id, and send it."""
        asked = interaction if isinstance(interaction, Interaction) else self.interactions[interaction]
        if asked.modal is None:
            raise LookupError("that interaction was not answered with a form")
        data = {
            "custom_id": asked.modal["custom_id"],
            "components": interactions.filled_in(asked.modal["components"], values),
        }
        return self._begin(interactions.MODAL_SUBMIT, asked.channel, asked.member, data, source=asked.source)

    def _begin(self, kind: int, channel: Channel, member: Member, data: JSON, **more: Any) -> Interaction:
        # Known before the event goes out, so that no answer can come too early.
        interaction = interactions.begin(self, kind, channel, member, data, **more)
        self.interactions[interaction.token] = interaction
        return interaction

    # What a test looks at.

    def channel_history(self, channel: ChannelLike) -> list[Message]:
        """The messages in a channel or thread, oldest first, as everybody there sees them."""
        return self.in_channel(self.channel(channel))

    def answers_to(self, interaction: str) -> Interaction:
        """An interaction by its token, with what it was answered."""
        return self.interactions[interaction]

    async def wait_for_messages(
        self, channel: ChannelLike, count: int, *, timeout: float = 5.0, containing: str = ""
    ) -> list[Message]:
        """The messages whose text contains these words, oldest first, once there are `count` of them."""
        place = self.channel(channel)

        def found() -> list[Message]:
            return [each for each in self.in_channel(place) if containing in each.words]

        try:
            await self.until(lambda: len(found()) >= count, timeout=timeout)
        except TimeoutError:
            sentence = f"not within {timeout:g} s: {count} messages in {place.name} (there are {len(found())})"
            raise TimeoutError(sentence) from None
        return found()

    def requests_to(self, method: str, path: str) -> list[Any]:
        """The requests with this method whose path starts so, oldest first."""
        return [each for each in self.requests if each.method == method and each.path.startswith(path)]


def _split(command: tuple[str | Mapping[str, Any], ...]) -> tuple[tuple[str, ...], Mapping[str, Any]]:
    path = tuple(each for each in command if isinstance(each, str))
    options = command[-1] if isinstance(command[-1], Mapping) else {}
    if not path or len(path) + isinstance(command[-1], Mapping) != len(command):
        raise TypeError("say the command's words, then at most one mapping of options")
    return path, options


def _mime(name: str) -> str:
    kinds = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "txt": "text/plain", "ogg": "audio/ogg"}
    return kinds.get(name.rsplit(".", 1)[-1].lower(), "application/octet-stream")
