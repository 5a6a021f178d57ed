"""The real bot with a small cast, for the simulated Discord: what it is made of, so that it can be made again."""

from dataclasses import dataclass, field

from bot.chat.bot import RoundtableBot, create_bot
from bot.discussion.model.persona import Persona
from bot.discussion.model.task import Task
from bot.library.catalogue import Catalogue
from bot.llm.endpoint import Endpoint
from bot.llm.endpoint_registry import EndpointRegistry
from bot.settings import Settings
from bot.store.store import Store

CAST = tuple(
    Persona(name=name, full_name=full_name, prompt=f"You are {full_name}.", intro=f"{name} at the table.")
    for name, full_name in [("Aino", "Professor Aino Virtanen"), ("Ravi", "Ravi Menon"), ("Bo", "Bo Lindqvist")]
)
FULL_NAMES = {persona.name: persona.full_name for persona in CAST}
TASKS = (
    Task(name="bread", context="A village bakery.", questions=("Who bakes?", "Who pays?", "Who eats?")),
    Task(name="boats", context="A harbour.", questions=("Sail or row?",)),
)
# Where simcord keeps what members attach.
CDN = frozenset({"cdn.simcord.invalid"})
CATALOGUE = Catalogue(CAST, TASKS)


@dataclass
class Parts:
    """What a bot is made of; `make()` makes another one on the same database, as a restart does."""

    settings: Settings
    store: Store
    endpoint: Endpoint
    catalogue: Catalogue = CATALOGUE
    message_content: bool = True
    made: list[RoundtableBot] = field(default_factory=list)

    def make(self) -> RoundtableBot:
        bot = create_bot(
            self.settings,
            catalogue=self.catalogue,
            store=self.store,
            endpoints=EndpointRegistry(self.endpoint),
            message_content=self.message_content,
        )
        bot.file_hosts = CDN
        self.made.append(bot)
        return bot
