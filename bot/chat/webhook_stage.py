"""The stage in a Discord channel or thread: turns through its webhook, everything else as the bot itself."""

import contextlib
import logging
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Final

import discord

from bot.chat.cards import bot_messages as cards
from bot.chat.cards.ending_card import SUMMARY_LIMIT
from bot.chat.posting.avatars import Avatars
from bot.chat.posting.conveners import Conveners
from bot.chat.posting.courtesies import Courtesies
from bot.chat.posting.least_pause import least_pause
from bot.chat.posting.own_posts import OwnPosts
from bot.chat.posting.place_history import LOST, PlaceHistory, lacking_in
from bot.chat.posting.shown_panel import ShownPanel
from bot.chat.posting.table_files import place_names
from bot.chat.posting.vote_cards import VoteCards
from bot.chat.posting.webhooks import WebhookRegistry, own_queue
from bot.chat.rules.api_errors import ASLEEP, MISSING_PERMISSIONS, UNKNOWN_CHANNEL, explain
from bot.chat.rules.host_rules import HostRules
from bot.chat.rules.notifying import is_silent
from bot.chat.rules.permissions import NOT_IN_THREAD, TO_HEAR, please_grant
from bot.chat.rules.private_threads import can_read
from bot.chat.text.host_details import HostDetails
from bot.chat.text.sentences import sentence, small
from bot.chat.text.split import MESSAGE_LIMIT, split_text
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import MINORITY_FLAG, Turn
from bot.discussion.model.steerings import (
    PollClosed,
    PollOpened,
    PositionsRevealed,
    QuestionPut,
    Steering,
    TurnsChanged,
)
from bot.library.name_rules import safe_name
from bot.minutes.account import PlaceNames
from bot.sessions.delivery.notices import Notice
from bot.sessions.delivery.stage import (
    GuestMessage,
    OutcomeUnknown,
    OwnMessage,
    PostRejected,
    RejectReason,
    StatusReport,
)
from bot.settings import Notify, Settings
from bot.store.models import Post, PostKind, StoredSession
from bot.store.store import Store

log = logging.getLogger(__name__)

_NO_PING = discord.AllowedMentions.none()
# What of the moderator's is a card of its own.
_CARD_OF: Final[Mapping[type, PostKind]] = {
    PositionsRevealed: PostKind.POSITIONS,
    PollOpened: PostKind.VOTE,
    PollClosed: PostKind.RESULT,
}
SENT_AWAY = "I was removed from the server."


def _begins_anew(steering: Steering | None) -> bool:
    return isinstance(steering, QuestionPut) or (isinstance(steering, TurnsChanged) and steering.goes_on)


