"""The settings as they are read, and the sentences about those that can't be used."""

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_settings import SettingsError

from bot.discussion.model.dials import Dials
from bot.discussion.model.model_options import ModelOptions
from bot.endpoint_settings import NamedEndpoint
from bot.errors import HostMustMend
from bot.settings.secret_files import UnusableSecretFile
from bot.settings.settings import NOT_SHOWN, Settings

_DIALS: Final = ", ".join(f"DISCUSSION_{field.upper()}" for field in Dials.model_fields)
_ENDPOINT_FIELDS: Final = sorted(NamedEndpoint.model_fields, key=lambda field: field in ModelOptions.model_fields)
_ENDPOINT: Final = ", ".join(f"ENDPOINT_<NAME>_{field.upper()}" for field in _ENDPOINT_FIELDS)


class BadSettings(HostMustMend):
    """One or more settings can't be used."""


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
    except UnusableSecretFile as error:
        raise BadSettings(str(error)) from None
    except UnicodeDecodeError as error:
        raise BadSettings(f"The file .env is not UTF-8 (position {error.start}). Save it as UTF-8.") from None
    settings._given_as = given_as
    return settings


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
            told = problem["msg"].removeprefix("Value error, ")
            lines.append(told if told.endswith(("?", ".")) else f"{told}.")
            continue
        reason = problem["msg"].removeprefix("Value error, ").replace("Input should", "should", 1)
        if problem["type"] == "bool_parsing":
            reason = "should be true or false"
        lines.append(f"{given_as.get(name, name)}{_shown(name, problem['input'])} {reason}.")
    return "\n".join(lines)


def _shown(name: str, value: Any) -> str:
    # A secret that fails validation must not be shown, nor a password inside an address.
    # Where the password of a mistyped database's address ends nobody knows; a file's path has none.
    is_server = name == "DATABASE_URL" and not str(value).startswith("sqlite")
    if name.endswith(NOT_SHOWN) or is_server or isinstance(value, dict):
        return ""
    shown = re.sub(r"(?:(?<=//)|^(?!\w+://)).*@", "…@", str(value))  # one of the two slashes may be missing
    return f' "{re.sub(r"[?].*", "?…", shown)}"'
