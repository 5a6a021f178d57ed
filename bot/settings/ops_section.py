"""The settings for whoever keeps the bot running: what it writes down, and where it answers."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator
from pydantic_settings import BaseSettings

from bot.settings.ids import DiscordId


def _bind_address(value: str) -> str:
    host, _, port = value.rpartition(":")
    sound = host and "/" not in host and port.isascii() and port.isdecimal() and 1 <= int(port) <= 65_535
    if value.casefold() != "none" and not sound:
        raise ValueError("is no address to listen on. Write a host and a port, such as 127.0.0.1:8770, or none")
    return value


class OpsSection(BaseSettings):
    """How the bot is watched over."""

    log_level: str = Field(default="INFO", description="How much is logged: DEBUG, INFO, WARNING or ERROR.")
    log_format: Literal["text", "json"] = Field(
        default="text",
        description="How a line of the log reads: text, or json for whatever gathers logs (one JSON object a line).",
    )
    ops_bind: Annotated[str, AfterValidator(_bind_address)] = Field(
        default="127.0.0.1:8770",
        description="Where the bot answers those who watch over it: http://…/healthz (alive), /readyz (and ready) and "
        "/metrics (Prometheus). Host and port, or none. There is no login: beyond this machine only in a network of "
        "your own.",
        examples=["0.0.0.0:8770"],
    )
    discord_status_channel: DiscordId | None = Field(
        default=None,
        description="A channel's id: there the bot says that it has started or stops, and which faults need you, once "
        "each. It needs View Channel and Send Messages there. Blank: nowhere.",
        examples=["112233445566778899"],
    )

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("is not a log level. Write DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("log_format", mode="before")
    @classmethod
    def _format_in_any_case(cls, value: Any) -> Any:
        return value.casefold() if isinstance(value, str) else value

    @property
    def ops_address(self) -> tuple[str, int] | None:
        """The host and port that the ops server listens on; None: there is none."""
        host, _, port = self.ops_bind.rpartition(":")
        return (host.strip("[]"), int(port)) if host else None
