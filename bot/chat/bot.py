"""The bot: Discord's events on one side, the supervisor on the other."""

import logging
from functools import partial
from typing import Any

import discord
from discord import app_commands

from bot.chat.avatars import Avatars
from bot.chat.commands import RoundtableCommands, ask_this_persona
from bot.chat.courtesies import Courtesies
from bot.chat.guest_messages import RateLimitNotice, as_guest
from bot.chat.interaction import InteractionClient
from bot.chat.own_messages import as_own
from bot.chat.panel import PanelButton
from bot.chat.privacy_command import ForgetButton
from bot.chat.responses import apologise
from bot.chat.webhook_stage import SENT_AWAY, WebhookStage
from bot.chat.webhooks import WebhookRegistry
from bot.library.catalogue import Catalogue
from bot.llm.endpoint_registry import EndpointRegistry
from bot.sessions.composing.limits import Limits
from bot.sessions.privacy.retention import Retention
from bot.sessions.supervisor import Supervisor
from bot.sessions.turn_log import Heard
from bot.settings import Settings
from bot.store.models import Fault, Status, StoredSession
from bot.store.store import Store

log = logging.getLogger(__name__)


def needed_intents(*, message_content: bool) -> discord.Intents:
    """The intents the bot asks for. Message Content is the only privileged one, and the bot lives without it."""
    intents = discord.Intents.none()
    intents.guilds = intents.guild_messages = True
    intents.message_content = message_content
    return intents


