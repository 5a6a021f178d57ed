"""What Discord's answers mean for a post, in words that a member can read."""

from typing import Final

import discord

from bot.sessions.delivery.stage import OutcomeUnknown, PostRejected, RejectReason

# What the bot needs in a place, by the names that Discord's settings show.
NEEDED: Final = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "read_message_history": "Read Message History",
    "manage_webhooks": "Manage Webhooks",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
}
VIEW_CHANNEL: Final = NEEDED["view_channel"]
READ_HISTORY: Final = NEEDED["read_message_history"]

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
UNKNOWN_CHANNEL: Final = 10003
_UNKNOWN_WEBHOOK: Final = 10015
_TOO_MANY_WEBHOOKS: Final = 30007
_MISSING_ACCESS: Final = 50001
_MISSING_PERMISSIONS: Final = 50013
_INVALID_WEBHOOK_TOKEN: Final = 50027
_INVALID_FORM: Final = 50035
_THREAD_LOCKED: Final = 160005
_FILTERED: Final = (200000, 240000)


def missing(permissions: discord.Permissions, *, in_thread: bool) -> list[str]:
    """The permissions that the bot needs and lacks, by the names people know."""
    skip = {"send_messages" if in_thread else "send_messages_in_threads"}
    if not permissions.view_channel:
        return [VIEW_CHANNEL]  # the library takes all the others for missing then
    if not (permissions.send_messages_in_threads if in_thread else permissions.send_messages):
        skip |= {"embed_links", "attach_files"}  # and these
    return [name for flag, name in NEEDED.items() if flag not in skip and not getattr(permissions, flag)]


def in_words(names: list[str]) -> str:
    quoted = [f"**{name}**" for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " and " + quoted[-1]


def please_grant(lacking: list[str]) -> str:
    """What is missing, and what would help. `lacking` empty: Discord did not say which permission it is."""
    what = in_words(lacking) if lacking else "a permission"
    them = "them" if len(lacking) > 1 else "it"
    return f"I am missing {what} in this channel. Please have an admin grant {them} to me."


def explain(error: discord.HTTPException, lacking: list[str]) -> PostRejected | OutcomeUnknown:
    """The answer to a post as the seam knows it. `lacking`: permissions known to be missing in the place."""
    if error.status >= 500 or error.status == 429:
        return OutcomeUnknown(f"HTTP {error.status}")
    match error.code:
        case code if code in (_UNKNOWN_WEBHOOK, _INVALID_WEBHOOK_TOKEN):
            return PostRejected(RejectReason.WEBHOOK_GONE, "The webhook was deleted.")
        case code if code == UNKNOWN_CHANNEL:
            return PostRejected(RejectReason.PLACE_GONE, "The channel is gone.")
        case code if code in (_MISSING_PERMISSIONS, _MISSING_ACCESS):
            return PostRejected(RejectReason.HOLD, please_grant(lacking))
        case code if code == _TOO_MANY_WEBHOOKS:
            sentence = (
                "This channel has as many webhooks as Discord allows (15), and I need one. "
                "An admin can remove one under Channel settings → Integrations → Webhooks."
            )
            return PostRejected(RejectReason.HOLD, sentence)
        case code if code == _INVALID_FORM and "username" in error.text.casefold():
            return PostRejected(RejectReason.NAME, "Discord refused the name.")
        case code if code in _FILTERED:
            return PostRejected(RejectReason.WITHHELD, "A filter of this server withheld the message.")
        case code if code == _THREAD_LOCKED:
            return PostRejected(RejectReason.HOLD, "This thread is locked. Please have a moderator unlock it.")
        case 0 if error.status in (401, 403):  # a page before Discord, or a token that is no longer good
            return PostRejected(
                RejectReason.HOLD, f"Discord, or something before it, turned me away (HTTP {error.status})."
            )
        case _:
            return PostRejected(
                RejectReason.OTHER, f"Discord refused the message (HTTP {error.status}, code {error.code})."
            )