class WebhookStage:
    """Shows one session in its place."""

    def __init__(
        self,
        stored: StoredSession,
        client: discord.Client,
        *,
        store: Store,
        webhooks: WebhookRegistry,
        avatars: Avatars,
        courtesies: Courtesies,
        host_rules: HostRules,
        sharing: Callable[[], int],
        settings: Settings,
        conveners: Conveners,
    ) -> None:
        """`sharing`: how many tables are under way in the channel and its threads, this one with them."""
        self._stored = stored
        self._client = client
        self._webhooks = webhooks
        self._avatars = avatars
        self._courtesies = courtesies
        self._conveners = conveners
        self._host_rules = host_rules
        self._host = HostDetails.of(settings)
        self._notify: Notify = settings.notify
        self._sharing = sharing
        self._turn: int | None = None  # the last that was posted, in how many messages
        self._messages = 0
        self._place = client.get_partial_messageable(stored.place_id, guild_id=stored.guild_id)
        self._thread = stored.place_id if stored.place_id != stored.channel_id else None
        self._votes = VoteCards(stored, self._place, store=store, courtesies=courtesies)
        self._history = PlaceHistory(stored, client, self._place, webhooks, settings.proxy_applications)
        self._panel = ShownPanel(stored, self._place, store=store, courtesies=courtesies)
        self._own_posts = OwnPosts(
            stored, client, self._panel, self._votes, store=store, avatars=avatars, host=self._host
        )

    @property
    def min_pace(self) -> float:
        return least_pause(self._sharing(), self._messages)

    # --- what a turn looks like ---

    def split(self, turn: Turn, persona: Persona | None) -> list[Post]:
        if card := _CARD_OF.get(type(turn.steering)):
            return [Post(card, turn_seq=turn.seq)]
        if turn.kind == "moderator" or persona is None:
            text = "" if self._is_title(turn.steering) else cards.moderator_line(turn)
            shown = [Post(PostKind.NOTICE, piece, turn_seq=turn.seq) for piece in split_text(text)]
            # Behind each question comes the panel, with it or not at all; so it does where a closed table goes on.
            return [*shown, Post(PostKind.PANEL)] if _begins_anew(turn.steering) else shown
        is_summary = turn.kind == "summary"
        kind, limit = (PostKind.SUMMARY, SUMMARY_LIMIT) if is_summary else (PostKind.TURN, MESSAGE_LIMIT)
        avatar = self._avatars.url(persona)
        text = f"{small('Minority report')}\n{turn.text}" if MINORITY_FLAG in turn.flags else turn.text
        return [
            Post(kind, piece, username=persona.full_name, avatar=avatar, turn_seq=turn.seq)
            for piece in split_text(text, limit)
        ]

    def _is_title(self, steering: Steering | None) -> bool:
        """Whether a question that is put stands on the opening card already, as its title."""
        task = self._stored.session.task
        is_first = isinstance(steering, QuestionPut) and not steering.again and steering.question == task.questions[0]
        return is_first and task.is_called_by_question

    def sentence(self, notice: Notice) -> str:
        return sentence(notice, self._host)

    def names(self) -> PlaceNames:
        return place_names(self._client, self._stored, self._conveners.name(self._stored.guild_id, self._convener_id))

    @property
    def _convener_id(self) -> int:
        """0: whoever that was asked to be forgotten."""
        report = self._panel.report
        return report.convener_id if report else self._stored.convener_id

    def safe_name(self, name: str) -> str:
        return safe_name(name)

    # --- showing ---

    async def send(self, post: Post) -> int:
        if against := self._host_rules.against_table(self._client, self._stored):
            raise PostRejected(RejectReason.BLOCKED, against)
        try:
            if post.by_webhook:
                with own_queue():
                    return await self._send_turn(post)
            # Post numbers begin anew with a new database, and go back with one that is put back from a copy; what was
            # seen in the place before the post does neither. Discord takes 25 characters.
            nonce = f"{post.after_id:x}-{post.id:x}"
            silent = is_silent(post.kind, self._notify)
            shown = await self._own_posts.drawn(post)
            message = await self._place.send(allowed_mentions=_NO_PING, nonce=nonce, silent=silent, **shown)
            return message.id
        except discord.HTTPException as error:
            raise self._explained(error) from error
        except LOST as error:
            raise OutcomeUnknown(type(error).__name__) from error

    async def _send_turn(self, post: Post) -> int:
        guild = self._client.get_guild(self._stored.guild_id)
        if guild is None:
            # The webhook may still work.
            raise PostRejected(RejectReason.BLOCKED, SENT_AWAY)
        # The same: the table would talk on where the bot hears nobody.
        if deaf := [name for name in self._lacking() if name in TO_HEAR]:
            raise PostRejected(RejectReason.BLOCKED, please_grant(deaf))
        if self._thread and not await can_read(self._client, self._thread, guild.get_thread(self._thread)):
            raise PostRejected(RejectReason.BLOCKED, NOT_IN_THREAD)
        hook = await self._webhooks.of(self._stored.channel_id)
        self._turn, self._messages = post.turn_seq, self._messages + 1 if post.turn_seq == self._turn else 1
        try:
            message = await hook.send(
                post.content,
                username=post.username or discord.utils.MISSING,
                avatar_url=post.avatar,
                allowed_mentions=_NO_PING,
                suppress_embeds=True,
                silent=is_silent(post.kind, self._notify),
                thread=discord.Object(self._thread) if self._thread else discord.utils.MISSING,
                wait=True,
            )
        except discord.NotFound as error:
            if self._thread is None or error.code != UNKNOWN_CHANNEL:
                raise
            # A webhook that was moved does not know our thread. Raises the same once more if the thread is gone.
            await self._client.fetch_channel(self._thread)
            raise PostRejected(RejectReason.WEBHOOK_GONE, "The webhook was moved to another channel.") from error
        if message.channel.id not in (self._stored.channel_id, self._stored.place_id):
            # Somebody moved our webhook to another channel: take the stray away and begin anew.
            with contextlib.suppress(
                discord.HTTPException, OutcomeUnknown
            ):  # whatever becomes of it, the next goes home
                await message.delete()
            raise PostRejected(RejectReason.WEBHOOK_GONE, "The webhook was moved to another channel.")
        return message.id

    async def renew(self) -> None:
        await self._webhooks.retire(self._stored.channel_id)
        try:
            await self._webhooks.of(self._stored.channel_id)
        except discord.HTTPException as error:
            raise explain(error, self._lacking()) from error
        except LOST as error:
            raise OutcomeUnknown(type(error).__name__) from error

    async def wake(self) -> None:
        try:
            # Discord asks for the permission to send messages, unless the thread is locked.
            place = await self._client.fetch_channel(self._stored.place_id)
            if isinstance(place, discord.Thread):
                await place.edit(archived=False)
        except discord.HTTPException as error:
            if error.code == MISSING_PERMISSIONS and not self._lacking():
                # One that is locked as well only moderators wake.
                raise PostRejected(RejectReason.ASLEEP, ASLEEP) from error
            raise self._explained(error) from error
        except LOST as error:
            raise OutcomeUnknown(type(error).__name__) from error

    async def remove(self, message: OwnMessage) -> None:
        try:
            if message.by_webhook:
                hook = await self._webhooks.of(self._stored.channel_id)
                thread = discord.Object(self._thread) if self._thread else discord.utils.MISSING
                # To a webhook the messages of one that it has replaced are not there: those need a permission.
                with own_queue(), contextlib.suppress(discord.NotFound):
                    await hook.delete_message(message.id, thread=thread)
                    return
            await self._place.get_partial_message(message.id).delete()
        except discord.NotFound:
            return
        except discord.HTTPException as error:
            raise self._explained(error) from error
        except LOST as error:
            raise OutcomeUnknown(type(error).__name__) from error

    async def redraw(self, post: Post) -> None:
        if post.message_id is None:
            return  # it is drawn when it is sent
        try:
            shown = await self._own_posts.drawn(post)
            message = self._place.get_partial_message(post.message_id)
            await message.edit(view=shown["view"], allowed_mentions=_NO_PING)
        except discord.NotFound:
            return  # somebody has deleted it meanwhile
        except discord.HTTPException as error:
            raise self._explained(error) from error
        except LOST as error:
            raise OutcomeUnknown(type(error).__name__) from error

    # --- looking ---

    async def sent_since(self, after_id: int) -> list[OwnMessage]:
        return await self._history.sent_since(after_id)

    async def heard_since(self, after_id: int) -> list[GuestMessage]:
        return await self._history.heard_since(after_id)

    def id_at(self, when: datetime) -> int:
        return discord.utils.time_snowflake(when)

    async def said_of(self, message_ids: Collection[int]) -> dict[int, str | None]:
        return await self._history.said_of(message_ids)

    def _lacking(self) -> list[str]:
        return lacking_in(self._client, self._stored)

    def _explained(self, error: discord.HTTPException) -> PostRejected | OutcomeUnknown:
        return explain(error, self._lacking(), in_thread=self._thread is not None)

    # --- the rest ---

    async def show_typing(self, persona: Persona) -> None:
        # However long it takes and whatever goes wrong with it, the turn matters more.
        self._courtesies.start_once("typing", self._type)

    async def _type(self) -> None:
        await self._place.typing()

    def adopt_panel(self, message_id: int, *, instead_of: Collection[int] = ()) -> None:
        self._panel.adopt(message_id, instead_of=instead_of)

    def expect(self, report: StatusReport) -> None:
        self._panel.report = report

    async def refresh(self, report: StatusReport) -> None:
        self._conveners.look_up(self._stored.guild_id, self._convener_id)
        self._votes.bring_up_to_date()
        self._panel.refresh(report)

    async def tell_convener(self, sentence: str) -> None:
        try:
            silent = is_silent(PostKind.NOTICE, self._notify)
            await self._place.send(sentence, allowed_mentions=_NO_PING, silent=silent)
        except (discord.DiscordException, *LOST):
            about = f"About the table in <#{self._stored.place_id}>: {sentence}"
            await self._conveners.write(self._convener_id, about)
