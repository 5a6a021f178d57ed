"""Languages that are suggested for a table; any other can be written as well, for what it is called."""

from typing import Final

from discord.app_commands import Choice

from bot.chat.commands.answering.suggestions import matching

# As those who speak it call it, with the English name behind.
_COMMON: Final = (
    *("English", "Deutsch (German)", "Français (French)", "Español (Spanish)", "Português (Portuguese)"),
    *("Italiano (Italian)", "Nederlands (Dutch)", "Polski (Polish)", "Русский (Russian)", "Українська (Ukrainian)"),
    *("Türkçe (Turkish)", "Svenska (Swedish)", "Norsk (Norwegian)", "Dansk (Danish)", "Suomi (Finnish)"),
    *("Čeština (Czech)", "Magyar (Hungarian)", "Română (Romanian)", "Ελληνικά (Greek)", "العربية (Arabic)"),
    *("हिन्दी (Hindi)", "Bahasa Indonesia (Indonesian)", "日本語 (Japanese)", "한국어 (Korean)", "中文 (Chinese)"),
)
# As long as a server's settings may have one.
LANGUAGE_LENGTH: Final = 80


def suggested_languages(current: str) -> list[Choice[str]]:
    return matching(current, _COMMON)
