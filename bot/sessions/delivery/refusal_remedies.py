"""What each refusal of a post asks for: mend what can be mended and send again, give the post up, or hold."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, Protocol

from bot.sessions.delivery.notices import NotShown
from bot.sessions.delivery.stage import PlaceGone, PostingBlocked, PostRejected, RejectReason, Stage
from bot.store.models import Post, PostKind, PostStatus
from bot.store.store import Store

log = logging.getLogger(__name__)

# What is missed by the whole table if it is not shown; a turn is one of many, and a notice says it once.
_TOLD: Final = (PostKind.CARD, PostKind.PANEL, PostKind.MINUTES, PostKind.VOTE)


class UntilKnown(Protocol):
    """Asks the place for something that does no harm when asked again, until it answers. Raises PostRejected."""

    async def __call__(self, ask: Callable[[], Awaitable[None]], /) -> None: ...


class RefusalRemedies:
    """One session's remedies. `on_withheld` takes the number of a turn that will not be shown (True), or will be after
    all (False)."""

    def __init__(
        self,
        store: Store,
        stage: Stage,
        *,
        session_id: int,
        until_known: UntilKnown,
        on_withheld: Callable[[int, bool], Awaitable[None]] | None,
    ) -> None:
        self._store = store
        self._stage = stage
        self._session_id = session_id
        self._until_known = until_known
        self._on_withheld = on_withheld

    async def heal(self, post: Post, refused: PostRejected, tried: set[RejectReason]) -> Post:
        """Do what a refusal asks for. Out: the post to send again, or a refused one.

        `tried`: why the post was refused before; a remedy is tried once. Raises PostingBlocked or PlaceGone.
        """
        log.warning("post %s refused: %s", post.id, refused.sentence)
        first = refused.reason not in tried
        tried.add(refused.reason)
        match refused.reason:
            case RejectReason.PLACE_GONE:
                raise PlaceGone(refused.sentence)
            case RejectReason.WITHHELD:
                return await self._give_up(post, refused)
            case RejectReason.WEBHOOK_GONE | RejectReason.ASLEEP as reason if first:
                mend = self._stage.renew if reason is RejectReason.WEBHOOK_GONE else self._stage.wake
                try:
                    await self._until_known(mend)
                except PostRejected as worse:
                    return await self.heal(post, worse, tried)
                return post
            case RejectReason.BLOCKED | RejectReason.PASSING | RejectReason.ASLEEP:
                await self._store.posts.set_status(post.id, PostStatus.QUEUED)
                raise PostingBlocked(refused.sentence)
            case RejectReason.NAME if first:
                safe = self._stage.safe_name(post.username or "")
                log.warning("the name %r was refused; posting as %r. Rename that persona.", post.username, safe)
                await self._store.posts.set_status(post.id, PostStatus.SENDING, username=safe)
                return replace(post, username=safe)
            case RejectReason.OTHER if first:
                return post
            case _:
                return await self._give_up(post, refused)

    async def _give_up(self, post: Post, refused: PostRejected) -> Post:
        """What a filter withholds is given up, and so is what nobody can explain; but the second in a row shows that it
        is the place, and waits with the first, lest a table talk on where nothing is shown."""
        told = Post(PostKind.NOTICE, self._stage.sentence(NotShown(post.kind, refused.sentence)))
        result = await self._store.posts.refuse(
            post.id,
            explained=refused.reason is RejectReason.WITHHELD,
            instead=told if post.kind in _TOLD else None,
        )
        turn = post.shown_turn if result.is_given_up else result.taken_back
        # It may be left over from an earlier session in this place, whose turns are not ours.
        ours = result.session_id == self._session_id
        if ours and turn is not None and self._on_withheld is not None:
            await self._on_withheld(turn, result.is_given_up)
        if not result.is_given_up:
            raise PostingBlocked(refused.sentence)
        if ours and post.kind is PostKind.NOTICE and post.turn_seq is None:
            await self._stage.tell_convener(post.content)
        return replace(post, status=PostStatus.REFUSED)
