"""The votes of one table in its place: each drawn when it is sent, and drawn anew, as a courtesy, once it is over."""

import contextlib
from typing import Any, Final

import discord

from bot.chat.cards.poll_card import closed_poll_card, open_poll_card
from bot.chat.cards.vote_card import closed_vote, open_vote
from bot.chat.posting.courtesies import Courtesies, Courtesy
from bot.discussion.model.ballots import ballot_on
from bot.discussion.model.polls import poll_of
from bot.discussion.moderation.formats.table import format_of
from bot.store.models import Post, PostKind, PostStatus, StoredSession
from bot.store.store import Store

# After a restart: which of the earlier ones tell their result already is not known, older ones do.
_LOOKED_BACK: Final = 2


class VoteCards:
    """One session's. What a card shows is told by the record and the votes alone."""

    def __init__(
        self,
        stored: StoredSession,
        place: discord.PartialMessageable,
        *,
        store: Store,
        courtesies: Courtesies,
    ) -> None:
        self._stored = stored
        self._place = place
        self._store = store
        self._courtesies = courtesies
        self._over = set[int]()  # the posts that tell their result
        self._has_looked = False
        self._editing: Courtesy | None = None

    async def drawn(self, post: Post) -> dict[str, Any]:
        """What to send for the post of a vote."""
        return {"view": await self._card(post.turn_seq or 0)}

    def bring_up_to_date(self) -> None:
        """Have each vote that is over tell its result."""
        if not (self._stored.session.dials.vote or format_of(self._stored.session).has_polls):
            return
        if self._editing is None or self._editing.is_done:
            self._editing = self._courtesies.start(f"the votes of session {self._stored.id}", self._edit)
        else:
            self._editing.hurry()

    async def _edit(self) -> None:
        while over := await self._newly_over():
            for post in over:
                await self._tell_result(post)

    async def _tell_result(self, post: Post) -> None:
        assert post.message_id is not None
        message = self._place.get_partial_message(post.message_id)
        shown = await self._card(post.turn_seq or 0)
        with contextlib.suppress(discord.NotFound):  # somebody has deleted it meanwhile
            await message.edit(view=shown, allowed_mentions=discord.AllowedMentions.none())
        self._over.add(post.id)

    async def _newly_over(self) -> list[Post]:
        votes = await self._store.posts.of_session(self._stored.id, PostKind.VOTE)
        if not self._has_looked:
            self._has_looked = True
            self._over |= {post.id for post in votes[:-_LOOKED_BACK]}
        under_way = await self._store.votes.open_vote(self._stored.id)
        shown = [post for post in votes if post.status is PostStatus.POSTED and post.id not in self._over]
        return [post for post in shown if post.turn_seq != under_way]

    async def _card(self, question_seq: int) -> discord.ui.LayoutView:
        record = await self._store.record(self._stored.id)
        if poll := poll_of(record, question_seq):
            if await self._store.votes.open_vote(self._stored.id) != question_seq:
                return closed_poll_card(poll)
            return open_poll_card(poll, self._stored.id, seconds=round(self._stored.session.dials.vote_seconds))
        ballot = ballot_on(self._stored.session, record, question_seq)
        assert ballot is not None, "a vote is stored for a turn that put a question"
        if await self._store.votes.open_vote(self._stored.id) == question_seq:
            return open_vote(ballot, self._stored.id)
        tallies = await self._store.votes.tallies(self._stored.id)
        return closed_vote(ballot, tallies.get(question_seq, {}))
