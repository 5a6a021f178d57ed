"""How long a server asks to be left alone: told in a header, in a field of the body, or in its words."""

import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

# A wait beyond a month is a time that was misread.
_LONGEST: Final = 31 * 86_400.0
_UNITS: Final[Mapping[str, float]] = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
# From here on a bare number is a moment, not a span: seconds, then milliseconds, since 1970.
_EPOCH_SECONDS: Final = 1e9
_EPOCH_MILLISECONDS: Final = 1e12

_UNIT: Final = r"(?:ms|milliseconds?|msecs?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)(?![a-z])"
_NUMBER: Final = r"\d+(?:\.\d+)?"
_PART: Final = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<unit>{_UNIT})?", re.I)
_SPAN: Final = rf"(?:{_NUMBER}\s*(?:{_UNIT})?[\s,]*(?:and\s+)?)+"


@dataclass(frozen=True, slots=True)
class WaitWording:
    """How servers put it in words; the group is the span."""

    vendor: str
    source: str
    pattern: re.Pattern[str]


def _after(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{words})\s*:?\s*(?:about |approximately |at least )?(?P<span>{_SPAN})", re.I)


WORDINGS: Final = (
    WaitWording(
        "OpenAI, Groq, Gemini",
        "https://platform.openai.com/docs/guides/rate-limits; https://console.groq.com/docs/rate-limits",
        _after(r"(?:try|retry)(?: your request| it)?(?: again)?(?: after| in)"),
    ),
    WaitWording("Azure", "Azure OpenAI, quota: Please retry after 20 seconds", _after(r"retry[-_ ]after")),
    WaitWording(
        "Together, Mistral, proxies", "https://docs.litellm.ai", _after(r"(?:wait|resets?|available)(?: in| for)?")
    ),
)

# Fields of a body (as the whole path ends) and headers that tell it. A bare number is of the unit.
_FIELDS: Final[Mapping[str, float]] = {
    "retrydelay": 1.0,  # Gemini: google.rpc.RetryInfo, "34s"
    "retry_delay": 1.0,
    "retry_after": 1.0,
    "retryafter": 1.0,
    "retry_after_seconds": 1.0,
    "retry_after_ms": 0.001,
    "estimated_time": 1.0,  # Hugging Face, of a model that is being loaded
    "retry-after": 1.0,
    "retry-after-ms": 0.001,
    "x-ratelimit-reset": 1.0,  # OpenRouter repeats its headers in error.metadata
}
_STANDARD: Final = (("retry-after-ms", 0.001), ("retry-after", 1.0))
# "x-ratelimit-reset-tokens" goes with "x-ratelimit-remaining-tokens": only what has run out is to be waited for.
_RESET: Final = re.compile(r"(?:x-|anthropic-)?ratelimit-(?:reset(?P<after>-\w+)?|(?P<before>\w+)-reset)")


def seconds_in(value: Any, unit: float = 1.0) -> float | None:
    """The seconds in a span ("1m2.5s", "340ms", 34) or until a moment (a date, or seconds since 1970); else None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip().rstrip(".,;")
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        number = float(text)
        if number >= _EPOCH_SECONDS:
            number = number / (1000 if number >= _EPOCH_MILLISECONDS else 1) - time.time()
        else:
            number *= unit
        return _bounded(number)
    if re.fullmatch(_SPAN, text, re.I):
        return _bounded(_sum_of(text, unit))
    return _until(text)


def told_in_headers(headers: Mapping[str, str]) -> float | None:
    """As every client heeds it, else when what has run out is counted anew."""
    lower = {name.lower(): value for name, value in headers.items()}
    for name, unit in _STANDARD:
        if (seconds := seconds_in(lower.get(name), unit)) is not None:
            return seconds
    resets: list[tuple[bool, float]] = []
    for name, value in lower.items():
        match = _RESET.fullmatch(name)
        if match is None or (seconds := seconds_in(value)) is None:
            continue
        remaining = lower.get(name.replace("reset", "remaining"), "")
        resets.append((remaining.strip() == "0", seconds))
    used_up = [seconds for is_used_up, seconds in resets if is_used_up]
    return max(used_up) if used_up else min((seconds for _, seconds in resets), default=None)


def told_in_body(fields: Iterable[tuple[str, Any]], words: str) -> float | None:
    """The longest that a body's fields (names as they stand there) tell, else what its words do."""
    told = [
        seconds
        for name, value in fields
        if (unit := _FIELDS.get(name.lower())) is not None and (seconds := seconds_in(value, unit)) is not None
    ]
    if told:
        return max(told)
    for wording in WORDINGS:
        if (match := wording.pattern.search(words)) and (seconds := seconds_in(match["span"])) is not None:
            return seconds
    return None


def in_words(seconds: float) -> str:
    """A span for people: 34 seconds, 5 minutes, 2 hours."""
    for size, unit in ((3600, "hour"), (60, "minute")):
        if seconds >= 2 * size:
            return f"{round(seconds / size)} {unit}s"
    count = max(1, round(seconds))
    return f"{count} second{'' if count == 1 else 's'}"


def _sum_of(text: str, unit: float) -> float:
    total = 0.0
    for part in _PART.finditer(text):
        name = (part["unit"] or "").lower()
        short = "ms" if name.startswith(("ms", "mil")) else name[:1]
        total += float(part["number"]) * (_UNITS[short] if short else unit)
    return total


def _until(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return None
    return _bounded(moment.timestamp() - time.time())


def _bounded(seconds: float) -> float | None:
    return max(0.0, seconds) if seconds <= _LONGEST else None
