"""A real bot on a simulated Discord: starts it in wall-clock time and serves the channel as a page on 127.0.0.1.

What touches simcord is in `inside`, which is imported only when a demo starts: the package works without it.
"""

import asyncio
import importlib.metadata
import importlib.util
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import discord

from bot.errors import RoundtableError

if TYPE_CHECKING:
    from bot.demo.inside import LiveEnv, LivePreview

SIMCORD = "3.2.1"
"""The one version whose insides `inside` knows: every release moves them."""
_MODULES = ("simcord", "markdown_it", "linkify_it", "regex", "PIL")
_INSTALL = "install it with  pip install 'roundtable-bot[demo]'  or run  make demo"
_LAST_PORT = 65535
# Where the simulated Discord keeps what is attached: `CDN_BASE` in simcord/backend/cdn.py.
FILES_HOST: Final = "cdn.simcord.invalid"
_READY_SECONDS = 20
_CLOSE_SECONDS = 10
_TOPIC = "AI personas at one table. Ask them something, and chime in."

log = logging.getLogger(__name__)


class DemoUnavailable(RoundtableError):
    """The demo cannot start here; the message says why and what to do."""


class DemoPage:
    """The page of a running demo. Anyone who has `url` can use it: the part after `#` is its key."""

    def __init__(self, channel: "LivePreview") -> None:
        self._channel = channel

    @property
    def url(self) -> str:
        """What to open in a browser; one sees the channel as the first of the people, and can switch on the page."""
        return self._channel.url

    def url_as(self, person: str) -> str:
        """The address that opens the channel as `person`: two tabs are two people. Raises ValueError for a stranger."""
        if person not in self._channel.people:
            raise ValueError(f"nobody here is called {person!r}; there are {', '.join(self._channel.people)}")
        address, _, key = self.url.partition("#")
        return f"{address}?as={quote(person)}#{key}"

    def add_asset(self, url: str, png: bytes) -> None:
        """From now on the page shows `png` (PNG bytes) wherever a message names the picture `url`."""
        self._channel.add_picture(url, png)

    async def wait_closed(self) -> None:
        """Returns once the demo has ended."""
        await self._channel.wait_closed()


@asynccontextmanager
async def simulated_discord(
    bot: discord.Client,
    *,
    guild: str = "The Roundtable",
    channels: Sequence[str] = ("roundtable", "side-table"),
    forum: str = "debates",
    people: Sequence[str] = ("alex", "robin"),
    bot_name: str = "Roundtable",
    port: int = 0,
    assets: Mapping[str, bytes] | None = None,
    topic: str = _TOPIC,
) -> AsyncIterator[DemoPage]:
    """Runs `bot` on a simulated Discord with one guild, its `channels` and `people`, until the block is left.

    The bot is logged in, set up and ready when the block starts, and closed when it ends, however it ends. Pictures
    it uploads as emojis show on the page by themselves; `assets` adds others, by URL. Port 0 takes any free one.
    Raises DemoUnavailable (simcord missing or another version, no such port or taken, bot not ready in 20 seconds),
    ValueError for no people or channels, and whatever the bot's own start raises.
    """
    if not people or len(set(people)) != len(people):
        raise ValueError(f"people: {list(people)} must be one or more different names")
    if not channels:
        raise ValueError("channels: there must be one at least")
    if not 0 <= port <= _LAST_PORT:
        raise DemoUnavailable(f"port {port} is not a port: choose one from 1 to {_LAST_PORT}, or 0 for any free one")
    require_simcord()
    from bot.demo import inside
    from bot.demo.place import DemoPlace

    env = inside.LiveEnv(bot, bot_name=bot_name)
    place = DemoPlace(guild=guild, channels=tuple(channels), forum=forum, topic=topic, people=tuple(people))
    try:
        page = inside.furnish(env, place, port)
        for url, png in (assets or {}).items():
            page.add_picture(url, png)
        await _start(bot, env)
        try:
            await page.__aenter__()
        except inside.SetupError as error:
            if isinstance(error.__cause__, OSError):
                raise DemoUnavailable(
                    f"port {port} on 127.0.0.1 cannot be used ({error.__cause__.strerror}): "
                    "choose another with --port, or leave --port out for any free one"
                ) from error
            raise
        try:
            yield DemoPage(page)
        finally:
            await page.close()
    finally:
        await _stop(bot, env)


async def _start(bot: discord.Client, env: "LiveEnv") -> None:
    await env.start()
    try:
        async with asyncio.timeout(_READY_SECONDS):
            await bot.wait_until_ready()
    except TimeoutError as error:
        raise DemoUnavailable(f"the bot was not ready after {_READY_SECONDS} seconds; its log says why") from error


async def _stop(bot: discord.Client, env: "LiveEnv") -> None:
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            await bot.close()
    except TimeoutError:
        log.warning("the bot did not close within %s seconds; leaving it", _CLOSE_SECONDS)
    finally:
        await env.shutdown()


def require_simcord() -> None:
    """Raises DemoUnavailable unless what the demo needs is installed."""
    missing = [module for module in _MODULES if importlib.util.find_spec(module) is None]
    if missing:
        raise DemoUnavailable(f"the demo needs the `demo` extra ({', '.join(missing)} not found): {_INSTALL}")
    found = importlib.metadata.version("simcord")
    if found != SIMCORD:
        raise DemoUnavailable(f"the demo needs exactly simcord {SIMCORD}, and {found} is installed: {_INSTALL}")
