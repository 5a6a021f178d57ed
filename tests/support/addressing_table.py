"""Tables of what is said and who is meant, as many lines as a language needs."""

from dataclasses import dataclass

from bot.discussion.model.addressing import addressed
from tests.support.recorded_table import persona

Name = str | tuple[str, str]


@dataclass(frozen=True)
class AddressingTable:
    """Who sits there, and lines: who is meant ("-" for nobody), a colon, and what is said by a guest or a persona."""

    names: tuple[Name, ...]
    lines: str
    guest: bool

    @property
    def title(self) -> str:
        return f"{'guest' if self.guest else 'persona'} to {self.names[0]}"

    @property
    def wanted(self) -> dict[str, str]:
        rows = (line.strip().partition(": ") for line in self.lines.strip().splitlines())
        return {said: whom for whom, _, said in rows}

    @property
    def found(self) -> dict[str, str]:
        return {said: meant(said, self.names, guest=self.guest) or "-" for said in self.wanted}


def meant(said: str, names: tuple[Name, ...], *, guest: bool) -> str | None:
    """Whom somebody speaks to who sits at a table with these."""
    cast = [persona(*(name if isinstance(name, tuple) else (name,))) for name in names]
    return addressed(said, cast, speaker="Nobody", guest=guest)
