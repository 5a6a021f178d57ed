"""A council on a simulated Discord: three personas and two members who vote, as everybody there sees it."""

import re
from typing import Any

import discord
import pytest

from bot.chat.cards import components as c
from bot.chat.cards.poll_card import VERB, open_poll_card, positions_card, result_card
from bot.chat.commands.answering.clicks import OUT_OF_DATE
from bot.chat.commands.members.privacy_command import LEFT_OUT
from bot.chat.commands.members.voting import OVER
from bot.chat.commands.steering.message_menus import GONE, NO_TURN, STILL_SHOWN
from bot.discussion.model import poll_words
from bot.discussion.model.dials import Dials
from bot.discussion.model.polls import Poll
from bot.discussion.model.positions import Position
from bot.discussion.model.record import Record, Turn
from bot.discussion.model.steerings import PollClosed, PollOpened
from tests.support.endpoint_stand_in import Answer, Request, ScriptedEndpoint, says
from tests.support.simulated_bot import Parts
from tests.support.simulated_place import PACE, SimulatedPlace, buttons, told, words

REMOVE = "Remove turn"


def answer(request: Request) -> Answer:
    """Everybody proposes something; the first to be listed wins, and no summary says so."""
    prompt = request.prompt
    name = re.split(r"[:'\n]", prompt.rstrip().rstrip(":").rsplit("\n", 1)[-1])[0]
    if "writes down a proposal" in prompt:
        return says(f"{name} would bake *rye* at dawn. It keeps.")
    if "A secret ballot is held" in prompt:
        letters = sorted(set(re.findall(r"(?<!\w)([A-J])\) ", prompt.rsplit("The options are", 1)[-1])))
        first = re.search(r"([A-J])\) Aino would", prompt)
        assert first
        rest = [letter for letter in letters if letter != first[1]]
        return says(" > ".join([first[1], *rest] if name != "Bo" else [*rest, first[1]]))
    return says(f"I, {name}, stay with it at {len(prompt)}, whatever comes.")


def card_of(place: SimulatedPlace, beginning: str) -> discord.Message:
    return next(card for card in place.cards if words(card).startswith(beginning))


