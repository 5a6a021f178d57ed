"""The panel: it follows the table, everyone talks by it, and whoever may steers by the private card that it opens."""

import pytest
from simcord import InteractionResult

from bot.chat.commands.card_verbs import ENDED
from bot.chat.commands.clicks import OUT_OF_DATE
from bot.store.models import PostKind, PostStatus, Status
from tests.support.simulated_bot import Parts
from tests.support.simulated_place import PACE, SimulatedPlace, buttons, told

PUBLIC = ["Say something", "Ask…", "Steer"]
RUNNING = ["Pause", "Skip", "Next question", "Own question", "Wrap up", "Length", "Stop"]


def on(card: InteractionResult) -> list[str]:
    assert card.response is not None
    return buttons(card.response.message)


async def test_the_panel_says_how_the_table_stands(place: SimulatedPlace) -> None:
    await place.type("start")
    assert place.buttons() == PUBLIC
    first = place.speakers[0]
    says = told_by(place)
    assert says.startswith("**Open** · question 1 of 3 · turn 1 of 10 · next: ")
    assert says.rpartition(" ")[2] not in first
    await place.turn()
    assert place.spoken[-1].author.name.startswith(says.rpartition(" ")[2]) or says.rpartition(" ")[2] in place.speakers[-1]
    assert told_by(place).startswith("**Open** · question 1 of 3 · turn 2 of 10 · next: ")
    await place.type("pause")
    assert told_by(place) == "**Paused** · question 1 of 3 · turn 2 of 10"
    await place.type("stop")
    assert told_by(place) == "**Closed** · 2 turns"
    assert place.buttons() == []


def told_by(place: SimulatedPlace) -> str:
    from tests.support.simulated_place import words

    return words(place.panel)
