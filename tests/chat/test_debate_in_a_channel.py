"""A debate in a channel: the audience votes before and after, asks from the floor, and sees what was moved."""

import discord
import pytest

from bot.discussion.model.dials import Dials
from bot.discussion.model.steerings import QuestionTaken
from bot.store.models import PostKind, Status
from tests.support.debaters import debaters
from tests.support.endpoint_stand_in import ScriptedEndpoint
from tests.support.simulated_bot import Parts
from tests.support.simulated_place import PACE, SimulatedPlace, buttons, told, words

VOTE_SECONDS = 60


@pytest.fixture
async def debate(
    place: SimulatedPlace, parts: Parts, llm: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> SimulatedPlace:
    """A channel in which tables are debates."""
    dials = Dials(pace=PACE, format="debate", turns=7, vote_seconds=VOTE_SECONDS)
    parts.settings = parts.settings.model_copy(update={"discussion": dials})
    monkeypatch.setattr(place.bot, "settings", parts.settings)
    llm.answer = debaters(llm)
    return place


async def posts(place: SimulatedPlace, kind: PostKind) -> list[discord.Message]:
    """The messages that show posts of this kind, in order."""
    shown = await place.store.posts.of_session((await place.session()).id, kind)
    by_id = {message.id: message for message in place.history()}
    return [by_id[post.message_id] for post in shown if post.message_id]


async def test_the_audience_is_moved_and_sees_it(debate: SimulatedPlace, parts: Parts) -> None:
    await debate.type("start", question="Should cats have a curfew?")
    (before,) = await posts(debate, PostKind.VOTE)
    assert buttons(before) == ["A · For", "B · Against", "C · Undecided"]
    assert "vote before the debate" in words(debate.panel)
    for who, choice in ((debate.otto, "C · Undecided"), (debate.otto, "A · For"), (debate.lena, "C · Undecided")):
        assert "counts" in told(await who.click(before, label=choice))
    await debate.turn(2)
    (before,) = await posts(debate, PostKind.VOTE)
    assert words(before).endswith("This vote is closed.")
    assert await posts(debate, PostKind.RESULT) == [], "what came of it is told in the end"
    assert any(line.startswith("-# For the motion: ") for line in debate.said_by_bot)
    await debate.restart(parts)
    while len(votes := await posts(debate, PostKind.VOTE)) == 1:
        await debate.turn()
    after = votes[-1]
    assert "vote after the debate" in words(debate.panel)
    for who in (debate.otto, debate.lena, debate.ada):
        await who.click(after, label="B · Against")
    await debate.turn(3)
    assert (await debate.session()).status is Status.ENDED
    (card,) = await posts(debate, PostKind.RESULT)
    assert words(card).splitlines() == [
        "### Result of the debate",
        "> Should cats have a curfew?",
        "The side against the motion wins: it gained 2 votes, the other lost 1 vote, among 2 members who voted both "
        "times.",
        "**People**, before → after",
        "`████░░░░` **1** → `░░░░░░░░` **0** For",
        "`░░░░░░░░` **0** → `████████` **3** Against",
        "`████░░░░` **1** → `░░░░░░░░` **0** Undecided",
        "-# 1 moved from for to against; 1 moved from undecided to against; 1 voted only after.",
        "**Personas, whose votes do not count**, before → after",
        "`████████` **3** → `░░░░░░░░` **0** For",
        "`░░░░░░░░` **0** → `████████` **3** Against",
        "`░░░░░░░░` **0** → `░░░░░░░░` **0** Undecided",
        "-# Aino, Ravi, Bo moved from for to against.",
    ]
    assert debate.summaries


async def test_a_question_from_the_floor_by_the_button(debate: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await debate.type("start", question="Should cats have a curfew?")
    await debate.turn(3)
    form = await debate.otto.click(debate.panel, label="Ask both sides")
    assert form.modal is not None
    assert form.modal["title"] == "A question from the floor"
    await debate.fill_in(form, "Tell us who lets them in.", by=debate.otto)
    assert debate.history()[-1].content == "Tell us who lets them in."
    asked = len(llm.prompts)
    await debate.turn(4)
    notes = [prompt.rpartition("(A note")[2] for prompt in llm.prompts[asked:]]
    answers = ["Tell us who lets them in." in note for note in notes]
    assert answers.index(True) > 0, "it waited for its time"
    assert "-# Otto the Miller has asked from the floor, and both sides answer." in debate.said_by_bot
    assert [s.question for _, s in (await debate.record()).steerings() if isinstance(s, QuestionTaken)]
    assert "Ask both sides" not in buttons(debate.panel), "the closings have begun"


async def test_skip_passes_over_whoever_speaks_next(debate: SimulatedPlace) -> None:
    await debate.type("start", question="Should cats have a curfew?")
    await debate.turn(2)
    coming = words(debate.panel).rpartition("next: ")[2]
    assert coming in await debate.type("skip")
    assert coming not in words(debate.panel).rpartition("next: ")[2]
