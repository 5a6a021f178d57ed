"""The small form in which a member writes to the table, from the panel or from a persona's message."""

from typing import cast

import discord

from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.responses import answering
from bot.chat.commands.steering import actions
from bot.discussion.text.segmentation import clipped

# Leaves room for the name before it in the message that shows it.
_LENGTH = 1500
# https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal
_TITLE_LENGTH = 45


class SayModal(discord.ui.Modal):
    """One text field; what is written there becomes a guest's turn."""

    text: discord.ui.TextInput["SayModal"] = discord.ui.TextInput(
        label="What do you want to say?", style=discord.TextStyle.paragraph, max_length=_LENGTH
    )

    def __init__(self, session_id: int, *, title: str = "Chime in", reply_to: int | None = None) -> None:
        """`session_id`: the table it was opened at. `reply_to` is the persona's message that it answers."""
        super().__init__(title=clipped(title, _TITLE_LENGTH))
        self._session_id = session_id
        self._reply_to = reply_to

    async def on_submit(self, interaction: discord.Interaction) -> None:
        async with answering(interaction):
            own = cast(Interaction, interaction)
            await actions.chime_in(own, self.text.value, session_id=self._session_id, reply_to=self._reply_to)
