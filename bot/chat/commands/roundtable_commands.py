"""All commands and menus of the bot: the group `/roundtable`, put together from what each module brings."""

from discord import app_commands

from bot.chat.commands.admins import doctor_command, reload_command, server_commands
from bot.chat.commands.members import guide_commands, history_command, memory_command, minutes_command, voting
from bot.chat.commands.opening import setup_command, start_command
from bot.chat.commands.steering import (
    gallery_commands,
    message_menus,
    seat_commands,
    steering_commands,
    talking_commands,
)

_PARTS = (
    start_command,
    setup_command,
    steering_commands,
    seat_commands,
    talking_commands,
    voting,
    minutes_command,
    server_commands,
    gallery_commands,
    guide_commands,
    history_command,
    memory_command,
    doctor_command,
    reload_command,
)


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True, users=False)
# Everybody who sees a channel; an admin can narrow that under Integrations.
@app_commands.default_permissions(view_channel=True)
class RoundtableCommands(app_commands.Group, name="roundtable", description="AI personas hold a moderated discussion"):
    """Every command is answered privately; what concerns the table is said in the channel."""

    def __init__(self) -> None:
        super().__init__()
        for part in _PARTS:
            for command in part.COMMANDS:
                self.add_command(command)


def menus() -> tuple[app_commands.ContextMenu, ...]:
    """What stands under Apps in the menu of a message."""
    return message_menus.MENUS
