"""Whether a table may be opened where somebody asks for one: found out before it is said to be open."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, TypeAlias

import discord

from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.opening_rights import require_channel, require_opener
from bot.chat.posting.place_history import LOST
from bot.chat.rules.api_errors import explain
from bot.chat.rules.open_channels import open_channels
from bot.chat.rules.permissions import in_words, missing
from bot.chat.rules.private_threads import can_read
from bot.discussion.text.segmentation import clipped
from bot.errors import UserError
from bot.sessions.delivery.stage import OutcomeUnknown, PostRejected
from bot.sessions.new_session import OpeningPlace

_OUTAGE: Final = (
    "Discord itself has trouble with this server at the moment, and tells me neither its channels nor its roles. "
    "Try again in a few minutes."
)
_NO_ANSWER: Final = "Discord does not answer me at the moment, so no table was opened. Try again in a minute."
_NOT_HERE: Final = "A table can be opened in a text channel, a thread or a forum, not {there}."
_HERE_IN_WORDS: Final = "this channel"
_IS_TAKEN: Final = "There is a table in {there} already. Choose another place, or a new thread there."
_NO_THREADS: Final = "{} has no threads of its own. Open the table {} itself, or in a thread of a text channel."
_MAY_NOT_WRITE: Final = "You may not write in {there}, so I can't do that for you {here}."
_MAY_NOT_OPEN_THREADS: Final = "You may not open threads in {there}, so I can't do that for you."
_ALL_TAGS_ARE_MODERATED: Final = (
    "Posts in {there} need a tag, and only moderators may give those it has. Have one of them open a post there, and "
    "open the table in it."
)
# https://discord.com/developers/docs/resources/channel#start-thread-without-message
_NAME_LENGTH: Final = 100
_CREATE_THREADS: Final = "Create Public Threads"
_NO_PING: Final = discord.AllowedMentions.none()

Room: TypeAlias = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread
"""Where people write to each other."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where a table is wanted. `channel_id` None: where the command is used. In a forum it gets a post of its own."""

    channel_id: int | None = None
    in_new_thread: bool = False


HERE: Final = Where()


@dataclass(frozen=True, slots=True)
class Ground:
    """A place where a table may be: one that is there, or the channel for a thread that is still to be opened."""

    interaction: Interaction
    channel: Room | discord.ForumChannel
    parent_id: int
    in_new_thread: bool

    async def opened(self, title: str) -> OpeningPlace:
        """The place of the table itself. `title`: of a new thread. Raises UserError if Discord refuses that."""
        asked = self.interaction
        place_id, anchor_id = self.channel.id, asked.id
        if self.in_new_thread:
            with _refusals_in_words():
                thread = await _new_thread(self.channel, clipped(title, _NAME_LENGTH))
            # A forum's post begins with a message of ours, of this same id, which shows nothing of the table.
            place_id = anchor_id = thread.id
        return OpeningPlace(
            self.channel.guild.id,
            place_id,
            self.parent_id,
            asked.user.id,
            anchor_id,
            is_private=isinstance(self.channel, discord.Thread) and self.channel.is_private(),
            open_channels=open_channels(self.channel.guild),
        )

    async def take_back(self, place: OpeningPlace) -> None:
        """No table came to be after all: take a thread away that was opened for it, as far as the bot may."""
        thread = self.interaction.client.get_channel(place.place_id) if self.in_new_thread else None
        if isinstance(thread, discord.Thread):
            with suppress(discord.HTTPException, *LOST):
                await thread.edit(archived=True)  # whoever opened it may; deleting takes Manage Threads
                await thread.delete()


