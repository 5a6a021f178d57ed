"""One session's loop: compose a turn while the last one is read, commit it if the record still fits, show it."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bot.discussion.model.erasure import Member
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import QuestionPut, Record, Steering, Turn, TurnsChanged, moderator_turn
from bot.discussion.moderation.moderator import Choose, Close, Open, Speak, Summarise, next_step, still_fits
from bot.discussion.moderation.stagnation import PASSES_BEFORE_PAUSE, passes_in_a_row
from bot.errors import ContextOverflow, EndpointDown, EndpointRefused
from bot.llm.endpoints import EndpointRegistry
from bot.sessions.composing.compose import Composer, Draft
from bot.sessions.composing.limits import USUAL, Cap, LimitReached, Limits
from bot.sessions.composing.pace import Pace
from bot.sessions.delivery.notices import comes_to_its_end
from bot.sessions.delivery.outbox import PlaceGone, PostingBlocked
from bot.sessions.delivery.stage import GuestMessage, Stage
from bot.sessions.interruptible import Interruptible
from bot.sessions.privacy.session_erasure import erase_member
from bot.sessions.state import Standing
from bot.store.models import Fault, Post, PostKind, Status, StoredSession
from bot.store.store import Store

log = logging.getLogger(__name__)

# How often a turn is composed anew because a guest has spoken meanwhile: in a busy channel it would never be its time.
MOST_DROPS: Final = 2
# Discord shows that somebody types for ten seconds: https://discord.com/developers/docs/resources/channel
TYPING_SECONDS: Final = 8.0


class Run(Standing):
    """A session that is (or can be) under way. One task at a time runs its loop."""

    def __init__(
        self,
        stored: StoredSession,
        record: Record,
        *,
        store: Store,
        stage: Stage,
        endpoints: EndpointRegistry,
        max_tokens: int,
        latest: int,
        limits: Limits = USUAL,
        on_turn: Callable[[Turn], None] = lambda turn: None,
    ) -> None:
        """`latest`: the largest Discord id the session has seen. `on_turn` is told of each committed turn."""
        super().__init__(stored, record, store=store, stage=stage, latest=latest, limits=limits, on_turn=on_turn)
        self._composer = Composer(
            self.session,
            record,
            endpoints=endpoints,
            budget=self.budget,
            max_tokens=max_tokens,
            compact=lambda compaction: self.steer(compaction, "", interrupt=False),
        )
        self._interruptible = Interruptible()
        self._interrupts = 0
        self._pace = Pace(self.session.dials, stage.min_pace)
        self._drops = 0
        self._overtaken = False

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
        except PostingBlocked as problem:
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
        await self.say_that_it_goes_on()
        if draft.turn.text and not self._overtaken:  # what nobody will see need not wait
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
            self.interrupt()
        if text:
            await self.deliver_quietly()
        if isinstance(steering, QuestionPut):
            await self.refresh()

    async def forget(self, member: Member, listen_from: int) -> None:
        """Take a member out of the record, the stored one and this one: the next prompt no longer holds them.

        Guests' messages before the Discord id `listen_from` are not taken in again.
        """
        async with self._lock:
            gone = {turn.message_id for turn in self.record if turn.author_id == member.id}
            changed = await erase_member(self._store, self.stored, self.record, member, listen_from)
            for turn in changed:
                self.record.put(turn)
            convener_id = 0 if self.stored.convener_id == member.id else self.stored.convener_id
            self.stored = replace(self.stored, listen_from=listen_from, convener_id=convener_id)
            if self.poster.latest in gone:
                self.poster.latest -= 1  # the next post's `after_id`; the message before serves as well
        if changed:
            self.interrupt()  # what is being composed has read it, and may be asked for once more
        await self.refresh()

    def interrupt(self) -> None:
        # Counted, since it may come between two things that can be interrupted.
        self._interrupts += 1
        self._pace.hurry()
        self._interruptible.interrupt()
