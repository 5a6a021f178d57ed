"""How big a round of the trial is, and what it came to."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from tests.chaos.compare_ballots import abstentions, is_minority_report
from tests.chaos.findings import Findings
from tests.chaos.stored_tables import StoredTable

# What the tables of a round are, in turn.
FORMATS: Final = ("roundtable", "council", "debate", "interview", "open", "roundtable")


@dataclass(frozen=True)
class RoundSize:
    """How big a round is. `kills` is the most it may make: it makes fewer if its tables end first. So many tables as
    `kept_going` says go on once after their summary; every other round table votes. Tables are of these `formats` in
    turn."""

    kills: int = 8
    channels: int = 6
    turns: int = 10
    guests: int = 6
    kept_going: int = 1
    faults: bool = True
    formats: tuple[str, ...] = FORMATS


@dataclass
class Outcome:
    """What a round came to. `ways`: how people asked at tables that listen; `states`: where the kills hit; `faults`:
    what went wrong, by kind."""

    findings: Findings = field(default_factory=Findings)
    kills: int = 0
    tables: int = 0
    turns: int = 0
    messages: int = 0
    guests: int = 0
    proxied: int = 0
    by_command: int = 0
    votes: int = 0
    abstentions: int = 0
    minority_reports: int = 0
    ways: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def count(self, tables: list[StoredTable]) -> None:
        """What the tables of a round hold in the end."""
        turns = [turn for table in tables for turn in table.turns]
        self.tables = len(tables)
        self.turns = sum(turn["kind"] in ("persona", "summary") for turn in turns)
        self.abstentions = abstentions(turns)
        self.minority_reports = sum(map(is_minority_report, turns))

    def add(self, other: "Outcome") -> None:
        self.findings.add(other.findings)
        for name in (
            "kills",
            "tables",
            "turns",
            "messages",
            "guests",
            "proxied",
            "by_command",
            "votes",
            "abstentions",
            "minority_reports",
            "ways",
            "states",
            "faults",
            "seconds",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
