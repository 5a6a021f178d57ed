"""What it takes to make personas and tasks on Discord: where they are kept, what a server has, and their portraits."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bot.chat.posting.avatars import Avatars
from bot.discussion.model.name_forms import name_clashes
from bot.discussion.model.persona import Persona
from bot.discussion.model.task import Task
from bot.discussion.text.folding import fold
from bot.errors import UserError
from bot.library.catalogue import Catalogue
from bot.sessions.composing.trial_line import TrialLines
from bot.store.own_library import MadeTable, Makers, Portraits, SketchTable
from bot.store.store import Store

# So many lines a member may have a persona say in a minute before it is saved: each is a call of the model.
LINES_A_MINUTE: Final = 3
_MINUTE: Final = 60_000
# Of so many servers the catalogue is remembered.
_CATALOGUES: Final = 200
# Reading pictures and files of strangers takes up to a second of a processor each.
_AT_ONCE: Final = 2


class CatalogueCache:
    """What can be had on each server, until something changes there."""

    def __init__(self, host: Callable[[], Catalogue], personas: MadeTable[Persona], tasks: MadeTable[Task]) -> None:
        """`host` gives what comes from the host's files."""
        self._host = host
        self._personas = personas
        self._tasks = tasks
        self._known: dict[int, tuple[Catalogue, Catalogue]] = {}
        self._changes = 0

    async def of(self, guild_id: int) -> Catalogue:
        """The host's, and after them what was made on this server. Those of the host's sit where nobody is named."""
        host = self._host()
        of_host, whole = self._known.get(guild_id, (None, None))
        if whole is not None and of_host is host:
            return whole
        before = self._changes
        personas = [made.thing for made in await self._personas.of(guild_id)]
        tasks = [made.thing for made in await self._tasks.of(guild_id)]
        whole = with_own(host, personas, tasks)
        if before == self._changes:
            self._known[guild_id] = host, whole
            if len(self._known) > _CATALOGUES:
                del self._known[next(iter(self._known))]
        return whole

    def changed(self, guild_id: int) -> None:
        """Something was made, changed or deleted there."""
        self._changes += 1
        self._known.pop(guild_id, None)


def with_own(host: Catalogue, personas: list[Persona], tasks: list[Task]) -> Catalogue:
    """A host's catalogue with what a server has made; without what the host has taken the name of since then."""
    every = (*host.personas, *personas)
    lost = {clash.later for clash in name_clashes(every)}
    names = {fold(task.name) for task in host.tasks}
    return Catalogue(
        (*host.personas, *(p for at, p in enumerate(every) if at >= len(host.personas) and at not in lost)),
        (*host.tasks, *(task for task in tasks if fold(task.name) not in names)),
        usual_cast=host.usual_cast or host.personas,
    )


class LineRate:
    """How many lines each member has had tried out in the last minute, by Discord's clock."""

    def __init__(self) -> None:
        self._asked: dict[int, deque[int]] = {}

    def require(self, member_id: int, interaction_id: int) -> None:
        """Count one more. Raises UserError where it is one too many."""
        # Ids carry the time: https://discord.com/developers/docs/reference#snowflakes
        at = interaction_id >> 22
        self._asked = {who: times for who, times in self._asked.items() if times[-1] > at - _MINUTE}
        times = self._asked.setdefault(member_id, deque(maxlen=LINES_A_MINUTE))
        if len(times) == LINES_A_MINUTE and times[0] > at - _MINUTE:
            raise UserError(f"You have heard {LINES_A_MINUTE} lines within a minute. Wait a little, then ask again.")
        times.append(at)


@dataclass(frozen=True)
class Workshop:
    """The parts of it."""

    personas: MadeTable[Persona]
    tasks: MadeTable[Task]
    sketches: SketchTable
    pictures: Portraits
    makers: Makers
    catalogues: CatalogueCache
    avatars: Avatars
    trial: TrialLines
    lines: LineRate = field(default_factory=LineRate)
    reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    @classmethod
    def of(cls, store: Store, host: Callable[[], Catalogue], avatars: Avatars, trial: TrialLines) -> "Workshop":
        catalogues = CatalogueCache(host, store.own_personas, store.own_tasks)
        return cls(
            store.own_personas,
            store.own_tasks,
            store.sketches,
            store.pictures,
            store.makers,
            catalogues,
            avatars,
            trial,
        )

    async def free_pictures(self) -> None:
        """Have those go that nobody names any more, here and on Discord."""
        self.avatars.drop(await self.pictures.free())
