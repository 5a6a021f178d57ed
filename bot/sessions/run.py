"""One session's loop: compose a turn while the last one is read, commit it if the record still fits, show it."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bot.discussion.floor import PASSES_BEFORE_PAUSE, passes_in_a_row
from bot.discussion.forgetting import Member
from bot.discussion.moderator import Choose, Close, Open, Speak, Summarise, next_step, still_fits
from bot.discussion.persona import Persona
from bot.discussion.record import QuestionPut, Record, Steering, Turn, TurnsChanged, moderator_turn
from bot.errors import ContextOverflow, EndpointDown, EndpointRefused
from bot.llm.endpoints import Endpoints
from bot.sessions.absence import Absence
from bot.sessions.budget import Budget
from bot.sessions.compose import Composer, Draft
from bot.sessions.forgetting import forget_in
from bot.sessions.interruptible import Interruptible
from bot.sessions.keeper import Keeper
from bot.sessions.limits import USUAL, Cap, LimitReached, Limits
from bot.sessions.minutes import minutes
from bot.sessions.notices import BACK, CLOSING, comes_to_its_end, paused
from bot.sessions.overview import overview
from bot.sessions.pace import Pace
from bot.sessions.posting import Held, PlaceGone
from bot.sessions.stage import GuestMessage, Overview, Stage
from bot.sessions.standstill import Standstill
from bot.store.engine import DatabaseTrouble
from bot.store.rows import Fault, Post, PostKind, PostStatus, Status, StoredSession
from bot.store.store import Store

log = logging.getLogger(__name__)

# How long a person waits for what they did to be shown, in seconds: a table must stop also while Discord is down.
PATIENCE: Final = 3.0
# How often a turn is composed anew because a guest has spoken meanwhile: in a busy channel it would never be its time.
MOST_DROPS: Final = 2
# Discord shows that somebody types for ten seconds: https://discord.com/developers/docs/resources/channel
TYPING_SECONDS: Final = 8.0


class Run(Keeper):
    """A session that is (or can be) under way. One task at a time runs its loop."""

    def __init__(
        self,
        stored: StoredSession,
        record: Record,
        *,
        store: Store,
        stage: Stage,
        endpoints: Endpoints,
        max_tokens: int,
        latest: int,
        limits: Limits = USUAL,
        on_turn: Callable[[Turn], None] = lambda turn: None,
    ) -> None:
        """`latest`: the largest Discord id the session has seen. `on_turn` is told of each committed turn."""
        super().__init__(stored, record, store=store, stage=stage, latest=latest, on_turn=on_turn)
        self.status = stored.status
        self.reason = stored.reason
        self.fault = stored.fault
        self.budget = Budget(store, stored, limits)
        self._composer = Composer(
            self.session,
            record,
            endpoints=endpoints,
            budget=self.budget,
            max_tokens=max_tokens,
            compact=lambda compaction: self.steer(compaction, "", interrupt=False),
        )
        self._recovering: Fault | None = None
        self._interruptible = Interruptible()
        self._interrupts = 0
        self._pace = Pace(self.session.dials, stage.min_pace)
        self._drops = 0
        self._overtaken = False
        self.absence = Absence(self)
        self.standstill = Standstill(self, store)

    # --- the loop ---

    async def loop(self) -> None:
        """Run until the session is paused, ended or interrupted. Faults pause it, with a sentence in the place."""
        try:
            await self.absence.end()
            await self.poster.deliver()
            while self.status is Status.RUNNING:
                match next_step(self.session, self.record):
                    case Open(question):
                        await self.steer(QuestionPut(question=question), question, interrupt=False)
                        await self.poster.deliver()
                    case Close():
                        await self.close()
                    case step:
                        await self._take_turn(step)
        except (EndpointDown, EndpointRefused) as problem:
            await self.hold(str(problem), Fault.ENDPOINT)
        except ContextOverflow as problem:
            await self.hold(str(problem), Fault.ERROR)
        except Held as problem:
            await self.hold(str(problem), Fault.PLACE)
        except PlaceGone as problem:
            await self.place_gone(str(problem))

    async def _take_turn(self, step: Speak | Summarise | Choose) -> None:
        interrupts, self._overtaken = self._interrupts, False
        try:
            draft = await self._interruptible(self._compose(step))
        except LimitReached as reached:
            await self._heed(reached, step)
            return
        if draft is None:
            return
        await self._say_that_it_goes_on()
        if not self._overtaken and not isinstance(step, Choose):  # a choice is shown to nobody
            await self._interruptible.sleep(self._pace.left)
        if not self._overtaken and await self._commit(draft):
            await self.poster.deliver()
            await self._after(draft.turn, in_a_hurry=interrupts != self._interrupts)

    async def _compose(self, step: Speak | Summarise | Choose) -> Draft:
        if isinstance(step, Choose):
            return await self._composer.choose(step)
        typing = asyncio.create_task(self._keep_typing(step.persona))
        try:
            return await self._composer.compose(step)
        finally:
            typing.cancel()

    async def _keep_typing(self, persona: Persona) -> None:
        while True:
            await self.stage.composing(persona)
            await asyncio.sleep(TYPING_SECONDS)

    async def _after(self, turn: Turn, *, in_a_hurry: bool) -> None:
        """What follows a turn; `in_a_hurry`: somebody has asked for something since it was begun."""
        if turn.kind != "moderator":
            self._drops = 0
        passes = passes_in_a_row(self.record)
        if turn.is_pass and passes % PASSES_BEFORE_PAUSE == 0:
            reason = f"{passes} turns in a row came to nothing: the model repeats itself or says nothing of use."
            # It tries again by itself once.
            await self.hold(reason, Fault.PASSES if passes == PASSES_BEFORE_PAUSE else Fault.ERROR)
        elif turn.text:
            self._pace.shown(turn.text, in_a_hurry=in_a_hurry)

    async def _heed(self, reached: LimitReached, step: Speak | Summarise | Choose) -> None:
        """A limit is reached: pause until the next day, or go on to the summary, or close if that was the summary."""
        if reached.cap is Cap.DAY:
            await self.hold(str(reached), Fault.LIMIT)
            return
        await self.announce(Post(PostKind.NOTICE, comes_to_its_end(str(reached))))
        if self.status is not Status.RUNNING:
            return
        if isinstance(step, Summarise):
            await self.close()
        else:
            spoken = len(self.record.persona_turns())
            await self.steer(TurnsChanged(turns=spoken), "", interrupt=False)

    # --- commit ---

    async def _commit(self, draft: Draft) -> bool:
        """Store the draft with its posts, unless someone steered or something it had read was changed meanwhile."""

        def still_wanted() -> Turn | None:
            fits = still_fits(self.record, heard=draft.heard, revision=draft.revision)
            return draft.turn if fits and self.status is Status.RUNNING else None

        return await self._add(still_wanted)

    # --- what people do ---

    async def guest_said(self, message: GuestMessage) -> bool:
        """As Keeper has it. A draft that has not heard the guest is dropped, unless that has happened too often."""
        heard = await super().guest_said(message)
        if heard and self._drops < MOST_DROPS:
            self._drops += 1
            self._drop_draft()
        return heard

    async def guest_changed(self, message_id: int, text: str) -> bool:
        """As Keeper has it. A draft that has read the old words is dropped in any case."""
        revision = self.record.revision
        was_turn = await super().guest_changed(message_id, text)
        if revision != self.record.revision:
            self._drop_draft()
        return was_turn

    def _drop_draft(self) -> None:
        self._overtaken = True
        self._interruptible.interrupt()

    async def steer(self, steering: Steering, text: str, *, interrupt: bool = True) -> None:
        """Commit a moderator turn; `text` is what the place sees of it. A turn in the making is given up."""
        await self._add(lambda: moderator_turn(self.record, steering, text))
        if interrupt:
            self._interrupt()
        if text:
            await self._deliver_quietly()
        if isinstance(steering, QuestionPut):
            await self.refresh()

    async def forget(self, member: Member, listen_from: int) -> None:
        """Take a member out of the record, the stored one and this one: the next prompt no longer holds them.

        Guests' messages before the Discord id `listen_from` are not taken in again.
        """
        async with self._lock:
            gone = {turn.message_id for turn in self.record if turn.author_id == member.id}
            changed = await forget_in(self._store, self.stored, self.record, member, listen_from)
            for turn in changed:
                self.record.put(turn)
            convener_id = 0 if self.stored.convener_id == member.id else self.stored.convener_id
            self.stored = replace(self.stored, listen_from=listen_from, convener_id=convener_id)
            if self.poster.latest in gone:
                self.poster.latest -= 1  # the next post's `after_id`; the message before serves as well
        if changed:
            self._interrupt()  # what is being composed has read it, and may be asked for once more
        await self.refresh()

    def _interrupt(self) -> None:
        # Counted, since it may come between two things that can be interrupted.
        self._interrupts += 1
        self._pace.hurry()
        self._interruptible.interrupt()

    # --- status ---

    async def set_status(
        self, status: Status, reason: str | None = None, fault: Fault | None = None, *, closing: Post | None = None
    ) -> None:
        """Change and store the status; a turn in the making is given up unless the session runs.

        `closing` is the last post of a session that ends.
        """
        before = self.status, self.reason, self.fault
        self.status, self.reason, self.fault, self._recovering = status, reason, fault, None
        try:
            if closing is not None:
                await self._store.end_session(self.stored.id, self.stored.place_id, closing)
            else:
                await self._store.set_status(self.stored.id, status, reason, fault)
        except DatabaseTrouble:
            self.status, self.reason, self.fault = before
            raise
        self.standstill.leave()
        self.absence.hurry()
        if status is not Status.RUNNING:
            self._interrupt()
        await self.refresh()

    async def hold(self, reason: str, fault: Fault) -> None:
        """Pause because of a fault, and say so in the place, or to the convener where the bot can't post."""
        if self.status is Status.ENDED:  # only some of its posts are left over; the next start tries them again
            log.warning("session %s: not everything could be shown: %s", self.stored.id, reason)
            return
        log.warning("session %s paused (%s): %s", self.stored.id, fault, reason)
        # Said once: neither after a try to go on that came to nothing, nor at the next start.
        is_known = self._recovering is fault or (self.status is Status.PAUSED and self.reason == reason)
        # What a person paused waits for a person.
        fault_or_person = self.fault if self.status is Status.PAUSED else fault
        await self.set_status(Status.PAUSED, reason, fault_or_person)
        text = paused(reason, fault_or_person)
        if is_known:
            return
        if fault is Fault.PLACE:
            await self.stage.tell_convener(text)
        else:
            await self.announce(Post(PostKind.NOTICE, text))

    async def go_on(self) -> None:
        """The fault that paused the session seems to be gone. The place is told once that has proved true."""
        fault = self.fault
        await self.set_status(Status.RUNNING)
        self._recovering = fault

    async def _say_that_it_goes_on(self) -> None:
        fault, self._recovering = self._recovering, None
        if fault is not None and fault is not Fault.PLACE:  # there the notice was the proof
            await self.announce(Post(PostKind.NOTICE, BACK[fault]))

    async def can_post(self) -> bool:
        """Whether what is queued can be shown now, and behind it the notice that the table goes on."""
        notice = Post(PostKind.NOTICE, BACK[Fault.PLACE])
        waiting = (PostStatus.QUEUED, PostStatus.SENDING)
        notices = await self._store.session_posts(self.stored.id, PostKind.NOTICE)
        if not any(n.content == notice.content and n.status in waiting for n in notices):
            await self._store.add_post(self.stored.id, self.stored.place_id, notice)
        try:
            await self.poster.deliver()
        except Held as problem:
            log.info("session %s still can't post: %s", self.stored.id, problem)
            return False
        except PlaceGone as problem:
            await self.place_gone(str(problem))
            return False
        return True

    async def place_gone(self, reason: str) -> None:
        """The channel or thread no longer exists: end the session, keep its record."""
        await self._store.give_up_place(self.stored.place_id)
        await self.set_status(Status.ENDED, reason)

    async def close(self) -> None:
        """End the session and hand out the minutes."""
        closing = Post(PostKind.MINUTES, CLOSING, attachment=minutes(self.session, self.record))
        await self.set_status(Status.ENDED, closing=closing)
        await self._deliver_quietly()

    async def say(self, text: str) -> None:
        """Tell the place what somebody did."""
        await self._store.add_post(self.stored.id, self.stored.place_id, Post(PostKind.NOTICE, f"-# {text}"))
        await self._deliver_quietly()

    async def _deliver_quietly(self) -> None:
        """Send what is queued on behalf of a person. A fault waits for the loop, which meets it and pauses."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self.poster.deliver()
        except TimeoutError:
            log.warning("session %s: Discord is slow; what is queued will be shown later", self.stored.id)
        except (Held, PlaceGone) as problem:
            log.warning("session %s: not shown yet: %s", self.stored.id, problem)

    async def announce(self, post: Post) -> None:
        """Say something in the place as the bot; if that can't be done, tell the convener instead."""
        post_id = await self._store.add_post(self.stored.id, self.stored.place_id, post)
        try:
            await self.poster.deliver()
        except PlaceGone as problem:
            await self.place_gone(str(problem))
        except Held as problem:
            log.warning("session %s: notice not shown: %s", self.stored.id, problem)
            await self._store.give_up_post(post_id)
            await self.stage.tell_convener(post.content)

    async def refresh(self) -> None:
        try:
            await self.stage.refresh(self.overview())
        except DatabaseTrouble as trouble:  # a courtesy: it must keep no loop from starting
            log.warning("session %s: the panel is not up to date: %s", self.stored.id, trouble)

    def overview(self) -> Overview:
        """How the session stands."""
        return overview(self)
