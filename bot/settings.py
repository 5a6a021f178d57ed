"""Every setting, once: read from the environment and `.env`, validated, frozen."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

import bot
from bot.discussion.model.dials import Dials
from bot.discussion.model.model_options import EndpointNames, ExtraBody, Layout, ModelOptions, Omitted, Streamed
from bot.endpoint_settings import (
    DEFAULT_ENDPOINT,
    INHERITED,
    BaseAddress,
    CertificateFile,
    EndpointsByName,
    ExtraHeaders,
    ExtraQuery,
    NamedEndpoint,
    WebAddress,
    fallback_problem,
)
from bot.errors import RoundtableError

# Ends of the names of settings whose values no message shows; those of JSON are told by the place of what is wrong.
_NOT_SHOWN: Final = ("TOKEN", "API_KEY", "EXTRA_HEADERS", "EXTRA_QUERY", "EXTRA_BODY")
_DIALS: Final = ", ".join(f"DISCUSSION_{field.upper()}" for field in Dials.model_fields)
# Between two turns of a table on Discord lie so many seconds, whatever the dial says.
DISCORD_MIN_PACE: Final = 3.0
# A channel takes about 30 messages of webhooks in 60 s, those in its threads counted in as far as anybody knows: not
# documented, but told by a developer of Discord's (https://github.com/discord/discord-api-docs/issues/367).
DISCORD_POST_PACE: Final = 60 / 30
# Which kinds of messages notify members.
Notify = Literal["card", "all", "none"]
# The application of https://pluralkit.me, whose webhooks speak for members.
PLURALKIT: Final = 466378653216014359


class BadSettings(RoundtableError):
    """One or more settings can't be used."""


def _listed_ids(value: Any) -> Any:
    """Discord ids that are separated by commas; `none` is the empty list."""
    if not isinstance(value, str):
        return value
    if value.casefold() == "none":
        return ()
    listed = [part.strip() for part in value.split(",") if part.strip()]
    for part in listed:
        if not (part.isascii() and part.isdecimal() and 15 <= len(part) <= 20):
            raise ValueError(
                f'has "{part}", which is no id. Write ids separated by commas; Discord copies them for whoever has '
                "the Developer Mode on (User settings → Advanced)"
            )
    return tuple(int(part) for part in listed)


DiscordIds = Annotated[tuple[int, ...], BeforeValidator(_listed_ids)]


def _one_id(value: Any) -> Any:
    if isinstance(value, str) and not (value.isascii() and value.isdecimal() and 15 <= len(value) <= 20):
        raise ValueError(
            "is no channel's id. Discord copies it for whoever has the Developer Mode on (User settings → Advanced): "
            "right-click the channel, Copy Channel ID"
        )
    return value


DiscordId = Annotated[int, BeforeValidator(_one_id)]


def _bind_address(value: str) -> str:
    host, _, port = value.rpartition(":")
    sound = host and "/" not in host and port.isascii() and port.isdecimal() and 1 <= int(port) <= 65_535
    if value.casefold() != "none" and not sound:
        raise ValueError("is no address to listen on. Write a host and a port, such as 127.0.0.1:8770, or none")
    return value


def shipped(folder: str) -> Path:
    """A folder of ours (`personas`, `tasks`): in the working directory, else beside or inside the installed package."""
    package = Path(bot.__file__).parent
    places = [Path(folder), package.parent / folder, package / "_shipped" / folder]
    return next((place for place in places if place.is_dir()), places[0])


_ENDPOINT_FIELDS: Final = sorted(NamedEndpoint.model_fields, key=lambda field: field in ModelOptions.model_fields)
_ENDPOINT: Final = ", ".join(f"ENDPOINT_<NAME>_{field.upper()}" for field in _ENDPOINT_FIELDS)


