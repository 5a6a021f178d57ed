"""The bot: Discord's events on one side, the supervisor on the other."""

import logging
from functools import partial
from typing import Any

import discord

from bot.chat.api_errors import kind_of
from bot.chat.avatars import Avatars
from bot.chat.command_tree import RoundtableTree
from bot.chat.commands import RoundtableCommands, ask_this_persona
from bot.chat.courtesies import Courtesies
from bot.chat.guest_messages import RateLimitNotice, as_guest, words_of
from bot.chat.host_rules import HostRules
from bot.chat.interaction import InteractionClient
from bot.chat.own_messages import as_own
from bot.chat.panel import PanelButton
from bot.chat.permissions import NOT_IN_THREAD, TO_HEAR
from bot.chat.place_history import LOST, lacking_in
from bot.chat.privacy_command import ForgetButton
from bot.chat.private_threads import is_shut_out
from bot.chat.session_starts import require_session_start
from bot.chat.webhook_stage import SENT_AWAY, WebhookStage
from bot.chat.webhooks import WebhookRegistry
from bot.discussion.model.record import seats
from bot.library.catalogue import Catalogue
from bot.llm.endpoint_registry import EndpointRegistry
from bot.sessions.composing.limits import Limits
from bot.sessions.delivery.stage import GuestMessage
from bot.sessions.guest_turns import Heard
from bot.sessions.privacy.retention import Retention
from bot.sessions.supervisor import Supervisor
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
        # No cache of messages: every event that is listened to tells all that is needed (on_raw_…, on_message).
        super().__init__(intents=intents, allowed_mentions=discord.AllowedMentions.none(), max_messages=None)
        self.settings = settings
        self.host_rules = HostRules(settings)
        self.catalogue = catalogue
        self.member_data = store.member_data
        self.servers = store.servers
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
        self.tree = RoundtableTree(self)
        self.tree.add_command(RoundtableCommands())
        self.tree.add_command(ask_this_persona)

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
            host_rules=self.host_rules,
            model_of=self._endpoints.model_of,
            sharing=lambda: self.supervisor.under_way[stored.channel_id],
            settings=self.settings,
        )

    # --- from start to end ---

    async def setup_hook(self) -> None:
        await self.webhooks.open()
        self.add_dynamic_items(PanelButton, ForgetButton)
        # Before anything is heard, and before anything that nobody's table needs.
        await self.supervisor.resume_all(self.wait_until_ready)
        up_to_date = partial(self.tree.bring_up_to_date, self._store.remembered)
        self.courtesies.start("bringing the commands up to date", up_to_date)
        # Those of another catalogue may still sit at a table.
        seated = [p for run in self.supervisor.open_sessions() for p in seats(run.session, run.record)]
        self.avatars.upload([*self.catalogue.personas, *seated], self.wait_until_ready)
        self.courtesies.start("the greeting", self._greet)
        self.courtesies.start("deleting what is too old", self._tidy)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        await require_session_start(self)
        await super().before_identify_hook(shard_id, initial=initial)

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
        guest = self._as_guest(message) if runner else None
        if runner and guest and await runner.hear(guest) is Heard.FLOODED:
            self.courtesies.start_once("a reaction", partial(self.rate_limit_notice.tell, message))

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        runner = self.supervisor.find(payload.channel_id)
        # What was said by command stands in a message of ours, which its guest can't edit: that is a pin or the like.
        if runner is None or not runner.has_heard(payload.message_id) or payload.message.author.id == self.me.id:
            return
        guest = self._as_guest(payload.message)
        if guest and guest.fetch and payload.message.edited_at is None:
            return  # a pin or the like: what came as a file is as it was
        # An edit can also turn a message into one that is kept out of the discussion.
        await runner.guest_changed(payload.message_id, await words_of(guest))

    def _as_guest(self, message: discord.Message) -> GuestMessage | None:
        return as_guest(message, me=self.me, owned=self.webhooks.owned, proxies=self.settings.proxy_applications)

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
        # Also called for each server that is there when the bot starts.
        await self.supervisor.listen_again(guild.id)
        await self._keep_host_rules(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self.retention.back(guild.id)
        await self.supervisor.listen_again(guild.id)
        await self._keep_host_rules(guild)

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
        await self._keep_host_rules(after.guild)

    async def on_guild_role_update(self, _: discord.Role, after: discord.Role) -> None:
        await self._recheck_permissions(after.guild)

    async def _keep_host_rules(self, guild: discord.Guild) -> None:
        """Leave a server that the host does not allow; pause its tables, and those in a channel where none may be."""
        if not self.host_rules.allows_server(guild.id):
            self.courtesies.start(f"leaving the server {guild.id}", partial(self.host_rules.leave, guild))
        for runner in self.supervisor.open_sessions(guild.id):
            against = self.host_rules.against(guild, runner.stored.channel_id)
            if against and runner.status is Status.RUNNING:
                await runner.hold(against, Fault.PLACE)

    async def on_member_update(self, _: discord.Member, after: discord.Member) -> None:
        # Of its own roles the bot is told without the privileged intent for members:
        # https://discord.com/developers/docs/events/gateway-events#guild-member-update
        if after.id == self.me.id:
            await self._recheck_permissions(after.guild)

    async def _recheck_permissions(self, guild: discord.Guild) -> None:
        """Permissions have changed: where the bot sees no channel it hears nobody."""
        for runner in self.supervisor.open_sessions(guild.id):
            if TO_HEAR.isdisjoint(lacking_in(self, runner.stored)):
                await runner.catch_up()
            else:
                runner.mark_gap()

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self.supervisor.place_gone(channel.id)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        # Whoever is taken out of a private thread may be told so, too, as if it were gone.
        if payload.thread_type is discord.ChannelType.private_thread and await self._is_there(payload):
            await self._shut_out(payload.thread_id)
        else:
            await self.supervisor.place_gone(payload.thread_id)

    async def _is_there(self, payload: discord.RawThreadDeleteEvent) -> bool:
        if payload.thread is not None and is_shut_out(payload.thread):
            return True  # of what becomes of it now the bot is told nothing
        try:
            await self.fetch_channel(payload.thread_id)
        except discord.NotFound:
            return False
        except (discord.HTTPException, *LOST) as error:
            log.info("whether thread %s is there is left open: %s", payload.thread_id, kind_of(error))
        return True

    async def on_thread_remove(self, thread: discord.Thread) -> None:
        # Of a public one the bot need not be a member. The library goes on to take it for one.
        thread.me = None
        if is_shut_out(thread):
            await self._shut_out(thread.id)

    async def _shut_out(self, thread_id: int) -> None:
        """Nobody is heard in this thread any more; our webhook would still work there."""
        if runner := self.supervisor.find(thread_id):
            runner.mark_gap()
            if runner.status is Status.RUNNING:
                await runner.hold(NOT_IN_THREAD, Fault.PLACE)

    async def on_thread_join(self, thread: discord.Thread) -> None:
        await self.supervisor.listen_again(thread.guild.id, thread.id)

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
