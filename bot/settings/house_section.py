"""The settings of the house: files, hard caps, how long things are kept."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, field_validator
from pydantic_settings import BaseSettings

from bot.database_address import database_address, database_file
from bot.settings.shipped import shipped


class FilesSection(BaseSettings):
    """What is read and written."""

    database_url: str = Field(
        default="sqlite+aiosqlite:///data/roundtable.db",
        description="The database: a SQLite file, made at the first start, or a database on a PostgreSQL server "
        "(version 13 or later): `postgresql://user:password@host/database`, which needs the extra `postgres` "
        "(`pip install 'roundtable-bot[postgres]'`). An `@` in a name or a password is written `%40`.",
        repr=False,  # a password is perhaps in it
    )
    personas_dir: Path = Field(
        default_factory=lambda: shipped("personas"),
        description="Folder of persona files. Blank: `personas`, or those that come with the bot where there is no "
        "such folder.",
    )
    tasks_dir: Path = Field(
        default_factory=lambda: shipped("tasks"),
        description="Folder of task folders. Blank: `tasks`, or those that come with the bot where there is no such "
        "folder.",
    )

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        return database_address(value)

    @property
    def database_file(self) -> Path | None:
        """None where the database is on a server."""
        return database_file(self.database_url)


class LimitsSection(BaseSettings):
    """Hard caps. 0 means no limit."""

    limit_session_minutes: int = Field(
        default=1440,
        ge=0,
        description="Minutes that a table may last, pauses included; then it sums up and closes. 1440 are a day.",
    )
    limit_session_tokens: int = Field(
        default=500_000,
        ge=0,
        description="Tokens that a table may use, prompts and answers together; then it sums up and closes.",
    )
    limit_day_tokens: int = Field(
        default=2_000_000,
        ge=0,
        description="Tokens that all tables of a server together may use a day; then they pause until midnight UTC.",
    )
    limit_day_tokens_all: int = Field(
        default=10_000_000,
        ge=0,
        description="Tokens that all tables of all servers together may use a day; then they pause until midnight UTC.",
    )
    limit_day_cost: Decimal = Field(
        default=Decimal(0),
        ge=0,
        le=1_000_000,
        description="What all tables of a server together may cost a day, in LLM_CURRENCY; then they pause until "
        "midnight UTC. It needs prices (LLM_PRICE_IN …), or a server that tells what it charges. Models that are free "
        "go on.",
        examples=["2.50"],
    )
    limit_day_cost_all: Decimal = Field(
        default=Decimal(0),
        ge=0,
        le=1_000_000,
        description="What all tables of all servers together may cost a day; then they pause until midnight UTC.",
    )
    limit_sessions: int = Field(default=10, ge=0, description="Tables that may be open on a server at once.")


class KeepingSection(BaseSettings):
    """How long things are kept."""

    # None: for ever.
    retention_days: int | None = Field(
        default=30,
        ge=1,
        le=36_500,
        description="Days after its end that a discussion, members' words in it included, stays in the database; "
        "`forever`: until you delete it. Discord asks bots to keep no longer than they need. Left blank, what an "
        "earlier version has stored stays for the 90 days that members were told then.",
    )
    table_memory: bool = Field(
        default=True,
        description="Whether a new table is told what earlier tables of its server came to, where their questions have "
        "to do with each other. A server can switch it off for itself.",
    )
    leave_grace_days: int = Field(
        default=7,
        ge=0,
        le=36_500,
        description="Days after the bot was removed from a server that the server's data is deleted, unless it comes "
        "back.",
    )

    @field_validator("retention_days", mode="before")
    @classmethod
    def _days_or_for_ever(cls, value: Any) -> Any:
        # Not 0, which might as well mean "at once".
        if isinstance(value, str) and not value.isdecimal():
            if value.casefold() != "forever":
                raise ValueError("is not a number of days. Write one from 1 to 36500, or forever")
            return None
        return value


class DeploySection(BaseModel):
    """What only the files of deploy/ read. It stands in the same `.env`; the bot itself never reads it."""

    hf_token: str | None = Field(
        default=None,
        description="A Hugging Face token, for a model whose terms are to be accepted there first. The bot itself "
        "never reads it.",
    )
    compose_profiles: str | None = Field(
        default=None,
        description="What Compose starts beside the bot: local (llama.cpp), vllm or postgres, several separated by "
        "commas. It is read where `--env-file .env` stands on the command line.",
    )
    postgres_password: str | None = Field(
        default=None,
        description="The password of the profile postgres, of letters and digits. Where it is set, the bot in Compose "
        "keeps its tables there. It counts when the database is made; later it is changed in the database, too.",
    )
