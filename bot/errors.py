"""The few exceptions whose message a person may read: a sentence that names the thing, the value and the fix."""

import secrets
from enum import Enum, auto


def new_error_id() -> str:
    """A short id that stands both in the log and in what a person is told."""
    return secrets.token_hex(3)


class RoundtableError(Exception):
    """Something a person can understand and mend. `str(error)` is written for them."""


class HostMustMend(RoundtableError):
    """Something that no restart of the bot mends: settings, a token, what Discord refuses for good."""


class Remedy(Enum):
    """What a person can do next. How that is done is for the platform to say: a slash command, an option, nothing."""

    OPEN = auto()  # a table of their own
    RESUME = auto()
    STOP = auto()  # the table that is in the way
    CLOSE = auto()  # their own table
    STOP_ANOTHER = auto()  # one of the many that are open
    STOP_OR_SETTINGS = auto()  # the same where the server has set how many
    SOONER = auto()  # have their own table come to its end sooner
    UNMUTE = auto()


class UserError(RoundtableError):
    """A person asked for something that can't be done now (a second table, an unknown persona, not their table)."""

    def __init__(self, sentence: str, remedy: Remedy | None = None) -> None:
        """`remedy`: what would help, if something that can be typed or pressed does."""
        super().__init__(sentence)
        self.remedy = remedy


class EndpointDown(RoundtableError):
    """The LLM endpoint gave no usable answer, also after the retries. The session pauses and can go on later."""

    def __init__(self, sentence: str, wait: float | None = None) -> None:
        """`wait`: for how many seconds it asks to be left alone, if it says so."""
        super().__init__(sentence)
        self.wait = wait


class EndpointRefused(RoundtableError):
    """The LLM endpoint understood the request and refused it (key, model, quota): trying again will not help."""


class ContentFiltered(EndpointRefused):
    """A filter of the LLM endpoint's refuses what it was to go on from: something in the prompt is to blame."""


class ContextOverflow(RoundtableError):
    """The prompt is longer than the model's context window."""
