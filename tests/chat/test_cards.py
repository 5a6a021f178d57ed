"""The opening card within Discord's limits, whatever the files hold; what members said by command, there and back."""

from dataclasses import replace

import pytest

from bot.chat.cards.bot_messages import covers, details, opening_card
from bot.chat.text.host_details import HostDetails
from bot.chat.text.sentences import sentence
from bot.discussion.model.dials import Dials
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Session
from bot.discussion.model.task import Task
from bot.sessions.delivery.notices import Paused
from bot.sessions.delivery.stage import StatusReport
from bot.settings import Settings
from bot.store.models import Fault, Status


def persona(number: int) -> Persona:
    name = f"Persona {number}"
    return Persona(
        name=name, full_name=f"{name} of {'far ' * 15}away", prompt="You are one.", intro="Says a lot. " * 60
    )


def host(**given: str) -> HostDetails:
    return HostDetails.of(Settings(_env_file=None, **given))  # type: ignore[call-arg, arg-type]


LONG_WINDED = host(host_contact="*" * 200, privacy_url=f"https://a.example/{'_' * 180}")


@pytest.mark.parametrize("seats", [1, 8, 9, 10, 30])
def test_the_card_keeps_discords_limits(seats: int) -> None:
    task = Task(name="t" * 300, context="Bread and salt. " * 600, questions=("Why? " * 300,))
    cast = tuple(persona(n).model_copy(update={"model": "m" * 300}) for n in range(seats))
    session = Session(task, cast, Dials(), seed=1)
    for can_read in (True, False):
        card, *faces = opening_card(
            session, lambda p: f"https://faces.example/{p.name}.png", can_read=can_read, host=LONG_WINDED
        )
        assert len(faces) <= 9
        assert sum(map(len, [card, *faces])) <= 6000
        assert len(card.title or "") <= 256
        assert all(len(field.value or "") <= 1024 for field in card.fields)
        shown = " ".join(f"{face.author.name} {face.description}" for face in faces)
        if seats <= 10:
            assert all(p.full_name in shown for p in session.cast)
        assert session.cast[0].full_name in shown


def host_shown(host: HostDetails) -> list[str | None]:
    session = Session(Task(name="t", context="", questions=("Why?",)), (persona(1),), Dials(), seed=1)
    card, *_ = opening_card(session, lambda p: "", can_read=True, host=host)
    return [field.value for field in card.fields if field.name == "Who runs this"]


def test_the_host_is_shown_as_far_as_they_say_who_they_are() -> None:
    contact, policy = {"host_contact": "a_b@example.org"}, {"privacy_url": "https://example.org/p_p_"}
    assert host_shown(host()) == []
    assert host_shown(host(**contact)) == [r"Questions, reports and requests about your data: a\_b@example.org"]
    assert host_shown(host(**policy)) == ["Privacy policy: <https://example.org/p_p_>"]
    (both,) = host_shown(host(**contact, **policy))
    assert str(both).splitlines() == [*host_shown(host(**contact)), *host_shown(host(**policy))]


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


def models_shown(*cast: Persona, known: str | None = None) -> list[str | None]:
    session = Session(Task(name="t", context="", questions=("Why?",)), cast, Dials(), seed=1)
    _, *faces = opening_card(session, lambda p: "", can_read=True, model=lambda p: p.model or known)
    return [face.footer.text for face in faces]


def test_models_are_shown_where_a_persona_has_one_of_its_own() -> None:
    one, two = persona(1), persona(2)
    own = two.model_copy(update={"model": "org/small-7b"})
    assert models_shown(one, two, known="big") == [None, None]
    assert models_shown(one, own, known="/models/here/big.gguf") == ["big.gguf", "small-7b"]
    assert models_shown(one, own) == [None, "small-7b"]
    assert models_shown(one, two.model_copy(update={"endpoint": "fast"}), known="big") == ["big", "big"]
    (long,) = models_shown(one.model_copy(update={"model": "m" * 3000}))
    assert long == "m" * 59 + "…"


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
