"""Tells a session's place what happens to it, as the bot; where that can't be done, the convener."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from bot.sessions.delivery.notices import Done, Notice
from bot.sessions.delivery.outbox import Outbox
from bot.sessions.delivery.stage import PlaceGone, PostingBlocked, Stage
from bot.store.models import Post, PostKind, PostStatus, StoredSession
from bot.store.store import Store

log = logging.getLogger(__name__)

# How long a person waits for what they did to be shown, in seconds: a table must stop also with its place out of reach.
PATIENCE: Final = 3.0


class Announcer:
    """One session's. `place_gone` is awaited where it turns out that there is no place any more."""

    def __init__(
        self,
        stored: StoredSession,
        *,
        store: Store,
        stage: Stage,
        outbox: Outbox,
        place_gone: Callable[[str], Awaitable[None]],
    ) -> None:
        self._id, self._place_id = stored.id, stored.place_id
        self._store = store
        self._stage = stage
        self._outbox = outbox
        self._place_gone = place_gone

    async def announce(self, notice: Notice) -> None:
        """Say something in the place; if that can't be done, tell the convener instead."""
        post = self._post(notice)
        post_id = await self._store.posts.add(self._id, self._place_id, post)
        try:
            await self._outbox.deliver()
        except PlaceGone as problem:
            await self._place_gone(str(problem))
        except PostingBlocked as problem:
            log.warning("session %s: notice not shown: %s", self._id, problem)
            await self._store.posts.give_up(post_id)
            await self._stage.tell_convener(post.content)

    async def say(self, what: str) -> None:
        """Tell the place what somebody did."""
        await self._store.posts.add(self._id, self._place_id, self._post(Done(what)))
        await self.deliver_quietly()

    async def deliver_quietly(self) -> str | None:
        """Send what is queued on behalf of a person. A fault waits for the loop, which meets it and pauses. Out: what
        keeps it from being shown, as far as that is known."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._outbox.deliver()
        except TimeoutError:
            log.warning("session %s: the place is slow; what is queued will be shown later", self._id)
        except (PostingBlocked, PlaceGone) as problem:
            log.warning("session %s: not shown yet: %s", self._id, problem)
            return str(problem)
        return None

    async def try_with(self, notice: Notice) -> bool:
        """Whether what is queued can be shown now, and behind it this notice."""
        post = self._post(notice)
        waiting = (PostStatus.QUEUED, PostStatus.SENDING)
        notices = await self._store.posts.of_session(self._id, PostKind.NOTICE)
        if not any(n.content == post.content and n.status in waiting for n in notices):
            await self._store.posts.add(self._id, self._place_id, post)
        try:
            await self._outbox.deliver()
        except PostingBlocked as problem:
            log.info("session %s still can't post: %s", self._id, problem)
            return False
        except PlaceGone as problem:
            await self._place_gone(str(problem))
            return False
        return True

    async def withdraw(self, notice: Notice) -> None:
        """It is not so, or not any more: it need not be said, unless that is on its way."""
        content = self._post(notice).content
        for post in await self._store.posts.of_session(self._id, PostKind.NOTICE):
            if post.content == content and post.status is PostStatus.QUEUED:
                await self._store.posts.give_up(post.id)

    async def tell_convener(self, notice: Notice) -> None:
        """Say something to the convener that can't be said in the place."""
        await self._stage.tell_convener(self._stage.sentence(notice))

    def _post(self, notice: Notice) -> Post:
        return Post(PostKind.NOTICE, self._stage.sentence(notice))
