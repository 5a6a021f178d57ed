"""Whose turn it is to argue the other side, so that a table of polite models does not end in one opinion."""

from typing import Final

from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session, speakers
from bot.discussion.moderation import agenda
from bot.discussion.moderation.seeded_random import one_in
from bot.discussion.moderation.speaker_selection import this_round

# The flag of a persona turn that was asked to.
DISSENT_FLAG: Final = "dissent"


def is_to_dissent(session: Session, record: Record, speaker: Persona) -> bool:
    """With probability 1/dissent_every, but nobody again before everybody at the table was asked.

    Not on a new question, of which the table has no view yet, nor while it wraps up; and nobody argues with themselves.
    """
    every, spoken = session.dials.dissent_every, record.persona_turns()
    table = [p.name for p in speakers(session, record)]
    if not every or len(table) < 2 or not one_in(session.seed, "dissent", len(spoken), every):
        return False
    if not agenda.turns_on_question(record) or agenda.is_wrapping_up(session, record):
        return False
    return speaker.name not in this_round(table, (t.speaker for t in spoken if DISSENT_FLAG in t.flags))
