"""What the bot shows of a table as itself (cards, notices, minutes), drawn when it is sent."""

import io
from typing import Any, Final

import discord

from bot.chat.cards.debate_card import swing_card
from bot.chat.cards.ending_card import closing_row, figures, summary_card
from bot.chat.cards.opening_card import opening_card
from bot.chat.cards.poll_card import positions_card, result_card
from bot.chat.posting.avatars import Avatars
from bot.chat.posting.shown_panel import ShownPanel
from bot.chat.posting.table_files import minutes_name
from bot.chat.posting.vote_cards import VoteCards
from bot.chat.text.host_details import HostDetails
from bot.discussion.model.polls import poll_of
from bot.discussion.model.positions import positions
from bot.discussion.model.record import Record
from bot.discussion.model.steerings import PollClosed, SeatAdded
from bot.discussion.moderation.formats.table import format_of
from bot.store.models import Post, PostKind, StoredSession
from bot.store.schema import now
from bot.store.store import Store

_MESSAGE_URL: Final = "https://discord.com/channels/{}/{}/{}"


class OwnPosts:
    """Those of one session."""

    def __init__(
        self,
        stored: StoredSession,
        client: discord.Client,
        panel: ShownPanel,
        votes: VoteCards,
        *,
        store: Store,
        avatars: Avatars,
        host: HostDetails,
    ) -> None:
        self._stored = stored
        self._client = client
        self._panel = panel
        self._votes = votes
        self._store = store
        self._avatars = avatars
        self._host = host

    async def drawn(self, post: Post) -> dict[str, Any]:
        """What a post is sent with."""
        match post.kind:
            case PostKind.CARD:
                return {"view": self._opening_card()}
            case PostKind.PANEL if view := self._panel.to_send():
                return {"view": view}
            case PostKind.VOTE:
                return await self._votes.drawn(post)
            case PostKind.POSITIONS | PostKind.RESULT:
                return {"view": await self._of_a_poll(post)}
            case PostKind.SUMMARY:
                told = (await self._figures(post), await self._result(post))
                return {"view": summary_card(post.content, post.username or "", post.avatar, *told)}
            case PostKind.MINUTES if post.attachment:
                stored = await self._whose(post)
                file = discord.File(io.BytesIO(post.attachment.encode()), filename=minutes_name(stored, post))
                row = closing_row(
                    stored.id, await self._start_url(stored), has_clock=format_of(stored.session).has_clock
                )
                return {"content": post.content, "file": file, "view": row}
            case _:
                return {"content": post.content, "suppress_embeds": True}

    def _opening_card(self) -> discord.ui.LayoutView:
        return opening_card(
            self._stored.session,
            session_id=self._stored.id,
            can_read=self._client.intents.message_content,
            emoji=self._avatars.emoji,
            chimers=self._stored.chimers,
            host=self._host,
        )

    async def _of_a_poll(self, post: Post) -> discord.ui.LayoutView:
        """Positions, or the result of a vote."""
        record = await self._store.record(post.session_id or self._stored.id)
        turn = record.turns[(post.turn_seq or 0) - 1]
        if isinstance(turn.steering, PollClosed) and (poll := poll_of(record, turn.steering.poll)):
            before = poll_of(record, turn.steering.compared)
            return swing_card(before, poll, record) if before else result_card(poll, turn)
        session = (await self._whose(post)).session
        joined = [steering.persona for _, steering in record.steerings() if isinstance(steering, SeatAdded)]
        faces = {persona.name: self._avatars.url(persona) for persona in (*session.cast, *joined)}
        return positions_card(positions(record), session.task.options, faces)

    async def _result(self, post: Post) -> str | None:
        """What came of the vote before a summary, below its last piece; None where there was none."""
        if not format_of(self._stored.session).has_polls or not await self._is_last_piece(post):
            return None
        record = await self._store.record(self._stored.id)
        results = [turn.text for turn in record if turn.kind == "result" and turn.seq < (post.turn_seq or 0)]
        return next((text.splitlines()[0] for text in reversed(results) if text), None)

    async def _is_last_piece(self, post: Post) -> bool:
        """Whether a piece of a summary is its last; of an earlier session nobody knows it any more."""
        if await self._whose(post) is not self._stored:
            return False
        posts = await self._store.posts.of_session(self._stored.id, PostKind.SUMMARY)
        pieces = [piece for piece in posts if piece.turn_seq == post.turn_seq]
        return not pieces or pieces[-1].id == post.id

    async def _whose(self, post: Post) -> StoredSession:
        """The session of a post: what an earlier one in this place has left over is shown here as well."""
        is_own = post.session_id in (0, self._stored.id)
        return self._stored if is_own else await self._store.session(post.session_id) or self._stored

    async def _figures(self, post: Post) -> str | None:
        """How much was said, below the last piece of a summary."""
        if not await self._is_last_piece(post):
            return None
        record = await self._store.record(self._stored.id)
        until_then = Record(record.turns[: post.turn_seq])
        return figures(until_then, (post.created_at or now()) - self._stored.created_at)

    async def _start_url(self, stored: StoredSession) -> str | None:
        """Where a session's opening card is, None if it was not shown."""
        cards = await self._store.posts.of_session(stored.id, PostKind.CARD)
        card = next((card.message_id for card in cards if card.message_id), None)
        return _MESSAGE_URL.format(stored.guild_id, stored.place_id, card) if card else None
