"""What a place is told when a fault pauses its session, and when that goes on."""

from typing import Final

from bot.store.models import Fault

CLOSING: Final = "🏁 The table is closed. Thank you all."
_RESUME: Final = "`/roundtable resume`"
# What becomes of a session that a fault paused (recovery.py does it), and what its place is told then.
GOES_ON: Final = {
    Fault.ENDPOINT: f"it goes on by itself once the model answers again, and {_RESUME} tries at once.",
    Fault.PLACE: f"it goes on by itself once I can post again, and {_RESUME} tries at once.",
    Fault.PASSES: f"it tries once more in ten minutes, and {_RESUME} does so at once.",
    Fault.LIMIT: "it goes on by itself after midnight UTC.",
    Fault.ERROR: f"{_RESUME} goes on.",
}
BACK: Final = {
    Fault.ENDPOINT: "▶ The table goes on: the model answers again.",
    Fault.PLACE: "▶ The table goes on: I can post here again.",
    Fault.PASSES: "▶ The table tries once more.",
    Fault.LIMIT: "▶ The table goes on: a new day has begun, and its tokens are counted anew.",
}


def paused(reason: str, fault: Fault | None) -> str:
    """What is said about a pause; `fault` is None where a person has paused the session already."""
    if fault is None:
        return f"{reason}\nNothing is lost. The table stays paused."
    return f"⏸ The table is paused. {reason}\nNothing is lost: {GOES_ON[fault]}"


def comes_to_its_end(limit: str) -> str:
    """What is said when a session has reached one of its own limits."""
    return f"⏳ The table comes to its end. {limit}"
