"""The settings of a server, each with where its value comes from, and what changes them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import discord

from bot.chat.cards import components as c
from bot.chat.cards.format_options import format_options
from bot.chat.text.making_texts import shown
from bot.discussion.moderation.formats.choosing import first_format
from bot.discussion.text.segmentation import clipped
from bot.settings import DISCORD_MIN_PACE, Settings
from bot.store.server_settings import ServerSettings

HERE: Final = "this server"
HOST: Final = "the host"
BUILT_IN: Final = "built in"
_LIST_LENGTH: Final = 250
_DELETED: Final = "a role that was deleted, so "


@dataclass(frozen=True, slots=True)
class SettingLine:
    """How a setting stands. `option`: its name in the command; `source`: who has set it."""

    option: str
    label: str
    value: str
    source: str

    def __str__(self) -> str:
        return f"**{self.label}** `{self.option}`: {self.value} ({self.source})"


# Discord hides a command from who lacks its default permissions, whatever role the bot goes by.
_SHOWN_TO: Final = " (an admin has Discord show them `/persona` and `/task` under Server settings → Integrations)"


def setting_lines(settings: ServerSettings, host: Settings, guild: discord.Guild) -> list[SettingLine]:
    """All of them, in the order they are told."""

    def line(option: str, label: str, is_set: bool, value: str, is_hosts: bool = False) -> SettingLine:
        return SettingLine(option, label, value, HERE if is_set else HOST if is_hosts else BUILT_IN)

    s, dials = settings, host.discussion
    managers = "members with **Manage Server**"
    opens = _role(guild, s.opener_role_id, "everyone who may use the command", f", and {managers}", f"only {managers}")
    steers = "the convener, and members with **Manage Messages**"
    turns, pace = s.turns or dials.turns, s.pace or max(dials.pace, DISCORD_MIN_PACE)
    return [
        line("openers", "Who opens tables", s.opener_role_id is not None, opens),
        line(
            "steerers",
            "Who steers any table",
            s.steerer_role_id is not None,
            _role(guild, s.steerer_role_id, steers, f"; {steers}", steers),
        ),
        line(
            "makers",
            "Who makes personas and tasks",
            s.maker_role_id is not None,
            _role(guild, s.maker_role_id, managers, f", and {managers}{_SHOWN_TO}", f"only {managers}"),
        ),
        line("channel", "Where tables may be", s.channels is not None, _channels(guild, s.channels)),
        line("guests", "Who chimes in", s.chimers is not None, _chimers(guild, s.chimers)),
        line(
            "format",
            "How a table goes",
            s.format is not None,
            first_format(s.format, dials.format).title,
            _is_set(dials, "format"),
        ),
        line("task", "Task where none is named", s.task is not None, shown(s.task, 100) if s.task else "the first"),
        line(
            "cast",
            "Who sits where nobody is named",
            s.cast is not None,
            shown(s.cast, _LIST_LENGTH) if s.cast else "everyone who comes with me",
        ),
        line("turns", "Turns of a table", s.turns is not None, str(turns), _is_set(dials, "turns")),
        line("pace", "Seconds between turns", s.pace is not None, f"{pace:g} at least", _is_set(dials, "pace")),
        line("language", "Language", bool(s.language), shown(s.language, 80) if s.language else "the setting's"),
        line(
            "vote",
            "Vote of the audience after each question",
            s.vote is not None,
            "yes" if s.votes(dials) else "no",
            _is_set(dials, "vote"),
        ),
        line(
            "tables",
            "Open tables at once",
            s.most_tables is not None,
            _least(s.most_tables, host.limit_sessions or None, "any number"),
            _is_set(host, "limit_sessions"),
        ),
        line(
            "days",
            "Days a table is kept after its end",
            s.keep_days is not None,
            _least(s.keep_days, host.retention_days, "for ever"),
            _is_set(host, "retention_days"),
        ),
        line("time_zone", "Time zone", s.time_zone is not None, s.time_zone or "UTC"),
        _proxies(settings, host),
        _memory(settings, host),
        _reactions(settings, host),
    ]


def settings_card(settings: ServerSettings, host: Settings, guild: discord.Guild) -> discord.ui.LayoutView:
    """The card that shows them and changes them."""
    lines = setting_lines(settings, host, guild)
    own = [line for line in lines if line.source == HERE]

    def roles(option: str, placeholder: str, chosen: int | None) -> c.Part:
        there = [chosen] if chosen and guild.get_role(chosen) else []
        return c.role_menu("set-role", option, placeholder, there)

    here = [each for each in settings.channels or () if guild.get_channel(each)]
    return c.card(
        c.text("## Settings of this server"),
        c.text("\n".join(map(str, lines))),
        c.line(),
        roles("openers", "Who opens tables: everyone", settings.opener_role_id),
        roles("steerers", "Who steers any table beside its convener", settings.steerer_role_id),
        roles("makers", "Who makes personas and tasks: Manage Server", settings.maker_role_id),
        roles("guests", "Who chimes in", settings.chimers),
        c.channel_menu("set-channels", "", "Where tables may be: everywhere", here, most=c.OPTIONS),
        c.menu("set-format", "", "How a table goes", format_options(settings.format or "")),
        c.row(
            c.button("Defaults…", "set-ask", "defaults"),
            c.button("Limits…", "set-ask", "limits"),
        ),
        c.row(
            c.button("Vote: off" if settings.votes(host.discussion) else "Vote: on", "set-flip", "vote"),
            c.button("Proxies: off" if settings.hears_proxies else "Proxies: on", "set-flip", "proxies"),
            c.button("Memory: off" if settings.memory else "Memory: on", "set-flip", "memory"),
            c.button("Reactions: off" if settings.reactions else "Reactions: on", "set-flip", "reactions"),
            c.button("Nobody chimes in", "set-nobody", is_enabled=settings.chimers != 0),
        ),
        c.menu("set-reset", "", "Take a setting back", _options(own)) if own else None,
    )


def defaults_form(settings: ServerSettings) -> discord.ui.Modal:
    """What a table has where nobody says otherwise; an empty field takes a setting back."""
    return c.form(
        "Defaults of this server's tables",
        "set-form",
        "defaults",
        _field("task", "Task", settings.task, "By name; empty: the first", 100),
        _field("cast", "Personas", settings.cast, "Names with commas; empty: everyone who comes with me", 2000),
        _field("turns", "Turns", settings.turns, "1 to 200; empty: as the host has it", 3),
        _field("pace", "Seconds between turns", settings.pace, "At least; empty: as the host has it", 8),
        _field("language", "Language", settings.language, "Any; empty: the setting's", 80),
    )


def limits_form(settings: ServerSettings) -> discord.ui.Modal:
    return c.form(
        "Limits and time zone of this server",
        "set-form",
        "limits",
        _field("tables", "Open tables at once", settings.most_tables, "Empty: as many as the host allows", 6),
        _field("days", "Days a table is kept", settings.keep_days, "After its end; empty: as the host keeps it", 6),
        _field("time_zone", "Time zone", settings.time_zone, "Such as Europe/Helsinki; empty: UTC", 64),
    )


def _field(name: str, label: str, value: Any, hint: str, most: int) -> c.Part:
    text = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    return c.field(name, label, text=text, hint=hint, is_needed=False, most=most)


def _options(lines: Iterable[SettingLine]) -> list[c.Option]:
    return [c.Option(line.label, line.option) for line in lines]


def _is_set(of: Any, field: str) -> bool:
    return field in of.model_fields_set


def _least(own: int | None, host: int | None, unlimited: str) -> str:
    known = [number for number in (own, host) if number]
    return str(min(known)) if known else unlimited


def _role(guild: discord.Guild, role_id: int | None, without: str, also: str, deleted: str) -> str:
    if role_id is None:
        return without
    return f"<@&{role_id}>{also}" if guild.get_role(role_id) else f"{_DELETED}{deleted}"


def _channels(guild: discord.Guild, channels: tuple[int, ...] | None) -> str:
    if channels is None:
        return "in every channel"
    there = [f"<#{each}>" for each in channels if guild.get_channel(each)]
    return clipped(", ".join(there), _LIST_LENGTH) if there else "nowhere: the channels that were named are deleted"


def _chimers(guild: discord.Guild, chimers: int | None) -> str:
    if chimers == 0:
        return "nobody"
    return _role(guild, chimers, "everyone", "", "nobody")


def _proxies(settings: ServerSettings, host: Settings) -> SettingLine:
    label = "Members who speak through PluralKit and its like"
    if not host.proxy_applications:
        return SettingLine("proxies", label, "left out, on every server", HOST)
    heard = "heard, under the names they have there"
    if settings.hears_proxies:
        return SettingLine("proxies", label, heard, HOST if _is_set(host, "proxy_applications") else BUILT_IN)
    return SettingLine("proxies", label, "left out", HERE)


def _memory(settings: ServerSettings, host: Settings) -> SettingLine:
    label = "Tables are told what earlier ones came to"
    if not host.table_memory:
        return SettingLine("memory", label, "no, on every server", HOST)
    if settings.memory:
        return SettingLine("memory", label, "yes", HOST if _is_set(host, "table_memory") else BUILT_IN)
    return SettingLine("memory", label, "no", HERE)


def _reactions(settings: ServerSettings, host: Settings) -> SettingLine:
    label = "Members' reactions to what personas say"
    if not host.reactions:
        return SettingLine("reactions", label, "not heard, on every server", HOST)
    if settings.reactions:
        return SettingLine("reactions", label, "told to the persona that speaks next", BUILT_IN)
    return SettingLine("reactions", label, "not told to personas", HERE)
