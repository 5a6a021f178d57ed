"""Takes back what is shown and nobody is to see any more: what is so the database tells, also after a crash."""

import logging
from collections.abc import Awaitable, Callable

from bot.sessions.delivery.stage import OutcomeUnknown, OwnMessage, PostRejected, RejectReason, Stage
from bot.store.models import Post
from bot.store.store import Store

log = logging.getLogger(__name__)


class Withdrawals:
    """One session's. `are_due`: there may be some; what is about to be sent may be unwanted, too."""

    def __init__(self, store: Store, stage: Stage, session_id: int) -> None:
        self.are_due = False
        self._store = store
        self._stage = stage
        self._session_id = session_id

    async def make(self) -> None:
        """Take away what is to go. What Discord refuses to take away stays until the next start."""
        if not self.are_due:
            return
        self.are_due = False
        for post in await self._store.posts.to_withdraw(self._session_id):
            await withdraw(self._store, self._stage, post)


async def withdraw(store: Store, stage: Stage, post: Post) -> bool:
    """Take away the message that shows a post. Out: whether it is gone."""
    if post.message_id is None:
        return True
    message = OwnMessage(post.message_id, post.by_webhook, post.username or "", post.content, post.is_card)
    if not await _done(stage, message.id, lambda: stage.remove(message)):
        return False
    await store.posts.message_gone(message.id)
    return True


async def redraw(stage: Stage, post: Post) -> bool:
    """Have a card that is shown show what it is to show now. Out: whether it does."""
    return await _done(stage, post.message_id, lambda: stage.redraw(post))


async def _done(stage: Stage, message_id: int | None, change: Callable[[], Awaitable[None]]) -> bool:
    """Change what is shown, also where that is asleep. Out: whether that could be done."""
    try:
        try:
            await change()
        except PostRejected as refused:
            if refused.reason is not RejectReason.ASLEEP:
                raise
            await stage.wake()
            await change()
    except (PostRejected, OutcomeUnknown) as problem:
        log.warning("message %s stays as it is: %s", message_id, problem)
        return False
    return True
