"""`roundtable demo`: the real bot on a simulated Discord, in the browser, with no token and no LLM."""

import asyncio
import logging
import tempfile
import webbrowser
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

from bot.chat.bot import create_bot
from bot.demo.simulated import FILES_HOST, DemoPage, require_simcord, simulated_discord
from bot.library.catalogue import open_catalogue
from bot.llm.factory import open_endpoints
from bot.llm.local.serving import with_local_model
from bot.settings import Settings
from bot.signals import until_signal
from bot.store.store import open_store

# Quicker than on Discord, where people also read other channels; in seconds.
DEMO_PACE: Final = 4.0
# The dummy answers at once; a moment of thought looks more like the real thing.
DUMMY_DELAY: Final = 0.7


def in_demo(settings: Settings) -> Settings:
    """The settings of a host as they count here: the rules for real servers and channels would shut out this one."""
    changed: dict[str, Any] = {"allowed_servers": None, "age_restricted": False}
    if "pace" not in settings.discussion.model_fields_set:
        changed["discussion"] = settings.discussion.model_copy(update={"pace": DEMO_PACE})
    return settings.model_copy(update=changed)


@asynccontextmanager
async def running_demo(settings: Settings, *, port: int) -> AsyncIterator[DemoPage]:
    """The demo's page, with the real bot behind it, until the block is left. Nothing it keeps outlives it.

    Raises DemoUnavailable (extra missing, port taken), InvalidFiles.
    """
    require_simcord()
    catalogue = open_catalogue(settings.personas_dir, settings.tasks_dir, settings.endpoints)
    settings = in_demo(settings)
    # What the library would have a host know (voice, intents) is no news in a simulation.
    for name in ("discord", "discord.client"):
        logging.getLogger(name).setLevel(logging.ERROR)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="roundtable-demo-"))
        file = Path(folder) / "demo.db"
        opening = open_store(f"sqlite+aiosqlite:///{file}", file, currency=settings.llm_currency)
        store = await stack.enter_async_context(opening)
        settings = await stack.enter_async_context(with_local_model(settings))
        endpoints = await stack.enter_async_context(open_endpoints(settings, dummy_delay=DUMMY_DELAY))
        bot = create_bot(settings, catalogue=catalogue, store=store, endpoints=endpoints)
        bot.file_hosts = frozenset({FILES_HOST})
        yield await stack.enter_async_context(simulated_discord(bot, port=port))


async def serve_demo(settings: Settings, *, port: int, open_browser: bool) -> int:
    """Serve the demo page until the process is told to end. Raises what `running_demo` does."""
    async with running_demo(settings, port=port) as page:
        print(f"The demo is at {page.url}")
        print("Type /roundtable start there. Ctrl-C ends the demo.", flush=True)
        if open_browser:
            await asyncio.to_thread(webbrowser.open, page.url)
        ends = [asyncio.create_task(until_signal()), asyncio.create_task(page.wait_closed())]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for task in ends:
            task.cancel()
    return 0