class Settings(BaseSettings):
    """Where the bot finds its parts. Every field is documented in `.env.example` under its upper-case name."""

    model_config = SettingsConfigDict(
        frozen=True,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        env_nested_delimiter="_",
        env_nested_max_split=1,
        extra="ignore",
    )

    discord_token: SecretStr | None = None
    discord_api_url: WebAddress | None = None
    discord_status_channel: DiscordId | None = None

    # None: every server. An empty list would shut everybody out, which nobody means.
    allowed_servers: Annotated[DiscordIds | None, NoDecode] = None
    age_restricted: bool = False
    notify: Notify = "card"
    # Applications whose webhooks speak for members.
    proxy_applications: Annotated[DiscordIds, NoDecode] = (PLURALKIT,)

    host_contact: Annotated[str, Field(max_length=200)] | None = None
    privacy_url: Annotated[str, Field(max_length=200)] | None = None

    llm_base_url: BaseAddress | None = None
    llm_model: str | None = None
    llm_api_key: SecretStr | None = None
    llm_concurrency: int = Field(default=4, ge=1, le=1000)
    llm_timeout: float = Field(default=120, gt=0, le=3600)
    llm_retries: int = Field(default=3, ge=0, le=10)
    llm_max_tokens: int = Field(default=400, ge=16, le=32_000)
    llm_reasoning_tokens: int = Field(default=2000, ge=0, le=32_000)
    llm_context: int | None = Field(default=None, ge=512)
    llm_extra_body: ExtraBody = None
    llm_extra_headers: ExtraHeaders = None
    llm_extra_query: ExtraQuery = None
    llm_omit: Annotated[Omitted, NoDecode] = None
    llm_stream: Streamed = False
    llm_layout: Layout = "user"
    llm_ca_file: CertificateFile | None = None
    llm_fallback: Annotated[EndpointNames, NoDecode] = None

    # ENDPOINT_FAST_BASE_URL, ENDPOINT_FAST_MODEL, … are the fields of NamedEndpoint.
    endpoint: EndpointsByName = EndpointsByName({})

    # Hard caps; 0 means no limit.
    limit_session_minutes: int = Field(default=1440, ge=0)
    limit_session_tokens: int = Field(default=500_000, ge=0)
    limit_day_tokens: int = Field(default=2_000_000, ge=0)
    limit_day_tokens_all: int = Field(default=10_000_000, ge=0)
    limit_sessions: int = Field(default=10, ge=0)

    database_url: str = "sqlite+aiosqlite:///data/roundtable.db"
    personas_dir: Path = Field(default_factory=lambda: shipped("personas"))
    tasks_dir: Path = Field(default_factory=lambda: shipped("tasks"))
    log_level: str = "INFO"
    log_format: Literal["text", "json"] = "text"
    ops_bind: Annotated[str, AfterValidator(_bind_address)] = "127.0.0.1:8770"

    # None: for ever.
    retention_days: int | None = Field(default=30, ge=1, le=36_500)
    leave_grace_days: int = Field(default=7, ge=0, le=36_500)

    # DISCUSSION_TURNS, DISCUSSION_PACE, … are the fields of Dials.
    discussion: Dials = Dials()

    # By the name of a setting the option that it was given by, which is what people are then told to mend.
    _given_as: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _blank_is_unset(cls, data: Any) -> Any:
        return _without_blanks(data)

    @model_validator(mode="after")
    def _fallbacks_are_there(self) -> Self:
        for name, listed in {None: self.llm_fallback, **{n: e.fallback for n, e in self.endpoints.items()}}.items():
            setting = f"ENDPOINT_{name.upper()}_FALLBACK" if name else "LLM_FALLBACK"
            if problem := fallback_problem(listed or (), name or DEFAULT_ENDPOINT, self.endpoints):
                raise ValueError(f"{setting} {problem}")
        return self

    @field_validator("database_url")
    @classmethod
    def _async_database(cls, value: str) -> str:
        if not value.removeprefix("sqlite+aiosqlite:///") or not value.startswith("sqlite+aiosqlite:///"):
            raise ValueError("is not supported. Write sqlite+aiosqlite:///data/roundtable.db or another file's path")
        return value

    @field_validator("allowed_servers")
    @classmethod
    def _some_server(cls, value: tuple[int, ...] | None) -> tuple[int, ...] | None:
        if value == ():
            raise ValueError("would let the bot be nowhere. Write servers' ids, or leave it out to allow every server")
        return value

    @field_validator("privacy_url")
    @classmethod
    def _page(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(r"https?://[^\s/<>]+\.[^\s<>]+", value, re.IGNORECASE):
            raise ValueError("is not a web address. Write something like https://example.org/privacy")
        return value

    @field_validator("host_contact")
    @classmethod
    def _one_line(cls, value: str | None) -> str | None:
        return " ".join(value.split()) if value else None

    @field_validator("log_format", mode="before")
    @classmethod
    def _format_in_any_case(cls, value: Any) -> Any:
        return value.casefold() if isinstance(value, str) else value

    @field_validator("retention_days", mode="before")
    @classmethod
    def _days_or_for_ever(cls, value: Any) -> Any:
        # Not 0, which might as well mean "at once".
        if isinstance(value, str) and not value.isdecimal():
            if value.casefold() != "forever":
                raise ValueError("is not a number of days. Write one from 1 to 36500, or forever")
            return None
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("is not a log level. Write DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @property
    def given_as(self) -> Mapping[str, str]:
        """The options of the command line that stand for settings, by the settings' names."""
        return self._given_as

    @property
    def database_file(self) -> Path:
        return Path(self.database_url.removeprefix("sqlite+aiosqlite:///"))

    @property
    def database_kind(self) -> str:
        """What serves DATABASE_URL: sqlite, for one."""
        return re.split(r"[+:]", self.database_url, maxsplit=1)[0]

    @property
    def ops_address(self) -> tuple[str, int] | None:
        """The host and port that the ops server listens on; None: there is none."""
        host, _, port = self.ops_bind.rpartition(":")
        return (host.strip("[]"), int(port)) if host else None

    @property
    def endpoints(self) -> dict[str, NamedEndpoint]:
        """The named endpoints, by name in lower case."""
        return self.endpoint.root

    def endpoint_settings(self, name: str | None) -> NamedEndpoint:
        """All that is set of an endpoint, what it takes over from LLM_… filled in. `name`: None for the default one,
        whose address is "" where none is set."""
        default: dict[str, Any] = {field: getattr(self, f"llm_{field}") for field in NamedEndpoint.model_fields}
        if name is None:
            default["base_url"] = self.llm_base_url or ""
            return NamedEndpoint.model_construct(None, **default)
        own = self.endpoints[name]
        taken = {field: default[field] for field in INHERITED if getattr(own, field) is None}
        return own.model_copy(update=taken)

    @property
    def secrets(self) -> list[str]:
        """Everything that no log line may hold."""
        tokens = [self.discord_token.get_secret_value()] if self.discord_token else []
        every = [self.endpoint_settings(name) for name in (None, *self.endpoints)]
        return list(dict.fromkeys([*tokens, *(secret for endpoint in every for secret in endpoint.secrets)]))


def read_settings(given_as: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """The settings from environment, `.env` and `overrides`. Raises BadSettings naming each bad one with its fix.

    `given_as`: by the name of a setting (LLM_MODEL) how whoever set it calls it (--model).
    """
    given_as = given_as or {}
    try:
        settings = Settings(**overrides)
    except ValidationError as error:
        raise BadSettings(_sentences(error, given_as)) from None
    except SettingsError as error:
        name, known = ("ENDPOINT", _ENDPOINT) if '"endpoint"' in str(error) else ("DISCUSSION", _DIALS)
        raise BadSettings(f"{name} alone is not a setting. There are: {known}.") from None
    except UnicodeDecodeError as error:
        raise BadSettings(f"The file .env is not UTF-8 (position {error.start}). Save it as UTF-8.") from None
    settings._given_as = given_as
    return settings


def _without_blanks(data: dict[str, Any]) -> dict[str, Any]:
    # A line like `LLM_MODEL= ` means the same as no line at all; dials and endpoints are dictionaries inside.
    stripped = {k: v.strip() if isinstance(v, str) else v for k, v in data.items()}
    return {
        k: _without_blanks(v) if isinstance(v, dict) and not k.upper().endswith(_NOT_SHOWN) else v
        for k, v in stripped.items()
        if v != ""
    }


def _sentences(error: ValidationError, given_as: Mapping[str, str]) -> str:
    lines: list[str] = []
    for problem in error.errors():
        name = "_".join(str(part) for part in problem["loc"]).upper()
        if problem["type"] in ("extra_forbidden", "model_type"):
            known = _ENDPOINT if name.startswith("ENDPOINT") else _DIALS
            lines.append(f"{name} is not a setting. There are: {known}.")
            continue
        if problem["type"] == "missing":
            lines.append(f"{name} is missing. Write something like http://127.0.0.1:8000/v1.")
            continue
        if not problem["loc"]:  # of several settings together; the sentence names them
            lines.append(problem["msg"].removeprefix("Value error, ") + ".")
            continue
        reason = problem["msg"].removeprefix("Value error, ").replace("Input should", "should", 1)
        if problem["type"] == "bool_parsing":
            reason = "should be true or false"
        lines.append(f"{given_as.get(name, name)}{_shown(name, problem['input'])} {reason}.")
    return "\n".join(lines)


def _shown(name: str, value: Any) -> str:
    # A secret that fails validation must not be shown, nor a password inside an address.
    if name.endswith(_NOT_SHOWN) or isinstance(value, dict):
        return ""
    return f' "{re.sub(r"[?].*", "?…", re.sub(r"//.*@", "//…@", str(value)))}"'
