"""What happened in a place while nobody listened: the bot was away or cut off, or the database took nothing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.discussion.model.record import Record
from bot.discussion.moderation.formats.table import format_of
from bot.sessions.delivery import outbox as outbox_module
from bot.sessions.delivery.outbox import Outbox
from bot.sessions.delivery.stage import BY_COMMAND_FLAG, GuestMessage, OutcomeUnknown, PostRejected, Stage
from bot.sessions.interruptible import Interruptible
from bot.sessions.state import SessionState
from bot.store.models import Status
from bot.store.schema import now

log = logging.getLogger(__name__)

# Of a table without a clock so much is read back, however long the bot was away, and looked through for what members
# have deleted or edited meanwhile.
READ_BACK: Final = timedelta(days=2)


class Backfill:
    """One session's. `mark_gap()` says that something may be missed from now on, `catch_up()` makes up for it.

    Until then a guest's message that is heard waits (`should_defer()`) and is taken in by `catch_up()`, in its turn and
    from the history: were it stored at once and the process killed, the next one would look for what came after it.
    """

    def __init__(
        self,
        state: SessionState,
        record: Record,
        *,
        stage: Stage,
        outbox: Outbox,
        hear: Callable[[GuestMessage], Awaitable[object]],
        guest_changed: Callable[[int, str], Awaitable[object]],
        said_by_command: Callable[[], Awaitable[list[int]]],
    ) -> None:
        """`hear` takes in a guest's message that was missed, `guest_changed` what became of one (empty: deleted).
        `said_by_command`: the messages that show what guests said so."""
        self._state = state
        self._record = record
        self._stage = stage
        self._outbox = outbox
        self._hear = hear
        self._guest_changed = guest_changed
        self._said_by_command = said_by_command
        self._since: tuple[int, int] | None = None
        self._gaps = 0
        self._waiting: dict[int, GuestMessage] = {}
        self._unreadable = False
        self._catching_up = asyncio.Lock()
        self._nap = Interruptible()
        self._closing = False

    @property
    def has_gap(self) -> bool:
        """Whether something may still be missing."""
        return self._since is not None

    def hurry(self) -> None:
        """The place is back: try at once what would wait a while longer."""
        self._nap.interrupt()

    def close(self) -> None:
        """The process ends: leave what is still missing to the next start."""
        self._closing = True
        self._nap.interrupt()

    def mark_gap(self, since: int | None = None) -> None:
        """From now on something may be missed. Before anything else is heard: that would hide what came before it.

        `since`: a message id behind which something may have been missed already.
        """
        self._gaps += 1
        self._unreadable = False
        if self._since is None:
            # From the last guest's message taken in, not from the last message seen: a post of ours may be newer than
            # one that was not taken in.
            heard = max((turn.message_id or 0 for turn in self._record), default=0) or self._state.stored.anchor_id
            oldest = self._oldest
            self._since = max(self._outbox.latest, oldest), max(heard, self._state.stored.listen_from, oldest)
        if since is not None:
            shown, heard = self._since
            self._since = shown, min(heard, since)

    @property
    def _oldest(self) -> int:
        """From which message id on the history is read at most. A table that stands may have been silent for weeks,
        while those talked who may not chime in at it."""
        if format_of(self._state.session).has_clock:
            return 0
        return self._stage.id_at(now() - READ_BACK)

    def should_defer(self, message: GuestMessage) -> bool:
        """Whether a guest's message that was just heard is to be left to `catch_up()`: the history has it, too."""
        if self._since is None or self._unreadable:
            return False
        self._waiting[message.id] = message
        return True

    async def catch_up(self) -> None:
        """Take late copies of our posts away, guests' messages in, and back what they deleted or edited.

        Tries until the place answers. What the bot may not read now it reads the next time.
        """
        backoff = outbox_module.SETTLE_SECONDS
        async with self._catching_up:
            while self._since is not None and self._state.status is not Status.ENDED and not self._closing:
                gaps, waiting = self._gaps, dict(self._waiting)
                try:
                    await self._make_up(*self._since)
                except OutcomeUnknown as problem:
                    log.warning("session %s: what was missed can't be read yet: %s", self._state.id, problem)
                    self._outbox.waiting = True
                    await self._nap.sleep(backoff)
                    self._outbox.waiting = False
                    backoff = min(backoff * 2, outbox_module.LONGEST_BACKOFF)
                    continue
                except PostRejected as problem:
                    log.warning("session %s: could not read what was missed: %s", self._state.id, problem)
                    # It may take people days to mend that: whoever writes meanwhile is heard.
                    self._unreadable = True
                    return
                if self._gaps != gaps:
                    return  # away once more: whoever ends that reads on
                for message_id in waiting:
                    self._waiting.pop(message_id, None)
                if not self._waiting:
                    self._since = None

    async def make_way(self) -> bool:
        """Wait until nothing that was missed is to be taken in before what comes now: stored first, that would hide it
        from the next process, which looks for what came after the last. Out: False if the process ends before."""
        while self._since is not None and not self._unreadable and self._state.status is not Status.ENDED:
            if self._closing:
                return False
            await self.catch_up()
        return True

    async def _make_up(self, shown: int, heard: int) -> None:
        await self._outbox.look_back(shown)
        for message in await self._stage.heard_since(heard):
            # What was said by command answers somebody, and members have other names, and roles, on a server: the
            # history does not tell.
            live = self._waiting.get(message.id, message)
            reply_to = message.reply_to or live.reply_to
            told = {"name": live.name, "look_up_name": live.look_up_name, "ask_welcome": live.ask_welcome}
            await self._hear(replace(message, reply_to=reply_to, **told))
        # Behind that: what was reposted is in the history under another id, and its turn has that by now.
        await self._take_back()

    async def _take_back(self) -> None:
        """Blank the guests' turns whose message was deleted meanwhile, amend those that were edited.

        Also those just taken in: where the bot was away once more since they were read, it was not told. Whatever is
        newer waits, so all of them have reached the history.
        """
        guests = (t for t in self._record if t.kind == "guest" and t.text)
        known = [t.message_id for t in guests if t.message_id and BY_COMMAND_FLAG not in t.flags]
        oldest = self._oldest
        known = [each for each in (*known, *await self._said_by_command()) if each > oldest]
        if not known:
            return
        for message_id, text in (await self._stage.said_of(known)).items():
            if text is not None:
                await self._guest_changed(message_id, text)
