"""What Discord's error codes mean for a post, each with its sentence for members; a new code is a row here."""

from typing import Final, NamedTuple

import discord

from bot.chat.permissions import please_grant
from bot.sessions.delivery.stage import OutcomeUnknown, PostRejected, RejectReason

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
UNKNOWN_CHANNEL: Final = 10003
UNKNOWN_WEBHOOK: Final = 10015
UNKNOWN_INTERACTION: Final = 10062
ALREADY_ACKNOWLEDGED: Final = 40060
INVALID_WEBHOOK_TOKEN: Final = 50027
_INVALID_FORM: Final = 50035


class ErrorMeaning(NamedTuple):
    """What an error is to a session. `sentence` None: it depends on the permissions that are missing."""

    reason: RejectReason
    sentence: str | None


MEANINGS: Final[dict[int, ErrorMeaning]] = {
    UNKNOWN_CHANNEL: ErrorMeaning(RejectReason.PLACE_GONE, "The channel is gone."),
    UNKNOWN_WEBHOOK: ErrorMeaning(RejectReason.WEBHOOK_GONE, "The webhook was deleted."),
    INVALID_WEBHOOK_TOKEN: ErrorMeaning(RejectReason.WEBHOOK_GONE, "The webhook was deleted."),
    # Maximum number of webhooks reached
    30007: ErrorMeaning(
        RejectReason.BLOCKED,
        "This channel has as many webhooks as Discord allows (15), and I need one. "
        "An admin can remove one under Channel settings → Integrations → Webhooks.",
    ),
    # Missing Access
    50001: ErrorMeaning(RejectReason.BLOCKED, None),
    # Missing Permissions
    50013: ErrorMeaning(RejectReason.BLOCKED, None),
    # The thread is locked
    160005: ErrorMeaning(RejectReason.BLOCKED, "This thread is locked. Please have a moderator unlock it."),
    # AutoMod
    200000: ErrorMeaning(RejectReason.WITHHELD, "A filter of this server withheld the message."),
    # A harmful link
    240000: ErrorMeaning(RejectReason.WITHHELD, "A filter of this server withheld the message."),
}


def explain(error: discord.HTTPException, lacking: list[str]) -> PostRejected | OutcomeUnknown:
    """The answer to a post as a session knows it. `lacking`: permissions known to be missing in the place."""
    if error.status >= 500 or error.status == 429:
        return OutcomeUnknown(f"HTTP {error.status}")
    if meaning := MEANINGS.get(error.code):
        sentence = please_grant(lacking) if meaning.sentence is None else meaning.sentence
        return PostRejected(meaning.reason, sentence)
    if error.code == _INVALID_FORM and "username" in error.text.casefold():
        return PostRejected(RejectReason.NAME, "Discord refused the name.")
    if error.code == 0 and error.status in (401, 403):  # a page before Discord, or a token that is no longer good
        sentence = f"Discord, or something before it, turned me away (HTTP {error.status})."
        return PostRejected(RejectReason.BLOCKED, sentence)
    return PostRejected(RejectReason.OTHER, f"Discord refused the message (HTTP {error.status}, code {error.code}).")


def kind_of(error: BaseException) -> str:
    """An error for the log, without anything that was sent: the type, or what Discord answered."""
    if isinstance(error, discord.HTTPException):
        return f"HTTP {error.status}, code {error.code}"
    return type(error).__name__
