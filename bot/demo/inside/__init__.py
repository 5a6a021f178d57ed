"""Everything that knows simcord's insides: its world in wall-clock time, and its page as a chat.

simcord is a test harness: it freezes time, waits after each step until the bot rests, and shows its page to a
developer. The demo wants the opposite of all three, which takes private API; hence the exact pin in `simulated.py`.
"""

from simcord.backend.errors import SetupError

from bot.demo.inside.furnishing import furnish
from bot.demo.inside.live_env import LiveEnv
from bot.demo.inside.live_preview import LivePreview

__all__ = ["LiveEnv", "LivePreview", "SetupError", "furnish"]