class RoundtableBot(InteractionClient):
    """The Discord client. Closing it ends every loop; the sessions go on at the next start."""

    def __init__(
        self,
        settings: Settings,
        *,
        catalogue: Catalogue,
        store: Store,
        endpoints: EndpointRegistry,
        intents: discord.Intents,
    ) -> None:
        super().__init__(intents=intents, allowed_mentions=discord.AllowedMentions.none())
        self.settings = settings
        self.catalogue = catalogue
        self.member_data = store.member_data
        self._store = store
        self._endpoints = endpoints
        self.courtesies = Courtesies()
        self.webhooks = WebhookRegistry(self, store, self.courtesies)
        self.avatars = Avatars(self, self.courtesies)
        self.rate_limit_notice = RateLimitNotice()
        self.supervisor = Supervisor(
            store,
            endpoints,
            self.stage_of,
            max_tokens=settings.llm_max_tokens,
            limits=Limits.of(settings),
        )
        self.retention = Retention(
            store,
            self.supervisor.drop_server,
            keep_days=settings.retention_days,
            grace_days=settings.leave_grace_days,
            keeps_promises="retention_days" not in settings.model_fields_set,
        )
        self.tree = app_commands.CommandTree(self)
        self.tree.add_command(RoundtableCommands())
        self.tree.add_command(ask_this_persona)
        self.tree.on_error = apologise  # type: ignore[method-assign]

    @property
    def me(self) -> discord.ClientUser:
        """The bot's own user. Only after login."""
        assert self.user is not None
        return self.user

    def stage_of(self, stored: StoredSession) -> WebhookStage:
        """Where a session is shown."""
        return WebhookStage(
            stored,
            self,
            store=self._store,
            webhooks=self.webhooks,
            avatars=self.avatars,
            courtesies=self.courtesies,
            model_of=self._endpoints.model_of,
            notify=self.settings.notify,
            sharing=lambda: self.supervisor.under_way[stored.channel_id],
        )

    # --- from start to end ---

    async def setup_hook(self) -> None:
        await self.webhooks.open()
        self.add_dynamic_items(PanelButton, ForgetButton)
        # Before anything is heard, and before anything that nobody's table needs.
        await self.supervisor.resume_all(self.wait_until_ready)
        self.courtesies.start("bringing the commands up to date", self.tree.sync)
        self.avatars.upload(self.catalogue.personas)
        self.courtesies.start("the greeting", self._greet)
        self.courtesies.start("deleting what is too old", self._tidy)

    async def _greet(self) -> None:
        await self.wait_until_ready()
        log.info("ready as %s in %d server%s", self.me, len(self.guilds), "" if len(self.guilds) == 1 else "s")
        if not self.intents.message_content:
            log.warning("the Message Content intent is off: guests chime in with `/roundtable say`")

    async def _tidy(self) -> None:
        # Which servers the bot is in is known only then.
        await self.wait_until_ready()
        await self.retention.run(lambda: [guild.id for guild in self.guilds])

    async def close(self) -> None:
        if self.is_closed():
            return
        await self.supervisor.shutdown()
        await self.courtesies.aclose()
        try:
            await super().close()
        finally:
            await self.webhooks.aclose()

    # --- what is heard ---

    async def on_message(self, message: discord.Message) -> None:
        channel = message.channel
        parent_id = channel.parent_id if isinstance(channel, discord.Thread) else channel.id
        if seen := as_own(message, parent_id, me=self.me, owned=self.webhooks.owned):
            await self.supervisor.message_seen(channel.id, seen)
            return
        runner = self.supervisor.find(channel.id)
        guest = as_guest(message, me=self.me, owned=self.webhooks.owned) if runner else None
        if runner and guest and await runner.hear(guest) is Heard.FLOODED:
            self.courtesies.start_once("a reaction", partial(self.rate_limit_notice.tell, message))

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        runner = self.supervisor.find(payload.channel_id)
        # What was said by command stands in a message of ours, which its guest can't edit: that is a pin or the like.
        if runner is None or not runner.has_heard(payload.message_id) or payload.message.author.id == self.me.id:
            return
        guest = as_guest(payload.message, me=self.me, owned=self.webhooks.owned)
        if guest and guest.fetch and payload.message.edited_at is None:
            return  # a pin or the like: what came as a file is as it was
        # An edit can also turn a message into one that is kept out of the discussion.
        await runner.guest_changed(payload.message_id, await guest.words() if guest else "")

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        await self.supervisor.message_gone(payload.channel_id, payload.message_id)

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        for message_id in payload.message_ids:
            await self.supervisor.message_gone(payload.channel_id, message_id)

    # --- what becomes of the connection, the server and its channels ---

    async def on_connect(self) -> None:
        # A new session with the gateway: it does not tell what was said since the last one.
        for runner in self.supervisor.open_sessions():
            runner.mark_gap()

    async def on_ready(self) -> None:
        await self.supervisor.listen_again()

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        for runner in self.supervisor.open_sessions(guild.id):
            runner.mark_gap()

    async def on_guild_available(self, guild: discord.Guild) -> None:
        await self.supervisor.listen_again(guild.id)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.retention.back(guild.id)
        await self.supervisor.listen_again(guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        # Not called when a server is only unavailable.
        await self.retention.left(guild.id)
        # Our webhooks still work there; without this the table would talk on in a server that sent the bot away.
        for runner in self.supervisor.open_sessions(guild.id):
            runner.mark_gap()
            if runner.status is Status.RUNNING:
                await runner.hold(SENT_AWAY, Fault.PLACE)

    async def on_guild_channel_update(self, _: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        await self._recheck_permissions(after.guild)

    async def on_guild_role_update(self, _: discord.Role, after: discord.Role) -> None:
        await self._recheck_permissions(after.guild)

    async def _recheck_permissions(self, guild: discord.Guild) -> None:
        """Permissions have changed: where the bot sees no channel it hears nobody."""
        for runner in self.supervisor.open_sessions(guild.id):
            channel = guild.get_channel(runner.stored.channel_id)
            if channel is None or channel.permissions_for(guild.me).view_channel:
                await runner.catch_up()
            else:
                runner.mark_gap()

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self.supervisor.place_gone(channel.id)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        await self.supervisor.place_gone(payload.thread_id)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        log.exception("error in %s", event_method)


def create_bot(
    settings: Settings,
    *,
    catalogue: Catalogue,
    store: Store,
    endpoints: EndpointRegistry,
    message_content: bool = True,
) -> RoundtableBot:
    """The bot, ready to be started. `message_content`: whether that intent is enabled for the application."""
    intents = needed_intents(message_content=message_content)
    return RoundtableBot(settings, catalogue=catalogue, store=store, endpoints=endpoints, intents=intents)
