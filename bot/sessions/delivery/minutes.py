"""The minutes: a session's record as a Markdown text that people can keep."""

from bot.discussion.model.names import shown_name
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import QuestionPut, Record, Session, seats


def minutes(session: Session, record: Record) -> str:
    """The whole discussion as it was shown: questions as headings, turns by speaker, the summary at the end."""
    table: dict[str, Persona] = {p.name: p for p in [*session.cast, *seats(session, record)]}
    parts = [f"# Minutes: {session.task.name}", session.task.context]
    parts.append("At the table (all of them AI personas): " + ", ".join(p.full_name for p in session.cast) + ".")
    for turn in record:
        if isinstance(turn.steering, QuestionPut):
            parts.append(f"## {turn.steering.question}")
        elif not turn.text or turn.withheld or turn.kind == "moderator":
            continue
        elif turn.kind == "guest":
            parts.append(f"**{shown_name(session, turn)}** (guest): {turn.text}")
        else:
            if turn.kind == "summary":
                parts.append("## Summary")
            name = table[turn.speaker].full_name if turn.speaker in table else turn.speaker
            parts.append(f"**{name}**: {turn.text}")
    return "\n\n".join(part for part in parts if part) + "\n"
