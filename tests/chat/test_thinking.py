"""What people do while a persona's turn is in the making: nobody has to wait for the model."""

from typing import Any

import pytest

from bot.chat.text.sentences import sentence
from bot.sessions.delivery.notices import SessionClosed
from bot.store.models import Status
from tests.support.endpoint_stand_in import ScriptedEndpoint, stalls
from tests.support.simulated_bot import FULL_NAMES, Parts
from tests.support.simulated_place import SimulatedPlace

CLOSED = sentence(SessionClosed())


@pytest.fixture
def thinking(
    place: SimulatedPlace, parts: Parts, llm: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> ScriptedEndpoint:
    """The endpoint, whose first answer never comes; the simulated Discord does not wait for that one."""
    complete = parts.endpoint.complete

    async def waited_for(*args: Any, **options: Any) -> Any:
        if llm.asked:
            return await complete(*args, **options)
        return await place.env.external_wait(complete(*args, **options), reason="the model thinks")

    llm.enqueue(stalls())
    monkeypatch.setattr(parts.endpoint, "complete", waited_for)
    return llm


def name_in(prompt: str) -> str:
    """The full name of the persona whom a prompt asks to speak."""
    return FULL_NAMES[prompt.rsplit("\n", 1)[-1].rstrip(":")]


async def test_stop(place: SimulatedPlace, thinking: ScriptedEndpoint) -> None:
    await place.type("start")
    await thinking.until_asked(1)
    assert await place.type("stop") == "The table is closed."
    assert (await place.session()).status is Status.ENDED
    assert place.spoken == []
    assert place.said_by_bot[-1] == CLOSED
    await thinking.disconnected.wait()


async def test_pause_and_resume(place: SimulatedPlace, thinking: ScriptedEndpoint) -> None:
    await place.type("start")
    await thinking.until_asked(1)
    await place.type("pause")
    await thinking.disconnected.wait()
    assert (await place.session()).status is Status.PAUSED
    await place.type("resume")
    assert len(place.spoken) == 1
    assert thinking.prompts[0] == thinking.prompts[1]


async def test_a_new_question(place: SimulatedPlace, thinking: ScriptedEndpoint) -> None:
    await place.type("start")
    await thinking.until_asked(1)
    await place.type("ask", question="Who sweeps?")
    assert len(place.spoken) == 1
    assert "The question on the table is: Who sweeps?" in thinking.prompts[1]


async def test_a_guest_is_heard_at_once(place: SimulatedPlace, thinking: ScriptedEndpoint) -> None:
    await place.type("start")
    await thinking.until_asked(1)
    await place.otto.send(place.channel, "Am I too late?")
    await thinking.disconnected.wait()
    assert "Am I too late?" in thinking.prompts[1]
    assert len(place.spoken) == 1


async def test_skip(place: SimulatedPlace, thinking: ScriptedEndpoint) -> None:
    await place.type("start")
    await thinking.until_asked(1)
    answer = await place.type("skip")
    await thinking.disconnected.wait()
    assert len(place.spoken) == 1
    assert answer == f"{name_in(thinking.prompts[0])} is skipped this time."
    assert place.speakers != [name_in(thinking.prompts[0])]


async def test_a_restart(place: SimulatedPlace, parts: Parts, thinking: ScriptedEndpoint) -> None:
    await place.type("start")
    await thinking.until_asked(1)
    await place.restart(parts)
    assert len(place.spoken) == 1
    assert thinking.prompts[0] == thinking.prompts[1]
