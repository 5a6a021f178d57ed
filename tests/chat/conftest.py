"""The real bot on a simulated Discord, as tests/support/simulated_discord.py has it."""

from tests.support.simulated_discord import (
    _fast,
    _one_seed,
    _quiet_log,
    env,
    llm,
    message_content,
    parts,
    place,
    simcord_bot,
)

__all__ = [
    "_fast",
    "_one_seed",
    "_quiet_log",
    "env",
    "llm",
    "message_content",
    "parts",
    "place",
    "simcord_bot",
]
