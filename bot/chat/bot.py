"""The bot: Discord's events on one side, the supervisor on the other."""

import logging
from collections.abc import Iterable
from functools import partial
from typing import Any

import discord

from bot.chat.commands.admins import settings_command
from bot.chat.commands.answering.clicks import VerbTable
from bot.chat.commands.answering.command_tree import RoundtableTree
from bot.chat.commands.answering.slow_mode import OneAtATime
from bot.chat.commands.answering.workshop import Workshop
from bot.chat.commands.making import made_things, making
from bot.chat.commands.making.persona_commands import PersonaCommands
from bot.chat.commands.making.task_commands import TaskCommands
from bot.chat.commands.members import guide_commands, history_command, memory_command, privacy_command, voting
from bot.chat.commands.opening import setup_command
from bot.chat.commands.roundtable_commands import RoundtableCommands, menus
from bot.chat.commands.steering import card_verbs, ending_verbs, gallery_commands, message_menus, steer_verbs
from bot.chat.hearing.chimers import Doorkeeper
from bot.chat.hearing.guest_messages import RateLimitNotice, as_guest, words_of
from bot.chat.posting.avatars import Avatars
from bot.chat.posting.conveners import Conveners
from bot.chat.posting.courtesies import Courtesies
from bot.chat.posting.own_messages import as_own
from bot.chat.posting.rate_limit_trace import rate_limit_trace
from bot.chat.posting.webhooks import WebhookRegistry
from bot.chat.reaction_events import ReactionEvents
from bot.chat.reloading import HostFiles
from bot.chat.rules.host_rules import HostRules
from bot.chat.server_events import ServerEvents
from bot.chat.webhook_stage import WebhookStage
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import seats
from bot.library.catalogue import Catalogue
from bot.llm.endpoint_registry import EndpointRegistry
from bot.sessions.composing.limits import Limits
from bot.sessions.composing.trial_line import TrialLines
from bot.sessions.delivery.stage import GuestMessage
from bot.sessions.guest_turns import Heard
from bot.sessions.privacy.retention import Retention
from bot.sessions.supervisor import Supervisor
from bot.settings import Settings, read_settings
from bot.store.migration_copies import drop_old_copies
from bot.store.models import StoredSession
from bot.store.store import Store

log = logging.getLogger(__name__)

# There is nothing to hear at a table: what voice would need is not missing, and no client has to say so.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


def needed_intents(*, message_content: bool, reactions: bool = False) -> discord.Intents:
    """The intents the bot asks for. Message Content is the only privileged one, and the bot lives without it."""
    intents = discord.Intents.none()
    intents.guilds = intents.guild_messages = True
    intents.message_content, intents.guild_reactions = message_content, reactions
    return intents


