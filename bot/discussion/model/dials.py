"""The moderator's numbers."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

TurnOrder = Literal["natural", "round_robin", "random", "moderator"]
Guard = Literal["empty", "repeat", "others", "agreement", "progress"]
GUARDS: Final[tuple[Guard, ...]] = ("empty", "repeat", "others", "agreement", "progress")


class Dials(BaseModel):
    """How long, how fast and how restless a discussion is. Probabilities are written as "one in so many turns"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    turns: int = Field(default=10, ge=1, le=200, description="persona turns before the summary")
    topic_every: float = Field(default=4, ge=1, description="on average, turns a question stays on the table")
    topic_least: int = Field(default=3, ge=1, description="the least turns before the table moves on by itself")
    ask_every: float = Field(default=4, ge=1, description="one turn in so many asks a named other for an opinion")
    dissent_every: float = Field(default=5, ge=0, description="one turn in so many argues the other side; 0: never")
    wrap_up: int = Field(default=3, ge=0, description="how many of the last turns say that it is time to wrap up")
    floor: TurnOrder = Field(default="natural", description="who speaks next when nobody was given the floor")
    guards: str = Field(default="all", description="which guards act: all, none, or names separated by commas")
    pace: float = Field(default=8, ge=0, le=3600, description="the least seconds between two turns; 0: no pause at all")
    pace_most: float = Field(default=30, ge=0, le=3600, description="the most seconds between two turns")
    vote: bool = Field(default=False, description="ask the audience after each question who convinced them")
    guest_wait: float = Field(default=20, ge=0, le=600, description="seconds more for a guest who was asked by name")
    words_per_minute: int = Field(default=220, ge=0, description="how fast people read; 0: always the least pace")

    @field_validator("guards")
    @classmethod
    def _known_guards(cls, value: str) -> str:
        names = [name.strip().lower() for name in value.split(",") if name.strip()]
        unknown = [name for name in names if name not in (*GUARDS, "all", "none")]
        if unknown or not names or (len(names) > 1 and not {"all", "none"}.isdisjoint(names)):
            raise ValueError(f"should be all, none, or some of {', '.join(GUARDS)}")
        return ",".join(names)

    def guards_against(self, what: Guard) -> bool:
        """Whether this guard acts."""
        return self.guards == "all" or what in self.guards.split(",")

    def pause_after(self, words: int) -> float:
        """Seconds until the next turn may be shown: as long as reading `words` takes, within the bounds."""
        if not self.pace:
            return 0.0
        reading = words / self.words_per_minute * 60 if self.words_per_minute else 0.0
        return max(self.pace, min(reading, self.pace_most))
