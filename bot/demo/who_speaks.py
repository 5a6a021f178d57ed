"""Who speaks in the demo: what the settings say, else a model that is asked for or found here, else the dummy."""

import sys
from pathlib import Path
from typing import Any, Final

from bot.discussion.text.control_sequences import without_controls
from bot.endpoint_settings import INHERITED, NamedEndpoint
from bot.errors import RoundtableError
from bot.llm.local import nearby
from bot.llm.local.gguf import usable_gguf
from bot.llm.local.serving import require_extra
from bot.llm.local.small_model import WHAT_IT_IS, fetched_small_model, is_small_model
from bot.settings import Settings

# What is set of a default endpoint and is about that one server.
_OF_ONE_SERVER: Final = {
    f"llm_{name}" for name in NamedEndpoint.model_fields if name not in (*INHERITED, "fallback")
} | {"llm_gguf"}
_NOBODY: Final = (
    "No model server answers on this machine (asked: 127.0.0.1, ports {ports}). Start one, or leave --near out: "
    "the demo does without."
)


async def with_local_file(settings: Settings, file: Path | None) -> Settings:
    """The settings with a model's file, None: the small one, fetched where it is not there. Raises UnusableModel."""
    require_extra("--local")
    found = await fetched_small_model(_say) if file is None else usable_gguf(file, given_as="--local")
    if is_small_model(found):
        _say(WHAT_IT_IS)
    return _through(settings, llm_gguf=found)


async def with_server_near_by(settings: Settings, *, use: bool) -> Settings:
    """The settings, with a model server that runs on this machine if it is to be used; else it is told of.

    Where they name an endpoint nobody is asked, unless it is to be used. Raises RoundtableError if there is none.
    """
    if not use and (settings.llm_base_url or settings.llm_gguf):
        return settings
    found = await nearby.servers_near_by()
    if use:
        server = next((server for server in found if server.model), None)
        if server is None:
            there = "".join(f"{server.in_words}. " for server in found)
            raise RoundtableError(there + _NOBODY.format(ports=", ".join(map(str, nearby.PORTS))))
        _say(f"{server.in_words}: it speaks. To have it so always, write into .env: {' and '.join(server.lines)}")
        return _through(settings, llm_base_url=server.base_url, llm_model=server.model)
    for server in found:
        start = "`roundtable demo --near` has it speak here; to" if server.model else "To"
        _say(f"{server.in_words}. {start} use it always, write into .env: {' and '.join(server.lines)}")
    return settings


def _say(text: str) -> None:
    # Beside the address, which alone is on standard output.
    print(without_controls(text), file=sys.stderr, flush=True)


def _through(settings: Settings, **own: Any) -> Settings:
    """The settings with another default endpoint, of which `own` tells. What a host has set about the one before, its
    key above all, is not for this one."""
    copy = settings.model_copy(update={name: Settings.model_fields[name].default for name in _OF_ONE_SERVER} | own)
    copy.model_fields_set.difference_update(_OF_ONE_SERVER - own.keys())
    return copy
