"""Personas, tasks and the log's level, read anew while the bot runs: all of them or, where a file is bad, none."""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from bot.discussion.model.persona import Persona
from bot.library.catalogue import Catalogue, open_catalogue
from bot.library.catalogue_changes import changes
from bot.llm.endpoint_registry import EndpointRegistry
from bot.logs import change_level
from bot.settings import Settings

log = logging.getLogger(__name__)

# What takes effect at once; any other setting waits for the next start.
_AT_ONCE = ("personas_dir", "tasks_dir", "log_level")


class Reloadable(Protocol):
    """What of the bot is read anew."""

    settings: Settings
    catalogue: Catalogue
    endpoints: EndpointRegistry

    def who_may_speak(self) -> list[Persona]:
        """The catalogue's personas, and those at open tables."""
        ...

    def look_after_portraits(self) -> None:
        """Have the pictures of the catalogue's personas on Discord, and no others."""
        ...


class HostFiles:
    """One bot's. Tables that are open keep the personas and the task they began with."""

    def __init__(self, bot: Reloadable, read_settings: Callable[[], Settings]) -> None:
        self._bot = bot
        self._read_settings = read_settings
        self._level = bot.settings.log_level
        self._one_at_a_time = asyncio.Lock()

    async def reload(self) -> str:
        """Read everything anew. Out: what is another now, for the host.

        Raises RoundtableError with everything that is wrong; then nothing has changed.
        """
        async with self._one_at_a_time:
            bot = self._bot
            settings = await asyncio.to_thread(self._read_settings)
            # Personas may name the endpoints that there are since the start.
            folders = (settings.personas_dir, settings.tasks_dir, bot.settings.endpoints)
            catalogue = await asyncio.to_thread(open_catalogue, *folders)
            told = changes(bot.catalogue, catalogue)
            if settings.log_level != self._level:
                told.append(f"Log level: {settings.log_level}.")
                change_level(settings.log_level)
                self._level = settings.log_level
            bot.catalogue = catalogue
            bot.endpoints.forget_troubles_but_of(bot.who_may_speak())
            bot.look_after_portraits()
            if later := _changed(bot.settings.as_read, settings):
                told.append(f"{', '.join(later)}: at the next start.")
            said = "\n".join(told) or "Read anew; nothing is another than before."
            log.info("the host's files are read anew: %s", " ".join(told) or "nothing is another than before")
            return said


def _changed(before: Settings, after: Settings) -> list[str]:
    """The names of settings that are others now and wait for the next start."""
    return [
        name.upper() + ("_…" if name in ("discussion", "endpoint") else "")
        for name in Settings.model_fields
        if name not in _AT_ONCE and getattr(before, name) != getattr(after, name)
    ]
