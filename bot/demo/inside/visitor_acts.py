"""What a visitor does by our own script: writes, reacts, runs a command or a menu's entry, puts a message out of
sight."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from simcord.actors import MemberActor
from simcord.backend.errors import BackendError, SetupError
from simcord.enums import AppCommandType, ComponentType
from simcord.preview import Preview
from simcord.results import InteractionResult, ResponseMessage

from bot.demo.typed_command import TypedCommand, read
from bot.demo.typed_offers import asks_bot, offers
from bot.discussion.model.reactions import says

Answer = dict[str, Any]
_PREFIX: Final = "demo."
_KEPT: Final = 500
_MESSAGE_LENGTH: Final = 2000
"""Discord's limit, in characters."""
_SELECTS: Final = {
    "user": ComponentType.USER_SELECT,
    "role": ComponentType.ROLE_SELECT,
    "channel": ComponentType.CHANNEL_SELECT,
    "mentionable": ComponentType.MENTIONABLE_SELECT,
}


class VisitorActs:
    """Answers the actions of our own script; each answer is what its JSON holds, `trouble` a sentence or nothing."""

    def __init__(self, preview: Preview) -> None:
        self._preview = preview
        self._backend = preview.env.backend
        self.hidden: set[int] = set()
        """Private messages that their reader has put out of sight."""
        self.invoked: dict[str, str] = {}
        """By interaction: the whole command, of which simcord shows the first word."""
        self._suggested: dict[tuple[str, str], Any] = {}

    def kind(self, body: Mapping[str, Any]) -> str:
        """The name of our own action in `body`, or nothing."""
        kind = body.get("kind")
        return kind.removeprefix(_PREFIX) if isinstance(kind, str) and kind.startswith(_PREFIX) else ""

    async def act(self, page: Any, body: Mapping[str, Any]) -> Answer:
        """Does what `body` asks for as the viewer of `page`."""
        known: dict[str, Callable[[Any, Mapping[str, Any]], Awaitable[Answer]]] = {
            "read": self._read,
            "send": self._send,
            "menu": self._menu,
            "hide": self._hide,
            "react": self._react,
        }
        act = known.get(self.kind(body))
        if act is None:
            return {"trouble": "The demo does not know this action."}
        try:
            return await act(page, body)
        except (SetupError, BackendError, ValueError) as error:
            return {"trouble": f"That did not work: {str(error).splitlines()[0]}"}

    def menus(self, page: Any) -> dict[str, list[str]]:
        """The names of the commands on a message and on a person that the viewer of `page` can use there."""
        kinds = {"message": AppCommandType.MESSAGE, "user": AppCommandType.USER}
        who = {"user_id": page.viewer.id, "channel_id": page.channel_id}
        return {
            name: [str(command["name"]) for command in self._backend.visible_commands(**who, type=kind)]
            for name, kind in kinds.items()
        }

    def _reading(self, page: Any, text: str, files: Any) -> TypedCommand:
        given = [str(name) for name in files] if isinstance(files, (list, dict)) else []
        return read(text, self._entries(page), names=self._names(page), offered=self._offered(), files=given)

    def _entries(self, page: Any) -> list[dict[str, Any]]:
        return page.command_catalog.get("entries", [])

    def _offered(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for (option, name), value in self._suggested.items():
            found.setdefault(option, {})[name] = value
        return found

    def _names(self, page: Any) -> dict[str, dict[str, str]]:
        guild = self._backend.guilds[page.viewer.guild.id]
        users = {self._backend.get_user(member).name: str(member) for member in guild.members}
        roles = {role.name: str(role.id) for role in guild.roles.values() if role.id != guild.id}
        channels = {
            str(channel.name): str(channel.id)
            for channel in self._backend.channels.values()
            if channel.guild_id == guild.id
        }
        return {"user": users, "role": roles, "channel": channels, "mentionable": users | roles}

    async def _read(self, page: Any, body: Mapping[str, Any]) -> Answer:
        before, after = str(body.get("before", "")), str(body.get("after", ""))
        reading = self._reading(page, before + after, body.get("files"))
        cursor = len(before)
        suggested = []
        if reading.entry and (here := asks_bot(reading, cursor)):
            name = here.option["name"]
            others = {n: v for n, v in self._parsed(page, reading).items() if n != name and v is not None}
            suggested = await self._suggestions(page, reading, name, here.text, others)
            for choice in suggested:
                self._suggested[name, str(choice["name"])] = choice["value"]
            for old in list(self._suggested)[:-_KEPT]:
                del self._suggested[old]
        shown = offers(reading, cursor, self._entries(page), names=self._names(page), suggested=suggested)
        # What still can become a command is not wrong yet.
        pieces = [("command", reading.text)] if reading.entry is None and shown.lines else reading.pieces()
        return {"pieces": pieces, "trouble": reading.trouble, **asdict(shown)}

    async def _suggestions(
        self, page: Any, reading: TypedCommand, option: str, typed: str, others: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        assert reading.entry is not None
        invocation = " ".join(reading.entry["path"])
        viewer: MemberActor = page.viewer
        return (await viewer.autocomplete(self._preview.channel, invocation, option, typed, **others))[:25]

    async def _send(self, page: Any, body: Mapping[str, Any]) -> Answer:
        text = str(body.get("text", "")).strip()
        if text.startswith("/"):
            return await self._run(page, text, body.get("values") or {})
        if not text or len(text) > _MESSAGE_LENGTH:
            return {"trouble": f"A message has 1 to {_MESSAGE_LENGTH} characters; this one has {len(text)}."}
        reply = body.get("reply_to")
        answered = ResponseMessage(self._preview.env, self._seen(page, int(reply))) if reply else None
        await page.viewer.send(self._preview.channel, text, reply_to=answered)
        page.window_end_id = None  # whoever writes while reading old messages is brought back to the newest
        return {"trouble": ""}

    async def _run(self, page: Any, text: str, files: Mapping[str, Any]) -> Answer:
        reading = self._reading(page, text, files)
        if reading.trouble or reading.entry is None:
            return {"trouble": reading.trouble}
        options = self._parsed(page, reading, files)
        page.window_end_id = None
        invocation = " ".join(reading.entry["path"])
        result = await page.viewer.slash(self._preview.channel, invocation, **options)
        self.invoked[str(result._interaction.id)] = invocation
        for old in list(self.invoked)[:-_KEPT]:
            del self.invoked[old]
        return self._answered(page, result)

    def _parsed(self, page: Any, reading: TypedCommand, files: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The values as simcord wants them: its handles for entities, names and bytes for files."""
        assert reading.entry is not None
        kinds = {option["name"]: option["type"] for option in reading.entry["options"]}
        parsed: dict[str, Any] = {}
        for name, value in reading.values.items():
            if kinds[name] == "attachment":
                chosen = (files or {}).get(name)
                parsed[name] = tuple(chosen[0]) if chosen else None
            elif kinds[name] in _SELECTS:
                parsed[name] = self._preview._resolve_entity(page, value, _SELECTS[kinds[name]])
            else:
                parsed[name] = value
        return parsed

    async def _menu(self, page: Any, body: Mapping[str, Any]) -> Answer:
        name, message = str(body.get("name", "")), self._seen(page, int(str(body.get("message", "0"))))
        if name in self.menus(page)["user"] and name not in self.menus(page)["message"]:
            if message.webhook_id:
                return {"trouble": "That was written by a webhook; no member stands behind it."}
            target: Any = self._preview._member_handle(page, message.author_id)
        else:
            target = ResponseMessage(self._preview.env, message)
        return self._answered(page, await page.viewer.context_menu(self._preview.channel, name, target))

    async def _react(self, page: Any, body: Mapping[str, Any]) -> Answer:
        """Puts a reaction there; pressed where it stands, simcord's own page takes it back."""
        message, emoji = self._seen(page, int(str(body.get("message", "0")))), str(body.get("emoji", ""))
        if message.is_ephemeral or says(emoji) is None:
            return {"trouble": "To a private message nobody reacts, and the demo has only the menu's reactions."}
        await page.viewer.set_reaction(ResponseMessage(self._preview.env, message), emoji, reacted=True)
        return {"trouble": ""}

    async def _hide(self, page: Any, body: Mapping[str, Any]) -> Answer:
        message = self._seen(page, int(str(body.get("message", "0"))))
        if not message.is_ephemeral:
            return {"trouble": "Only a private message can be put out of sight."}
        self.hidden.add(message.id)
        return {"trouble": ""}

    def _answered(self, page: Any, result: InteractionResult) -> Answer:
        if result.modal is not None:
            page.modal = result
            page.modal_handle = f"m_{result._interaction.id}"
        if not result._interaction.responded:
            return {"trouble": f"That did not work: {self._backend.bot_user.name} gave no answer."}
        return {"trouble": ""}

    def _seen(self, page: Any, message: int) -> Any:
        return self._preview._target_message(page, message)
