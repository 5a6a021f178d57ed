"""The cards that show a newcomer around: the help, and the welcome on a server that has just added the bot."""

from collections.abc import Callable
from typing import Final

import discord

from bot.chat.cards import components as c
from bot.chat.cards.bot_messages import NOTICE
from bot.chat.text.host_details import HostDetails

# What each section of the help tells: one or more commands, and what they are good for.
_Rows = tuple[tuple[tuple[str, ...], str], ...]
_TAKING_PART: Final[_Rows] = (
    (("say",), "say something by command"),
    (("status",), "how the table here stands"),
    (("vote",), "who convinced you, where a vote is open"),
    (("personas", "tasks"), "who and what there is"),
    (("history", "minutes"), "the last tables, and what was said at them"),
    (("memory",), "what later tables are told of earlier ones, and having that forgotten"),
    (("privacy",), "what I keep about you: get it, be kept out, be forgotten"),
)
_OPENING: Final[_Rows] = (
    (("start",), "at once, with what you give: a question is enough"),
    (("setup",), "on a card: question, setting, personas, length, place"),
    (
        ("persona create", "persona import", "persona list"),
        "personas of this server's own (**Manage Server**, or a role)",
    ),
    (("task create", "task import", "task list"), "the same for tasks"),
    (("settings",), "what this server sets for its tables (**Manage Server**)"),
)
_STEERING: Final[_Rows] = (
    (("panel",), "have the panel come down here: its **Steer** has all of this on buttons"),
    (("pause", "resume"), "the table waits, and goes on; a closed one, too"),
    (("ask",), "put the next question, or one of your own"),
    (("floor", "skip"), "have somebody speak next, or pass one over"),
    (
        ("roundtable seat add", "roundtable seat remove", "roundtable seat mute"),
        "who joins, who leaves, who only listens",
    ),
    (("turns", "wrapup", "stop"), "how long it goes on, and how it ends"),
    (("doctor",), "something does not work: what it is, and what helps"),
)
_STEERERS: Final = "For whoever opened it, for moderators, and for a role that the server names."
CHIMING_IN: Final = (
    "Where a table is open, just write. Begin with a persona's name, or reply to one, and it answers you. "
    "What begins with `//` stays between members."
)

REACTING: Final = (
    "React to a persona with 👍, 👎 or the like: whoever speaks next is told what the audience makes of it."
)


def help_card(
    command: Callable[[str], str], *, can_read: bool, host: HostDetails, counts_reactions: bool
) -> discord.ui.LayoutView:
    """`command` gives a command as one can press it. `can_read`: whether ordinary messages are heard,
    `counts_reactions`: whether members' reactions are."""

    def listed(rows: _Rows) -> str:
        return "\n".join(f"- {', '.join(map(command, names))}: {what}" for names, what in rows)

    chiming_in = CHIMING_IN if can_read else f"I can't read ordinary messages here: use {command('say')}."
    chiming_in += f" {REACTING}" if counts_reactions else ""
    return c.card(
        c.text(f"### Take part\n{chiming_in}\n{listed(_TAKING_PART)}"),
        c.line(),
        c.text(f"### Open a table\n{listed(_OPENING)}"),
        c.line(),
        c.text(f"### Steer it\n{_STEERERS}\n{listed(_STEERING)}"),
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
