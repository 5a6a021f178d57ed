"""A small discussion: four personas, two questions, six turns."""

from bot.discussion.model.dials import Dials
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session, Turn, moderator_turn
from bot.discussion.model.steerings import QuestionPut
from bot.discussion.model.task import Task

QUESTIONS = ("Who sweeps the hall?", "Who pays for the lamps?")
AINO = Persona(
    name="Aino", full_name="Professor Aino Virtanen", prompt="You are Professor Aino Virtanen, who counts ice floes."
)
CAST = (
    AINO,
    Persona(name="Ravi", full_name="Ravi Menon", prompt="You like bread."),
    Persona(name="Mira", full_name="Dr. Mira Kessler", prompt="You like bees."),
    Persona(name="Tomás", full_name="Tomás Okafor", prompt="You like boats."),
)
SESSION = Session(Task(name="hall", context="A village hall.", questions=QUESTIONS), CAST, Dials(turns=6, pace=0), 1)


def begun() -> Record:
    """A record in which the first question is put."""
    record = Record()
    record.append(moderator_turn(record, QuestionPut(question=QUESTIONS[0]), ""))
    return record


def say(record: Record, name: str, text: str | None = None) -> Turn:
    """A persona's turn."""
    seq = record.last_seq + 1
    record.append(turn := Turn(seq, "persona", name, text or f"Point {seq} of {name}.", heard=seq - 1))
    return turn
