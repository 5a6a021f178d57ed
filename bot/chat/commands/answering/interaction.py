"""What commands, buttons and forms need of the bot, and the type of interaction they are written against."""

from collections.abc import Callable

import discord

from bot.chat.commands.answering.slow_mode import OneAtATime
from bot.chat.commands.answering.workshop import Workshop
from bot.chat.posting.avatars import Avatars
from bot.chat.posting.webhooks import WebhookRegistry
from bot.chat.rules.host_rules import HostRules
from bot.discussion.model.persona import Persona
from bot.library.catalogue import Catalogue
from bot.llm.endpoint_registry import EndpointRegistry
from bot.sessions.delivery.stage import Stage
from bot.sessions.supervisor import Supervisor
from bot.settings import Settings
from bot.store.last_choices import LastChoices
from bot.store.member_data import MemberData
from bot.store.models import StoredSession
from bot.store.server_settings import ServerSettingsTable
from bot.store.store import Store


class InteractionClient(discord.Client):
    """The bot as an interaction sees it; whoever makes the client sets these.

    A class and no protocol, since the library wants a client for the parameter of its `Interaction`.
    """

    settings: Settings
    model_of: Callable[[Persona], str | None]
    host_rules: HostRules
    catalogue: Catalogue
    avatars: Avatars
    supervisor: Supervisor
    webhooks: WebhookRegistry
    member_data: MemberData
    servers: ServerSettingsTable
    workshop: Workshop
    last_choices: LastChoices
    saying: OneAtATime
    # Where Discord keeps what members attach; a simulated one keeps it elsewhere.
    file_hosts: frozenset[str] = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
    store: Store
    endpoints: EndpointRegistry

    async def reload(self) -> str:
        """Read the host's personas and tasks anew. Out: what is another now. Raises RoundtableError: nothing is."""
        raise NotImplementedError

    def stage_of(self, stored: StoredSession) -> Stage:
        """Where a session is shown."""
        raise NotImplementedError


# The library looks at the annotations of commands at run time: this is there then, too.
Interaction = discord.Interaction[InteractionClient]
