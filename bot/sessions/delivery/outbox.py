"""The outbox: intent, act, reconcile, so that every post is shown exactly once through crashes and lost answers.

Before anything is sent, the database says what is about to be sent (`sending`, at most one post a place) and the
largest message id seen before it. Whatever becomes of the request, a message of ours after that id which shows no
other post shows this one. A send is never cancelled: it runs in a task of its own.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from typing import Final, TypeVar

from bot import metrics
from bot.sessions.delivery.refusal_remedies import RefusalRemedies
from bot.sessions.delivery.stage import (
    OutcomeUnknown,
    OwnMessage,
    PlaceGone,
    PostingBlocked,
    PostRejected,
    RejectReason,
    Stage,
)
from bot.sessions.delivery.withdrawals import Withdrawals
from bot.sessions.interruptible import Interruptible
from bot.store.models import Post, PostKind, PostStatus
from bot.store.store import Store

T = TypeVar("T")

log = logging.getLogger(__name__)

# A stored message reaches the history well within this many seconds.
SETTLE_SECONDS: Final = 5.0
# The longest wait between two tries to read the history of a place.
LONGEST_BACKOFF: Final = 300.0
# A request that takes longer than this waits for its place.
SLOW_SECONDS: Final = 15.0


class _Closing(Exception):
    """The process is ending: leave the post as it is for the next start."""


class Outbox:
    """Sends one session's posts in order, exactly once."""

    def __init__(
        self,
        store: Store,
        stage: Stage,
        *,
        session_id: int,
        place_id: int,
        latest: int,
        on_withheld: Callable[[int, bool], Awaitable[None]] | None = None,
    ) -> None:
        """`latest` is the largest message id the session has seen; `on_withheld` takes the number of a turn that
        will not be shown (True), or will be after all (False)."""
        self.latest = latest
        self.waiting = False
        self._store = store
        self._stage = stage
        self._place_id = place_id
        self.withdrawals = Withdrawals(store, stage, session_id)
        self._remedies = RefusalRemedies(
            store, stage, session_id=session_id, until_known=self._until_known, on_withheld=on_withheld
        )
        self._taken: Post | None = None  # `sending` already, and nobody has begun with it
        self._begun = 0  # the post that was begun with last
        self._uncertain: set[int] = set()
        self._bound: set[int] = set()  # messages that show a post, and copies that were taken away
        self._wait = Interruptible()
        self._closing = False
        self._binding = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def note(self, message_id: int) -> None:
        """A message was seen in the place, ours or not: whatever is sent from now on comes after it."""
        self.latest = max(self.latest, message_id)

    def unsee(self, message_ids: Collection[int | None]) -> None:
        """These ids are to stand nowhere any more: the next post's `after_id` may as well be that of the one before."""
        if self.latest in message_ids:
            self.latest -= 1
        self.read_anew()

    @property
    def is_busy(self) -> bool:
        """Whether something is on its way."""
        return self._task is not None

    def next_is(self, post: Post | None) -> None:
        """A post has become `sending` together with something else that was stored; None: none has."""
        if post is not None and post.id > self._begun:
            self._taken = post

    def read_anew(self) -> None:
        """What is stored of the posts has been changed: so may be what is to be sent next."""
        self._taken = None

    async def recover(self) -> None:
        """At start-up: a post that was under way when the last process ended may or may not be shown."""
        self.withdrawals.are_due = True
        if post := await self._store.posts.sending(self._place_id):
            self._uncertain.add(post.id)

    async def deliver(self) -> None:
        """Send everything that is queued, and take back what nobody is to see any more. Cancelling the caller does
        not cancel a send.

        Raises PostingBlocked or PlaceGone.
        """
        while self._task is not None:
            await asyncio.wait([self._task])
        if self._closing:
            return
        self._task = sending = asyncio.create_task(self._send_all(), name=f"outbox of {self._place_id}")
        sending.add_done_callback(self._has_sent)
        await asyncio.shield(sending)

    def _has_sent(self, sending: asyncio.Task[None]) -> None:
        self._task = None
        if not sending.cancelled():
            # If the caller is gone when it fails, nobody asks for the error; the post waits in the database.
            sending.exception()

    async def close(self, timeout: float) -> None:
        """Stop waiting for anything; give a send in flight `timeout` seconds, then leave it to the next start."""
        self._closing = True
        self._wait.interrupt()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=timeout)

    async def look_back(self, since: int) -> None:
        """Look through what appeared of ours while nobody listened. Raises PostRejected or OutcomeUnknown."""
        for message in await self._stage.sent_since(since):
            await self.seen(message)

    def hurry(self) -> None:
        """The place is back: try at once what would wait a while longer."""
        self._wait.interrupt()

    async def seen(self, message: OwnMessage) -> None:
        """A message of ours appeared in the place (gateway or history): find the post it shows, or take a copy away."""
        self.note(message.id)
        # The answer to the request may arrive in these very moments: whoever is second must see what the first did.
        async with self._binding:
            is_copy = await self._bind_seen(message)
        if is_copy:
            await self._remove(message)

    async def _bind_seen(self, message: OwnMessage) -> bool:
        """Bind a message to the post under way if it shows that. Out: whether it is a copy of another one."""
        if message.id in self._bound or await self._store.posts.of_message(message.id):
            return False
        copies = [c for c in await self._copies(message) if c.by_webhook == message.by_webhook]
        post = await self._store.posts.sending(self._place_id)
        is_alike = post and (post.by_webhook, post.is_card) == (message.by_webhook, message.is_card)
        if post and is_alike and message.id > post.after_id:
            # As far as content can be read, neither a late copy of an earlier post is taken for this one, nor what
            # tells the convener of a fault, which is no post: each kind of notice begins with a sign of its own.
            text, shown = post.content.strip(), message.content.strip()
            is_other = bool(copies) or (post.kind is PostKind.NOTICE and shown[:1] not in ("", text[:1]))
            if (text == shown or not is_other) and await self._store.posts.bind(post.id, message.id):
                self._is_begun(post.id)
                self._bound.add(message.id)
                return False
        if copies:
            self._bound.add(message.id)
            log.info("removing a late copy of post %s in place %s", copies[0].id, self._place_id)
        else:
            log.info("message %s in place %s shows no post of ours; left alone", message.id, self._place_id)
        return bool(copies)

    async def _send_all(self) -> None:
        try:
            more = True
            while more and (post := await self._next()):
                more = await self._settle(post)
            await self.withdrawals.make()
        except _Closing:
            pass
        finally:
            self.waiting = False

    async def _next(self) -> Post | None:
        taken, self._taken = self._taken, None
        return taken or await self._store.posts.take(self._place_id, self.latest)

    def _is_begun(self, post_id: int) -> None:
        self._begun = max(self._begun, post_id)
        if self._taken is not None and self._taken.id == post_id:
            self._taken = None

    async def _settle(self, post: Post) -> bool:
        """Send one post until its outcome is known. Out: False if certainly no other one waits behind it."""
        self._is_begun(post.id)
        tried: set[RejectReason] = set()
        more, just_taken = True, post.id not in self._uncertain and not self.withdrawals.are_due
        has_waited = not just_taken
        while not (post.id in self._uncertain and await self._is_shown(post)):
            if self._closing:
                raise _Closing
            # Until its outcome is stored, whatever goes wrong in between.
            self._uncertain.add(post.id)
            if not just_taken:
                # Since then a guest may have deleted what it holds, a person had its turn taken out, or its whole
                # session has gone.
                fresh = await self._store.posts.if_wanted(post.id)
                if fresh is None:
                    break
                post = fresh
            just_taken = False
            # The place may have it wait for an hour, and people are to see that.
            slow = asyncio.get_running_loop().call_later(SLOW_SECONDS, setattr, self, "waiting", True)
            try:
                with metrics.POST_SECONDS.time():
                    message_id = await self._stage.send(post)
            except OutcomeUnknown as error:
                metrics.POSTS.labels("unknown").inc()
                log.info("post %s: no answer (%s); looking for it", post.id, error)
                await self._sleep(SETTLE_SECONDS)
                has_waited = True
            except PostRejected as refused:
                metrics.POSTS.labels("refused").inc()
                self._uncertain.discard(post.id)
                post = await self._remedies.heal(post, refused, tried)
                if post.status is PostStatus.REFUSED:
                    return True
            else:
                metrics.POSTS.labels("shown").inc()
                more = await self._answered(post, message_id)
                break
            finally:
                slow.cancel()
        self._uncertain.discard(post.id)
        self.waiting = False
        if has_waited:
            self.read_anew()
        return more

    async def _answered(self, post: Post, message_id: int) -> bool:
        self.note(message_id)
        async with self._binding:
            if message_id in self._bound:
                return True  # Seen before the answer: it shows the post, or was a copy and has been taken away.
            bound = await self._store.posts.bind_and_take(post.id, message_id, self._place_id, self.latest)
            self._bound.add(message_id)
            self.next_is(bound.sending)
            if bound.is_bound:
                return bound.sending is not None
            if await self._store.posts.of_message(message_id):
                return True
            # Bound to another message already: a copy that was seen first, or one whose text can't be read and that
            # was taken for it. The answer is certain, so the other goes; unless a person has removed that.
            copy = await self._store.posts.rebind(post.id, message_id) or message_id
        await self._remove(OwnMessage(copy, post.by_webhook, post.username or "", post.content, post.is_card))
        return True

    async def _is_shown(self, post: Post) -> bool:
        """Look for a post whose outcome is unknown: now, and once more a little later."""
        for last_look in (False, True):
            for message in await self._history(post):
                await self.seen(message)
            now = await self._store.posts.post(post.id)
            if now is None or now.status is not PostStatus.SENDING:
                return True
            if not last_look:
                await self._sleep(SETTLE_SECONDS)
        return False

    async def _history(self, post: Post) -> list[OwnMessage]:
        try:
            return await self._until_known(lambda: self._stage.sent_since(post.after_id))
        except PostRejected as refused:
            if refused.reason is RejectReason.PLACE_GONE:
                raise PlaceGone(refused.sentence) from None
            # Without the history it can't be told whether the post is shown: neither lose nor double it.
            raise PostingBlocked(refused.sentence) from None

    async def _until_known(self, ask: Callable[[], Awaitable[T]]) -> T:
        """The answer to something that does no harm when asked again. Raises PostRejected."""
        backoff = SETTLE_SECONDS
        while True:
            try:
                answer = await ask()
            except OutcomeUnknown:
                self.waiting = True
                await self._sleep(backoff)
                backoff = min(backoff * 2, LONGEST_BACKOFF)
            else:
                self.waiting = False
                return answer

    async def _copies(self, message: OwnMessage) -> list[Post]:
        if not message.content:
            return []
        posted = await self._store.posts.copies(self._place_id, message.content)
        return [p for p in posted if not message.by_webhook or p.username == message.name]

    async def _remove(self, message: OwnMessage) -> None:
        try:
            await self._stage.remove(message)
        except (PostRejected, OutcomeUnknown) as error:
            log.warning("could not remove the copy %s: %s", message.id, error)

    async def _sleep(self, seconds: float) -> None:
        if not self._closing:
            await self._wait.sleep(seconds)
        if self._closing:
            raise _Closing
