"""Secrets from files of their own, as Docker and Kubernetes hand them out: DISCORD_TOKEN_FILE for DISCORD_TOKEN."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

_OF_ENDPOINTS: Final = ("api_key", "extra_headers", "extra_query")
_SECRETS: Final = ("discord_token", "database_url", *(f"llm_{name}" for name in _OF_ENDPOINTS))
_NAMED: Final = re.compile(rf"endpoint_(.+_(?:{'|'.join(_OF_ENDPOINTS)}))")
_ENDING: Final = "_file"
# Nobody's secret is longer; what is, is another file.
_MOST_BYTES: Final = 64 * 1024


class UnusableSecretFile(ValueError):
    """A sentence for each file that can't be used."""


class SecretFiles(PydanticBaseSettingsSource):
    """What stands in the files that `…_FILE` settings name."""

    def __init__(self, settings: type[BaseSettings], given: Mapping[str, str | None]) -> None:
        """`given`: every setting as it was written, by its name in lower case."""
        super().__init__(settings)
        self._given = given

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Unused: the whole is made at once."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Raises UnusableSecretFile."""
        found: dict[str, Any] = {}
        problems: list[str] = []
        for name, path in self._given.items():
            secret = name.removesuffix(_ENDING)
            if not (path and path.strip() and is_secret_file(name)):
                continue
            try:
                if (self._given.get(secret) or "").strip():
                    raise ValueError(f"and {secret.upper()} are both set: take one of them out.")
                _put(found, secret, _read(path.strip()))
            except ValueError as error:
                problems.append(f"{name.upper()} {error}")
        if problems:
            raise UnusableSecretFile("\n".join(problems))
        return found


def is_secret_file(name: str) -> bool:
    """Whether a setting, by its name in lower case, names a file with a secret."""
    secret = name.removesuffix(_ENDING)
    return secret != name and (secret in _SECRETS or _NAMED.fullmatch(secret) is not None)


def without_secret_files(endpoints: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of all endpoints with a name (`fast_base_url`) but for those that name such a file."""
    return {name: value for name, value in endpoints.items() if not is_secret_file(f"endpoint_{name}")}


def secret_file_names() -> list[str]:
    """Those of them that are no endpoint's with a name."""
    return [f"{secret}{_ENDING}" for secret in _SECRETS]


def _put(found: dict[str, Any], secret: str, value: str) -> None:
    if named := _NAMED.fullmatch(secret):
        found.setdefault("endpoint", {})[named[1]] = value
    else:
        found[secret] = value


def _read(path: str) -> str:
    """Raises ValueError with what is wrong."""
    try:
        with Path(path).open("rb") as opened:
            data = opened.read(_MOST_BYTES + 1)
        text = data.decode("utf-8").strip()
    except FileNotFoundError:
        raise ValueError(f'"{path}" is not there. Name a file that holds the secret and nothing else.') from None
    except OSError as error:
        raise ValueError(f'"{path}" can\'t be read ({error.strerror}).') from None
    except UnicodeDecodeError:
        raise ValueError(f'"{path}" is no text in UTF-8.') from None
    if not text or len(data) > _MOST_BYTES:
        problem = "too long" if text else "empty"
        raise ValueError(f'"{path}" is {problem}. It should hold the secret and nothing else.')
    return text
