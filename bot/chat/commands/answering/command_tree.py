"""The commands as Discord knows them: brought up to date where they differ, and answered only where the bot is."""

import hashlib
import json
import logging
from typing import Any, Final

import discord
from discord import app_commands

from bot.chat.commands.answering.interaction import Interaction, InteractionClient
from bot.chat.commands.answering.invite import is_member, require_membership
from bot.chat.commands.answering.responses import answering, apologise
from bot.store.server_settings import Remembered

log = logging.getLogger(__name__)

# The name of what is remembered: the fingerprint of the commands that Discord took last.
_REMEMBERED: Final = "commands"


class RoundtableTree(app_commands.CommandTree[InteractionClient]):
    """All commands and menu entries of the bot."""

    on_error = staticmethod(apologise)  # type: ignore[assignment]

    _ids: dict[str, int] | None = None

    def mention(self, command: str) -> str:
        """A command as one can press it in a message, in code where Discord has not told its id.

        In: "persona create"; a name alone is one of `/roundtable`.
        """
        whole = command if " " in command else f"roundtable {command}"
        # https://discord.com/developers/docs/reference#message-formatting-formats
        number = (self._ids or {}).get(whole.partition(" ")[0])
        return f"</{whole}:{number}>" if number else f"`/{whole}`"

    def _note(self, commands: Any) -> None:
        self._ids = {command["name"]: int(command["id"]) for command in commands if command.get("type", 1) == 1}

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Whether a command may be carried out; where the bot is no member its answer is how to change that."""
        if interaction.type is discord.InteractionType.autocomplete:
            return is_member(interaction)  # Discord shows no sentence there
        async with answering(interaction):
            require_membership(interaction)
            return True
        return False

    async def bring_up_to_date(self, remembered: Remembered) -> None:
        """Have Discord know the commands as they are here.

        They are sent only where they are others than the last time, or where Discord has others than it took then:
        somebody may have deleted them, or a bot of another version, with another database, replaced them. Looking
        costs nothing, while commands can be made 200 times a day
        (https://discord.com/developers/docs/interactions/application-commands#registering-a-command).
        Raises what Discord answers: discord.HTTPException.
        """
        application_id = self.client.application_id
        assert application_id is not None, "only after login"
        ours = [command.to_dict(self) for command in self.get_commands()]
        theirs = await self.look_up()
        if await remembered.get(_REMEMBERED) == _fingerprint(application_id, ours, theirs):
            log.debug("Discord knows the commands already")
            return
        await self.sync()
        theirs = await self.look_up()
        await remembered.put(_REMEMBERED, _fingerprint(application_id, ours, theirs))

    async def look_up(self) -> Any:
        """Note under which ids Discord has the commands, for those who mention them. Out: what it has."""
        application_id = self.client.application_id
        assert application_id is not None, "only after login"
        theirs: Any = await self.client.http.get_global_commands(application_id)
        self._note(theirs)
        return theirs


def _fingerprint(application_id: int, ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> str:
    """The same for the same commands of the same application, as long as Discord has what it took for them.

    Discord numbers the versions of each command; its names alone would be those of any version of the bot.
    """
    taken = sorted([*_name(command), command["id"], command.get("version")] for command in theirs)
    whole = [application_id, sorted(ours, key=_name), taken]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def _name(command: Any) -> tuple[str, int]:
    # Of either type there may be one by the same name.
    return command["name"], command.get("type", 1)
