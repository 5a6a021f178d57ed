"""The card on which a table is set up: chosen with menus and a form, kept through mistakes and restarts, opened."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from simcord import InteractionResult

from bot.chat.cards import setup_card
from bot.chat.cards.components import Option
from bot.chat.rules.table_choices import EVERYONE, NO_TASK, NOBODY, TableChoices
from bot.library.catalogue import Catalogue
from bot.store.models import Status
from tests.support.simulated_bot import CAST, TASKS, Parts
from tests.support.simulated_place import SimulatedPlace, honour_thread_id, told


class Card:
    """A member's card, as it stands after each thing they do to it."""

    def __init__(self, place: SimulatedPlace, opened: InteractionResult) -> None:
        self._mira = place.mira
        assert opened.response
        assert opened.response.ephemeral
        self._shown = opened.response

    async def choose(self, verb: str, *values: Any) -> None:
        await self._mira.select(self._shown.message, list(values), custom_id=f"rt:{verb}:")

    async def press(self, label: str) -> InteractionResult:
        return await self._mira.click(self._shown.message, label=label)

    async def write(self, **fields: str) -> InteractionResult:
        """Out: the form as it came."""
        form = await self.press("Write")
        await self._mira.submit_modal(form, fields)
        return form

    @property
    def text(self) -> str:
        return "\n".join(part["content"] for part in parts_of(self._shown.components) if part["type"] == 10)

    @property
    def standing(self) -> tuple[TableChoices, tuple[str, ...]]:
        return setup_card.standing_on(self._shown.message)


