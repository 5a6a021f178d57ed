"""Names that were probably meant for a setting: `LLM_BASEURL` sets nothing, and nobody would notice."""

import difflib
import os
from collections.abc import Collection
from typing import Final

from pydantic_settings import DotEnvSettingsSource

from bot.settings.env_example import sections
from bot.settings.secret_files import is_secret_file, secret_file_names
from bot.settings.settings import Settings

# In the environment there are other programs' settings, too: only names that begin so are looked at.
_OURS: Final = ("DISCORD", "LLM", "LIMIT")
# Settings that begin so are refused where they are unknown (settings_reading.py).
_REFUSED: Final = ("ENDPOINT_", "DISCUSSION_")
# How alike two names are that may be one: 0 to 1, as difflib has it.
_LIKENESS: Final = 0.75


def near_misses() -> list[str]:
    """A sentence for each name in the environment and in `.env` that is no setting and nearly one."""
    in_file = DotEnvSettingsSource(Settings).env_vars
    return misspelt(os.environ, in_file)


def misspelt(environment: Collection[str], in_file: Collection[str]) -> list[str]:
    """The same of given names. One whose likeness is set, too, is somebody else's."""
    known = _known_names()
    given = {name.upper() for name in (*environment, *in_file)}
    free = sorted(known - given)
    found: list[str] = []
    for where, names in (("in .env", in_file), ("in the environment", environment)):
        for name in sorted({name.upper() for name in names} - known):
            if name.startswith(_REFUSED) or is_secret_file(name.lower()):
                continue
            if where != "in .env" and not name.startswith(_OURS):
                continue
            if near := difflib.get_close_matches(name, free, n=1, cutoff=_LIKENESS):
                found.append(f"{name} {where} is no setting and has no effect. Did you mean {near[0]}?")
    return found


def _known_names() -> set[str]:
    written = {name for section in sections() for entry in section.entries for name in entry.names}
    return written | {name.upper() for name in secret_file_names()}
