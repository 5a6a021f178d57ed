"""Time zones by their names at IANA: which there are, what is suggested while somebody types, what they may write."""

import difflib
from collections.abc import Mapping
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from discord.app_commands import Choice

from bot.chat.commands.answering.suggestions import matching
from bot.discussion.text.folding import fold
from bot.discussion.text.segmentation import clipped
from bot.errors import UserError

UTC: Final = "UTC"
_TOLD: Final = 40


def time_zone_in(text: str) -> str:
    """The zone that is meant: by its name in any case, with blanks or without, or its city alone. Raises UserError."""
    wanted, known = _folded(text), _by_folded_name()
    if wanted in known:
        return known[wanted]
    of_city = [name for folded, name in known.items() if folded.rpartition("/")[2] == wanted]
    if len(of_city) == 1:
        return of_city[0]
    near = of_city or [known[name] for name in difflib.get_close_matches(wanted, known, n=1)]
    advice = f"Did you mean {' or '.join(near)}?" if near else "Write one such as Europe/Helsinki, or UTC."
    raise UserError(f"“{clipped(' '.join(text.split()), _TOLD)}” is no time zone. {advice}")


def suggested_time_zones(current: str) -> list[Choice[str]]:
    return matching(current.strip().replace(" ", "_"), _names())


@cache
def _names() -> tuple[str, ...]:
    """Those of places, and UTC first: a zone called by its offset turns the sign round, and knows no summer."""
    places = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return (UTC, *places)


@cache
def _by_folded_name() -> Mapping[str, str]:
    return {_folded(name): name for name in _names()}


def _folded(text: str) -> str:
    return "_".join(fold(text).split())