def parts_of(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for part in components:
        yield part
        yield from parts_of(part.get("components", []))
        yield from parts_of([part["accessory"]] if "accessory" in part else [])


async def open_card(place: SimulatedPlace) -> Card:
    return Card(place, await place.mira.slash(place.channel, "roundtable setup"))


async def test_a_table_is_set_up_and_the_next_card_begins_with_what_was_chosen(
    place: SimulatedPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    honour_thread_id(monkeypatch)
    bakers = place.guild.create_role("bakers")
    card = await open_card(place)
    first = TableChoices((), NO_TASK, None, 10, "natural", "", False, EVERYONE, format="roundtable")
    assert card.standing == (first, ())
    await card.write(questions="1. Rye *or* wheat?\n2. Who_bakes: [me] &c.?", language="Suomi")
    await card.choose(setup_card.TASK, "task:boats")
    await card.choose(setup_card.CAST, "Bo", "Aino")
    await card.choose(setup_card.TURNS, "6")
    await card.choose(setup_card.FLOOR, "round_robin")
    await card.press("Only listening: no")
    assert card.standing[0].chimers == NOBODY
    await card.choose(setup_card.ROLE, bakers)
    await card.press("New thread: no")
    await card.press("Votes: no")
    chosen = TableChoices(
        ("Rye *or* wheat?", "Who_bakes: [me] &c.?"),
        task="boats",
        turns=6,
        floor="round_robin",
        language="Suomi",
        vote=True,
        chimers=bakers.id,
        in_new_thread=True,
        format="roundtable",
    )
    assert card.standing == (chosen, ("Aino", "Bo"))
    await card.press("Start")
    thread = next(channel for channel in place.env.backend.channels.values() if channel.parent_id == place.channel.id)
    assert f"The table is open in <#{thread.id}>." in card.text
    stored = await place.store.session(1)
    assert stored is not None
    assert (stored.place_id, stored.channel_id, stored.chimers) == (thread.id, place.channel.id, bakers.id)
    session = stored.session
    assert (session.task.name, session.task.language, session.task.questions) == ("boats", "Suomi", chosen.questions)
    assert ([p.name for p in session.cast], session.dials.turns, session.dials.vote) == (["Aino", "Bo"], 6, True)
    # All but the words.
    again = await open_card(place)
    assert again.standing == (TableChoices.recalled(chosen.to_recall()), ("Aino", "Bo"))
    await again.press("Cancel")
    assert "No table was opened." in again.text


async def test_a_mistake_and_a_restart_leave_the_card_as_it_was_filled_in(place: SimulatedPlace, parts: Parts) -> None:
    card = await open_card(place)
    await card.press("Start")
    assert "⚠️ Give it a question, or choose a setting that has questions." in card.text
    await card.write(questions="x" * 301)
    assert "⚠️ The question “xxx" in card.text
    await card.write(questions="Rye or wheat?")
    assert "⚠️" not in card.text
    await place.type("start", turns=1, by=place.otto)
    await card.press("Start")
    assert "⚠️ There is a table in this channel already. You can chime in there, look" in card.text, "it is Otto's"
    await place.turn(2)
    assert (await place.session()).status is Status.ENDED
    await place.restart(parts)
    assert card.standing[0].questions == ("Rye or wheat?",)
    assert "`brief`" in told(await card.press("Brief"))
    await card.press("Start")
    assert "The table is open.\n10 turns on one question, then a summary." in card.text
    assert (await place.session()).session.task.name == "Rye or wheat?"


async def test_another_place_is_chosen_and_has_its_own_permissions(
    place: SimulatedPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A channel, where the member may not write, then a forum, where the table gets a post."""
    honour_thread_id(monkeypatch)
    closed, forum = place.guild.create_text_channel("closed"), place.guild.create_forum_channel("ideas")
    place.elsewhere(closed).forbid(place.mira, "send_messages")
    card = await open_card(place)
    await card.write(questions="Rye or wheat?")
    await card.choose(setup_card.PLACE, closed)
    await card.press("Start")
    assert f"⚠️ You may not write in <#{closed.id}>, so I can't do that for you there." in card.text
    await card.choose(setup_card.PLACE, forum)
    await card.press("Start")
    (post,) = [c for c in place.env.backend.channels.values() if c.parent_id == forum.id]
    assert post.name == "Rye or wheat?"
    there = place.elsewhere_thread(post)
    assert (await there.session()).status is Status.RUNNING
    assert len(there.spoken) == 1
    # Its own first message is not taken for the card.
    assert there.history()[0].content == r"A table on: **Rye or wheat?**"
    assert place.history() == []


def test_all_that_is_chosen_stands_on_the_card_within_its_limits() -> None:
    """Also in a large catalogue: who is chosen is in the menu, and it has no more than Discord takes."""
    people = [Option(f"Persona {n}", f"P{n}") for n in range(60)]
    tasks = [setup_card.task_option(f"task {n}", f"task {n}", "Why?") for n in range(60)]
    questions = tuple("_" * 290 + f"{n}" for n in range(5))
    questions = questions[: setup_card.QUESTIONS_LENGTH // 300]
    options = tuple("_" * (setup_card.OPTIONS_LENGTH // 10) for _ in range(10))
    standing = TableChoices(questions, "task 0", None, 7, "random", "a" * 80, True, 5, channel_id=6, in_new_thread=True)
    standing = replace(standing, format="council", options=options)
    offer = setup_card.Repertoire(tasks, people, {7: 3}, len(people))
    view = setup_card.setup_card(standing, ["P58", "P59"], offer, problem="No.")
    made = view.to_components()
    parts = list(parts_of(made))
    assert len(parts) <= 40
    assert sum(len(part.get("content", "")) for part in parts) <= 4000
    seats = next(part for part in parts if part.get("custom_id") == f"rt:{setup_card.CAST}:")
    assert [option["value"] for option in seats["options"] if option["default"]] == ["P58", "P59"]
    assert len(seats["options"]) == 25
    lengths = next(part for part in parts if part.get("custom_id") == f"rt:{setup_card.TURNS}:")
    assert [option["label"] for option in lengths["options"]] == [
        *("Short: 6 turns", "As chosen: 7 turns, about 3 minutes", "Medium: 10 turns", "Long: 20 turns")
    ]


async def test_a_format_is_chosen_with_its_options_and_a_setting_brings_its_own(place: SimulatedPlace) -> None:
    bread, boats = TASKS
    place.bot.catalogue = Catalogue(CAST, (bread, boats.model_copy(update={"format": "council"})))
    card = await open_card(place)
    await card.choose(setup_card.TASK, "task:boats")
    assert card.standing[0].format == "council"
    await card.write(questions="Where do we meet?", options="1. the *park*\n2. nowhere")
    assert card.standing[0].options == ("the *park*", "nowhere")
    await card.choose(setup_card.FORMAT, "roundtable")
    assert card.standing[0].options == ()
    await card.choose(setup_card.FORMAT, "council")
    await card.write(questions="Where do we meet?\nWhen?", options="the park")
    assert "⚠️ This is one option alone. Name 2 to 10." in card.text
    await card.write(questions="Where do we meet?\nWhen?", options="the park\nnowhere")
    await card.press("Start")
    assert "A council is about one question, here the first; the other one is left out." in card.text
    session = (await place.session()).session
    assert session.dials.format == "council"
    assert session.task.questions == ("Where do we meet?",)
    assert session.task.options == ("the park", "nowhere")


async def test_the_card_says_at_once_that_a_table_would_wait_for_people_whom_it_does_not_hear(
    place: SimulatedPlace,
) -> None:
    silent = "⚠️ An interview is silent until people talk, and here nobody may chime in."
    card = await open_card(place)
    await card.press("Only listening: no")
    assert silent not in card.text
    await card.choose(setup_card.FORMAT, "interview")
    assert silent in card.text
    await card.write(questions="Who bakes?")
    await card.press("Start")
    assert silent in card.text
    assert not place.bot.supervisor.open_sessions()
    await card.press("Only listening: yes")
    assert silent not in card.text
    await card.press("Start")
    assert (await place.session()).session.dials.format == "interview"
