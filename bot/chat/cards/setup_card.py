"""The private card on which a table is set up: what stands is on the card itself, and is read from it again.

So nothing that somebody typed is kept anywhere, two members set up side by side, and a restart loses nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import discord

from bot.chat.cards import components as c
from bot.chat.cards.bot_messages import FLOORS
from bot.chat.cards.format_options import format_options
from bot.chat.rules.table_choices import EVERYONE, NO_TASK, NOBODY, TableChoices
from bot.discussion.model.dials import TurnOrder
from bot.discussion.moderation.formats.format import Format

ASK: Final = "setup_ask"
ASKED: Final = "setup_asked"
FORMAT: Final = "setup_format"
TASK: Final = "setup_task"
CAST: Final = "setup_cast"
TURNS: Final = "setup_turns"
FLOOR: Final = "setup_floor"
PLACE: Final = "setup_place"
ROLE: Final = "setup_role"
THREAD: Final = "setup_thread"
LISTEN: Final = "setup_listen"
VOTE: Final = "setup_vote"
BRIEF: Final = "setup_brief"
START: Final = "setup_start"
CANCEL: Final = "setup_cancel"

LENGTHS: Final[Mapping[int, str]] = {6: "Short", 10: "Medium", 20: "Long"}
# Escaped, each character may take two; a message has 4,000 for all its texts.
QUESTIONS_LENGTH: Final = 1200
OPTIONS_LENGTH: Final = 400
# The first of the options of the menu of settings: an option needs a value.
_NONE: Final = "none"
_A_TASK: Final = "task:"
_QUESTION: Final = "> "
_OPTION: Final = "- "
_NOTHING_ASKED: Final = "-# Nothing yet. Write your question, or choose a setting that has its own."
# Whatever may mean something in Markdown stands there for itself.
_MARKS: Final = re.compile(r"([!-/:-@\[-`{-~])")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_KINDS: Final = (
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.voice,
    discord.ChannelType.stage_voice,
    discord.ChannelType.forum,
)


@dataclass(frozen=True, slots=True)
class Repertoire:
    """What there is to choose from. `minutes`: how long so many turns take. `usual`: how many sit there where nobody is
    chosen."""

    tasks: Sequence[c.Option]
    personas: Sequence[c.Option]
    minutes: Mapping[int, int]
    usual: int


def setup_card(
    standing: TableChoices, cast: Sequence[str], offer: Repertoire, problem: str = ""
) -> discord.ui.LayoutView:
    """`standing`: what is chosen, nothing left unsaid; `cast`: the names of who sits there, empty for everyone.
    `problem`: why it could not be opened, or can't be as it stands."""
    tasks = [c.Option("No setting: the question alone", _NONE), *offer.tasks[: c.OPTIONS - 1]]
    task = f"{_A_TASK}{standing.task}" if standing.task else _NONE
    seated = sorted(offer.personas, key=lambda persona: persona.value not in cast)
    role = standing.chimers if standing.chimers not in (None, EVERYONE, NOBODY) else None
    asked = [f"{_QUESTION}{_MARKS.sub(_escape, question)}" for question in standing.questions]
    options = [f"{_OPTION}{_MARKS.sub(_escape, option)}" for option in standing.options]
    language = f"-# In {_MARKS.sub(_escape, standing.language)}." if standing.language else ""
    return c.card(
        c.text("## Set up a table"),
        c.text(f"⚠️ {problem}") if problem else None,
        c.beside(
            "\n".join(filter(None, ["**What is discussed**", *(asked or [_NOTHING_ASKED]), *options, language])),
            c.button(
                "Write",
                ASK,
                standing.language or "",
                emoji="✏️",
                style=c.Style.secondary if asked or standing.task else c.Style.primary,
            ),
        ),
        c.menu(FORMAT, "", "Format", format_options(standing.format or "")),
        c.menu(TASK, "", "Setting", _chosen(tasks, {task})),
        c.menu(CAST, "", _who(cast, offer), _chosen(seated, set(cast)), least=0, most=c.OPTIONS),
        c.menu(TURNS, "", "Length", _chosen(_lengths(standing.turns, offer), {str(standing.turns)})),
        c.menu(FLOOR, "", "Who speaks next", _chosen(_FLOOR_OPTIONS, {str(standing.floor)})),
        c.channel_menu(PLACE, "", "Where: in this channel", filter(None, [standing.channel_id]), most=1, kinds=_KINDS),
        c.role_menu(
            ROLE, "", "Who may chime in: everyone" if standing.chimers else "Nobody chimes in", filter(None, [role])
        ),
        c.row(
            _switch("New thread", THREAD, standing.in_new_thread, "🧵"),
            _switch("Only listening", LISTEN, standing.chimers == NOBODY, "🔇"),
            _switch("Votes", VOTE, bool(standing.vote), "🗳️"),
            c.button("Brief", BRIEF, emoji="📄"),
        ),
        c.line(),
        c.row(
            c.button("Start", START, style=discord.ButtonStyle.success, emoji="▶️"),
            c.button("Cancel", CANCEL),
        ),
    )


