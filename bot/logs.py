"""Logging for the process: one readable line an event, and no secret in any of them."""

import logging
import re
import sys
from collections.abc import Iterable
from typing import Final

_FORMAT: Final = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
# Tokens of webhooks and interactions, which come and go while the bot runs: in an address, in Discord's JSON, and
# anywhere (a database driver's parameters) as a long run of mixed letters and digits; and what stands before the @ of
# an address (a proxy's, a database's).
_TOKENS: Final = re.compile(
    r"((?<=/webhooks/)\d+/|(?<=/interactions/)\d+/|[\"']token[\"']: ?[\"'])[\w.-]+"
    r"|(://)(?:[^\s/:@]{0,200}+:[^\s@]{0,200}+|[^\s/@]{1,200}+)(?=@)"
    r"|(?<![\w-])()(?=[A-Za-z_-]*\d)(?=[a-z\d_-]*[A-Z])[A-Za-z\d_-]{40,}"
)
# They log every request, with its address, at INFO.
_TALKATIVE: Final = ("httpx", "httpx2", "openai", "aiohttp.access", "alembic", "discord.client", "discord.gateway")


class _Redacting(logging.Formatter):
    """Blanks secrets in the finished text, tracebacks included."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__(_FORMAT)
        self._secrets = [secret for secret in secrets if secret]

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return without_tokens(text)


def without_tokens(text: str) -> str:
    """`text` without Discord's tokens and without the credentials in an address."""
    return _TOKENS.sub(lambda found: "".join(group or "" for group in found.groups()) + "…", text)


def set_up_logging(level: str, secrets: Iterable[str] = ()) -> None:
    """Log to standard error at `level`, with these secrets and all of Discord's tokens blanked."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting(secrets))
    logging.basicConfig(handlers=[handler], force=True)
    change_level(level)


def change_level(level: str) -> None:
    """From now on log at another level."""
    logging.getLogger().setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.NOTSET if level == "DEBUG" else logging.WARNING)
