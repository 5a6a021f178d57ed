"""What people may ask of the moderator while a session is under way. `by` is who asks, for the line the table sees."""

from typing import Protocol

from bot.discussion.model.persona import Persona
from bot.discussion.model.polls import open_poll
from bot.discussion.model.record import Record, Session, moderator_turn, question_on_table, seats, speakers
from bot.discussion.model.steerings import (
    FloorGiven,
    Muted,
    PollCut,
    SeatAdded,
    SeatRemoved,
    Steering,
    TurnsChanged,
    TurnSkipped,
    WrapUpCalled,
)
from bot.discussion.moderation import agenda
from bot.discussion.moderation.formats.format import Wish
from bot.discussion.moderation.formats.table import format_of
from bot.discussion.moderation.moderator import next_step
from bot.discussion.moderation.speaker_selection import choosable, next_speaker
from bot.discussion.moderation.steps import Choose, ClosePoll, Gather, Listen, Open, Speak, WrapUp
from bot.discussion.text.folding import fold
from bot.errors import Remedy, UserError


class Steered(Protocol):
    """What steering needs of a session."""

    @property
    def session(self) -> Session: ...

    @property
    def record(self) -> Record: ...

    async def steer(self, steering: Steering, text: str) -> None:
        """Commit a moderator's turn; `text` is what the place sees of it."""
        ...


async def skip(runner: Steered, *, by: str) -> Persona | None:
    """Pass over whoever would speak next, or close the vote that is open. Out: who that is; None: the vote. Raises
    UserError."""
    _refuse(runner, "skip")
    step = next_step(runner.session, runner.record)
    if (poll := open_poll(runner.record)) and isinstance(step, Gather | ClosePoll):
        if poll.is_cut:
            raise UserError("The vote is being closed already: it waits only for the personas' ballots.")
        await runner.steer(PollCut(), f"{by} closes the vote.")
        return None
    if isinstance(step, Gather):
        raise UserError("Nobody is about to speak: everyone writes down a position. It takes a moment.")
    if isinstance(step, Open | Choose) and choosable(runner.session, runner.record):
        raise UserError("Nobody is about to speak yet: the model has still to choose. Try again in a moment.")
    # A new question may come first, or the wrap-up: then the one who would speak behind that is skipped.
    behind = next_speaker(runner.session, runner.record) if isinstance(step, Open | WrapUp) else None
    persona = step.persona if isinstance(step, Speak) else behind
    if isinstance(step, Listen):
        raise UserError("Nobody is about to speak: the table waits until somebody asks it something.")
    if persona is None:
        raise UserError("Nobody is about to speak: the table comes to its end.")
    await runner.steer(TurnSkipped(name=persona.name), f"{by} skips {persona.full_name} this time.")
    return persona


async def give_floor(runner: Steered, name: str, *, by: str) -> Persona:
    """Have a persona speak next. Raises UserError, also for one who only listens."""
    _refuse(runner, "floor")
    persona = _seated(runner, name)
    if persona not in speakers(runner.session, runner.record):
        raise UserError(f"{persona.full_name} only listens.", Remedy.UNMUTE)
    await runner.steer(FloorGiven(name=persona.name), f"{by} gives the floor to {persona.full_name}.")
    return persona


async def put_question(runner: Steered, question: str | None = None) -> str:
    """Put a question of one's own, or the agenda's next, on the table. Out: the question. Raises UserError."""
    _refuse(runner, "own_question" if question else "next_question")
    on_table, put = question_on_table(runner.record), agenda.following_question(runner.session, runner.record)
    if question:
        if question == on_table:
            raise UserError("That question is on the table already.")
        put = agenda.own_question(runner.record, question)
    if put is None:
        raise UserError("There is no other question on the agenda. Put one of your own.")
    await runner.steer(put, agenda.put_line(runner.session, runner.record, put))
    return put.question


async def wrap_up(runner: Steered, *, by: str) -> int:
    """Go to the closing turns and the summary. Out: how many turns are left. Raises UserError."""
    _refuse(runner, "wrap_up")
    form = format_of(runner.session)
    if form.is_wrapping_up(runner.session, runner.record):
        raise UserError("The table is wrapping up already.")
    # Counted before: while the place is told, the next turn may be taken already.
    left = form.turns_left(runner.session, Record([*runner.record, moderator_turn(runner.record, WrapUpCalled(), "")]))
    await runner.steer(WrapUpCalled(), f"{by} asks the table to wrap up.")
    return left


async def change_turns(runner: Steered, turns: int, *, by: str) -> int:
    """Set how many turns the discussion has in all, also once the summary was asked for. Out: how many are left.

    Raises UserError.
    """
    _refuse(runner, "length")
    spoken = len(runner.record.persona_turns())
    if turns <= spoken:
        taken = f"{spoken} turns have" if spoken != 1 else "One turn has"
        raise UserError(f"{taken} been taken already: name {spoken + 1} or more.", Remedy.SOONER)
    if turns == format_of(runner.session).turns_in_all(runner.session, runner.record):
        raise UserError(f"There are {turns} already. Name more, or fewer.", Remedy.SOONER)
    await runner.steer(TurnsChanged(turns=turns), f"{by} sets the discussion to {turns} turns.")
    return turns - spoken


async def seat(runner: Steered, persona: Persona) -> None:
    """Have a persona join the table. Raises UserError."""
    if any(p.name == persona.name for p in seats(runner.session, runner.record)):
        raise UserError(f"{persona.full_name} sits at this table already.")
    await runner.steer(SeatAdded(persona=persona), f"{persona.full_name} joins the table.")


async def unseat(runner: Steered, name: str) -> Persona:
    """Have a persona leave the table. Raises UserError, also for the last one who may speak."""
    persona = _seated(runner, name)
    _keep_somebody(runner, persona)
    await runner.steer(SeatRemoved(name=persona.name), f"{persona.full_name} leaves the table.")
    return persona


async def mute(runner: Steered, name: str, *, muted: bool, by: str) -> Persona:
    """Have a persona listen only, or speak again. Raises UserError, also for the last one who may speak."""
    persona = _seated(runner, name)
    is_muted = persona not in speakers(runner.session, runner.record)
    if is_muted == muted:
        raise UserError(f"{persona.full_name} {'only listens' if muted else 'may speak'} already.")
    if muted:
        _keep_somebody(runner, persona)
    text = f"{by} asks {persona.full_name} {'only to listen' if muted else 'to speak again'}."
    await runner.steer(Muted(name=persona.name, muted=muted), text)
    return persona


def _refuse(runner: Steered, wish: Wish) -> None:
    """Raise UserError for what the format of this table can't give now."""
    if why := format_of(runner.session).refusal(wish, runner.session, runner.record):
        raise UserError(why)


def _seated(runner: Steered, name: str) -> Persona:
    seated = seats(runner.session, runner.record)
    for persona in seated:
        if fold(name.strip()) in (fold(persona.name), fold(persona.full_name)):
            return persona
    raise UserError(f"“{name}” does not sit at this table. At it are {', '.join(p.name for p in seated)}.")


def _keep_somebody(runner: Steered, persona: Persona) -> None:
    if all(p == persona for p in speakers(runner.session, runner.record)):
        raise UserError(f"{persona.full_name} is the only one left to speak.", Remedy.CLOSE)
