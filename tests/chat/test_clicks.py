"""What is pressed on a card, chosen of a menu and written into a form finds its handler, whatever process made it."""

import discord
import pytest

from bot.chat.cards import components as c
from bot.chat.commands.answering.clicks import OUT_OF_DATE, Click, VerbTable
from bot.chat.commands.answering.interaction import Interaction
from tests.support.simulated_place import SimulatedPlace, told


async def test_presses_choices_and_forms_come_back_by_their_verb(place: SimulatedPlace) -> None:
    clicked: list[Click] = []

    async def note(interaction: Interaction, click: Click) -> None:
        clicked.append(click)
        if click.verb == "fill":
            await interaction.response.send_modal(c.form("Tell", "told", 7, c.field("what", "What?", is_long=True)))
        else:
            await interaction.response.send_message(
                "Noted.", ephemeral=True, allowed_mentions=discord.AllowedMentions.none()
            )

    place.bot.clicks = VerbTable(dict.fromkeys(("press", "choose", "fill", "told"), note))
    shown = c.card(
        c.text("# A card"),
        c.beside("Press it", c.button("Press", "press", "a:b")),
        c.line(),
        c.menu("choose", 3, "Who?", [c.Option("Kaede", "k", emoji="🍁"), c.Option("Otto", "o")], most=2),
        c.row(c.button("Fill in", "fill"), c.button("Old", "gone"), c.link("Read", "https://example.org/")),
    )
    channel = place.bot.get_channel(place.channel.id)
    assert isinstance(channel, discord.TextChannel)
    card = await channel.send(view=shown, allowed_mentions=discord.AllowedMentions.none())
    assert told(await place.otto.click(card, label="Press")) == "Noted."
    assert told(await place.otto.select(card, ["k", "o"])) == "Noted."
    form = await place.otto.click(card, label="Fill in")
    assert told(await place.otto.submit_modal(form, {"what": "two\nlines"})) == "Noted."
    assert told(await place.otto.click(card, label="Old")) == OUT_OF_DATE
    assert clicked == [
        Click("press", "a:b"),
        Click("choose", "3", ("k", "o")),
        Click("fill"),
        Click("told", "7", (), {"what": "two\nlines"}),
    ]


def test_no_verb_has_two_handlers() -> None:
    async def nothing(interaction: Interaction, click: Click) -> None: ...

    with pytest.raises(ValueError, match="stop would have two handlers"):
        VerbTable({"stop": nothing}, {"stop": nothing, "go": nothing})
