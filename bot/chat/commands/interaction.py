"""What commands, buttons and forms need of the bot, and the type of interaction they are written against."""

from collections.abc import Callable

import discord

from bot.chat.commands.slow_mode import OneAtATime
from bot.chat.posting.avatars import Avatars
from bot.chat.posting.webhooks import WebhookRegistry
from bot.chat.rules.host_rules import HostRules
from bot.discussion.model.persona import Persona
from bot.library.catalogue import Catalogue
from bot.sessions.supervisor import Supervisor
from bot.settings import Settings
from bot.store.member_data import MemberData
from bot.store.server_settings import ServerSettingsTable
from bot.store.store import Store


class InteractionClient(discord.Client):
    """The bot as an interaction sees it; whoever makes the client sets these.

    A class and no protocol, since the library wants a client for the parameter of its `Interaction`.
    """

    settings: Settings
    store: Store
    avatars: Avatars
    model_of: Callable[[Persona], str | None]
    host_rules: HostRules
    catalogue: Catalogue
    supervisor: Supervisor
    webhooks: WebhookRegistry
    member_data: MemberData
    servers: ServerSettingsTable
    saying: OneAtATime


# The library looks at the annotations of commands at run time: this is there then, too.
Interaction = discord.Interaction[InteractionClient]
