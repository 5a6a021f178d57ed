"""The moderator's numbers."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

TurnOrder = Literal["natural", "round_robin", "random", "moderator"]
Guard = Literal["empty", "repeat", "others", "agreement", "progress"]
GUARDS: Final[tuple[Guard, ...]] = ("empty", "repeat", "others", "agreement", "progress")


class Dials(BaseModel):
    """How long, how fast and how restless a discussion is. Probabilities are written as "one in so many turns"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: str = Field(
        default="roundtable",
        description="How a table goes, if the convener does not say: roundtable, council, debate, interview or open. "
        "docs/formats.md tells what each of them is.",
    )
    turns: int = Field(
        default=10, ge=1, le=200, description="Persona turns before the summary, if the convener does not say."
    )
    topic_every: float = Field(default=4, ge=1, description="On average, so many turns a question stays on the table.")
    topic_least: int = Field(
        default=3,
        ge=1,
        description="At least so many turns it stays there before the table moves on by itself. A person's own "
        "question, or the next one, comes at once. A table too short for that keeps to fewer questions: of six turns, "
        "to one.",
    )
    ask_every: float = Field(default=4, ge=1, description="One turn in so many asks another persona for an opinion.")
    dissent_every: float = Field(
        default=5,
        ge=0,
        description="One turn in so many is asked to argue the other side, each persona in its turn; 0: never.",
    )
    wrap_up: int = Field(default=3, ge=0, description="So many of the last turns are told that it is time to wrap up.")
    floor: TurnOrder = Field(
        default="natural",
        description="Who speaks next when nobody was given the floor. natural: whoever was addressed, else someone who "
        "has not spoken for a while. round_robin: in seating order. random: anyone but the last speaker. moderator: "
        "the model picks.",
    )
    guards: str = Field(
        default="all",
        description="What the moderator guards against: all, none, or some of empty, repeat, others, agreement, "
        "progress, separated by commas. docs/prompting.md tells what each of them does.",
    )
    pace: float = Field(
        default=8,
        ge=0,
        le=3600,
        description="The least seconds between two turns; 0: no pause at all.",
    )
    pace_most: float = Field(
        default=30,
        ge=0,
        le=3600,
        description="A long turn is followed by a longer pause, for reading; but never longer than so many seconds.",
    )
    vote: bool = Field(
        default=False,
        description="Whether the audience is asked after each question who convinced it, true or false.",
    )
    vote_seconds: float = Field(
        default=60,
        ge=0,
        le=3600,
        description="So many seconds a vote of a council or a debate is open for the audience, unless somebody who "
        "steers closes it sooner.",
    )
    open_turns: int = Field(
        default=3,
        ge=1,
        le=20,
        description="At an open table at most so many turns answer what people said, then it falls silent.",
    )
    guest_wait: float = Field(
        default=20,
        ge=0,
        le=600,
        description="So many seconds more a table waits for a guest whom a persona has asked something by name; 0: it "
        "does not.",
    )
    words_per_minute: int = Field(
        default=220,
        ge=0,
        description="How many words people read a minute; 0: the pause is always DISCUSSION_PACE.",
    )

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
