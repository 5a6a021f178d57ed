"""Members' reactions to what stands in a table's place, as the gateway tells of them."""

import discord

from bot.chat.commands.answering.interaction import InteractionClient
from bot.chat.hearing.chimers import may_chime_in
from bot.discussion.model.reactions import says
from bot.store.models import StoredSession


class ReactionEvents(InteractionClient):
    """The part of the bot that hears of them. Where no table is open nothing is looked up for one."""

    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        runner, emoji = self.supervisor.find(payload.channel_id), payload.emoji
        if runner is None or not _counts(payload.member, runner.stored):
            return
        liked = says(emoji.name or "", is_custom=emoji.is_custom_emoji())
        if liked is not None:
            await runner.room.reacted(payload.message_id, payload.user_id, _key(emoji), liked=liked)

    async def on_raw_reaction_remove(self, payload: discord.RawReactionActionEvent) -> None:
        if runner := self.supervisor.find(payload.channel_id):
            await runner.room.taken_back(payload.message_id, member_id=payload.user_id, emoji=_key(payload.emoji))

    async def on_raw_reaction_clear_emoji(self, payload: discord.RawReactionClearEmojiEvent) -> None:
        if runner := self.supervisor.find(payload.channel_id):
            await runner.room.taken_back(payload.message_id, emoji=_key(payload.emoji))

    async def on_raw_reaction_clear(self, payload: discord.RawReactionClearEvent) -> None:
        if runner := self.supervisor.find(payload.channel_id):
            await runner.room.taken_back(payload.message_id)


def _counts(member: discord.Member | None, stored: StoredSession) -> bool:
    """Whether a reaction is one of the audience's: of somebody who may chime in, and of no bot. Of whom Discord does
    not tell, nobody knows."""
    return member is not None and not member.bot and bool(may_chime_in(stored.chimers, member))


def _key(emoji: discord.PartialEmoji) -> str:
    # A server's own may be renamed, or told without a name once it is deleted.
    return str(emoji.id or emoji.name)
