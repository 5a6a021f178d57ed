"""Puts what a server answers as OpenAI would have put it, so that the SDK tries again what may be, and when."""

import json
from collections.abc import Mapping
from typing import Any, Final

from bot.llm.error_kinds import ErrorKind, meaning_of
from bot.llm.error_reading import error_inside, read_error, status_inside

# To try these again just as they are can't help, whatever status they come with.
_FINAL: Final = frozenset(
    {
        ErrorKind.OVERFLOW,
        ErrorKind.UNFINISHED,
        ErrorKind.FILTERED,
        ErrorKind.QUOTA,
        ErrorKind.ROUTE,
        ErrorKind.MODEL,
        ErrorKind.ADDRESS,
    }
)
# What the SDK heeds besides `Retry-After`: https://github.com/openai/openai-python, _base_client.py
_AGAIN: Final = "x-should-retry"
_WHEN: Final = "retry-after-ms"
# An answer in which none of these stands says no error.
_SIGNS: Final = (b'"error"', b'"promptFeedback"', b'"prompt_feedback"')
# Says that an error came with status 200.
INSIDE: Final = "x-roundtable-inside"


def read_body(body: bytes) -> Any:
    """A body's JSON, its text where it is none."""
    text = body.decode("utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError:
        return text.strip()


def as_openai_would(status: int, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, str]]:
    """The status and the headers that fit a body: an error that came with 200 gets its own status, and how long to
    wait, if at all, stands in the headers wherever the server has told it."""
    told = {name.lower(): value for name, value in headers.items()}
    if status == 200:
        # The usual answer need not be looked into.
        if b'"choices"' in body and not any(sign in body for sign in _SIGNS):
            return status, told
        error = error_inside(read_body(body))
        if error is None:
            return status, told
        status, told[INSIDE] = status_inside(error), "true"
    elif status < 400:
        return status, told
    else:
        error = read_body(body)
    report = read_error(status, error, told)
    meaning = meaning_of(report)
    if meaning in _FINAL:
        told[_AGAIN] = "false"
    elif meaning is ErrorKind.TOO_FAST:
        told[_AGAIN] = told.get(_AGAIN, "true")
    if report.wait and _WHEN not in told and "retry-after" not in told:
        told[_WHEN] = str(round(report.wait * 1000))
    return status, told