class RoundtableBot(ReactionEvents, ServerEvents):
    """The Discord client. Closing it ends every loop; the sessions go on at the next start."""

    def __init__(
        self,
        settings: Settings,
        *,
        catalogue: Catalogue,
        store: Store,
        endpoints: EndpointRegistry,
        intents: discord.Intents,
        shard_count: int = 1,
        shard_ids: Iterable[int] | None = None,
    ) -> None:
        # No cache of messages: every event that is listened to tells all that is needed (on_raw_…, on_message).
        super().__init__(
            shard_count=shard_count,
            shard_ids=shard_ids,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            http_trace=rate_limit_trace(),
        )
        self.settings = settings
        self.host_rules = HostRules(settings)
        self.catalogue = catalogue
        self.member_data = store.member_data
        self.servers = store.servers
        self.last_choices = store.last_choices
        self.saying = OneAtATime()
        self.store = store
        self.endpoints = endpoints
        self.model_of = endpoints.model_of
        self.courtesies = Courtesies()
        self.webhooks = WebhookRegistry(self, store, self.courtesies)
        self.avatars = Avatars(self, self.courtesies, store.pictures)
        self.conveners = Conveners(self, self.courtesies)
        self.rate_limit_notice = RateLimitNotice()
        limits = Limits.of(settings)
        self.supervisor = Supervisor(
            store,
            endpoints,
            self.stage_of,
            max_tokens=settings.llm_max_tokens,
            limits=limits,
            has_memory=settings.table_memory,
            reads_room=settings.reactions,
        )
        trial = TrialLines(store.spending, endpoints, limits, max_tokens=settings.llm_max_tokens)
        self.workshop = Workshop.of(store, lambda: self.catalogue, self.avatars, trial)
        self.retention = Retention(
            store,
            self._drop_server,
            keep_days=settings.retention_days,
            grace_days=settings.leave_grace_days,
            keeps_promises="retention_days" not in settings.model_fields_set,
            drop_pictures=self.avatars.drop,
            drop_copies=partial(drop_old_copies, settings.database_file),
        )
        self._host_files = HostFiles(self, read_settings)
        # Each feature's verbs, from the module that does them.
        self.clicks = VerbTable(
            message_menus.VERBS,
            privacy_command.VERBS,
            gallery_commands.VERBS,
            guide_commands.VERBS,
            history_command.VERBS,
            memory_command.VERBS,
            setup_command.VERBS,
            voting.VERBS,
            making.VERBS,
            made_things.VERBS,
            settings_command.VERBS,
            card_verbs.VERBS,
            steer_verbs.VERBS,
            ending_verbs.VERBS,
        )
        self.tree = RoundtableTree(self)
        self.tree.add_command(RoundtableCommands())
        self.tree.add_command(PersonaCommands())
        self.tree.add_command(TaskCommands())
        for menu in menus():
            self.tree.add_command(menu)

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
            store=self.store,
            webhooks=self.webhooks,
            avatars=self.avatars,
            courtesies=self.courtesies,
            host_rules=self.host_rules,
            sharing=lambda: self.supervisor.under_way[stored.channel_id],
            settings=self.settings,
            conveners=self.conveners,
        )

    async def reload(self) -> str:
        return await self._host_files.reload()

    def look_after_portraits(self) -> None:
        """Have the pictures of all who may speak on Discord, sooner or later, and no others."""
        self.avatars.upload(self.who_may_speak(), self.wait_until_ready, leads=self.leads, knows_all=self.owns_all)

    def who_may_speak(self) -> list[Persona]:
        """The catalogue's personas, and those at open tables, who may be another catalogue's."""
        seated = [p for run in self.supervisor.open_sessions() for p in seats(run.session, run.record)]
        return [*self.catalogue.personas, *seated]

    def _drop_server(self, guild_id: int) -> None:
        """Have nothing run or be remembered of a server that is about to be deleted."""
        self.supervisor.drop_server(guild_id)
        self.workshop.catalogues.changed(guild_id)

    # --- from start to end ---

    async def setup_hook(self) -> None:
        await self.webhooks.open()
        # Before anything is heard, and before anything that nobody's table needs.
        await self.supervisor.resume_all(self.wait_until_shard_ready, self.owns)
        up_to_date = partial(self.tree.bring_up_to_date, self.store.remembered) if self.leads else self.tree.look_up
        self.courtesies.start("bringing the commands up to date", up_to_date)
        self.look_after_portraits()
        self.courtesies.start("the greeting", self._greet)
        self.courtesies.start("deleting what is too old", self._tidy)

    async def _greet(self) -> None:
        await self.wait_until_ready()
        log.info(
            "connected as %s (application %s): %s, %s",
            self.me,
            self.application_id,
            _counted(len(self.own_shards), "shard"),
            _counted(len(self.guilds), "server"),
        )
        if not self.intents.message_content:
            log.warning("the Message Content intent is off: guests chime in with `/roundtable say`")

    async def _tidy(self) -> None:
        # Which servers the bot is in is known only then.
        await self.wait_until_ready()
        await self.retention.run(lambda: [guild.id for guild in self.guilds], self.owns, leads=self.leads)

    async def close(self) -> None:
        if self.is_closed():
            return
        try:
            await self.supervisor.shutdown()
        finally:
            await self.courtesies.aclose()
            try:
                await super().close()
            finally:
                await self.webhooks.aclose()

    # --- what is heard ---

    async def on_message(self, message: discord.Message) -> None:
        await self._take_in(message)
        # Only then: showing it takes a while, in which the next message would overtake this one.
        if at_table := self.supervisor.find(message.channel.id):
            await at_table.panel.message_seen(message.id)

    async def _take_in(self, message: discord.Message) -> None:
        """A message of ours is bound, a guest's becomes a turn."""
        channel = message.channel
        parent_id = channel.parent_id if isinstance(channel, discord.Thread) else channel.id
        if seen := as_own(message, parent_id, me=self.me, owned=self.webhooks.owned):
            await self.supervisor.message_seen(channel.id, seen)
            return
        runner = self.supervisor.find(channel.id)
        guest = self._as_guest(message) if runner else None
        if runner is None or guest is None:
            return
        if await runner.hear(Doorkeeper(self, runner.stored).asks(guest, message.author)) is Heard.FLOODED:
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
        edited_at = payload.message.edited_at
        at = discord.utils.time_snowflake(edited_at) if edited_at else 0
        await runner.guest_changed(payload.message_id, await words_of(guest), at)

    def _as_guest(self, message: discord.Message) -> GuestMessage | None:
        return as_guest(message, me=self.me, owned=self.webhooks.owned, proxies=self.settings.proxy_applications)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        await self.supervisor.message_gone(payload.channel_id, payload.message_id)

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        for message_id in payload.message_ids:
            await self.supervisor.message_gone(payload.channel_id, message_id)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        await self.clicks.handle(interaction)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        log.exception("error in %s", event_method)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def create_bot(
    settings: Settings,
    *,
    catalogue: Catalogue,
    store: Store,
    endpoints: EndpointRegistry,
    message_content: bool = True,
    shard_count: int = 1,
    shard_ids: Iterable[int] | None = None,
) -> RoundtableBot:
    """The bot, ready to be started.

    `message_content`: whether that intent is enabled for the application. `shard_count`: how many shards it has in all
    its processes; `shard_ids`: which of them are this process's, by default all.
    """
    return RoundtableBot(
        settings,
        catalogue=catalogue,
        store=store,
        endpoints=endpoints,
        intents=needed_intents(message_content=message_content, reactions=settings.reactions),
        shard_count=shard_count,
        shard_ids=shard_ids,
    )
