"""The commands as Discord knows them: brought up to date where they differ, and answered only where the bot is."""

import hashlib
import json
import logging
from typing import Any, Final

import discord
from discord import app_commands

from bot.chat.interaction import Interaction, InteractionClient
from bot.chat.invite import is_member, require_membership
from bot.chat.responses import answering, apologise
from bot.store.server_settings import Remembered

log = logging.getLogger(__name__)

# The name of what is remembered: the fingerprint of the commands that Discord took last.
_REMEMBERED: Final = "commands"


class RoundtableTree(app_commands.CommandTree[InteractionClient]):
    """All commands and menu entries of the bot."""

    on_error = staticmethod(apologise)  # type: ignore[assignment]

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

        They are sent only where they are others than the last time, or where Discord names others: somebody may have
        deleted or replaced them. Looking costs nothing, while commands can be made 200 times a day
        (https://discord.com/developers/docs/interactions/application-commands#registering-a-command).
        Raises what Discord answers: discord.HTTPException.
        """
        application_id = self.client.application_id
        assert application_id is not None, "only after login"
        ours = [command.to_dict(self) for command in self.get_commands()]
        fingerprint = _fingerprint(application_id, ours)
        theirs = await self.client.http.get_global_commands(application_id)
        if _names(theirs) == _names(ours) and await remembered.get(_REMEMBERED) == fingerprint:
            log.debug("Discord knows the commands already")
            return
        await self.sync()
        await remembered.put(_REMEMBERED, fingerprint)


def _fingerprint(application_id: int, commands: list[dict[str, Any]]) -> str:
    """The same for the same commands of the same application, in whatever order."""
    whole = [application_id, *sorted(commands, key=_name)]
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def _names(commands: Any) -> list[tuple[str, int]]:
    return sorted(_name(command) for command in commands)


def _name(command: Any) -> tuple[str, int]:
    # Of either type there may be one by the same name.
    return command["name"], command.get("type", 1)
