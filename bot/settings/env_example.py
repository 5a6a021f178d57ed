"""All settings as they are written down for a host, and the file `.env` in which each stands with what it does."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bot.discussion.model.dials import Dials
from bot.endpoint_settings import INHERITED, NamedEndpoint
from bot.settings.discord_section import DiscordSection, HostSection
from bot.settings.house_section import DeploySection, FilesSection, KeepingSection, LimitsSection
from bot.settings.model_section import ModelSection
from bot.settings.ops_section import OpsSection

_HEAD: Final = """\
# Copy this file to .env and fill in what you need. A blank or missing setting takes its default.
# A setting in the environment wins over this file. `roundtable check` says whether everything is right.
# Each secret (DISCORD_TOKEN, DATABASE_URL, …_API_KEY, …_EXTRA_HEADERS, …_EXTRA_QUERY) may stand in a file of its own
# instead, which is named by the same setting with _FILE: DISCORD_TOKEN_FILE=/run/secrets/discord_token
"""
_WIDTH: Final = 120
# What is not described with a field of an endpoint is described with its twin, LLM_…
_AS_ABOVE: Final = (
    "The same as LLM_… above. Blank: nothing of the sort, whatever LLM_… says; the context window is what the endpoint "
    "tells. In the list of fallbacks, `default` is LLM_…"
)
# What the discussion, which knows of no platform, can't tell of its dials.
_FURTHER: Final = {"DISCUSSION_PACE": "On Discord it is never less than 3; left blank, the demo takes 4."}
_AS_ABOVE_OR_TAKEN_OVER: Final = "Limits and ways of its own. Blank: those of LLM_…"


@dataclass(frozen=True)
class ListedSetting:
    """Settings that are told of in the same words, mostly one: their names as they are written, what they do, what
    holds where they are blank and an example (each as it is written, or "")."""

    names: tuple[str, ...]
    description: str
    default: str
    example: str


@dataclass(frozen=True)
class Section:
    """Settings under one heading."""

    heading: str
    entries: tuple[ListedSetting, ...]


def sections() -> tuple[Section, ...]:
    """Every setting there is, in the order in which hosts read them."""
    return (
        _section("Discord", DiscordSection),
        _section("Who runs the bot", HostSection),
        _section("The language model", ModelSection),
        Section("More endpoints, for a table of different models", tuple(_of_named_endpoint())),
        _section("Files", FilesSection),
        _section("How the bot is watched over", OpsSection),
        _section("Hard caps; 0 means no limit", LimitsSection),
        _section("How long things are kept", KeepingSection),
        _section("The moderator's dials", Dials, prefix="DISCUSSION_"),
        _section("Only for deploy/modelup.sh and deploy/compose.yaml", DeploySection),
    )


def env_example() -> str:
    """The text of a `.env` in which nothing is set."""
    return "\n".join([_HEAD, *(line for section in sections() for line in _lines(section))])


def _section(heading: str, model: type[BaseModel], *, prefix: str = "") -> Section:
    fields = model.model_fields.items()
    return Section(heading, tuple(_entry(f"{prefix}{name.upper()}", field) for name, field in fields))


def _entry(name: str, field: FieldInfo) -> ListedSetting:
    default = "" if field.default_factory else _as_written(field.default)
    description = " ".join(filter(None, (field.description, _FURTHER.get(name))))
    return ListedSetting((name,), description, default, (field.examples or [""])[0])


def _of_named_endpoint() -> Iterator[ListedSetting]:
    """What is its own comes first, then what it has in common with the default endpoint, in the order of that one."""
    order = [name.removeprefix("llm_") for name in ModelSection.model_fields]
    fields = {name: NamedEndpoint.model_fields[name] for name in order if name in NamedEndpoint.model_fields}
    told = {
        name: field.description or (_AS_ABOVE_OR_TAKEN_OVER if name in INHERITED else _AS_ABOVE)
        for name, field in fields.items()
    }
    in_order = sorted(told, key=lambda name: (not fields[name].description, name in INHERITED))
    for description, names in groupby(in_order, key=lambda name: told[name]):
        yield ListedSetting(tuple(f"ENDPOINT_FAST_{name.upper()}" for name in names), description, "", "")


def _as_written(value: Any) -> str:
    """A value as it would stand in `.env`; "" for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _lines(section: Section) -> Iterator[str]:
    yield f"# --- {section.heading} ---"
    yield ""
    for entry in section.entries:
        yield from textwrap.wrap(
            entry.description,
            _WIDTH,
            initial_indent="# ",
            subsequent_indent="# ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        if entry.default:
            yield f"# Default: {entry.default}"
        if entry.example:
            yield f"# Example: {entry.example}"
        yield from (f"{name}=" for name in entry.names)
        yield ""
