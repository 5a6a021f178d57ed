"""What a persona is: its fields with their limits, and its card in one line."""

import re
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field, field_validator

from bot.discussion.model.model_options import ModelOptions
from bot.discussion.model.role_phrases import RoleKind, role_of
from bot.discussion.text.folding import one_line
from bot.discussion.text.segmentation import clipped

MODERATOR: Final = "Moderator"

# As long as a speaker's name may be where turns are shown, in characters.
NAME_LENGTH: Final = 80
# More than these is no list of names any more.
ALIASES: Final = 20
_REMINDER_LEAST: Final = 40
_REMINDER_MOST: Final = 160

Alias = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH)]


class Persona(ModelOptions):
    """Who can speak, and how its model is asked. What its fields mean is in docs/personas.md."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=NAME_LENGTH)
    full_name: str = Field(min_length=1, max_length=NAME_LENGTH)
    aliases: tuple[Alias, ...] = Field(default=(), max_length=ALIASES)
    creativity: float = Field(default=0.7, ge=0.0, le=1.0, allow_inf_nan=False)
    prompt: str = Field(min_length=1)
    avatar: str | None = None
    intro: str | None = None
    # By name only: an address here would have the bot call whatever a persona file says.
    endpoint: str | None = Field(default=None, pattern="^[A-Za-z0-9_]+$")
    model: str | None = None

    @field_validator("endpoint", "model", mode="before")
    @classmethod
    def _blank_is_none(cls, value: Any) -> Any:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("endpoint")
    @classmethod
    def _in_lower_case(cls, value: str | None) -> str | None:
        return value and value.lower()

    @field_validator("creativity", mode="before")
    @classmethod
    def _no_truth_value(cls, value: Any) -> Any:
        # Pydantic would read true as 1.0.
        return str(value).lower() if isinstance(value, bool) else value

    @property
    def reminder(self) -> str:
        """The card in one line, for the end of each prompt."""
        if self.intro:
            return one_line(self.intro)
        role = role_of(self.prompt, self.name, self.full_name)
        match role.kind:
            case RoleKind.NAME if not role.is_plain:
                line = role.name + role.rest
            case RoleKind.DESCRIPTION if not role.is_plain:
                line = f"You are {role.rest}"
            case _:
                line = role.phrase + role.name + role.rest
        # At the end of the first sentence, but not at the full stop of a "Dr." near its beginning.
        end = re.search(r"(?<=[.!?])\s", line[_REMINDER_LEAST:])
        return clipped(line[: _REMINDER_LEAST + end.start()] if end else line, _REMINDER_MOST)
