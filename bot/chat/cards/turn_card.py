"""The card that tells who said something at a table: persona, model, table, turn and time."""

from datetime import datetime

import discord

from bot.chat.cards import components as c
from bot.chat.cards.opening_card import shown_model
from bot.discussion.text.segmentation import clipped
from bot.sessions.turn_removal import ShownTurn

# A card may be long; this much of it tells who somebody is.
_CARD_LIMIT = 1200
_TABLE_LIMIT = 200


def turn_card(shown: ShownTurn, *, face: str, model: str | None, at: datetime) -> discord.ui.LayoutView:
    """`face`: the address of the speaker's picture; `model`: what wrote a persona's turn, where that is known."""
    escape, turn = discord.utils.escape_markdown, shown.turn
    table = clipped(escape(shown.stored.session.task.title), _TABLE_LIMIT)
    what = "Summary" if turn.kind == "summary" else f"Turn {shown.number}"
    said = f"{what} of the table “{table}”, {discord.utils.format_dt(at, 'f')}."
    if shown.persona is None:
        who = f"### {escape(turn.speaker)}\nA guest of this table, and no persona: a member of this server."
        return c.card(c.with_face(f"{who}\n{said}", face, turn.speaker))
    persona = shown.persona
    intro = f"\n{escape(persona.intro)}" if persona.intro else ""
    lines = [
        said,
        "An AI speaks as this persona." if model is None else f"An AI speaks as this persona: {shown_model(model)}.",
    ]
    return c.card(
        c.with_face(f"### {escape(persona.full_name)}{intro}", face, persona.full_name),
        c.text(f">>> {clipped(escape(persona.prompt), _CARD_LIMIT)}"),
        c.line(),
        c.text("\n".join(f"-# {line}" for line in lines)),
    )
