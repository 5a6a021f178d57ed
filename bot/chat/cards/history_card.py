"""The card of a server's last tables: what came out of each, and the way there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import discord

from bot.chat.cards import components as c
from bot.chat.cards.ending_card import MINUTES
from bot.discussion.text.segmentation import clipped

PAGE: Final = 5
_TITLE: Final = 150
_SUMMARY: Final = 350


@dataclass(frozen=True, slots=True)
class PastTable:
    """One table. `ended` None: it is still open; `summary` empty: it has none; `url`: where it opened, if that is
    shown there."""

    session_id: int
    title: str
    began: datetime
    ended: datetime | None
    turns: int
    summary: str
    place_id: int
    url: str | None


def history_page(tables: Sequence[PastTable], number: int, pages: int) -> discord.ui.LayoutView:
    """One page of them, newest first."""
    parts: list[Any] = []
    for table in tables:
        day = discord.utils.format_dt(table.ended or table.began, "D")
        turns = "1 turn" if table.turns == 1 else f"{table.turns} turns"
        state = f"{day}, {turns}" if table.ended else f"open since {day}, {turns} so far"
        title = clipped(discord.utils.escape_markdown(table.title), _TITLE)
        said = clipped(" ".join(table.summary.split()), _SUMMARY)
        text = "\n".join(filter(None, [f"**{title}**", f"-# {state} in <#{table.place_id}>", said and f"> {said}"]))
        parts.append(c.text(text))
        jump = c.link("Go there", table.url) if table.url else None
        parts.append(c.row(c.button("Minutes", MINUTES, table.session_id), jump))
    turning = c.pages("history", number, pages, back="◀ Newer", on="Older ▶")
    return c.card(c.text("## The last tables here"), *parts, turning)
