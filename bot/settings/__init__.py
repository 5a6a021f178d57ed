"""Every setting: what it is called, what it does, what it may be. Other rooms take these names from here."""

from bot.settings.discord_section import DISCORD_MIN_PACE, DISCORD_POST_PACE, Notify
from bot.settings.settings import Settings
from bot.settings.settings_reading import BadSettings, read_settings
from bot.settings.shipped import shipped

__all__ = ["DISCORD_MIN_PACE", "DISCORD_POST_PACE", "BadSettings", "Notify", "Settings", "read_settings", "shipped"]
