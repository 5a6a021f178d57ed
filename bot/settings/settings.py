"""Every setting, once: read from the environment and `.env`, validated, frozen."""

import re
from collections.abc import Mapping
from typing import Any, Final, Self

from pydantic import PrivateAttr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.database_address import database_passwords
from bot.discussion.model.dials import Dials
from bot.discussion.moderation.formats.choosing import format_fault, format_named
from bot.endpoint_settings import (
    DEFAULT_ENDPOINT,
    INHERITED,
    EndpointsByName,
    NamedEndpoint,
    fallback_problem,
    price_problem,
)
from bot.settings.discord_section import DiscordSection, HostSection
from bot.settings.house_section import FilesSection, KeepingSection, LimitsSection
from bot.settings.model_section import ModelSection
from bot.settings.ops_section import OpsSection
from bot.settings.secret_files import SecretFiles, without_secret_files

# Ends of the names of settings whose values no message shows; those of JSON are told by the place of what is wrong.
NOT_SHOWN: Final = ("TOKEN", "API_KEY", "EXTRA_HEADERS", "EXTRA_QUERY", "EXTRA_BODY")


class Settings(DiscordSection, HostSection, ModelSection, FilesSection, OpsSection, LimitsSection, KeepingSection):
    """Where the bot finds its parts. Each field is set by its name in upper case and carries its description, of which
    `.env.example` and docs/settings.md are made (`make docs`)."""

    model_config = SettingsConfigDict(
        frozen=True,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        env_nested_delimiter="_",
        env_nested_max_split=1,
        extra="ignore",
    )

    # ENDPOINT_FAST_BASE_URL, ENDPOINT_FAST_MODEL, … are the fields of NamedEndpoint.
    endpoint: EndpointsByName = EndpointsByName({})

    # DISCUSSION_TURNS, DISCUSSION_PACE, … are the fields of Dials.
    discussion: Dials = Dials()

    # By the name of a setting the option that it was given by, which is what people are then told to mend.
    _given_as: Mapping[str, str] = PrivateAttr(default_factory=dict)

    # None: what is here is what was read.
    _as_read: "Settings | None" = PrivateAttr(default=None)

    @model_validator(mode="before")
    @classmethod
    def _blank_is_unset(cls, data: Any) -> Any:
        plain = _without_blanks(data)
        if isinstance(endpoints := plain.get("endpoint"), dict):
            # What their files hold is among the data, as SecretFiles has read it.
            plain["endpoint"] = without_secret_files(endpoints)
        return plain

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        assert isinstance(env_settings, EnvSettingsSource)
        assert isinstance(dotenv_settings, DotEnvSettingsSource)
        files = SecretFiles(settings_cls, {**dotenv_settings.env_vars, **env_settings.env_vars})
        return init_settings, env_settings, dotenv_settings, files

    @model_validator(mode="after")
    def _one_default(self) -> Self:
        if self.llm_gguf and self.llm_base_url:
            raise ValueError(
                "LLM_GGUF and LLM_BASE_URL are both set: the model is served here, or it is at that address. "
                "Take one of them out"
            )
        return self

    @model_validator(mode="after")
    def _prices_are_whole(self) -> Self:
        for name in (None, *self.endpoints):
            prefix = f"ENDPOINT_{name.upper()}" if name else "LLM"
            if problem := price_problem(self.endpoint_settings(name), prefix):
                raise ValueError(problem)
        return self

    @model_validator(mode="after")
    def _fallbacks_are_there(self) -> Self:
        for name, listed in {None: self.llm_fallback, **{n: e.fallback for n, e in self.endpoints.items()}}.items():
            setting = f"ENDPOINT_{name.upper()}_FALLBACK" if name else "LLM_FALLBACK"
            if problem := fallback_problem(listed or (), name or DEFAULT_ENDPOINT, self.endpoints):
                raise ValueError(f"{setting} {problem}")
        return self

    @field_validator("discussion")
    @classmethod
    def _format_by_its_name(cls, value: Dials) -> Dials:
        format = format_named(value.format)
        if format is None or format.name == value.format:
            return value  # what the host has not set does not count as set
        return value.model_copy(update={"format": format.name})

    @model_validator(mode="after")
    def _format_is_known(self) -> Self:
        # The dials themselves take any: a stored table may have a format of a later version.
        if fault := format_fault(self.discussion.format):
            raise ValueError(f"DISCUSSION_FORMAT {fault}")
        return self

    @property
    def means_the_dummy(self) -> bool:
        """Whether LLM_BASE_URL says `dummy`; that it says nothing may be an oversight."""
        return self.llm_base_url is None and "llm_base_url" in self.model_fields_set

    @property
    def given_as(self) -> Mapping[str, str]:
        """The options of the command line that stand for settings, by the settings' names."""
        return self._given_as

    @property
    def as_read(self) -> "Settings":
        """What the host has set, without what `filled_in` has added."""
        return self._as_read or self

    def filled_in(self, **values: Any) -> "Settings":
        """The same with values that the bot has found for itself."""
        filled = self.model_copy(update=values)
        filled._as_read = self.as_read
        return filled

    @property
    def database_kind(self) -> str:
        """What serves DATABASE_URL: sqlite, for one."""
        return re.split(r"[+:]", self.database_url, maxsplit=1)[0]

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
        tokens += database_passwords(self.database_url)
        return list(dict.fromkeys([*tokens, *(secret for endpoint in every for secret in endpoint.secrets)]))


def _without_blanks(data: dict[str, Any]) -> dict[str, Any]:
    # A line like `LLM_MODEL= ` means the same as no line at all; dials and endpoints are dictionaries inside.
    stripped = {k: _unquoted(v.strip()) if isinstance(v, str) else v for k, v in data.items()}
    return {
        k: _without_blanks(v) if isinstance(v, dict) and not k.upper().endswith(NOT_SHOWN) else v
        for k, v in stripped.items()
        if v != ""
    }


def _unquoted(value: str) -> str:
    """A value without the quotation marks around it, which `docker run --env-file` takes for a part of it."""
    mark, within = value[:1], value[1:-1]
    return within if len(value) > 1 and mark in "\"'" and value.endswith(mark) and mark not in within else value
