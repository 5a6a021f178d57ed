"""The moderator's numbers."""

from pydantic import BaseModel, ConfigDict, Field


class Dials(BaseModel):
    """How long, how fast and how restless a discussion is. Probabilities are written as "one in so many turns"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    turns: int = Field(default=10, ge=1, le=200, description="persona turns before the summary")
    topic_every: float = Field(default=4, ge=1, description="on average, turns a question stays on the table")
    ask_every: float = Field(default=4, ge=1, description="one turn in so many asks a named other for an opinion")
    wrap_up: int = Field(default=3, ge=0, description="how many of the last turns say that it is time to wrap up")
    pace: float = Field(default=8, ge=0, le=3600, description="seconds between two turns")
