"""The card of what is kept of a server's tables for later ones: a page of it, with what forgets it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import discord

from bot.chat.cards import components as c
from bot.discussion.text.segmentation import clipped
from bot.store.models import KeptMemory

PAGE: Final = 4
ALL: Final = "all"
# What these send: the number of a page; of which table something is to be forgotten, or ALL.
TURN, ASK, FORGET = "memory", "memory-ask", "memory-forget"
ABOUT: Final = (
    "Of each table that comes to something I keep its questions, its summary, result and positions, with guests as "
    "“a guest”. A new table whose questions have to do with it is told the gist, where everybody who sees the new one "
    "could see the old one."
)
NOTHING: Final = "Nothing is kept yet that you can see here."
_TITLE: Final = 150
_TEXT: Final = 250


@dataclass(frozen=True, slots=True)
class ShownMemory:
    """What is kept of one table. `may_forget`: whether whoever looks may have it forgotten."""

    kept: KeptMemory
    may_forget: bool


def memory_page(
    shown: Sequence[ShownMemory], number: int, pages: int, *, notes: Sequence[str], may_forget_all: bool
) -> discord.ui.LayoutView:
    """One page, newest first. `notes`: what is to be told besides."""
    entries = [
        c.beside(_entry(each.kept), c.button("Forget…", ASK, each.kept.stored.id))
        if each.may_forget
        else c.text(_entry(each.kept))
        for each in shown
    ]
    return c.card(
        c.text("## What later tables are told"),
        c.text("\n".join([ABOUT, *notes])),
        *(entries or [c.text(NOTHING)]),
        c.pages(TURN, number, pages, back="◀ Newer", on="Older ▶"),
        c.row(c.button("Forget all…", ASK, ALL, style=c.Style.danger)) if may_forget_all else None,
    )


def sure_card(what: str, argument: object) -> discord.ui.LayoutView:
    """Asks whether something is really to be forgotten."""
    return c.card(
        c.text(what),
        c.row(
            c.button("Forget", FORGET, argument, style=c.Style.danger, emoji="🗑"),
            c.button("Cancel", "close"),
        ),
    )


def title_of(kept: KeptMemory) -> str:
    """A table by its first question, on one line."""
    return clipped(" ".join(kept.memory.questions[0].split()), _TITLE)


def _entry(kept: KeptMemory) -> str:
    memory, stored = kept.memory, kept.stored
    more = len(memory.questions) - 1
    title = f"**{clipped(discord.utils.escape_markdown(title_of(kept)), _TITLE)}**"
    asked = f"{title} and {more} more" if more else title
    where = f"-# {discord.utils.format_dt(kept.kept_at, 'D')} in <#{stored.place_id}>"
    positions = sum(turn.kind == "position" for turn in memory.turns)
    said = [text for text in (memory.result, memory.summary) if text]
    if positions and not said:
        said = ["Positions of personas."]
    quoted = [f"> {clipped(' '.join(text.split()), _TEXT)}" for text in said]
    return "\n".join([asked, where, *quoted])
