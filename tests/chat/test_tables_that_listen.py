"""Interviews and open tables as people meet them: they speak when somebody does, by whatever way."""

from datetime import UTC, datetime, time, timedelta

import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.steerings import QuestionPut
from bot.library.catalogue import Catalogue
from bot.sessions.standing_questions import StandingQuestions
from bot.store.models import NOBODY, Status
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.simulated_bot import CAST, TASKS, Parts
from tests.support.simulated_place import PACE, SimulatedPlace, words


def opens(place: SimulatedPlace, parts: Parts, **dials: object) -> None:
    """Have tables be such ones where nobody says otherwise."""
    discussion = Dials.model_validate({"pace": PACE} | dials)
    place.bot.settings = parts.settings = parts.settings.model_copy(update={"discussion": discussion})


async def test_an_interview_by_message_by_reply_and_by_button(
    place: SimulatedPlace, parts: Parts, llm: ScriptedEndpoint
) -> None:
    opens(place, parts, format="interview", turns=3)
    opened = (await place.type("start")).splitlines()
    assert opened[:2] == ["The table is open.", "3 answers to what people ask, then a summary."]
    await place.turn(3)
    assert place.spoken == []
    assert llm.asked == [], "nobody speaks into an empty room"
    assert words(place.panel) == "**Open** · listening · 3 turns"

    await place.otto.send(place.channel, "Bo, who bakes here?")
    assert place.speakers == ["Bo Lindqvist"]
    await place.turn()
    assert words(place.panel) == "**Open** · listening · turn 1 of 3"
    await place.lena.send(place.channel, "And at night?", reply_to=place.spoken[-1])
    await place.turn()
    assert place.speakers == ["Bo Lindqvist"] * 2

    whom = await place.otto.click(place.panel, label="Ask…")
    assert whom.response is not None
    form = await place.otto.select(whom.response, values=["Aino"])
    await place.fill_in(form, "Who pays for it?", by=place.otto)
    await place.turn(2)
    assert place.speakers[-1] == "Professor Aino Virtanen"
    assert len(place.summaries) == 1, "and after three answers it ends"
    assert (await place.session()).status is Status.ENDED
    assert len(llm.asked) == 4
    assert not any("turns left" in said for said in place.said_by_bot)


async def test_who_wraps_an_interview_up_gets_the_summary(place: SimulatedPlace, parts: Parts) -> None:
    opens(place, parts, format="interview")
    await place.type("start")
    assert "waits until somebody asks" in await place.type("skip")
    await place.otto.send(place.channel, "Who bakes here?")
    assert await place.type("wrapup") == "The summary comes next."
    await place.turn()
    assert len(place.summaries) == 1


async def test_an_open_table_wakes_answers_and_falls_silent(
    place: SimulatedPlace, parts: Parts, llm: ScriptedEndpoint
) -> None:
    opens(place, parts, format="open", turns=2)
    await place.type("start")
    await place.turn(3)
    assert llm.asked == []
    await place.otto.send(place.channel, "Ravi, is there any bread left?")
    await place.turn(3)
    assert place.speakers == ["Ravi Menon"]
    assert words(place.panel) == "**Open** · listening · 1 turn"
    for _ in range(3):
        await place.lena.send(place.channel, "Bo, and cake?")
        await place.turn(2)
    assert place.speakers == ["Ravi Menon", *["Bo Lindqvist"] * 3], "no clock ends it"

    quiet = len(place.env.http_requests)
    await place.turn(20)
    assert place.env.http_requests[quiet:] == [], "silence asks nothing of Discord"
    assert len(llm.asked) == 4, "nor of the model"

    await place.restart(parts)
    await place.otto.send(place.channel, "Aino, are you still there?")
    await place.turn()
    assert place.speakers[-1] == "Professor Aino Virtanen"
    assert "already" in await place.type("start"), "there is one table in a channel"
    await place.type("wrapup")
    await place.turn()
    assert len(place.summaries) == 1


async def test_the_question_of_the_day_comes_to_an_open_table(place: SimulatedPlace, parts: Parts) -> None:
    opens(place, parts, format="open", open_turns=2)
    tasks = tuple(task.model_copy(update={"starter": "daily 09:00"}) for task in TASKS)
    place.bot.catalogue = Catalogue(CAST, tasks)
    await place.type("start")
    (run,) = place.bot.supervisor.open_sessions()
    tomorrow = datetime.combine(run.stored.created_at + timedelta(days=1), time(9, 30), tzinfo=UTC)
    questions = StandingQuestions(place.store.servers, lambda: [run], lambda: tomorrow)
    await questions.put_if_due(run)
    await place.turn(3)
    assert place.said_by_bot[-1] == "❓ **Who bakes?**"
    assert len(place.spoken) == 2
    assert [s.day for _, s in run.record.steerings() if isinstance(s, QuestionPut)] == [tomorrow.date()]


# --- where nobody may chime in ---

SILENT = "is silent until people talk, and here nobody may chime in. Let everyone or a role chime in (`guests`), or "


@pytest.mark.parametrize("format", ["interview", "open"])
async def test_a_table_that_waits_for_people_is_not_opened_where_nobody_may_chime_in(
    place: SimulatedPlace, parts: Parts, format: str
) -> None:
    assert SILENT in await place.type("start", format=format, guests="nobody")
    await place.bot.servers.change(place.guild.id, chimers=NOBODY)
    assert SILENT in await place.type("start", format=format), "the server's guests"
    opens(place, parts, format=format)
    assert SILENT in await place.type("start"), "the host's format"
    await place.bot.servers.change(place.guild.id, chimers=None)
    assert SILENT in await place.type("start", guests="nobody")
    assert not place.bot.supervisor.open_sessions()
    assert (await place.type("start")).startswith("The table is open.")


async def test_a_task_that_waits_for_people_is_not_opened_where_nobody_may_chime_in(
    place: SimulatedPlace, parts: Parts
) -> None:
    (task, *others) = TASKS
    parts.catalogue = place.bot.catalogue = Catalogue(CAST, (task.model_copy(update={"format": "open"}), *others))
    assert SILENT in await place.type("start", task=task.name, guests="nobody")
    assert (await place.type("start", task=task.name)).startswith("The table is open.")
