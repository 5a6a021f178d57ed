"""How a discussion looks in a terminal."""

import io
import re

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Session, Turn
from bot.discussion.model.steerings import QuestionPut
from bot.discussion.model.task import Task
from bot.sessions.delivery.notices import SessionClosed
from bot.store.models import Post, PostKind
from bot.terminal import TerminalStage

LONG = "Bread is patience, and patience is what a winter teaches whoever has an oven and no choice but to wait."


def cast_of(*names: str) -> tuple[Persona, ...]:
    return tuple(Persona(name=name.split()[0], full_name=name, prompt="x") for name in names)


def session(cast: tuple[Persona, ...], turns: int = 6) -> Session:
    return Session(Task(name="borrowed-memories", questions=("Who bakes?",)), cast, Dials(turns=turns), 5)


def turn(kind: str, speaker: str, text: str, seq: int = 1) -> Turn:
    steering = QuestionPut(question=text) if kind == "moderator" else None
    return Turn(seq, kind, speaker, text, steering=steering)  # type: ignore[arg-type]


async def show(stage: TerminalStage, turn: Turn, persona: Persona | None = None) -> None:
    for post in stage.split(turn, persona):
        await stage.send(post)


async def test_a_discussion_from_its_header_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    aino, ravi, mira = cast = cast_of("Aino Virtanen", "Ravi Menon", "Mira Kessler")
    stage = TerminalStage(out := io.StringIO(), colour=False)
    stage.show_header(session(cast))
    await show(stage, turn("moderator", "moderator", "Who bakes?"))
    await show(stage, turn("persona", "Aino", "Rye.\n\nAnd wheat, if the winter is short and dry."), aino)
    await show(stage, turn("summary", "Mira", "We bake."), mira)
    await stage.send(Post(PostKind.NOTICE, stage.sentence(SessionClosed())))
    assert out.getvalue() == (
        "borrowed memories\n"
        "Aino Virtanen, Ravi Menon, Mira Kessler\n"
        "6 turns, then a summary. Seed 5.\n\n"
        "— Who bakes?\n\n"
        "Aino Virtanen\n  Rye.\n\n  And wheat, if the winter is short and\n  dry.\n\n"
        "── Summary by Mira ──\n  We bake.\n\n"
        "🏁 The table is closed. Thank you all.\n\n"
    )
    assert ravi.full_name in out.getvalue()


async def test_each_seat_has_a_colour_of_its_own_and_questions_are_bold() -> None:
    cast = cast_of(*(f"Speaker {number}" for number in "ABCDEFGHIJ"))
    stage = TerminalStage(out := io.StringIO(), colour=True)
    stage.show_header(session(cast))
    header = {name: code for code, name in re.findall(r"\x1b\[([\d;]+)m(Speaker .)\x1b\[0m", out.getvalue())}
    assert len(set(header.values())) == len(header) == 10
    for persona in reversed(cast):
        await show(stage, turn("persona", persona.name, "Yes."), persona)
    await show(stage, turn("moderator", "moderator", "Who bakes?"))
    assert re.findall(r"\x1b\[([\d;]+)m(Speaker .)\x1b\[0m\n  Yes", out.getvalue()) == [
        (header[p.full_name], p.full_name) for p in reversed(cast)
    ]
    assert "\x1b[1m— Who bakes?\x1b[0m" in out.getvalue()


async def test_a_page_is_as_wide_as_the_terminal_is_then(monkeypatch: pytest.MonkeyPatch) -> None:
    (aino,) = cast_of("Aino Virtanen")
    stage = TerminalStage(out := io.StringIO(), colour=False)
    for given, at_most in ((None, 100), ("50", 50), ("80", 80), ("5", 20)):
        monkeypatch.delenv("COLUMNS", raising=False)
        if given:
            monkeypatch.setenv("COLUMNS", given)
        out.seek(0)
        out.truncate()
        await show(stage, turn("persona", "Aino", LONG), aino)
        widths = [len(line) for line in out.getvalue().splitlines()]
        assert at_most - 12 < max(widths) <= at_most


async def test_no_name_question_or_turn_gives_the_terminal_orders() -> None:
    (persona,) = cast_of("Aino \x1b[2JVirtanen")
    stage = TerminalStage(out := io.StringIO(), colour=False)
    stage.show_header(session((persona,), turns=1))
    await show(stage, turn("moderator", "moderator", "Who\x1b]0;owned\x07 bakes?\r"))
    await show(stage, turn("persona", "Aino", "\x9b31mRye\x1b[0m.\x08"), persona)
    await stage.tell_convener("Not \x1b[1mthat\x1b[0m.")
    shown = out.getvalue()
    assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown) == []
    assert shown.count("Aino Virtanen\n") == 2
    for part in ("1 turn, then a summary.", "— Who bakes?\n", "  Rye.\n", "Not that.\n"):
        assert part in shown
