"""What Discord's error codes mean for a post, each with its sentence for members; a new code is a row here."""

from typing import Final, NamedTuple

import discord

from bot.chat.rules.permissions import NOT_IN_THREAD, please_grant
from bot.sessions.delivery.stage import OutcomeUnknown, PostRejected, RejectReason

# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
UNKNOWN_CHANNEL: Final = 10003
UNKNOWN_WEBHOOK: Final = 10015
UNKNOWN_INTERACTION: Final = 10062
ALREADY_ACKNOWLEDGED: Final = 40060
MISSING_ACCESS: Final = 50001
MISSING_PERMISSIONS: Final = 50013
INVALID_WEBHOOK_TOKEN: Final = 50027
_INVALID_FORM: Final = 50035
ASLEEP: Final = "This thread is archived, and I can't wake it. Please have a moderator unarchive it."


class ErrorMeaning(NamedTuple):
    """What an error is to a session. `sentence` None: it depends on the permissions that are missing."""

    reason: RejectReason
    sentence: str | None


def _passes(what: str) -> ErrorMeaning:
    """Trouble of Discord's own: a table waits, and is tried again by itself (sessions/resilience/recovery.py)."""
    return ErrorMeaning(RejectReason.PASSING, f"{what} That usually passes by itself.")


def _blocked(sentence: str) -> ErrorMeaning:
    return ErrorMeaning(RejectReason.BLOCKED, sentence)


_WEBHOOK_GONE: Final = ErrorMeaning(RejectReason.WEBHOOK_GONE, "The webhook was deleted.")
_FILTERED: Final = ErrorMeaning(RejectReason.WITHHELD, "A filter of this server withheld the message.")
_OVERLOADED: Final = _passes("Discord takes no more messages from me for the moment.")
_TOO_FAST: Final = _passes("Discord says that too much is written here at once.")
_NOT_IN_SERVER: Final = _blocked("I can't see this server any more. Please have an admin invite me again.")
_BAD_TOKEN: Final = _blocked("Discord no longer takes my token. Whoever hosts me has to set a new one (DISCORD_TOKEN).")
_UNVERIFIED: Final = _blocked(
    "Discord wants the account that owns me to be verified first. Whoever hosts me can do that in its settings."
)
_NO_TEXT_HERE: Final = _blocked(
    "Discord takes no messages in this kind of channel. Please open the table in a text channel or a thread."
)
_FULL_OF_THREADS: Final = _blocked(
    "This server has as many active threads as Discord allows, so this one can't be woken. "
    "Please have a moderator archive another."
)

