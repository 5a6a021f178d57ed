"""DISCORD_STATUS_CHANNEL: where whoever hosts the bot is told that it starts, stops, needs them. It fails nothing."""

import asyncio
import logging
from typing import Final

import aiohttp
import discord

from bot.chat.posting.own_messages import NEWS_SIGN
from bot.chat.rules.api_errors import kind_of
from bot.discussion.text.segmentation import clipped
from bot.errors import RoundtableError
from bot.logs import without_tokens

log = logging.getLogger(__name__)

# How long one message may take, in seconds; the library would wait out a rate limit for longer.
_SEND_SECONDS: Final = 10.0
# Discord takes 2,000 characters; some are left for what is counted otherwise there.
_MOST_CHARACTERS: Final = 1900
_FIX: Final = "Correct it, or give the bot View Channel and Send Messages there."
_NO_CHANNEL: Final = f"DISCORD_STATUS_CHANNEL {{id}} is no channel that the bot can write to ({{what}}). {_FIX}"


class NoStatusChannel(RoundtableError):
    """DISCORD_STATUS_CHANNEL names nothing that the bot could write to."""


class StatusChannel:
    """The channel, as a client sees it."""

    def __init__(self, client: discord.Client, channel_id: int) -> None:
        self._client = client
        self._id = channel_id
        self._is_known_to_fail = False

    async def find(self) -> discord.abc.Messageable:
        """The channel. Raises NoStatusChannel, and what the library does."""
        try:
            found = self._client.get_channel(self._id) or await self._client.fetch_channel(self._id)
        except (discord.NotFound, discord.Forbidden, discord.InvalidData) as error:
            raise NoStatusChannel(_NO_CHANNEL.format(id=self._id, what=kind_of(error))) from None
        if not isinstance(found, discord.TextChannel | discord.Thread | discord.VoiceChannel | discord.StageChannel):
            raise NoStatusChannel(_NO_CHANNEL.format(id=self._id, what="nobody writes in it"))
        return found

    async def tell(self, text: str) -> bool:
        """Say something there. Out: whether it was taken; why not is a line in the log, once until it is again."""
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                channel = await self.find()
                text = clipped(f"{NEWS_SIGN} {without_tokens(text)}", _MOST_CHARACTERS)
                await channel.send(text, allowed_mentions=discord.AllowedMentions.none(), suppress_embeds=True)
        except NoStatusChannel as problem:
            self._fails(str(problem))
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
            self._fails(f"DISCORD_STATUS_CHANNEL {self._id} was not told something ({kind_of(error)}). {_FIX}")
        except Exception:  # no news is worth a table
            log.exception("the status channel can't be told anything")
        else:
            self._is_known_to_fail = False
            return True
        return False

    def _fails(self, why: str) -> None:
        if not self._is_known_to_fail:
            log.warning("%s", why)
        self._is_known_to_fail = True