async def opening_ground(interaction: Interaction, where: Where = HERE) -> Ground:
    """Where a table can be, with the webhook that it needs there. Nothing is shown yet.

    Raises UserError where a table can't be, whoever asks may not open one or not write there, the bot lacks a
    permission, or Discord refuses it the webhook.
    """
    is_here = where.channel_id in (None, interaction.channel_id)
    guild = interaction.guild
    channel = interaction.channel if is_here else guild and guild.get_channel_or_thread(where.channel_id or 0)
    in_thread = isinstance(channel, discord.Thread)
    parent_id = channel.parent_id if isinstance(channel, discord.Thread) else channel and channel.id
    if guild is None or channel is None or parent_id is None:
        raise UserError("A table can only be opened in a server's channel or thread that I can see.")
    if not isinstance(channel, Room | discord.ForumChannel) or _is_gallery(channel):
        raise UserError(_NOT_HERE.format(there=_there(channel, is_here, here="here")))
    in_new_thread = where.in_new_thread or isinstance(channel, discord.ForumChannel)
    there = _there(channel, is_here)
    if in_new_thread and not isinstance(channel, discord.TextChannel | discord.ForumChannel):
        kind = "A thread" if in_thread else "The chat of a voice channel"
        raise UserError(_NO_THREADS.format(kind, "in it"))
    _require_voice(channel, _members(interaction, channel, is_here), there, in_new_thread=in_new_thread)
    if not is_here and not in_new_thread and interaction.client.supervisor.find(channel.id):
        raise UserError(_IS_TAKEN.format(there=there))  # one that is here is told of with what ends it
    if guild.unavailable:
        raise UserError(_OUTAGE)  # neither can be looked up: the mark of a channel, who has which role
    if against := interaction.client.host_rules.against(guild, parent_id):
        raise UserError(against)
    await require_opener(interaction)
    await require_channel(interaction, parent_id)
    with _refusals_in_words():
        # What an interaction says of permissions are those of a thread's parent.
        if isinstance(channel, discord.Thread) and not await can_read(interaction.client, channel.id, channel):
            raise UserError("I am not in this private thread. Mention me in this thread first, then try again.")
    mine = interaction.app_permissions if is_here else channel.permissions_for(guild.me)
    if lacking := _lacking(channel, mine, in_new_thread=in_new_thread):
        raise UserError(
            f"I am missing {in_words(lacking)} in {there}. Please have an admin grant "
            f"{'it' if len(lacking) == 1 else 'them'} to me, then try again."
        )
    if isinstance(channel, discord.ForumChannel) and channel.flags.require_tag and not _tags(channel):
        raise UserError(_ALL_TAGS_ARE_MODERATED.format(there=there))
    with _refusals_in_words():
        # Without it no turn is ever shown, and some refusals come with it only.
        await interaction.client.webhooks.of(parent_id)
    return Ground(interaction, channel, parent_id, in_new_thread)


def _there(channel: object, is_here: bool, here: str = _HERE_IN_WORDS) -> str:
    return here if is_here or not isinstance(channel, discord.abc.Snowflake) else f"<#{channel.id}>"


def _is_gallery(channel: object) -> bool:
    """Whether it is a media channel, whose posts begin with a picture."""
    return isinstance(channel, discord.ForumChannel) and channel.is_media()


def _members(interaction: Interaction, channel: Room | discord.ForumChannel, is_here: bool) -> discord.Permissions:
    """What whoever asks may do there."""
    if is_here:
        return interaction.permissions
    member = interaction.user
    return channel.permissions_for(member) if isinstance(member, discord.Member) else discord.Permissions.none()


def _require_voice(
    channel: Room | discord.ForumChannel, may: discord.Permissions, there: str, *, in_new_thread: bool
) -> None:
    """Raise UserError for a member who may not write there: neither may the bot do so for them."""
    is_text = isinstance(channel, discord.TextChannel)
    in_thread = isinstance(channel, discord.Thread) or (in_new_thread and is_text)
    # Whoever uses a command in a channel sees it.
    is_seen = there == _HERE_IN_WORDS or may.view_channel
    if not is_seen or not (may.send_messages_in_threads if in_thread else may.send_messages):
        here = "here" if there == _HERE_IN_WORDS else "there"
        raise UserError(_MAY_NOT_WRITE.format(there=there, here=here))
    if in_new_thread and is_text and not may.create_public_threads:
        raise UserError(_MAY_NOT_OPEN_THREADS.format(there=there))


def _lacking(channel: Room | discord.ForumChannel, mine: discord.Permissions, *, in_new_thread: bool) -> list[str]:
    """What the bot needs there and lacks."""
    in_voice = isinstance(channel, discord.VoiceChannel | discord.StageChannel)
    lacking = missing(mine, in_thread=in_new_thread or isinstance(channel, discord.Thread), in_voice=in_voice)
    if not in_new_thread or not mine.view_channel:
        return lacking
    if isinstance(channel, discord.ForumChannel):
        # What opens a post is called otherwise in a forum's settings.
        return lacking if mine.send_messages else [*lacking, "Create Posts"]
    return lacking if mine.create_public_threads else [*lacking, _CREATE_THREADS]


async def _new_thread(channel: Room | discord.ForumChannel, name: str) -> discord.Thread:
    if isinstance(channel, discord.ForumChannel):
        opened = await channel.create_thread(
            name=name,
            content=f"A table on: **{discord.utils.escape_markdown(name)}**",
            applied_tags=_tags(channel)[:1] if channel.flags.require_tag else [],
            allowed_mentions=_NO_PING,
        )
        return opened.thread
    assert isinstance(channel, discord.TextChannel)
    kind = discord.ChannelType.news_thread if channel.is_news() else discord.ChannelType.public_thread
    return await channel.create_thread(name=name, type=kind)


def _tags(forum: discord.ForumChannel) -> list[discord.ForumTag]:
    """Those that everybody may give a post."""
    return [tag for tag in forum.available_tags if not tag.moderated]


@contextmanager
def _refusals_in_words() -> Iterator[None]:
    """Around what is asked of Discord: a refusal, or an answer that is lost, becomes a UserError."""
    try:
        yield
    except discord.HTTPException as error:
        match explain(error, []):
            case OutcomeUnknown():
                raise UserError(_NO_ANSWER) from error
            case PostRejected(sentence=sentence):
                raise UserError(sentence) from error
    except LOST as error:
        raise UserError(_NO_ANSWER) from error