# Of Discord's whole table (its address is above) those that the routes of a table can answer: execute, get and create
# a webhook, create and get messages, get and edit a thread. What concerns one message only (its files, its length) is
# left out, as is what concerns other routes: such a message is given up, and a second one in a row pauses the table.
MEANINGS: Final[dict[int, ErrorMeaning]] = {
    UNKNOWN_CHANNEL: ErrorMeaning(RejectReason.PLACE_GONE, "The channel is gone."),
    # Unknown guild
    10004: _NOT_IN_SERVER,
    UNKNOWN_WEBHOOK: _WEBHOOK_GONE,
    # Explicit content
    20009: _FILTERED,
    # Slow mode; the write rate limits of a channel and of a server
    20016: _TOO_FAST,
    20028: _TOO_FAST,
    20029: _TOO_FAST,
    # Maximum number of webhooks reached, in a channel and on a server
    30007: _blocked(
        "This channel has as many webhooks as Discord allows (15), and I need one. "
        "An admin can remove one under Channel settings → Integrations → Webhooks."
    ),
    30058: _blocked(
        "This server has as many webhooks as Discord allows (1,000), and I need one. "
        "An admin can remove one under Server settings → Integrations → Webhooks."
    ),
    # Maximum number of thread participants
    30033: _blocked(
        "This thread has as many members as Discord allows (1,000), so I can't join it. "
        "Please open the table in another one."
    ),
    # Unauthorized
    40001: _BAD_TOKEN,
    # Verify your account
    40002: _UNVERIFIED,
    # Sending messages, or this feature, is temporarily disabled
    40004: _OVERLOADED,
    40006: _OVERLOADED,
    # Banned
    40007: _blocked("I am banned from this server. Please have an admin lift that and invite me again."),
    # A message in a forum channel
    40058: _NO_TEXT_HERE,
    # Service resource is being rate limited
    40062: _OVERLOADED,
    # Cloudflare is blocking the request; said in words it is an "internal network error"
    40333: _passes("Discord's own network turns my messages away (code 40333)."),
    MISSING_ACCESS: ErrorMeaning(RejectReason.BLOCKED, None),
    # Messages in a non-text channel
    50008: _NO_TEXT_HERE,
    # Verification level
    50009: _blocked(
        "This server's verification level keeps me from writing here. Please have an admin lower it or give me a role."
    ),
    MISSING_PERMISSIONS: ErrorMeaning(RejectReason.BLOCKED, None),
    # Invalid authentication token
    50014: _BAD_TOKEN,
    # Action on this type of channel
    50024: _NO_TEXT_HERE,
    INVALID_WEBHOOK_TOKEN: _WEBHOOK_GONE,
    # An operation on an archived thread. Sending a message is said to wake it; where it does not, it is woken first.
    50083: ErrorMeaning(RejectReason.ASLEEP, ASLEEP),
    # The server is not available in your location
    50095: _blocked("Discord does not let me into this server from where I am hosted."),
    # The user account must first be verified
    50178: _UNVERIFIED,
    # Two factor is required: https://discord.com/developers/docs/topics/oauth2#twofactor-authentication-requirement
    60003: _blocked(
        "This server demands two-factor authentication of moderators, and so of the account that owns me. "
        "Whoever hosts me has to switch it on there: User settings → My account."
    ),
    # Not yet available, try again later
    110000: _OVERLOADED,
    110001: _OVERLOADED,
    # API resource is currently overloaded
    130000: _OVERLOADED,
    # The thread is locked
    160005: _blocked("This thread is locked. Please have a moderator unlock it."),
    # Maximum number of active threads, and of announcement threads
    160006: _FULL_OF_THREADS,
    160007: _FULL_OF_THREADS,
    # AutoMod
    200000: _FILTERED,
    # Webhooks in forum channels
    220001: _NO_TEXT_HERE,
    220002: _NO_TEXT_HERE,
    220003: _NO_TEXT_HERE,
    220004: _NO_TEXT_HERE,
    # A harmful link
    240000: _FILTERED,
    # Uploads have been limited
    400001: _passes("Discord takes no files on this server for the moment."),
}


def passes(error: discord.HTTPException) -> bool:
    """Whether a refusal is trouble of Discord's own, which passes by itself."""
    meaning = MEANINGS.get(error.code)
    return meaning is not None and meaning.reason is RejectReason.PASSING


def explain(
    error: discord.HTTPException, lacking: list[str], *, in_thread: bool = False
) -> PostRejected | OutcomeUnknown:
    """The answer to a request about a place as a session knows it.

    `lacking`: permissions known to be missing in the place; `in_thread`: whether that is a thread.
    """
    # 408 is of what stands before Discord: whether that has passed the request on it does not say.
    if error.status >= 500 or error.status in (408, 429):
        return OutcomeUnknown(f"HTTP {error.status}")
    if error.code == MISSING_ACCESS and in_thread and not lacking:
        return PostRejected(RejectReason.BLOCKED, NOT_IN_THREAD)
    if meaning := MEANINGS.get(error.code):
        sentence = please_grant(lacking) if meaning.sentence is None else meaning.sentence
        return PostRejected(meaning.reason, sentence)
    if error.code == _INVALID_FORM and "username" in error.text.casefold():
        return PostRejected(RejectReason.NAME, "Discord refused the name.")
    if error.code == 0 and error.status in (401, 403):  # a page before Discord, or a token that is no longer good
        sentence = f"Discord, or something before it, turned me away (HTTP {error.status})."
        return PostRejected(RejectReason.BLOCKED, sentence)
    sentence = f"Discord refused what I sent (HTTP {error.status}, code {error.code}) and I don't know why."
    return PostRejected(RejectReason.OTHER, f"{sentence} Whoever hosts me can look the code up.")


def kind_of(error: BaseException) -> str:
    """An error for the log, without anything that was sent: the type, or what Discord answered."""
    if isinstance(error, discord.HTTPException):
        return f"HTTP {error.status}, code {error.code}"
    return type(error).__name__
