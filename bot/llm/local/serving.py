"""LLM_GGUF: the settings as they are while a model of the host's own is served here, by a process beside the bot."""

import logging
import os
import secrets
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from bot.discussion.text.json_object import as_text
from bot.llm.local import small_model
from bot.llm.local.child import ServedFile
from bot.llm.local.gguf import UnusableModel, usable_gguf
from bot.llm.local.model_process import held_port, running_model_process
from bot.settings import Settings

log = logging.getLogger(__name__)

# Not from the folder of that file: what stands beside it is no library.
CHILD_COMMAND: Final = (sys.executable, "-P", str(Path(__file__).with_name("child.py")))
# Tokens a table's prompt may have where LLM_CONTEXT says nothing: longer ones take minutes to read without a graphics
# card, and memory.
_CONTEXT: Final = 8192
# Seconds: a processor may take that long to read a whole context.
_TIMEOUT: Final = 600.0
# With their growing pauses they take half a minute, in which a process that died has mostly loaded its model again.
_RETRIES: Final = 6


def require_extra(given_as: str) -> None:
    """Raises UnusableModel where what serves a model is not installed."""
    if find_spec("xllamacpp") is None:
        raise UnusableModel(
            f"{given_as} needs an extra that is not installed: pip install 'roundtable-bot[local]' brings llama.cpp."
        )


@asynccontextmanager
async def with_local_model(settings: Settings, *, wait: bool = False) -> AsyncIterator[Settings]:
    """The settings by which the default endpoint is the model of LLM_GGUF, served until the block is left; without
    LLM_GGUF those that were given.

    `wait`: begin the block only once the model is loaded; else it answers some time later, and is down until then.
    Raises UnusableModel for a file or a machine that can't be used, and with `wait` for a model that can't be loaded.
    """
    if settings.llm_gguf is None:
        yield settings
        return
    require_extra("LLM_GGUF")
    file = usable_gguf(settings.llm_gguf, given_as="LLM_GGUF")
    with held_port() as port:
        key = secrets.token_urlsafe(32)
        local = _as_served(settings, file, f"http://127.0.0.1:{port}/v1", key)
        options: ServedFile = {
            "file": str(file),
            "name": local.llm_model or file.stem,
            "port": port,
            "slots": local.llm_concurrency,
            "context": local.llm_context or _CONTEXT,
            "threads": max(1, _cores() - 1),
            "api_key": key,
        }
        log.info("loading %s with llama.cpp, threads: %d", file, options["threads"])
        async with running_model_process(CHILD_COMMAND, options) as process:
            if wait:
                await process.wait_until_up()
            yield local


def _as_served(settings: Settings, file: Path, address: str, key: str) -> Settings:
    """What a host has not set is as it suits a model on a processor; for the small model as that needs it."""
    suits: dict[str, Any] = {"llm_concurrency": 1, "llm_timeout": _TIMEOUT, "llm_retries": _RETRIES}
    if small_model.is_small_model(file):
        suits |= {
            "llm_max_tokens": small_model.TURN_TOKENS,
            "llm_reasoning_tokens": 0,
            "llm_extra_body": as_text(dict(small_model.EXTRA_BODY)),
        }
    unset = {field: value for field, value in suits.items() if field not in settings.model_fields_set}
    return settings.filled_in(**unset, llm_base_url=address, llm_api_key=SecretStr(key))


def _cores() -> int:
    """The processors that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
