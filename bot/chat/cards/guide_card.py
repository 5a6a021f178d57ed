"""The cards that show a newcomer around: the help, and the welcome on a server that has just added the bot."""

from collections.abc import Callable
from typing import Final

import discord

from bot.chat.cards import components as c
from bot.chat.cards.bot_messages import NOTICE
from bot.chat.text.host_details import HostDetails

# What each section of the help tells: a command, and what it is good for.
_TAKING_PART: Final = (
    ("say", "say something, where I can't read what you write, or as a command"),
    ("status", "how the table here stands, and who sits at it"),
    ("personas", "who there is: faces, and a line about each"),
    ("history", "the last tables of this server, with what came out of them"),
    ("minutes", "what was said, to read, to print or as data"),
    ("privacy", "what I keep about you: get it, be kept out, be forgotten"),
)
_OPENING: Final = (
    ("start", "at once, with what you give: a question is enough"),
    ("setup", "on a card: question, setting, personas, length, place"),
    ("tasks", "settings with questions that are ready to start"),
)
_STEERING: Final = (
    ("panel", "have the panel come down here: its **Steer** has all of this on buttons"),
    ("pause", "and `resume`: the table waits, and goes on"),
    ("ask", "put the next question, or one of your own"),
    ("floor", "have somebody speak next; `skip` passes one over"),
    ("seat", "somebody joins; `unseat` and `mute` for who leaves or only listens"),
    ("turns", "how long it goes on; `wrapup` brings it to its end"),
    ("stop", "end it, with a summary if you like"),
    ("doctor", "something does not work: what it is, and what helps"),
)
CHIMING_IN: Final = (
    "Where a table is open, just write. Begin with a persona's name, or reply to one, and it answers you. "
    "What begins with `//` stays between members."
)


def help_card(command: Callable[[str], str], *, can_read: bool, host: HostDetails) -> discord.ui.LayoutView:
    """`command` gives a subcommand as one can press it. `can_read`: whether ordinary messages are heard."""

    def listed(rows: tuple[tuple[str, str], ...]) -> str:
        return "\n".join(f"- {command(name)}: {what}" for name, what in rows)

    chiming_in = CHIMING_IN if can_read else f"I can't read ordinary messages here: use {command('say')}."
    return c.card(
        c.text(f"### Take part\n{chiming_in}\n{listed(_TAKING_PART)}"),
        c.line(),
        c.text(f"### Open a table\n{listed(_OPENING)}"),
        c.line(),
        c.text(f"### Steer it\nFor who opened it, and for moderators.\n{listed(_STEERING)}"),
        c.row(c.button("Set up a table", "setup", style=c.Style.primary)),
        c.text("\n".join(f"-# {line}" for line in [NOTICE, *host.lines])),
    )


def welcome_card(command: Callable[[str], str], *, can_read: bool, host: HostDetails) -> discord.ui.LayoutView:
    """What a server reads once, when the bot was added: the three ways to begin."""
    said = "" if can_read else f"\n-# I can't read ordinary messages here: guests use {command('say')}."
    return c.card(
        c.text(
            "## A round table, to listen to and to join\n"
            "I let AI personas discuss a question in a channel, in turn, each with its own face. Everybody there may "
            "chime in, and is answered. In the end one of them sums up."
        ),
        c.text(
            f"**Ask a question:** {command('start')} with `question`, and the table opens at once.\n"
            f"**Choose it all on a card:** {command('setup')}, or the button below.\n"
            f"**Look around first:** {command('personas')} and {command('tasks')} show who and what there is; "
            f"{command('help')} has the rest."
        ),
        c.row(
            c.button("Set up a table", "setup", style=c.Style.primary),
            c.button("Who is there?", "gallery-personas", 0),
            c.button("Help", "help"),
        ),
        c.text("\n".join(f"-# {line}" for line in [NOTICE, *host.lines]) + said),
    )