def question_form(
    standing: TableChoices, format: Format, *, more_personas: str | None, more_tasks: str | None
) -> discord.ui.Modal:
    """The form behind "Write", for a table of this format. The last two: what stands in the fields by which one names
    who, or which setting, does not fit into a menu; None: all do."""
    fields = [
        c.field(
            "questions",
            "What is to be discussed?",
            text="\n".join(standing.questions),
            hint="One question a line; none: those of the setting.",
            example="Should a town have a curfew for cats?",
            is_long=True,
            is_needed=False,
            most=QUESTIONS_LENGTH,
        ),
        c.field("language", "In which language?", text=standing.language or "", is_needed=False, most=80),
    ]
    if format.takes_options:
        fields.append(
            c.field(
                "options",
                format.options_are,
                text="\n".join(standing.options),
                hint=f"One a line; none: those of the setting, else {format.without_options}.",
                is_long=True,
                is_needed=False,
                most=OPTIONS_LENGTH,
            )
        )
    if more_personas is not None:
        fields.append(
            c.field("personas", "Who sits there? Names with commas", text=more_personas, is_needed=False, most=1000)
        )
    if more_tasks is not None:
        fields.append(c.field("task", "In which setting?", text=more_tasks, is_needed=False, most=100))
    return c.form("Set up a table", ASKED, "", *fields)


# --- reading it again ---


@dataclass(slots=True)
class _Read:
    switches: dict[str, str] = field(default_factory=dict[str, str])
    chosen: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    questions: list[str] = field(default_factory=list[str])
    options: list[str] = field(default_factory=list[str])


def standing_on(message: discord.Message | None) -> tuple[TableChoices, tuple[str, ...]]:
    """What stands on a card, as `setup_card` was given it: the choices, and who sits there."""
    read = _Read()
    for component in message.components if message else ():
        _read(component.to_dict(), read)

    def one(verb: str) -> str | None:
        return next(iter(read.chosen.get(verb, ())), None)

    role, channel, turns = one(ROLE), one(PLACE), one(TURNS)
    choices = TableChoices(
        questions=tuple(read.questions),
        format=one(FORMAT),
        options=tuple(read.options),
        task=chosen_task(one(TASK)),
        turns=int(turns) if turns else None,
        floor=floor_of(one(FLOOR)),
        language=read.switches.get(ASK, ""),
        vote=is_on(read.switches.get(VOTE)),
        chimers=NOBODY if is_on(read.switches.get(LISTEN)) else int(role) if role else EVERYONE,
        channel_id=int(channel) if channel else None,
        in_new_thread=is_on(read.switches.get(THREAD)),
    )
    return choices, tuple(read.chosen.get(CAST, ()))


def floor_of(value: str | None) -> TurnOrder | None:
    return next((floor for floor in FLOORS if floor == value), None)


def chosen_task(value: str | None) -> str:
    """The task behind an option of the menu of settings."""
    return value.removeprefix(_A_TASK) if value and value != _NONE else NO_TASK


def task_option(name: str, title: str, about: str) -> c.Option:
    return c.Option(f"Setting: {title}", f"{_A_TASK}{name}", about)


def is_on(argument: str | None) -> bool:
    return argument == "on"


def _read(component: Mapping[str, Any], read: _Read) -> None:
    verb, _, argument = str(component.get("custom_id", "")).removeprefix(f"{c.PREFIX}:").partition(":")
    if verb:
        read.switches[verb] = argument
        chosen = [option["value"] for option in component.get("options") or () if option.get("default")]
        read.chosen[verb] = chosen or [str(each["id"]) for each in component.get("default_values") or ()]
    # Only the questions, and the options, stand beside a button.
    if accessory := component.get("accessory"):
        _read(accessory, read)
        lines = "\n".join(part.get("content", "") for part in component.get("components", ())).splitlines()
        read.questions, read.options = _marked(_QUESTION, lines), _marked(_OPTION, lines)
        return
    for inner in component.get("components") or ():
        _read(inner, read)


# --- its parts ---


def _escape(found: re.Match[str]) -> str:
    return f"\\{found[1]}"


def _marked(mark: str, lines: Iterable[str]) -> list[str]:
    """What the lines that begin with a mark say, as it was written."""
    return [_ESCAPED.sub(r"\1", line.removeprefix(mark)) for line in lines if line.startswith(mark)]


def _chosen(options: Iterable[c.Option], values: set[str]) -> list[c.Option]:
    return [
        c.Option(option.label, option.value, option.description, option.emoji, option.value in values)
        for option in options
    ]


def _who(cast: Sequence[str], offer: Repertoire) -> str:
    if cast:
        return "Who sits there"
    everyone = "Everyone sits there" if offer.usual == len(offer.personas) else "The usual cast sits there"
    return f"{everyone} ({offer.usual})"


def _lengths(standing: int | None, offer: Repertoire) -> Iterator[c.Option]:
    for turns in sorted({*LENGTHS, *filter(None, [standing])}):
        name = LENGTHS.get(turns, "As chosen")
        minutes = offer.minutes.get(turns)
        lasts = f", about {minutes} minute{'' if minutes == 1 else 's'}" if minutes else ""
        yield c.Option(f"{name}: {turns} turn{'' if turns == 1 else 's'}{lasts}", str(turns))


_FLOOR_OPTIONS: Final = [
    c.Option(f"Who speaks next: {floor.replace('_', ' ')}", floor, told) for floor, told in FLOORS.items()
]


def _switch(label: str, verb: str, is_set: bool, emoji: str) -> c.Button:
    """A button that is pressed on and off; it carries how it stands."""
    style = discord.ButtonStyle.primary if is_set else discord.ButtonStyle.secondary
    return c.button(f"{label}: {'yes' if is_set else 'no'}", verb, "on" if is_set else "", style=style, emoji=emoji)
