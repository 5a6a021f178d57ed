"""The moderator: the next step of a discussion, from the session and its record alone, as its format has it."""

from dataclasses import replace

from bot.discussion.model.record import Record, Session
from bot.discussion.moderation import audience
from bot.discussion.moderation.asked_guest import has_missed_answer
from bot.discussion.moderation.formats.table import format_of
from bot.discussion.moderation.steps import Speak, Step


def next_step(session: Session, record: Record) -> Step:
    """What happens next. The same session and record always give the same step."""
    step = format_of(session).next_step(session, record)
    if isinstance(step, Speak):  # whatever the format, a speaker hears what people made of the turns before
        return replace(step, cue=replace(step.cue, audience=audience.clause(record, step.persona)))
    return step


def still_fits(session: Session, record: Record, *, heard: int, revision: int) -> bool:
    """Whether a draft may be committed: nobody steered since turn `heard`, nothing it had read was changed, and whoever
    was asked by name has not answered since.

    Any other guest's turn in between does no harm, nor that one is changed which came after `heard`: the floor looks at
    all of those next time.
    """
    steered = any(t.steering and not t.is_note for t in record.after(heard))
    changed = any(seq <= heard for seq in record.changed[revision:])
    return not (steered or changed or has_missed_answer(session, record, heard=heard))
