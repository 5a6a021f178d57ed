"""The minutes: a session's record as a Markdown text that people can keep."""

from bot.discussion.model.bursts import as_one, bursts
from bot.discussion.model.names import shown_name
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import QuestionPut, Record, Session, seats
from bot.discussion.text.plain_markdown import entry, heading, plain_name, quotation


def minutes(session: Session, record: Record) -> str:
    """The whole discussion as it was shown: questions as headings, turns by speaker, the summary at the end.

    Nothing that anybody said or is called makes a heading, another's entry or a link that hides its address.
    """
    table: dict[str, Persona] = {p.name: p for p in [*session.cast, *seats(session, record)]}
    parts = [heading(1, f"Minutes: {session.task.name}"), quotation(session.task.context)]
    cast = ", ".join(plain_name(p.full_name) for p in session.cast)
    parts.append(f"At the table (all of them AI personas): {cast}.")
    for turn in map(as_one, bursts(record)):
        if isinstance(turn.steering, QuestionPut):
            parts.append(heading(2, turn.steering.question))
        elif not turn.text or turn.withheld or turn.kind == "moderator":
            continue
        elif turn.kind == "guest":
            parts.append(entry(shown_name(session, turn), turn.text, guest=True))
        else:
            if turn.kind == "summary":
                parts.append(heading(2, "Summary"))
            name = table[turn.speaker].full_name if turn.speaker in table else turn.speaker
            parts.append(entry(name, turn.text))
    return "\n\n".join(part for part in parts if part) + "\n"
