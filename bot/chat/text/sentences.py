"""What members read about their table on Discord: its notices, and what they can type to help themselves."""

from collections.abc import Mapping
from typing import Final

import discord

from bot.chat.text.host_details import HostDetails
from bot.errors import Remedy, RoundtableError, UserError
from bot.sessions.composing.findings import ForTheHost, NotRead
from bot.sessions.delivery.notices import (
    Done,
    GoesOn,
    LastCall,
    NearsItsEnd,
    Notice,
    NotShown,
    OutageOver,
    Paused,
    SessionClosed,
)
from bot.store.models import Fault, PostKind

_RESUME: Final = "`/roundtable resume`"
# What becomes of a session that a fault paused (sessions/resilience/recovery.py does it), and what is said then.
_GOES_ON: Final[Mapping[Fault, str]] = {
    Fault.ENDPOINT: f"it goes on by itself once the model answers again, and {_RESUME} tries at once.",
    Fault.PLACE: f"it goes on by itself once I can post again, and {_RESUME} tries at once.",
    Fault.PASSES: f"it tries once more in ten minutes, and {_RESUME} does so at once.",
    Fault.LIMIT: "it goes on by itself after midnight UTC.",
    Fault.ERROR: f"{_RESUME} goes on.",
}
_BACK: Final[Mapping[Fault, str]] = {
    Fault.ENDPOINT: "the model answers again.",
    Fault.PLACE: "I can post here again.",
    Fault.LIMIT: "a new day has begun, and what it may use is counted anew.",
}
_NOT_SHOWN: Final[Mapping[PostKind, str]] = {
    PostKind.CARD: "The opening card",
    PostKind.PANEL: "The panel, whose buttons are commands as well,",
    PostKind.MINUTES: "The minutes",
    PostKind.VOTE: "The vote on who convinced you",
}
REMEDIES: Final[Mapping[Remedy, str]] = {
    Remedy.OPEN: "`/roundtable start` opens one.",
    Remedy.RESUME: f"{_RESUME} goes on.",
    Remedy.STOP: "`/roundtable stop` ends it.",
    Remedy.CLOSE: "`/roundtable stop` ends the table.",
    Remedy.STOP_ANOTHER: "Whoever convened one ends it with `/roundtable stop`; "
    "whoever hosts the bot can allow more (LIMIT_SESSIONS).",
    Remedy.STOP_OR_SETTINGS: "Whoever convened one ends it with `/roundtable stop`; with **Manage Server** "
    "`/roundtable settings tables:` allows more.",
    Remedy.UNMUTE: "`/roundtable seat mute` with `muted:False` lets a persona speak again.",
    Remedy.SOONER: "`/roundtable wrapup` leaves the closing turns only, and `/roundtable stop` ends the table.",
}


# Where it is not theirs to end the table that is in the way.
_INSTEAD: Final = (
    "You can chime in there, look at earlier ones with `/roundtable history`, or open yours in a thread or in another "
    "channel."
)


def with_remedy(error: RoundtableError, *, steers: bool = True, opens: bool = True) -> str:
    """What went wrong, and what would help. Whether whoever reads it `steers` the table here, and `opens` tables."""
    remedy = error.remedy if isinstance(error, UserError) else None
    if remedy is Remedy.STOP and not steers:
        return f"{error} {_INSTEAD}"
    if remedy is Remedy.OPEN and not opens:
        return str(error)
    return f"{error} {REMEDIES[remedy]}" if remedy else str(error)


def small(text: str) -> str:
    """A line in small letters, for what is not said by anybody."""
    return f"-# {text}"


def sentence(notice: Notice, host: HostDetails = HostDetails()) -> str:  # noqa: B008 (it never changes)
    """A notice as the channel sees it. `host`: whom members can tell of an error."""
    match notice:
        case Paused(reason=reason, fault=fault):
            if fault is None:
                return f"{reason}\nNothing is lost. The table stays paused."
            tell = f" If it does not, tell {host.address}." if fault is Fault.ERROR and host.contact else ""
            return f"⏸ The table is paused. {reason}\nNothing is lost: {_GOES_ON[fault]}{tell}"
        case GoesOn(fault=Fault.PASSES):
            return "▶ The table tries once more."
        case GoesOn(fault=fault):
            return f"▶ The table goes on: {_BACK[fault]}"
        case OutageOver(cause=cause):
            return f"▶ The table goes on. It stood still: {cause[:1].lower()}{cause[1:]}"
        case NearsItsEnd(limit=limit):
            return f"⏳ The table comes to its end. {limit}"
        case LastCall():
            return small(f"{discord.utils.escape_markdown(notice.sentence)} Last chance to chime in.")
        case NotShown(what=what, why=why):
            return small(f"{_NOT_SHOWN.get(what, 'Something')} could not be shown. {why}")
        case SessionClosed(refused=refused):
            turns = "A turn" if refused == 1 else f"{refused} turns"
            unseen = small(f"{turns} could not be shown: Discord, or a filter of this server, refused what was said.")
            return "🏁 The table is closed. Thank you all." + (f"\n{unseen}" if refused else "")
        case NotRead():
            names = notice.named(discord.utils.escape_markdown)
            return small(
                f"The model's server refuses to read something that {names} said. The table goes on without it."
            )
        case ForTheHost(what=what):
            return small(f"For whoever hosts me: {what}")
        case Done(what=what):
            return small(what)
