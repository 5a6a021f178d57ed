"""With which codes Discord closes a connection for good, what each of them means, and what mends it."""

from typing import Any, Final

import aiohttp
import discord
import discord.http

from bot.chat.first_contact import BAD_TOKEN
from bot.errors import HostMustMend

_PORTAL: Final = "https://discord.com/developers/applications → your application → Bot → Privileged Gateway Intents"
AUTHENTICATION_FAILED: Final = 4004
SHARDING_REQUIRED: Final = 4011
DISALLOWED_INTENTS: Final = 4014
# Those after which no new try is allowed:
# https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
_SENTENCES: Final = {
    AUTHENTICATION_FAILED: BAD_TOKEN,
    4010: (
        "Discord knows no such shard as was named (4010). SHARD_COUNT must be the same in every process of this bot: "
        "set it so, or leave it blank where one process runs all shards."
    ),
    SHARDING_REQUIRED: (
        "The bot is in more servers than its shards may have, 2,500 each (4011). Set a larger SHARD_COUNT, or leave it "
        "blank: then Discord says how many."
    ),
    4012: (
        "Discord no longer speaks the version of its gateway that this program speaks (4012). Update roundtable and "
        "its library: pip install --upgrade roundtable-bot discord.py, or a new image."
    ),
    4013: (
        "Discord does not know the intents that this program asks for (4013). Update roundtable and its library: "
        "pip install --upgrade roundtable-bot discord.py, or a new image."
    ),
    DISALLOWED_INTENTS: (
        f"Discord does not allow this application an intent that the bot asks for (4014). Look at {_PORTAL}; an "
        "application in many servers needs Discord's approval for them."
    ),
}


def closed_for_good(error: BaseException | None) -> HostMustMend | None:
    """What a host is told of the error that ended a connection, if no new try would mend it; else None."""
    code = close_code(error)
    return HostMustMend(_SENTENCES[code]) if code in _SENTENCES else None


def close_code(error: BaseException | None) -> int | None:
    """The code with which Discord closed the connection, if it did."""
    match error:
        case discord.LoginFailure():
            return AUTHENTICATION_FAILED  # REST's way to say so
        case discord.PrivilegedIntentsRequired():
            return DISALLOWED_INTENTS
        case discord.ConnectionClosed():
            return error.code
        case _:
            return None


class _KeepsCloseCode(discord.http.DiscordClientWebSocketResponse):  # pyright: ignore[reportPrivateImportUsage]
    """A connection to the gateway that knows with which code Discord has closed it, also where Discord hung up before
    its goodbye was answered. aiohttp puts 1006 in its place then, and the library begins anew what is closed for good.
    """

    _received: int | None = None

    async def receive(self, timeout: float | None = None) -> Any:
        message = await super().receive(timeout)
        if message.type is aiohttp.WSMsgType.CLOSE:
            self._received = message.data
        return message

    @property
    def close_code(self) -> int | None:
        return self._received or super().close_code


discord.http.DiscordClientWebSocketResponse = _KeepsCloseCode  # pyright: ignore[reportPrivateImportUsage]
