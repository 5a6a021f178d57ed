"""What a convener chooses for a table, and what a server and the host have set where they choose nothing."""

import math
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final, Self

from bot.discussion.model.dials import Dials, TurnOrder
from bot.discussion.model.task import Task
from bot.discussion.moderation.formats.choosing import first_format
from bot.discussion.moderation.formats.format import Format
from bot.library.catalogue import Catalogue
from bot.settings import DISCORD_MIN_PACE
from bot.store.models import NOBODY as NOBODY
from bot.store.models import StoredSession
from bot.store.server_settings import ServerSettings

# Who may chime in, besides a role by its id: as StoredSession.chimers has it, but for everyone. They are None there,
# which is here what nobody has chosen.
EVERYONE: Final = -1
# In the place of names: whoever there is. No persona can be called so.
ALL: Final = "everyone"
# Three sentences, which is what the usual rules ask of a turn.
_TURN_WORDS: Final = 50
# The setting of a table that has none but its questions.
NO_TASK: Final = ""


@dataclass(frozen=True, slots=True)
class TableChoices:
    """None, and an empty list: not said. `task`: a name, NO_TASK for none; `personas`: names with commas, or ALL;
    `format`: by its name; `options`: between which the table chooses; `chimers`: a role's id, EVERYONE or NOBODY;
    `brief`: a text that is the context; `channel_id`: where (None: where it is chosen)."""

    questions: tuple[str, ...] = ()
    task: str | None = None
    personas: str | None = None
    turns: int | None = None
    floor: TurnOrder | None = None
    language: str | None = None
    vote: bool | None = None
    chimers: int | None = None
    brief: str = ""
    channel_id: int | None = None
    in_new_thread: bool = False
    format: str | None = None
    options: tuple[str, ...] = ()

    @classmethod
    def of(cls, stored: StoredSession, catalogue: Catalogue) -> Self:
        """What was chosen for a table, for another one like it: all but what it talked about."""
        session, dials = stored.session, stored.session.dials
        known = session.task.name in [task.name for task in catalogue.tasks]
        return cls(
            task=session.task.name if known else NO_TASK,
            personas=", ".join(persona.name for persona in session.cast),
            turns=dials.turns,
            floor=dials.floor,
            language=session.task.language,
            vote=dials.vote,
            chimers=EVERYONE if stored.chimers is None else stored.chimers,
            format=dials.format,
        )

    @classmethod
    def recalled(cls, values: dict[str, Any]) -> Self:
        """The inverse of `to_recall`; what an earlier version called otherwise is left out."""
        known = {field.name for field in fields(cls)} - _FORGOTTEN
        return cls(**{name: value for name, value in values.items() if name in known})

    def to_recall(self) -> dict[str, Any]:
        """What the next set-up begins with: no words of anybody's."""
        return {name: value for name, value in asdict(self).items() if name not in _FORGOTTEN}

    def filled_in(self, server: ServerSettings, dials: Dials) -> "TableChoices":
        """The same with what the server, then the host, has set where nothing is said; but for the format, in which the
        task has a say before them (`format_for`).

        A question that somebody brings is a table of its own: the server's task is for whoever brings none.
        """
        return replace(
            self,
            task=self.task if self.task is not None or self.questions or self.brief else server.task,
            personas=server.cast or "" if self.personas is None else self.personas,
            turns=self.turns or server.turns or dials.turns,
            floor=self.floor or dials.floor,
            language=(server.language or "") if self.language is None else self.language,
            vote=_first(self.vote, server.vote, dials.vote),
            chimers=_first(self.chimers, server.chimers, EVERYONE),
        )

    def format_for(self, task: Task | None, server: ServerSettings, dials: Dials) -> Format:
        """What was chosen; else what the task says, the server, the host, in this order."""
        return first_format(self.format, task and task.format, server.format, dials.format)


_FORGOTTEN: Final = frozenset({"questions", "options", "brief"})


def about_minutes(turns: int, dials: Dials) -> int:
    """How long so many turns and their summary take people to follow."""
    return math.ceil((turns + 1) * max(dials.pause_after(_TURN_WORDS), DISCORD_MIN_PACE) / 60)


def _first(*values: Any) -> Any:
    return next(value for value in values if value is not None)
