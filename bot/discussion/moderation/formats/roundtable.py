"""The round table: questions from an agenda, a floor that goes from speaker to speaker, turns left, and a summary."""

from bot.discussion.model.names import shown_name
from bot.discussion.model.persona import Persona
from bot.discussion.model.polls import Poll
from bot.discussion.model.record import Record, Session, question_on_table
from bot.discussion.moderation import agenda, speaker_selection, stagnation
from bot.discussion.moderation.dissent import is_to_dissent
from bot.discussion.moderation.formats.format import Format
from bot.discussion.moderation.steps import Choose, Close, Open, Speak, Step, Summarise, WrapUp
from bot.discussion.prompts.prompt import Cue


class RoundTable(Format):
    name = "roundtable"
    title = "Round table"
    about = "A moderated discussion of one question after the other, then a summary"

    def rules(self, session: Session) -> list[str]:
        return []  # what everybody expects of a table

    def next_step(self, session: Session, record: Record) -> Step:
        if agenda.has_ended(record):
            return Close()
        if agenda.turns_left(session, record) == 0:
            return sum_up(session, record)
        return discuss(session, record)


def discuss(session: Session, record: Record) -> Step:
    """The next step of a discussion whose clock has turns left."""
    if question := agenda.question_to_put(session, record):
        return Open(question)
    if agenda.has_run_dry(session, record):
        return WrapUp()
    persona = speaker_selection.next_speaker(session, record)
    if persona is None:
        return Close()
    if among := speaker_selection.choosable(session, record):
        return Choose(among)
    return Speak(persona, cue(session, record, persona))


def sum_up(
    session: Session, record: Record, *, note: str = "", states: Poll | None = None, was_told: bool = True
) -> Step:
    """The summary, where anybody has said anything. `note`, `states`: as in a cue; `was_told`: whether people are told
    beforehand by whom it will be."""
    persona = speaker_selection.summariser(session, record, was_told=was_told)
    return Summarise(persona, Cue(None, summary=True, note=note, states=states)) if persona else Close()


def cue(session: Session, record: Record, speaker: Persona) -> Cue:
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
        answer_to=shown_name(session, call) if call and not dissent else None,
        ask=asked.name if asked and not dissent else None,
        dissent=dissent,
        new_angle=not dissent and stagnation.only_agree(session, record),
        deeper=not dissent and agenda.is_to_go_deeper(session, record),
    )
