"""One session's loop: compose a turn, commit it if the record still fits, show it, keep the pace."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from bot.discussion import agenda
from bot.discussion.floor import PASSES_BEFORE_PAUSE, passes_in_a_row
from bot.discussion.moderator import Close, Open, Speak, Summarise, next_step, still_fits
from bot.discussion.names import addressed
from bot.discussion.prompt import Prompt, again, build_prompt, compaction, shown_name
from bot.discussion.record import QuestionPut, Record, Steering, Turn, Usage, moderator_turn, seats
from bot.discussion.reply import Reply, clean, is_copy
from bot.errors import ContextOverflow, EndpointDown, EndpointRefused
from bot.llm.endpoint import Completion, Endpoint
from bot.sessions.interruptible import Interruptible
from bot.sessions.minutes import minutes
from bot.sessions.posting import Held, PlaceGone, Poster
from bot.sessions.stage import GuestMessage, OutcomeUnknown, Overview, Refused, Stage
from bot.store.rows import Post, PostKind, Status, StoredSession
from bot.store.store import Store

log = logging.getLogger(__name__)

# A prompt is compacted when it fills this share of what the window leaves for it.
HIGH_WATERMARK: Final = 0.9
# Tokens that a chat template adds around one message, generously.
TEMPLATE_TOKENS: Final = 64
# A summary may be as long as several turns.
SUMMARY_TURNS: Final = 2
# How long a person waits for what they did to be shown, in seconds: a table must stop also while Discord is down.
PATIENCE: Final = 3.0
CLOSING: Final = "🏁 The table is closed. Thank you all."


@dataclass(frozen=True, slots=True)
class Draft:
    """A composed turn that is not yet in the record, with the state of the record it was composed from."""

    turn: Turn
    heard: int
    revision: int


class Run:
    """A session that is (or can be) under way. One task at a time runs its loop."""

    def __init__(
        self,
        stored: StoredSession,
        record: Record,
        *,
        store: Store,
        stage: Stage,
        endpoint: Endpoint,
        max_tokens: int,
        latest: int,
        on_turn: Callable[[Turn], None] = lambda turn: None,
    ) -> None:
        """`latest`: the largest Discord id the session has seen. `on_turn` is told of each committed turn."""
        self.stored = stored
        self.session = stored.session
        self.record = record
        self.status = stored.status
        self.reason = stored.reason
        self.stage = stage
        self.poster = Poster(
            store,
            stage,
            session_id=stored.id,
            place_id=stored.place_id,
            latest=latest,
            on_withheld=self._withheld,
        )
        self._store = store
        self._endpoint = endpoint
        self._max_tokens = max_tokens
        self._on_turn = on_turn
        self._interruptible = Interruptible()
        self._interrupts = 0
        self._lock = asyncio.Lock()

    # --- the loop ---

    async def loop(self) -> None:
        """Run until the session is paused, ended or interrupted. Faults pause it, with a sentence in the place."""
        try:
            await self.poster.deliver()
            while self.status is Status.RUNNING:
                match next_step(self.session, self.record):
                    case Open(question):
                        await self.steer(QuestionPut(question=question), question, interrupt=False)
                        await self.poster.deliver()
                    case Close():
                        await self.close()
                    case step:
                        interrupts = self._interrupts
                        draft = await self._interruptible(self._compose(step))
                        if draft is not None and await self._commit(draft):
                            await self.poster.deliver()
                            await self._after(draft.turn, rest=interrupts == self._interrupts)
        except (EndpointDown, EndpointRefused, ContextOverflow) as problem:
            await self.hold(str(problem))
        except Held as problem:
            await self.hold(str(problem), can_post=False)
        except PlaceGone as problem:
            await self._store.give_up_place(self.stored.place_id)
            await self.set_status(Status.ENDED, str(problem))

    async def _after(self, turn: Turn, *, rest: bool) -> None:
        """Pause after a turn; `rest`: nobody has asked for something since it was begun."""
        passes = passes_in_a_row(self.record)
        if turn.is_pass and passes % PASSES_BEFORE_PAUSE == 0:
            await self.hold(f"{passes} turns in a row came to nothing: the model repeats itself or says nothing.")
        elif turn.kind == "persona" and self.status is Status.RUNNING and rest:
            await self._interruptible.sleep(max(self.stage.min_pace, self.session.dials.pace))

    # --- compose ---

    async def _compose(self, step: Speak | Summarise) -> Draft:
        """Have the speaker's turn written. Raises what the endpoint raises."""
        await self.stage.composing(step.persona)
        await self._endpoint.discover()
        prompt = await self._fitting_prompt(step)
        revision = self.record.revision
        try:
            completion = await self._ask(prompt, step)
        except ContextOverflow:
            prompt = await self._fitting_prompt(step, overflown=True)
            revision = self.record.revision
            completion = await self._ask(prompt, step)
        reply, usage = self._read(completion, step), _usage(completion)
        if self._is_useless(reply.text, step):
            completion = await self._ask(again(self.session, prompt, step.persona, step.cue), step)
            reply, usage = self._read(completion, step), _usage(completion, usage)
        text, flags = reply.text, reply.flags
        if self._is_useless(text, step):
            text, flags = "", (*flags, "repeated") if text else flags
        table = seats(self.session, self.record)
        turn = Turn(
            seq=0,
            kind="summary" if isinstance(step, Summarise) else "persona",
            speaker=step.persona.name,
            text=text,
            question=step.cue.question,
            addressed=addressed(text, table, speaker=step.persona.name) if isinstance(step, Speak) else None,
            heard=prompt.heard,
            raw=completion.text,
            flags=flags,
            usage=usage,
        )
        return Draft(turn, prompt.heard, revision)

    async def _ask(self, prompt: Prompt, step: Speak | Summarise) -> Completion:
        limit = self._max_tokens * (SUMMARY_TURNS if isinstance(step, Summarise) else 1)
        return await self._endpoint.complete(
            prompt.text, temperature=step.persona.creativity, max_tokens=limit, stop=prompt.stop
        )

    def _read(self, completion: Completion, step: Speak | Summarise) -> Reply:
        others, guests = [], set[str]()
        if isinstance(step, Speak):  # a summary may well go from one speaker to the next, each on a line
            others = [p for p in seats(self.session, self.record) if p.name != step.persona.name]
            guests = {shown_name(self.session, turn) for turn in self.record if turn.kind == "guest"}
        return clean(
            completion.text,
            speaker=step.persona,
            others=others,
            guests=guests,
            finish_reason=completion.finish_reason,
        )

    def _is_useless(self, text: str, step: Speak | Summarise) -> bool:
        return not text or (isinstance(step, Speak) and is_copy(text, self.record))

    async def _fitting_prompt(self, step: Speak | Summarise, *, overflown: bool = False) -> Prompt:
        """The prompt, after a compaction if it would not fit into the window (or did not: `overflown`)."""
        prompt = build_prompt(self.session, self.record, step.persona, step.cue)
        room = self._room()
        if overflown:
            # The server counts otherwise than we do: what it refused is over its limit, whatever we think that is.
            room = min(room or len(prompt.text), int(len(prompt.text) * HIGH_WATERMARK))
        if room is None or len(prompt.text) <= room * HIGH_WATERMARK:
            return prompt
        drop = compaction(self.session, self.record, room=room - len(prompt.preamble) - len(prompt.tail))
        if drop is None and not overflown and len(prompt.text) <= room:
            return prompt
        if drop is None:
            raise ContextOverflow(
                "The character cards and the task are longer than the model's context window. "
                "Seat fewer personas, or load the model with a larger window."
            )
        await self.steer(drop, "", interrupt=False)
        return build_prompt(self.session, self.record, step.persona, step.cue)

    def _room(self) -> int | None:
        """Characters that a prompt may have, None where the window is not known."""
        if self._endpoint.window is None:
            return None
        tokens = self._endpoint.window - SUMMARY_TURNS * self._max_tokens - TEMPLATE_TOKENS
        return max(0, int(tokens * self._endpoint.chars_per_token))

    # --- commit ---

    async def _commit(self, draft: Draft) -> bool:
        """Store the draft with its posts, unless someone steered or something it had read was changed meanwhile."""

        def still_wanted() -> Turn | None:
            fits = still_fits(self.record, heard=draft.heard, revision=draft.revision)
            return draft.turn if fits and self.status is Status.RUNNING else None

        return await self._add(still_wanted)

    async def _add(self, next_turn: Callable[[], Turn | None]) -> bool:
        """Add the turn that `next_turn` gives once nobody else is adding one (None: nothing after all)."""
        # Shielded: a turn that is in the database must also get into the record, whoever is cancelled in between.
        return await asyncio.shield(asyncio.ensure_future(self._store_turn(next_turn)))

    async def _store_turn(self, next_turn: Callable[[], Turn | None]) -> bool:
        async with self._lock:
            turn = next_turn()
            if turn is None:
                return False
            turn = replace(turn, seq=self.record.last_seq + 1)
            persona = next((p for p in seats(self.session, self.record) if p.name == turn.speaker), None)
            show = [] if turn.kind == "guest" or not turn.text else self.stage.split(turn, persona)
            added = await self._store.add_turn(
                self.stored.id, self.stored.place_id, turn, show, after_id=self.poster.latest
            )
            if added:
                self.record.append(turn)
                self._on_turn(turn)
            return added

    # --- what people do ---

    async def steer(self, steering: Steering, text: str, *, interrupt: bool = True) -> None:
        """Commit a moderator turn; `text` is what the place sees of it. A turn in the making is given up."""
        await self._add(lambda: moderator_turn(self.record, steering, text))
        if interrupt:
            self._interrupt()
        if text:
            await self._deliver_quietly()
        if isinstance(steering, QuestionPut):
            await self.refresh()

    def _interrupt(self) -> None:
        # Counted, since it may come between two things that can be interrupted.
        self._interrupts += 1
        self._interruptible.interrupt()

    async def guest_said(self, message: GuestMessage) -> bool:
        """Commit a guest's turn. Out: False if that message is a turn already."""
        self.poster.latest = max(self.poster.latest, message.id)
        to = await self._replied_to(message)
        to = to or addressed(message.text, seats(self.session, self.record), speaker="", guest=True)
        turn = Turn(
            seq=0,
            kind="guest",
            speaker=message.name,
            text=message.text,
            question=agenda.question_on_table(self.record),
            addressed=to,
            message_id=message.id,
            author_id=message.author_id,
        )
        return await self._add(lambda: turn)

    def has_heard(self, message_id: int) -> bool:
        """Whether a guest's message is a turn."""
        return any(t.message_id == message_id for t in self.record)

    async def guest_changed(self, message_id: int, text: str) -> bool:
        """A guest edited (or, with empty text, deleted) a message: so does its turn. Out: whether it had one."""
        async with self._lock:
            turn = next((t for t in self.record if t.message_id == message_id), None)
            if turn is None or turn.text == text:
                return turn is not None
            to = addressed(text, seats(self.session, self.record), speaker="", guest=True) or turn.addressed
            await self._store.amend_turn(self.stored.id, replace(turn, text=text, addressed=to))
            self.record.amend(turn.seq, text=text, addressed=to)
            return True

    async def catch_up(self) -> None:
        """At start-up: take in what guests wrote while nobody listened."""
        # From the last one taken in, not from the last message seen: a post of ours may be newer than one not taken in.
        since = max((t.message_id or 0 for t in self.record), default=0) or self.stored.anchor_id
        try:
            for message in await self.stage.heard_since(since):
                await self.guest_said(message)
        except (Refused, OutcomeUnknown) as problem:
            log.warning("session %s: could not read what guests wrote meanwhile: %s", self.stored.id, problem)

    async def _replied_to(self, message: GuestMessage) -> str | None:
        found = await self._store.post_of_message(message.reply_to) if message.reply_to else None
        if found is None or found[0] != self.stored.id or found[1].turn_seq is None:
            return None
        turn = self.record.turns[found[1].turn_seq - 1]
        return turn.speaker if turn.kind in ("persona", "summary") else None

    # --- status ---

    async def set_status(self, status: Status, reason: str | None = None) -> None:
        """Change and store the status; a turn in the making is given up unless the session runs."""
        self.status, self.reason = status, reason
        await self._store.set_status(self.stored.id, status, reason)
        if status is not Status.RUNNING:
            self._interrupt()
        await self.refresh()

    async def hold(self, reason: str, *, can_post: bool = True) -> None:
        """Pause because of a fault, and say so in the place, or to the convener where the bot can't post."""
        if self.status is Status.ENDED:  # only some of its posts are left over; the next start tries them again
            log.warning("session %s: not everything could be shown: %s", self.stored.id, reason)
            return
        log.warning("session %s paused: %s", self.stored.id, reason)
        await self.set_status(Status.PAUSED, reason)
        text = f"⏸ The table is paused. {reason}\nNothing is lost: `/roundtable resume` goes on."
        if can_post:
            await self.announce(Post(PostKind.NOTICE, text))
        else:
            await self.stage.tell_convener(text)

    async def close(self) -> None:
        """End the session and hand out the minutes."""
        closing = Post(PostKind.MINUTES, CLOSING, attachment=minutes(self.session, self.record))
        # Stored before the end is: whatever happens in between, the minutes are sent.
        await self._store.add_post(self.stored.id, self.stored.place_id, closing)
        await self.set_status(Status.ENDED)
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
            await self.set_status(Status.ENDED, str(problem))
        except Held as problem:
            log.warning("session %s: notice not shown: %s", self.stored.id, problem)
            await self._store.give_up_post(post_id)
            await self.stage.tell_convener(post.content)

    async def refresh(self) -> None:
        await self.stage.refresh(self.overview())

    def overview(self) -> Overview:
        """How the session stands."""
        question = agenda.question_on_table(self.record)
        put = dict.fromkeys(s.question for _, s in self.record.steerings() if isinstance(s, QuestionPut))
        questions = list(dict.fromkeys([*self.session.task.questions, *put]))
        return Overview(
            session_id=self.stored.id,
            status=self.status,
            reason=self.reason,
            turns=len(self.record.persona_turns()),
            turns_in_all=agenda.turns_in_all(self.session, self.record),
            question=question,
            question_number=questions.index(question) + 1 if question in questions else 0,
            questions=len(questions),
            cast=tuple(p.name for p in seats(self.session, self.record)),
            convener_id=self.stored.convener_id,
            waiting=self.poster.waiting,
        )

    async def _withheld(self, seq: int) -> None:
        turn = self.record.amend(seq, withheld=True)
        await self._store.amend_turn(self.stored.id, turn)


def _usage(completion: Completion, earlier: Usage | None = None) -> Usage:
    """What a turn cost: with a second call, both together."""

    def both(a: float | None, b: float | None):
        return b if a is None else a if b is None else a + b

    if earlier is None:
        earlier = Usage()
    return Usage(
        finish_reason=completion.finish_reason,
        prompt_tokens=both(earlier.prompt_tokens, completion.prompt_tokens),  # type: ignore[arg-type]
        cached_tokens=both(earlier.cached_tokens, completion.cached_tokens),  # type: ignore[arg-type]
        completion_tokens=both(earlier.completion_tokens, completion.completion_tokens),  # type: ignore[arg-type]
        latency_ms=both(earlier.latency_ms, completion.latency_ms),
    )
