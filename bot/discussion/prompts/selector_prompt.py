"""Asks the model who speaks next: the prompt for that, and the name in what it answers."""

import re
from collections.abc import Sequence
from typing import Final

from bot.discussion.model.addressing import named
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session, question_on_table, seats
from bot.discussion.prompts.prompt import Prompt, in_prompt, preamble, transcript
from bot.discussion.text.folding import one_line

# A name with its title takes no more, in tokens; and some servers take no lower limit of an answer.
CHOICE_TOKENS: Final = 16

_TAIL: Final = """
(A note from the moderator. {question}Decide who speaks next, so that the discussion gets on: somebody who has an answer
to what was said last, who sees it otherwise, or who has not been heard for a while. It is one of these: {names}.
Write only the name.)
Next speaker:"""


def selector_prompt(session: Session, record: Record, among: Sequence[Persona]) -> Prompt:
    """The prompt that asks who of these speaks next: all but its tail is that of the turn which comes after it."""
    question = question_on_table(record)
    put = f"The question on the table is: {one_line(question)} " if question else ""
    tail = in_prompt(_TAIL.format(question=put, names=", ".join(p.name for p in among)))
    return Prompt(preamble(session), transcript(session, record), tail, (), record.last_seq)


# What a model says of somebody who is not to speak, up to where it comes to whoever is; and what it adds in brackets.
_NOT_CHOSEN: Final = re.compile(
    r"\([^()]*\)|\b(?:since|because|as|while|weil|puisque|porque)\b[^,;:.!?\n]*|不是[^，,。]*|[^\s、。]*ではなく"
    r"|\b(?:not|instead of|rather than|except|besides|unlike|without|neither|nor|after|nicht|statt|pas|no|ei)\b"
    r"(?:(?!\bbut\b|\bsondern\b|\bmais\b|\bsino\b|\bvaan\b)[^,;:.!?\n])*",
    re.IGNORECASE,
)


def read_selection(text: str, session: Session, record: Record, among: Sequence[Persona]) -> str | None:
    """The first of these whom the model's answer names, but for those whom it names to say that they are not meant.

    None if it names none of them.
    """
    # Read with everybody's names in mind: a first name that two of the table share calls neither of them.
    table = seats(session, record)
    may = {p.name for p in among}
    readings = (named(_NOT_CHOSEN.sub(" ", text), table), named(text, table))
    return next((name for names in readings for name in names if name in may), None)
