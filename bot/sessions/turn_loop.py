"""One session's loop: compose a turn while the last one is read, commit it if the record still fits, show it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from bot.discussion.model.record import Record, Turn, moderator_turn
from bot.discussion.model.steerings import QuestionPut, TurnsChanged, WrapUpCalled
from bot.discussion.moderation.moderator import next_step, still_fits
from bot.discussion.moderation.stagnation import IN_VAIN_BEFORE_PAUSE, in_vain
from bot.discussion.moderation.steps import (
    Choose,
    Close,
    ClosePoll,
    Gather,
    Listen,
    Open,
    Say,
    Speak,
    Summarise,
    WrapUp,
)
from bot.errors import ContextOverflow, EndpointDown, EndpointRefused, new_error_id
from bot.logs import log_about
from bot.sessions.composing.compose import Composer
from bot.sessions.composing.draft import Draft, DraftInProgress
from bot.sessions.composing.limits import Cap, LimitReached
from bot.sessions.composing.poll_clock import PollClock
from bot.sessions.composing.private_requests import unasked
from bot.sessions.composing.requests import DECLINED_FLAG, FILTERED_FLAG, ModelRequest
from bot.sessions.composing.typing_sign import TYPING_SECONDS, TypingSign
from bot.sessions.delivery.announcer import Announcer
from bot.sessions.delivery.notices import NearsItsEnd
from bot.sessions.delivery.outbox import Outbox
from bot.sessions.delivery.panel_follower import PanelFollower
from bot.sessions.delivery.stage import PlaceGone, PostingBlocked
from bot.sessions.lifecycle import Lifecycle
from bot.sessions.resilience.backfill import Backfill
from bot.sessions.resilience.database_outage import DatabaseOutage
from bot.sessions.room_reading import RoomReading
from bot.sessions.state import SessionState
from bot.sessions.turn_log import TurnLog
from bot.store.engine import TransientDatabaseError
from bot.store.models import Fault, Status

log = logging.getLogger(__name__)

# What the place is told when the table wraps up by itself.
NOTHING_NEW: Final = "Nothing new is being said any more: the table wraps up."
# Why turns came to nothing, by the flag that they then all have.
_PASSED: Final = (
    (DECLINED_FLAG, "the model declines to answer"),
    (FILTERED_FLAG, "a filter of the model's server lets nothing through"),
)


class TurnLoop:
    """Takes the turns of one session, as the moderator says."""

    def __init__(
        self,
        state: SessionState,
        record: Record,
        *,
        log: TurnLog,
        outbox: Outbox,
        composer: Composer,
        draft: DraftInProgress,
        lifecycle: Lifecycle,
        announcer: Announcer,
        outage: DatabaseOutage,
        backfill: Backfill,
        typing: TypingSign,
        panel: PanelFollower,
        room: RoomReading,
    ) -> None:
        self._state = state
        self._record = record
        self._log = log
        self._outbox = outbox
        self._composer = composer
        self._draft = draft
        self._lifecycle = lifecycle
        self._announcer = announcer
        self._outage = outage
        self._backfill = backfill
        self._typing = typing
        self._panel = panel
        self._room = room
        self._poll_clock = PollClock(state.session)
        self._paused_after = 0  # so many turns in vain, the last time that they were the reason

    async def run(self, *, first: Callable[[], Awaitable[None]] | None = None) -> None:
        """Take turns, after what is to be done first, until the session is paused or has ended. What the database does
        not take is waited out; a fault of ours pauses the session."""
        if first is not None:
            await self._attempt(first)
        await self._attempt(self.take_turns)
        while self._state.status is Status.RUNNING:  # resumed while the loop was on its way out
            await self._attempt(self.take_turns)

    async def _attempt(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except TransientDatabaseError as problem:
            await self._outage.wait(problem)
        except Exception:
            error_id = new_error_id()
            log.exception("session %s failed (error %s)", self._state.id, error_id)
            reason = f"Something went wrong (error {error_id}; the host finds it in the log)."
            try:
                await self._lifecycle.hold(reason, Fault.ERROR)
            except TransientDatabaseError as problem:
                await self._outage.wait(problem)

    async def take_turns(self) -> None:
        """Make up for what was missed, then take turns until the session is paused or has ended.

        Faults of the endpoint and the place pause it, with a sentence there. Raises TransientDatabaseError.
        """
        try:
            await self._backfill.catch_up()
            await self._outbox.deliver()
            await self._panel.settle()
            while self._state.status is Status.RUNNING:
                await self._tell_what_was_found_out()
                match next_step(self._state.session, self._record):
                    case Open(question):
                        await self._log.steer(QuestionPut(question=question), question)
                        self._panel.expect()
                        await self._outbox.deliver()
                        await self._panel.settle()
                    case WrapUp():
                        await self._log.steer(WrapUpCalled(), NOTHING_NEW)
                        await self._outbox.deliver()
                        await self._panel.refresh()
                    case Close():
                        await self._lifecycle.close("it has come to its end")
                    case Summarise() if await self._log.put_to_the_vote():
                        await self._outbox.deliver()
                        self._draft.audience_was_asked()
                        await self._panel.refresh()
                    case Say() as step:
                        await self._say(step)
                    case Gather() as step:
                        await self._gather(step)
                    case ClosePoll() as step:
                        await self._close_poll(step)
                    case Listen():
                        await self._listen()
                    case step:
                        with log_about(turn=self._record.last_seq + 1):
                            await self._take_turn(step)
        except (EndpointDown, EndpointRefused) as problem:
            await self._lifecycle.hold(str(problem), Fault.ENDPOINT)
        except ContextOverflow as problem:
            await self._lifecycle.hold(str(problem), Fault.ERROR)
        except PostingBlocked as problem:
            await self._lifecycle.hold(str(problem), Fault.PLACE)
        except PlaceGone as problem:
            await self._lifecycle.place_gone(str(problem))

    async def _take_turn(self, step: Speak | Summarise | Choose) -> None:
        if await self._draft.listen() or (isinstance(step, Speak) and await self._room.heed()):
            return  # it may be another step by now
        self._draft.begin(self._record.last_seq)
        try:
            request = self._composer.request(step)
            with self._typing.while_composing(request.speaker):
                draft = await self._draft.compose(self._composer.compose(request))
        except LimitReached as reached:
            await self._heed(reached, step)
            return
        if draft is None:
            return
        await self._lifecycle.tell_that_it_goes_on()
        if draft.turn.text:  # what nobody will see need not wait
            await self._rest(request)
        if not self._draft.is_abandoned and await self._commit(draft):
            await self._outbox.deliver()
            self._draft.shown(draft.turn)
            await self._panel.follow()
            await self._count_in_vain(draft.turn)

    async def _listen(self) -> None:
        """Do nothing at all until somebody speaks or steers, unless that was while the panel was brought up to date."""
        await self._panel.refresh()
        is_silent = isinstance(next_step(self._state.session, self._record), Listen)
        if is_silent and self._state.status is Status.RUNNING:
            await self._draft.idle()

    async def _say(self, step: Say) -> None:
        """Say what is still to be said once nobody else is writing: what it tells of may have been taken out."""

        def still_so() -> Turn | None:
            is_next = next_step(self._state.session, self._record) == step
            return moderator_turn(self._record, step.steering, step.text) if is_next else None

        if await self._log.commit(still_so):
            await self._show_and_wait()

    async def _gather(self, step: Gather) -> None:
        """Ask several personas in private, at the same time; whatever each of them says is stored at once."""
        self._draft.begin(self._record.last_seq, private=True)
        try:
            await self._draft.compose(self._privately(step))
        except LimitReached as reached:
            await self._heed(reached, step)
        else:
            await self._panel.refresh()

    async def _privately(self, step: Gather) -> None:
        requests = self._composer.private_requests(step)
        outcomes = await asyncio.gather(*map(self._keep, requests), return_exceptions=True)
        if problem := next((each for each in outcomes if isinstance(each, BaseException)), None):
            raise problem

    async def _keep(self, request: ModelRequest) -> None:
        draft = await self._composer.compose(request)
        await self._lifecycle.tell_that_it_goes_on()
        await self._log.commit(lambda: self._if_still_asked_for(draft.turn))

    def _if_still_asked_for(self, turn: Turn) -> Turn | None:
        """Of an answer that was being stored as it was given up, and asked for anew, one counts."""
        match next_step(self._state.session, self._record):
            case Gather(kind=turn.kind, among=among) if turn.speaker in [persona.name for persona in among]:
                return turn if self._state.status is Status.RUNNING else None
            case _:
                return None

    async def _close_poll(self, step: ClosePoll) -> None:
        """Close it once people have had their time, or somebody wants it closed."""
        if (left := self._poll_clock.left(step.poll, self._record)) > 0:
            await self._draft.idle(left)
        elif await self._log.close_poll(step):
            await self._show_and_wait()

    async def _show_and_wait(self) -> None:
        """Show what the moderator says last; who speaks next leaves people the time to read it."""
        await self._outbox.deliver()
        self._draft.shown(self._record.turns[-1])
        await self._panel.settle()

    async def _rest(self, request: ModelRequest) -> None:
        """Let the draft wait until it is its time, in the end with the sign that its speaker is about to speak."""
        await self._draft.rest(early=TYPING_SECONDS)
        if request.speaker and not self._draft.is_due:
            await self._typing.show(request.speaker)
        await self._draft.rest()

    async def _tell_what_was_found_out(self) -> None:
        """What came to light while a turn was composed. Not then: what is composed may be given up, no sending is."""
        while self._composer.findings:
            await self._announcer.announce(self._composer.findings[0])
            self._composer.findings.pop(0)

    async def _commit(self, draft: Draft) -> bool:
        """Store the draft with its posts, unless someone steered or something it had read was changed meanwhile."""

        def still_wanted() -> Turn | None:
            fits = still_fits(self._state.session, self._record, heard=draft.heard, revision=draft.revision)
            return draft.turn if fits and self._state.status is Status.RUNNING else None

        return await self._log.commit(still_wanted)

    async def _count_in_vain(self, turn: Turn) -> None:
        """Pause once several turns in a row were written for nothing: each costs, and nobody sees any."""
        if turn.kind != "persona":
            return
        unseen = in_vain(self._record)
        before = self._paused_after = min(self._paused_after, len(unseen))
        # Some may have come to that while others were being shown: then they are more by now.
        if len(unseen) >= before + IN_VAIN_BEFORE_PAUSE:
            self._paused_after = len(unseen)
            # It tries again by itself once.
            await self._lifecycle.hold(_why_in_vain(unseen), Fault.ERROR if before else Fault.PASSES)

    async def _heed(self, reached: LimitReached, step: Speak | Summarise | Choose | Gather) -> None:
        """A limit is reached: pause until the next day, or go on to the summary, or close if that was the summary."""
        if reached.cap is Cap.DAY:
            await self._lifecycle.hold(str(reached), Fault.LIMIT)
            return
        if isinstance(step, Gather):
            for turn in unasked(step):  # some of them may have answered by now
                await self._log.commit(lambda turn=turn: self._if_still_asked_for(turn))
            return
        await self._announcer.announce(NearsItsEnd(str(reached)))
        if self._state.status is not Status.RUNNING:
            return
        if isinstance(step, Summarise):
            await self._lifecycle.close(str(reached))
        else:
            await self._log.steer(TurnsChanged(turns=len(self._record.persona_turns())), "")


def _why_in_vain(turns: list[Turn]) -> str:
    """What turns that nobody saw, the newest first, have in common."""
    many = f"{len(turns)} turns in a row"
    if all(turn.withheld for turn in turns):
        return f"{many} were withheld: a filter of this server, or the place itself, does not let them through."
    if not all(turn.is_pass for turn in turns):
        return f"{many} came to nothing or were withheld."
    last = turns[:IN_VAIN_BEFORE_PAUSE]
    why = (why for flag, why in _PASSED if all(flag in turn.flags for turn in last))
    return f"{many} came to nothing: {next(why, 'the model repeats itself or says nothing of use')}."
