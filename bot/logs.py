"""Logging for the process: one line an event, as text or JSON, which tells its table; and no secret in any of them."""

import json
import logging
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final, Literal

_FORMAT: Final = "%(asctime)s %(levelname)-7s %(name)s%(about)s: %(message)s"
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
# What is under way in this task and in those that it begins: session, turn, server.
_ABOUT: ContextVar[Mapping[str, int]] = ContextVar("about", default={})  # noqa: B039 (nobody changes it)


@contextmanager
def log_about(**numbers: int) -> Iterator[None]:
    """For a block: what is logged by this task, and by those that are begun in it, tells these numbers.

    In: `session`, `turn`, `server`; those that were told before stay.
    """
    before = _ABOUT.set({**_ABOUT.get(), **numbers})
    try:
        yield
    finally:
        _ABOUT.reset(before)


class _Redacting(logging.Formatter):
    """Blanks secrets in the finished text, tracebacks included."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__(_FORMAT)
        # The longest first: one may hold another.
        self._secrets = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        about = " ".join(f"{name} {number}" for name, number in _ABOUT.get().items())
        record.about = f" [{about}]" if about else ""
        return self.without_secrets(super().format(record))

    def without_secrets(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return without_tokens(text)


class _Json(_Redacting):
    """One JSON object a line. Secrets are blanked before anything is escaped, by which they could be hidden."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": self.without_secrets(record.getMessage()),
            **_ABOUT.get(),
        }
        if record.exc_info:
            line["error"] = self.without_secrets(self.formatException(record.exc_info))
        if record.stack_info:
            line["stack"] = self.without_secrets(self.formatStack(record.stack_info))
        return json.dumps(line, ensure_ascii=False)


def without_tokens(text: str) -> str:
    """`text` without Discord's tokens and without the credentials in an address."""
    return _TOKENS.sub(lambda found: "".join(group or "" for group in found.groups()) + "…", text)


def set_up_logging(level: str, secrets: Iterable[str] = (), style: Literal["text", "json"] = "text") -> None:
    """Log to standard error at `level`, with these secrets and all of Discord's tokens blanked."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json(secrets) if style == "json" else _Redacting(secrets))
    logging.basicConfig(handlers=[handler], force=True)
    change_level(level)


def change_level(level: str) -> None:
    """From now on log at another level."""
    logging.getLogger().setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.NOTSET if level == "DEBUG" else logging.WARNING)
