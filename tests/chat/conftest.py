"""The real bot on a simulated Discord."""

from tests.support.simulated_discord import env, llm, message_content, parts, place, simcord_bot

__all__ = ["env", "llm", "message_content", "parts", "place", "simcord_bot"]
