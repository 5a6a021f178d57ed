"""Types of columns that come out of every database as they went in."""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, String, Text, TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """A time in UTC. SQLite drops the zone, so any other is converted when writing, and UTC put back when reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class LongText(TypeDecorator[str]):
    """Text of any length. PostgreSQL takes no NUL in it: that goes, on SQLite too, where a text is written or asked
    for."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value.replace("\0", "") if value is not None else None


class ShortText(TypeDecorator[str]):
    """The same of so many characters at most. PostgreSQL refuses a longer one, SQLite does not: it is cut on both."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value.replace("\0", "")[: self.length] if value is not None else None
