"""The few exceptions whose message a person may read: a sentence that names the thing, the value and the fix."""

import secrets


def new_error_id() -> str:
    """A short id that stands both in the log and in what a person is told."""
    return secrets.token_hex(3)


class RoundtableError(Exception):
    """Something a person can understand and mend. `str(error)` is written for them."""


class UserError(RoundtableError):
    """A person asked for something that can't be done now (a second table, an unknown persona, not their table)."""


class EndpointDown(RoundtableError):
    """The LLM endpoint gave no usable answer, also after the retries. The session pauses and can go on later."""


class EndpointRefused(RoundtableError):
    """The LLM endpoint understood the request and refused it (key, model, quota): trying again will not help."""


class ContextOverflow(RoundtableError):
    """The prompt is longer than the model's context window."""
