"""What becomes of the connection, of servers and of their channels, and what that means to the tables there."""

import logging
from contextlib import suppress
from functools import partial

import discord

from bot.chat.commands.answering.interaction import InteractionClient
from bot.chat.commands.members.guide_commands import place_for_welcome, welcome
from bot.chat.posting.courtesies import Courtesies
from bot.chat.posting.place_history import LOST, lacking_in
from bot.chat.rules.api_errors import kind_of
from bot.chat.rules.permissions import NOT_IN_THREAD, TO_HEAR
from bot.chat.rules.private_threads import can_read, is_shut_out
from bot.chat.sharding import ShardedClient, shard_of
from bot.chat.webhook_stage import SENT_AWAY
from bot.sessions.privacy.retention import Retention
from bot.sessions.session_runner import SessionRunner
from bot.store.models import Fault, Status, StoredSession

log = logging.getLogger(__name__)


class ServerEvents(InteractionClient, ShardedClient):
    """The part of the bot that hears of these; whoever makes the bot sets what it needs."""

    courtesies: Courtesies
    retention: Retention

    # Not `on_connect` and `on_ready`: the one does not say of which shard, the other comes when all are there and not
    # again for one that begins a new session.

    async def on_shard_connect(self, shard_id: int) -> None:
        await super().on_shard_connect(shard_id)
        # A new session with the gateway: it does not tell what was said since the last one.
        for runner in self._at_shard(shard_id):
            runner.mark_gap()

    async def on_shard_ready(self, shard_id: int) -> None:
        await super().on_shard_ready(shard_id)
        await self.supervisor.listen_again(self._at_shard(shard_id))

    def _at_shard(self, shard_id: int) -> list[SessionRunner]:
        sessions = self.supervisor.open_sessions()
        return [run for run in sessions if shard_of(run.stored.guild_id, self.shard_count) == shard_id]

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        for runner in self.supervisor.open_sessions(guild.id):
            runner.mark_gap()

    async def on_guild_available(self, guild: discord.Guild) -> None:
        # Also called for each server that is there when the bot starts.
        await self.supervisor.listen_again(self.supervisor.open_sessions(guild.id))
        await self._keep_host_rules(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        log.info("joined the server %s; servers now: %s", guild.id, len(self.guilds))
        await self.retention.back(guild.id)
        await self.supervisor.listen_again(self.supervisor.open_sessions(guild.id))
        await self._keep_host_rules(guild)
        if self.host_rules.allows_server(guild.id) and (channel := place_for_welcome(guild)):
            self.courtesies.start_once("the welcome", partial(self._welcome, channel))

    async def _welcome(self, channel: discord.TextChannel) -> None:
        if await self.store.last_sessions(channel.guild.id, 1):
            return  # they know what a table is, and one may be open where the card would stand
        await channel.send(view=welcome(self), allowed_mentions=discord.AllowedMentions.none())

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        # Not called when a server is only unavailable.
        log.info("no longer in the server %s; servers now: %s", guild.id, len(self.guilds))
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

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        # The library leaves it with its members, who then seem to keep what a channel allows it.
        with suppress(ValueError):
            role.guild.me._roles.remove(role.id)
        await self._recheck_permissions(role.guild)

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
        if after == after.guild.me:
            await self._recheck_permissions(after.guild)

    async def _recheck_permissions(self, guild: discord.Guild) -> None:
        """Permissions have changed: where the bot sees no channel, or may not look into a thread, it hears nobody."""
        for runner in self.supervisor.open_sessions(guild.id):
            if TO_HEAR.isdisjoint(lacking_in(self, runner.stored)) and await self._may_look_into(runner.stored):
                await runner.catch_up()
            else:
                runner.mark_gap()

    async def _may_look_into(self, stored: StoredSession) -> bool:
        guild = self.get_guild(stored.guild_id)
        thread = guild.get_thread(stored.place_id) if guild else None
        if thread is None:
            return True  # no thread, or one that is archived: nobody is heard there before it wakes up
        try:
            return await can_read(self, thread.id, thread)
        except (discord.HTTPException, *LOST) as error:
            log.info("whether thread %s can be read is left open: %s", thread.id, kind_of(error))
            return True

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
        if runner := self.supervisor.find(thread.id):
            await self.supervisor.listen_again([runner])
