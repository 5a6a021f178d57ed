"""The moderator: the next step of a discussion, from the session and its record alone."""

from dataclasses import dataclass

from bot.discussion.model.names import shown_name
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session, question_on_table
from bot.discussion.moderation import agenda, audience, speaker_selection, stagnation
from bot.discussion.moderation.asked_guest import has_missed_answer
from bot.discussion.moderation.dissent import is_to_dissent
from bot.discussion.prompts.prompt import Cue


@dataclass(frozen=True, slots=True)
class Open:
    """Put this question on the table."""

    question: str


@dataclass(frozen=True, slots=True)
class WrapUp:
    """Call for the closing turns: the table has nothing new to say, and no other question."""


@dataclass(frozen=True, slots=True)
class Choose:
    """Have the model choose who of these speaks next."""

    among: tuple[Persona, ...]


@dataclass(frozen=True, slots=True)
class Speak:
    """This persona takes a turn."""

    persona: Persona
    cue: Cue


@dataclass(frozen=True, slots=True)
class Summarise:
    """This persona sums up."""

    persona: Persona
    cue: Cue


@dataclass(frozen=True, slots=True)
class Close:
    """The discussion is over."""


Step = Open | WrapUp | Choose | Speak | Summarise | Close


def next_step(session: Session, record: Record) -> Step:
    """What happens next. The same session and record always give the same step."""
    if agenda.has_ended(record):
        return Close()
    if agenda.turns_left(session, record) == 0:
        persona = speaker_selection.summariser(session, record)
        return Summarise(persona, Cue(None, summary=True)) if persona else Close()
    if question := agenda.question_to_put(session, record):
        return Open(question)
    if agenda.has_run_dry(session, record):
        return WrapUp()
    persona = speaker_selection.next_speaker(session, record)
    if persona is None:
        return Close()
    if among := speaker_selection.choosable(session, record):
        return Choose(among)
    return Speak(persona, _cue(session, record, persona))


def _cue(session: Session, record: Record, speaker: Persona) -> Cue:
    """What the speaker is told. A guest's word comes before a dissent, and that before everything else to do."""
    call = speaker_selection.addressing_turn(session, record)
    if call and call.addressed != speaker.name:
        call = None
    dissent = not (call and call.kind == "guest") and is_to_dissent(session, record, speaker)
    asked = speaker_selection.person_to_ask(session, record, speaker)
    return Cue(
        question=question_on_table(record),
        turns_left=agenda.turns_left(session, record),
        wrap_up=agenda.is_wrapping_up(session, record),
        audience=audience.clause(record, speaker),
        answer_to=shown_name(session, call) if call and not dissent else None,
        ask=asked.name if asked and not dissent else None,
        dissent=dissent,
        new_angle=not dissent and stagnation.only_agree(session, record),
        deeper=not dissent and agenda.is_to_go_deeper(session, record),
    )


def still_fits(session: Session, record: Record, *, heard: int, revision: int) -> bool:
    """Whether a draft may be committed: nobody steered since turn `heard`, nothing it had read was changed, and whoever
    was asked by name has not answered since.

    Any other guest's turn in between does no harm, nor that one is changed which came after `heard`: the floor looks at
    all of those next time.
    """
    steered = any(t.steering and not t.is_note for t in record.after(heard))
    changed = any(seq <= heard for seq in record.changed[revision:])
    return not (steered or changed or has_missed_answer(session, record, heard=heard))
