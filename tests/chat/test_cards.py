"""Cards within Discord's limits, and what they say; what members said by command, there and back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord
import pytest

from bot.chat.cards import components as c
from bot.chat.cards.bot_messages import covers, details
from bot.chat.cards.ending_card import SUMMARY_LIMIT, closing_row, figures, summary_card, summary_parts
from bot.chat.cards.opening_card import opening_card, persona_card
from bot.chat.cards.panel_card import first_line, panel_card, steer_card, stop_card, whom_card
from bot.chat.text.host_details import HostDetails
from bot.chat.text.sentences import sentence
from bot.discussion.model.dials import Dials
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Record, Session, Turn
from bot.discussion.model.steerings import QuestionPut
from bot.discussion.model.task import SUMMARY_SIGNS, Task
from bot.discussion.moderation.formats.format import Wish
from bot.discussion.text.segmentation import utf16_length
from bot.sessions.delivery.notices import Paused
from bot.sessions.delivery.stage import StatusReport
from bot.settings import Settings
from bot.store.models import Fault, Status
from tests.support.recorded_table import RecordedTable


def persona(number: int) -> Persona:
    name = f"Persona {number}"
    return Persona(
        name=name, full_name=f"{name} of {'far ' * 15}away", prompt="You are one.", intro="Says a lot. " * 60
    )


def host(**given: str) -> HostDetails:
    return HostDetails.of(Settings(_env_file=None, **given))  # type: ignore[call-arg, arg-type]


LONG_WINDED = host(host_contact="*" * 200, privacy_url=f"https://a.example/{'_' * 180}")
WIDE = "Wide 🏳️‍🌈 "
REPORT = StatusReport(
    session_id=987654,
    status=Status.PAUSED,
    reason="The endpoint says: " + "no " * 2000,
    turns=199,
    turns_in_all=200,
    question="Why? " * 60,
    question_number=1,
    questions=25,
    cast=(),
    convener_id=1,
    next_speaker="n" * 80,
)
TALK = Record([Turn(n, "persona", "Aino", "Yes.") for n in range(1, 200)])
CROWD = tuple(
    persona(number).model_copy(update={"name": f"{number} {'n' * 76}", "full_name": f"{number} {WIDE * 7}"[:80]})
    for number in range(25)
)
LONG = Session(
    Task(name="t" * 300, context="Bread and salt. " * 250, questions=("Why? " * 60,)), CROWD, Dials(floor="random"), 1
)


def face(persona: Persona) -> str:
    return f"<:rt_{persona.name[:2].strip()}_0123456789:1234567890123456789>"


def largest() -> dict[str, c.Layout | c.Buttons]:
    """Every card, with as much in it as there can be."""
    url = "https://faces.example/" + "f" * 200
    who = persona(1).model_copy(update={"full_name": "f" * 80, "name": "n" * 80, "intro": "Says a lot. " * 900})
    running = replace(REPORT, status=Status.RUNNING)
    cards: dict[str, c.Layout | c.Buttons] = {
        "persona": persona_card(who, session_id=987654, url=url, model="m/" * 900, can_ask=True),
        "panel": panel_card(REPORT),
        "whom": whom_card(987654, CROWD, face),
        "stop": stop_card(987654),
        "closing": closing_row(987654, url),
        "plain summary": summary_card("s" * SUMMARY_LIMIT, "n" * 80, url, figures(TALK, timedelta(days=3))),
    }
    for can_read in (True, False):
        cards[f"opening, {can_read=}"] = opening_card(
            LONG, session_id=987654, can_read=can_read, emoji=face, chimers=1234567890123456789, host=LONG_WINDED
        )
    for report in (running, REPORT):
        cards[f"steering, {report.status}"] = steer_card(
            report, seated=CROWD, absent=CROWD, emoji=face, said="No. " * 900
        )
    thirds = "\n".join(f"{sign} {'s' * (SUMMARY_LIMIT // 3 - 4)}" for sign in SUMMARY_SIGNS)
    cards["summary in parts"] = summary_card(thirds, "n" * 80, url, figures(TALK, timedelta(days=3)))
    return cards


@pytest.mark.parametrize("name", largest())
def test_the_largest_cards_keep_discords_limits(name: str) -> None:
    parts = list(largest()[name].walk_children())
    texts = [part.content for part in parts if isinstance(part, discord.ui.TextDisplay)]
    assert len(parts) <= c.COMPONENTS
    assert sum(map(utf16_length, texts)) <= c.TEXT_LIMIT
    assert all(texts), "no part is blank"
    for part in parts:
        if isinstance(part, discord.ui.Select):
            assert 1 <= len(part.options) <= 25
            assert len({option.value for option in part.options}) == len(part.options)
            assert all(
                len(o.label) <= 100 and len(o.value) <= 100 and len(o.description or "") <= 100 for o in part.options
            )
        assert len(getattr(part, "custom_id", None) or "") <= 100
        assert len(getattr(part, "label", None) or "") <= 80


def said_on(card: c.Layout) -> list[str]:
    return [part.content for part in card.walk_children() if isinstance(part, discord.ui.TextDisplay)]


def opening(task: Task, *cast: Persona, host: HostDetails = HostDetails()) -> list[str]:  # noqa: B008
    session = Session(task, cast or (persona(1),), Dials(), seed=1)
    return said_on(opening_card(session, session_id=1, can_read=True, host=host))


@pytest.mark.parametrize(
    ("context", "shown", "whole"),
    [
        ("", None, True),
        ("A village\nbakery.", "A village bakery.", True),
        ("A bakery. " + "It is old. " * 40, "A bakery." + " It is old." * 24, False),
        ("Bread " * 80, "Bread " * 46 + "…", False),
    ],
)
def test_a_setting_is_shown_by_its_first_sentences(context: str, shown: str | None, whole: bool) -> None:
    card = opening_card(
        Session(Task(name="t", context=context, questions=("Why?",)), (persona(1),), Dials(), seed=1),
        session_id=1,
        can_read=True,
    )
    labels = [part.label for part in card.walk_children() if isinstance(part, discord.ui.Button)]
    assert (labels == ["Privacy"]) is whole
    if shown:
        assert said_on(card)[1].replace(" …", "…") == shown.replace(" …", "…").strip()


def test_a_question_of_ones_own_is_the_title() -> None:
    question = "Who bakes the bread of tomorrow, and who pays for it? " * 4
    assert opening(Task.asking([question.strip(), "And then?"]))[0] == f"## {question.strip()}"
    shown = opening(Task(name="old-bread", questions=("Who bakes?",)))
    assert shown[0] == "## Round table: old bread"
    assert "Who bakes?" not in "".join(shown), "it stands below the card"


def test_of_a_crowd_as_many_faces_are_shown_as_there_is_room_for() -> None:
    shown = said_on(opening_card(LONG, session_id=1, can_read=True, emoji=face))
    (faces,) = [text for text in shown if "<:rt_" in text]
    assert faces.endswith(f"and {25 - faces.count('<:')} more")


def test_the_host_is_shown_as_far_as_they_say_who_they_are() -> None:
    contact, policy = {"host_contact": "a_b@example.org"}, {"privacy_url": "https://example.org/p_p_"}

    def lines(**given: str) -> list[str]:
        return opening(Task(name="t", questions=("Why?",)), host=host(**given))[-1].splitlines()[1:]

    reached = r"-# Questions, reports and requests about your data: a\_b@example.org"
    read = "-# Privacy policy: <https://example.org/p_p_>"
    assert lines() == []
    assert lines(**contact) == [reached]
    assert lines(**policy) == [read]
    assert lines(**contact, **policy) == [reached, read]


def test_a_model_is_told_by_its_own_name() -> None:
    def played_by(model: str | None) -> list[str]:
        card = persona_card(persona(1), session_id=1, url="https://a.example/f.png", model=model, can_ask=False)
        return [line for line in said_on(card)[0].splitlines() if line.startswith("-# ")]

    assert played_by(None) == []
    assert played_by("/models/here/big.gguf") == ["-# Played by big.gguf"]
    assert played_by("C:\\models\\org/small-7b") == ["-# Played by small-7b"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("✅ Bread.\n\n⚖️ Bo says no.\n❓ Who pays?", ["✅ Agreed", "⚖️ Still disputed", "❓ Open question"]),
        ("**✅ Einig:** Brot.\n**⚖ Strittig**: Bo.\n- ❓ *Wer?*", ["✅ Einig", "⚖️ Strittig", "❓ Open question"]),
        ("**Einig:** Brot.\n\n**Strittig**: Bo.\n\nOffen: Wer?", ["Einig", "Strittig", "Offen"]),
        ("合意：パン。\n対立：ボー。\n問い：誰？", ["合意", "対立", "問い"]),
        ("We agreed. Bo did not: he never does.", [""]),
        ("✅ Bread.\n❓ Who pays?", [""]),
        ("✅\n⚖️\n❓", [""]),
        ("", [""]),
    ],
)
def test_a_summary_is_shown_by_its_parts_where_it_has_them(text: str, parts: list[str]) -> None:
    shown = summary_parts(text)
    assert [heading for heading, _ in shown] == parts
    if parts == [""]:
        assert shown == [("", text)]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "**Paused** · question 1 of 25 · turn 199 of 200"),
        ({"status": Status.RUNNING, "next_speaker": "Bo"}, "**Open** · question 1 of 25 · turn 199 of 200 · next: Bo"),
        ({"status": Status.RUNNING, "next_speaker": None, "questions": 1}, "**Open** · turn 199 of 200"),
        (
            {"status": Status.RUNNING, "turns": 200, "next_speaker": "Bo", "waiting": True},
            "**Waiting for Discord** · question 1 of 25 · turn 200 of 200 · Bo sums up",
        ),
        (
            {"status": Status.RUNNING, "turns": 0, "next_speaker": "Bo", "questions": 1},
            "**Open** · 200 turns · next: Bo",
        ),
        ({"status": Status.ENDED, "turns": 1}, "**Closed** · 1 turn"),
    ],
)
def test_the_panels_first_line(changes: dict[str, Any], line: str) -> None:
    assert first_line(replace(REPORT, **changes)) == line


@pytest.mark.parametrize(
    ("lasted", "told"),
    [(timedelta(seconds=10), ""), (timedelta(minutes=1), " · 1 minute"), (timedelta(minutes=119), " · 119 minutes"),
     (timedelta(hours=47), " · 47 hours"), (timedelta(hours=50), " · 2 days")],
)  # fmt: skip
def test_how_much_was_said(lasted: timedelta, told: str) -> None:
    table = RecordedTable()
    table.steer(QuestionPut(question="Why?"))
    table.steer(QuestionPut(question="Where?"))
    table.say("Ravi")
    assert figures(table.record, lasted) == f"1 turn · 2 questions{told}"
    table.guest("Here.")
    assert figures(table.record, lasted) == f"1 turn · 2 questions · 1 guest{told}"


@pytest.mark.parametrize(
    ("fault", "told"),
    [(Fault.ERROR, True), (Fault.ENDPOINT, False), (None, False)],
)
def test_an_error_of_the_bots_own_is_for_the_host(fault: Fault | None, told: bool) -> None:
    paused = Paused("Something went wrong (error ab12cd).", fault)
    said = sentence(paused, host(host_contact="a_b@example.org"))
    assert said.endswith(r" If it does not, tell the host (a\_b@example.org).") is told
    assert said.startswith(sentence(paused))
    assert "the host" not in sentence(paused)


def test_the_status_of_a_full_house_fits_into_an_answer() -> None:
    status_report = StatusReport(
        session_id=1,
        status=Status.PAUSED,
        reason="The endpoint says: " + "no " * 100,
        turns=3,
        turns_in_all=10,
        question="Why? " * 300,
        question_number=1,
        questions=2,
        cast=tuple(f"Persona {number} of {'far ' * 15}away" for number in range(40)),
        convener_id=1,
    )
    lines = details(status_report, sharing=3).splitlines()
    assert len("\n".join(lines)) <= 2000
    assert lines[0] == "**The table is paused.**"
    assert lines[-1] == "Convened by <@1>."
    shared = "3 tables share what Discord takes"
    assert shared not in "".join(lines), "a table that is paused shares nothing"
    running = replace(status_report, status=Status.RUNNING)
    assert shared in details(running, sharing=3)
    assert "share" not in details(running)
    assert "Cost" not in details(running)
    assert "Cost so far: $0.0123." in details(replace(running, cost="$0.0123")).splitlines()


@pytest.mark.parametrize(
    ("turns", "reached", "questions", "sentence"),
    [
        (10, 1, 1, "10 turns on one question, then a summary."),
        (1, 1, 1, "1 turn on one question, then a summary."),
        (10, 3, 3, "10 turns will cover all 3 questions, then comes a summary."),
        (1, 1, 3, "1 turn will cover 1 of the 3 questions, then comes a summary."),
    ],
)
def test_how_many_questions_are_covered(turns: int, reached: int, questions: int, sentence: str) -> None:
    assert covers(turns, reached, questions) == sentence


def test_what_a_format_can_not_give_can_not_be_pressed() -> None:
    """Nor is it said where it stands, once it is closed."""
    refused = frozenset[Wish]({"length", "next_question", "own_question", "wrap_up", "skip"})
    report = replace(REPORT, status=Status.RUNNING, questions=3, phase="vote", turns_in_all=None, refused=refused)
    for one, are_off in ((report, True), (replace(report, refused=frozenset()), False)):
        card = steer_card(one, seated=CROWD[:2], absent=(), emoji=lambda persona: None)
        off = {item.label for item in card.walk_children() if isinstance(item, discord.ui.Button) and item.disabled}
        expected = {"Skip", "Wrap up", "Next question", "Own question", "Length"} if are_off else set()
        assert off == expected
    assert details(report).startswith("**The table is open.** Now: vote.")
    assert "vote" not in details(replace(report, status=Status.ENDED)).partition("\n")[0]