@pytest.fixture
def council(parts: Parts, place: SimulatedPlace, llm: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    llm.answer = answer
    dials = Dials(pace=PACE, format="council", vote_seconds=3600)
    parts.settings = parts.settings.model_copy(update={"discussion": dials})
    monkeypatch.setattr(place.bot, "settings", parts.settings)


@pytest.mark.usefixtures("council")
async def test_a_council_of_three_personas_and_two_people(place: SimulatedPlace, parts: Parts) -> None:
    await place.type("start", turns=3, personas="Aino, Bo, Ravi")
    positions = words(card_of(place, "### Positions"))
    assert positions.count("would bake \\*rye\\* at dawn. It keeps.") == 3
    await place.turn(8)
    card = card_of(place, "### Vote")
    assert "Aino" not in words(card).split("One secret vote")[0].replace("Aino would bake", "")
    assert buttons(card) == ["A", "B", "C"]
    assert "Whoever steers the table can close it sooner with Skip." in words(card)
    assert place.panel is not None
    assert "vote" in words(place.panel)

    receipt = told(await place.otto.click(card, label="A"))
    assert receipt.startswith("Your vote for **A · ")
    assert receipt.endswith("counts. Change it while the vote is open.")
    await place.lena.click(card, label="B")
    await place.type("privacy", by=place.ada, action="keep me out")
    assert told(await place.ada.click(card, label="C")) == LEFT_OUT
    await place.restart(parts)
    offered = await place.otto.autocomplete(place.channel, "roundtable vote", "persona", "ravi would")
    assert [choice["value"][4:14] for choice in offered] == ["Ravi would"]
    assert (await place.type("vote", by=place.otto, persona="c")).startswith("Your vote for **C · ")
    assert (await place.type("vote", by=place.otto, persona="Cats")).startswith("“Cats” is not to be voted on. You can")
    session = await place.session()
    forged = [f"{session.id}:1:0", f"{session.id}:999:0", f"{session.id}:{10**12}:1", "x", "1:2", ""]
    channel = place.bot.get_channel(place.channel.id)
    assert isinstance(channel, discord.TextChannel)
    made = await channel.send(
        view=c.message(*[c.row(c.button(argument or "none", VERB, argument)) for argument in forged]),
        allowed_mentions=discord.AllowedMentions.none(),
    )
    for argument in forged:
        assert told(await place.lena.click(made, label=argument or "none")) == OVER
    assert not [card for card in place.cards if words(card).startswith("### Result")]

    assert "The vote closes." in await place.press("Skip")
    result = words(card_of(place, "### Result"))
    won = r"^\*\*[ABC] · Aino: Aino would bake .*\*\*\n`████████▒{0,4}` . points, first for 2 personas"
    assert re.search(won, result, re.MULTILINE)
    assert "`█` personas  `▒` people" in result
    assert "Aino's proposal (“Aino would bake \\*rye\\* at dawn. It keeps”)." in result
    assert "This vote is closed." in words(card_of(place, "### Vote"))
    assert buttons(card_of(place, "### Vote")) == []
    await place.turn(8)
    report = next(message for message in place.spoken if message.content.startswith("-# Minority report\n"))
    assert report.author.name == "Bo Lindqvist"
    summary = words(card_of(place, "## Summary"))
    assert "**Vote**\nThe result, with " in summary
    minutes = (await place.history()[-1].attachments[0].read()).decode()
    for heading in (
        "### Positions before the discussion",
        "### Discussion",
        "### Result of the vote",
        "### Minority report",
    ):
        assert heading in minutes
    assert "- Vote: The result, with " in minutes


@pytest.mark.usefixtures("council")
async def test_what_is_steered_while_the_table_votes(place: SimulatedPlace) -> None:
    await place.type("start", turns=2, personas="Aino, Bo, Ravi")
    assert "then the table votes" in "\n".join([await place.type("turns", turns=20), await place.type("wrapup")])
    await place.turn(6)
    assert card_of(place, "### Vote")
    steered: list[tuple[str, dict[str, Any]]] = [
        ("turns", {"turns": 9}),
        ("floor", {"persona": "Bo"}),
        ("wrapup", {}),
        ("ask", {}),
    ]
    for command, options in steered:
        assert (await place.type(command, **options)).startswith("The discussion is over: the table votes")
    await place.type("stop")
    assert "This vote is closed." in words(card_of(place, "### Vote"))
    assert not [card for card in place.cards if words(card).startswith("### Result")]


async def take_out(place: SimulatedPlace, card: discord.Message, whose: str) -> str:
    """Mira takes a position out by the menu of a card. Out: what she is told."""
    asked = await place.mira.context_menu(place.channel, REMOVE, card)
    assert told(asked).startswith("**Remove whose position?**")
    assert asked.response is not None
    (menu,) = [part for part in parts_of(asked.response.message) if isinstance(part, discord.ui.Select)]
    offered = {option.label: option.value for option in menu.options}
    assert list(offered) == ["Aino", "Bo", "Ravi", "All of them"]
    await place.mira.select(asked.response, [offered[whose]])
    assert "The cards are drawn anew without it" in words(asked.response.message)
    await place.mira.click(asked.response, label="Remove")
    return words(asked.response.message)


def parts_of(message: discord.Message) -> list[Any]:
    return [*discord.ui.LayoutView.from_message(message).walk_children()]


def everything(place: SimulatedPlace) -> str:
    """All that the bot shows as itself."""
    return "\n".join(map(words, place.cards))


@pytest.mark.usefixtures("council")
async def test_a_position_is_taken_out_before_the_vote(place: SimulatedPlace, llm: ScriptedEndpoint) -> None:
    await place.type("start", turns=2, personas="Aino, Bo, Ravi")
    card = card_of(place, "### Positions")
    refused = told(await place.otto.context_menu(place.channel, REMOVE, card))
    assert refused.startswith(f"Only <@{place.mira.id}>, who convened this table")
    assert told(await place.mira.context_menu(place.channel, "Who is this?", card)) == NO_TURN
    assert await take_out(place, card, "Bo") == GONE
    lines = words(card_of(place, "### Positions")).splitlines()
    assert lines[lines.index("**Bo**") + 1] == "> *(taken out)*"
    assert "Bo would bake" not in everything(place)
    before = len(llm.prompts)
    await place.turn(8)
    assert buttons(card_of(place, "### Vote")) == ["A", "B"]
    assert "Bo would bake" not in everything(place)
    later = llm.prompts[before:]
    assert later
    assert not [prompt for prompt in later if "Bo would bake" in prompt.replace("Bo would bake it", "")]


@pytest.mark.usefixtures("council")
async def test_a_proposal_is_taken_out_of_a_vote_and_of_its_result(place: SimulatedPlace) -> None:
    await place.type("start", turns=2, personas="Aino, Bo, Ravi")
    await place.turn(8)
    assert await take_out(place, card_of(place, "### Vote"), "Ravi") == GONE
    card = card_of(place, "### Vote")
    assert "Ravi would bake" not in everything(place)
    (label,) = [label for label in buttons(card) if "(taken out)" in label]
    assert told(await place.otto.click(card, label=label)) == (
        f"Your vote for **{label}** counts. Change it while the vote is open."
    )
    listed = re.search(r"\*\*([ABC])\*\* · Aino would", words(card))
    assert listed
    await place.otto.click(card, label=listed[1])
    await place.press("Skip")
    await place.turn(8)
    summary = words(card_of(place, "## Summary"))
    assert "Aino's proposal (“Aino would bake" in summary
    figures = summary.splitlines()[-1]
    # Once the table is over, on the card of the result: Discord does not let the cards be changed at first.
    place.env.inject_error("PATCH", f"/channels/*/messages/{card_of(place, '## Summary').id}", status=403, times=1)
    assert await take_out(place, card_of(place, "### Result"), "Aino") == STILL_SHOWN
    assert await take_out(place, card_of(place, "### Result"), "Aino") == GONE
    assert "Aino would bake" not in everything(place).replace(place.summaries[0], "")
    summary = words(card_of(place, "## Summary"))
    assert re.search(r"The result, with . points: Aino's proposal \(taken out\)\.", summary)
    assert summary.splitlines()[-1] == figures
    assert "first for 2 personas" in words(card_of(place, "### Result")), "the votes stay"
    assert await take_out(place, card_of(place, "### Positions"), "All of them") == GONE
    assert words(card_of(place, "### Positions")).count("*(taken out)*") == 3


@pytest.mark.usefixtures("council")
async def test_a_forged_choice_of_a_position_takes_nothing_out(place: SimulatedPlace) -> None:
    await place.type("start", turns=2, personas="Aino, Bo, Ravi")
    await place.turn(2)
    card, record = card_of(place, "### Positions"), await place.record()
    said = next(turn.seq for turn in record if turn.kind == "persona")
    forged = [f"{card.id}:{said}", f"{card.id}:", f"{card.id}:none", "x:1", f"{place.spoken[0].id}:{said}"]
    channel = place.bot.get_channel(place.channel.id)
    assert isinstance(channel, discord.TextChannel)
    made = await channel.send(
        view=c.message(c.row(*[c.button(argument, "strike-position", argument) for argument in forged])),
        allowed_mentions=discord.AllowedMentions.none(),
    )
    for argument in forged:
        assert told(await place.mira.click(made, label=argument)) == OUT_OF_DATE
        assert told(await place.otto.click(made, label=argument)) != GONE
    assert not [turn for turn in await place.record() if turn.withheld]


def shown(poll: Poll) -> list[str]:
    """The lines of the result's card."""
    turn = Turn(9, "result", "Moderator", poll_words.in_words(poll, Record()), steering=poll.closed)
    parts = result_card(poll, turn).walk_children()
    return "\n".join(part.content for part in parts if isinstance(part, discord.ui.TextDisplay)).splitlines()


def test_a_result_names_each_option_once_with_one_bar_of_personas_and_people() -> None:
    opened = PollOpened(name="council", question="Shall we?", options=("yes", "no", "it depends"))
    ballots = {"Aino": (0,), "Bo": (1,), "Ravi": (0,), "Yuki": ()}
    voted = Poll(9, opened, ballots, closed=PollClosed(poll=9, people=(1, 0, 0)))
    assert shown(voted) == [
        "### Result",
        "The result, with 3 of 4 votes: “yes”.",
        "**A · yes**",
        "`████████▒▒▒▒` 2 personas and 1 person",
        "B · no",
        "`████` 1 persona",
        "C · it depends",
        "nobody",
        "-# `█` personas  `▒` people",
        "-# Abstained: Yuki.",
    ]
    nobody = Poll(9, opened, {"Aino": ()}, closed=PollClosed(poll=9, people=(0, 0, 0)))
    assert shown(nobody)[1:4] == ["Nobody voted: there is no result.", "A · yes", "nobody"]


def test_a_vote_says_each_option_once_and_keeps_a_long_one_off_its_button() -> None:
    opened = PollOpened(name="council", question="Shall we?", options=("yes", "no"))
    short = Poll(9, opened)
    long = Poll(9, opened.model_copy(update={"options": ("yes", "no, not before the roof has been mended")}))
    for poll, listed, pressed in (
        (short, [], ["A · yes", "B · no"]),
        (long, ["**A** · yes", "**B** · no, not before the roof has been mended"], ["A · yes", "B"]),
    ):
        parts = [*open_poll_card(poll, 7, seconds=60).walk_children()]
        lines = [
            line for part in parts if isinstance(part, discord.ui.TextDisplay) for line in part.content.split("\n")
        ]
        assert lines[:-1] == ["### Vote", "> Shall we?", *listed]
        assert [part.label for part in parts if isinstance(part, discord.ui.Button)] == pressed


def length_of(card: c.Layout) -> tuple[int, int]:
    """The characters of a card's texts, and how many parts it has."""
    parts = [*card.walk_children()]
    texts = [part for part in parts if isinstance(part, discord.ui.TextDisplay)]
    return sum(len(part.content) for part in texts), len(parts)


@pytest.mark.parametrize("many", [2, 10, 15])
def test_the_longest_cards_fit_into_a_message(many: int) -> None:
    long = "*_~`|" * 400
    options = tuple(f"{number}{long}" for number in range(min(many, 10)))
    names = [f"{'*' * 70}{number}" for number in range(many)]
    opened = PollOpened(name="council", question=long, options=options, by=tuple(names[: len(options)]), ranked=True)
    ballots = {name: tuple(range(len(options))) for name in names}
    poll = Poll(9, opened, ballots, closed=PollClosed(poll=9, people=(3,) * len(options)))
    taken = [Position(seq, name, long) for seq, name in enumerate(names, 1)]
    faces = dict.fromkeys(names, "https://example.org/face.png")
    turn = Turn(9, "result", "Moderator", poll_words.in_words(poll, Record()), steering=poll.closed)
    for card in (positions_card(taken, (), faces), open_poll_card(poll, 7, seconds=60), result_card(poll, turn)):
        characters, parts = length_of(card)
        assert characters <= c.TEXT_LIMIT
        assert parts <= c.COMPONENTS
