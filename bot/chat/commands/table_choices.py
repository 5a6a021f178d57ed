"""What a convener chooses for a table, what a server has set where they choose nothing, and the table of both."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final, Self

from bot.chat.hearing.guest_messages import without_unseen
from bot.discussion.model.dials import Dials, TurnOrder
from bot.discussion.model.persona import Persona
from bot.discussion.model.task import Task
from bot.discussion.text.folding import fold
from bot.discussion.text.links import plain_links
from bot.errors import UserError
from bot.library.catalogue import Catalogue
from bot.library.question_lines import question_lines
from bot.store.models import StoredSession
from bot.store.server_settings import ServerSettings

# Who may chime in, besides a role by its id: as StoredSession.chimers has it, but for everyone. They are None there,
# which is here what nobody has chosen.
EVERYONE: Final = -1
# In the place of names: whoever there is. No persona can be called so.
ALL: Final = "everyone"
# The setting of a table that has none but its questions.
NO_TASK: Final = ""
# What parts several questions on one line.
PARTED: Final = "|"
QUESTION_LENGTH: Final = 300
QUESTIONS: Final = 20


@dataclass(frozen=True, slots=True)
class TableChoices:
    """None, and an empty list: not said. `task`: a name, NO_TASK for none; `personas`: names with commas, or ALL;
    `chimers`: a role's id, EVERYONE or NOBODY; `brief`: a text that is the context; `channel_id`: where (None: where it
    is chosen)."""

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
            vote=getattr(dials, "vote", None),
            chimers=EVERYONE if stored.chimers is None else stored.chimers,
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
        """The same with what the server, then the host, has set where nothing is said.

        A question that somebody brings is a table of its own: the server's task is for whoever brings none.
        """
        return replace(
            self,
            task=self.task if self.task is not None or self.questions or self.brief else server.task,
            personas=server.cast or "" if self.personas is None else self.personas,
            turns=self.turns or server.turns or dials.turns,
            floor=self.floor or dials.floor,
            language=(server.language or "") if self.language is None else self.language,
            vote=_first(self.vote, server.vote, getattr(dials, "vote", False)),
            chimers=_first(self.chimers, server.chimers, EVERYONE),
        )


_FORGOTTEN: Final = frozenset({"questions", "brief"})


@dataclass(frozen=True, slots=True)
class OrderedTable:
    """What the supervisor needs of it; `chimers` as StoredSession has it."""

    task: Task
    cast: tuple[Persona, ...]
    dials: Dials
    chimers: int | None


def ordered(choices: TableChoices, catalogue: Catalogue, server: ServerSettings, dials: Dials) -> OrderedTable:
    """The table that somebody wants. `dials`: the host's. Raises UserError for what can't be had."""
    wanted = choices.filled_in(server, dials)
    task = _task(wanted, catalogue, is_servers=choices.task is None)
    changed: dict[str, Any] = {"turns": wanted.turns, "floor": wanted.floor, "vote": wanted.vote}
    if server.pace is not None:
        changed["pace"] = server.pace
    # A dial that this version lacks is none.
    known = {name: value for name, value in changed.items() if name in Dials.model_fields}
    return OrderedTable(
        task.model_copy(update={"language": wanted.language or task.language}),
        _cast(wanted, catalogue, is_servers=choices.personas is None),
        dials.model_copy(update=known),
        None if wanted.chimers == EVERYONE else wanted.chimers,
    )


def questions_in(text: str, *, are_lines: bool = False) -> tuple[str, ...]:
    """What somebody asks: one question, or several with `|` between them; `are_lines`: or one a line. Raises UserError.

    An option has one line: what breaks there was pasted.
    """
    parts = text.split(PARTED)
    lines = plain_links(without_unseen("\n".join(parts if are_lines else [" ".join(part.split()) for part in parts])))
    # The numbers and bullets of a list are no part of its questions; one line is what it is.
    found = [each.text for each in question_lines(lines)] if "\n" in lines else [lines]
    questions = tuple(dict.fromkeys(filter(None, (" ".join(each.split()) for each in found))))
    if len(questions) > QUESTIONS:
        raise UserError(f"These are {len(questions)} questions; a table can take {QUESTIONS}. Leave some out.")
    for question in questions:
        if len(question) > QUESTION_LENGTH:
            raise UserError(
                f"The question “{question[:40]}…” has {len(question)} characters; it may have {QUESTION_LENGTH}. "
                "Shorten it, or bring what belongs to it as a `brief`."
            )
    return questions


def one_language(text: str) -> str:
    """The name of a language as it was written, on one line."""
    return " ".join(without_unseen(text).split())


def _task(wanted: TableChoices, catalogue: Catalogue, *, is_servers: bool) -> Task:
    if wanted.task is None and not wanted.questions and not wanted.brief:
        return catalogue.task(None)
    if not wanted.task:
        if not wanted.questions:
            raise UserError(
                "Say what is to be discussed about the brief: with a `question`, or a `task` that has questions."
                if wanted.brief
                else "Give it a question, or choose a setting that has questions."
            )
        return Task.asking(wanted.questions, context=wanted.brief)
    with _as_set_here("task", is_servers):
        task = catalogue.task(wanted.task)
    changed = {"questions": wanted.questions, "context": wanted.brief}
    return task.model_copy(update={name: value for name, value in changed.items() if value})


def _cast(wanted: TableChoices, catalogue: Catalogue, *, is_servers: bool) -> tuple[Persona, ...]:
    asked = wanted.personas or ""
    with _as_set_here("cast", is_servers):
        return catalogue.cast("" if fold(asked.strip()) == ALL else asked)


@contextmanager
def _as_set_here(setting: str, is_servers: bool) -> Iterator[None]:
    """Around the look-up of what a server has set: says where it can be changed, if it is there no more."""
    try:
        yield
    except UserError as error:
        if not is_servers:
            raise
        raise UserError(
            f"{error} It is this server's default: `/roundtable settings {setting}:…` changes it."
        ) from None


def _first(*values: Any) -> Any:
    return next(value for value in values if value is not None)
