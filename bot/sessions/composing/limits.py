"""Hard caps: how long a session may last and how many tokens it, its server and all may use. Pure arithmetic."""

import math
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final, Self

from bot.discussion.model.record import Session
from bot.discussion.moderation.formats.table import format_of
from bot.discussion.text.money import USUAL_CURRENCY, amount, billionths
from bot.errors import RoundtableError
from bot.settings import Settings
from bot.store.spending import Used, UsedToday

# Requests for one turn at most: the first, one after a compaction, one more for a useless answer. Each of them may
# be tried again (LLM_RETRIES) where the endpoint is at fault, and the first that a model ever answers may be two: one
# without and one with room to think. What a server refuses comes on top, a few at most: parts of a request, a prompt
# that is too long by nobody knows how much (compose.py), the search for a line that a filter objects to (blame.py).
# Having the model choose the speaker is another call.
CALLS_A_TURN: Final = 3
_TOO_FEW: Final = "too few are left for one more turn."
_TOO_LITTLE: Final = "too little is left for one more turn."


class Cap(StrEnum):
    """Which limit was reached."""

    MINUTES = "minutes"  # of a session
    SESSION = "session"  # tokens of a session
    DAY = "day"  # tokens or money of a server, or of all together, on a day (UTC)


class LimitReached(RoundtableError):
    """One more model call would go over a limit; `str(error)` names the limit, its value and who can change it."""

    def __init__(self, cap: Cap, sentence: str) -> None:
        super().__init__(sentence)
        self.cap = cap


@dataclass(frozen=True, slots=True)
class Limits:
    """The caps, as LIMIT_… in the settings; 0 means no limit. Costs are in billionths of the currency."""

    session_minutes: int = 24 * 60
    session_tokens: int = 500_000
    day_tokens: int = 2_000_000
    sessions: int = 10
    day_tokens_all: int = 10_000_000
    day_cost: int = 0
    day_cost_all: int = 0
    currency: str = USUAL_CURRENCY

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            settings.limit_session_minutes,
            settings.limit_session_tokens,
            settings.limit_day_tokens,
            settings.limit_sessions,
            settings.limit_day_tokens_all,
            billionths(settings.limit_day_cost),
            billionths(settings.limit_day_cost_all),
            settings.llm_currency,
        )

    def of_table(self, session: Session) -> Self:
        """What counts at a table: one that stands until people end it has no limit of its own, only those of a day."""
        return self if format_of(session).has_clock else replace(self, session_minutes=0, session_tokens=0)


USUAL: Final = Limits()


def check(limits: Limits, *, minutes: float, session_tokens: int, need: int, reserve: int) -> None:
    """Raise LimitReached if a session may not make a call.

    In: how long it has lasted, the tokens that it has used, what the call will need at most, and what the session
    keeps for its summary.
    """
    if limits.session_minutes and reserve and minutes >= limits.session_minutes:
        most = _span(limits.session_minutes)
        raise LimitReached(Cap.MINUTES, f"A table may last {most}. {_changed_by('LIMIT_SESSION_MINUTES')}")
    if limits.session_tokens and session_tokens + need + reserve > limits.session_tokens:
        used = f"A table may use {limits.session_tokens:,} tokens and this one has used {session_tokens:,}"
        raise LimitReached(Cap.SESSION, f"{used}: {_TOO_FEW} {_changed_by('LIMIT_SESSION_TOKENS')}")


def check_day(limits: Limits, today: UsedToday, need: Used) -> None:
    """Raise LimitReached if nobody may make a call that needs so much today."""
    if (why := over_the_day(limits, today, need)) is not None:
        raise LimitReached(Cap.DAY, why)


def over_the_day(limits: Limits, today: UsedToday, need: Used) -> str | None:
    """Why a call that needs so much may not be made today, as people read it; None if it may."""
    server, every = today.server + today.server_awaits + need, today.all_servers + today.all_await + need
    if limits.day_tokens and server.tokens > limits.day_tokens:
        used = f"This server may use {limits.day_tokens:,} tokens a day (UTC) and has used {today.server.tokens:,}"
        return f"{used}: {_TOO_FEW} {_changed_by('LIMIT_DAY_TOKENS')}"
    if limits.day_tokens_all and every.tokens > limits.day_tokens_all:
        # How much of it was used elsewhere is not for a server's members.
        most = f"All the servers I am on may together use {limits.day_tokens_all:,} tokens a day (UTC)"
        return f"{most}: {_TOO_FEW} {_changed_by('LIMIT_DAY_TOKENS_ALL')}"
    if _costs_too_much(server, need, limits.day_cost):
        most, cost = (amount(cost, limits.currency) for cost in (limits.day_cost, today.server.cost))
        used = f"This server may cost {most} a day (UTC) and has cost {cost}"
        return f"{used}: {_TOO_LITTLE} {_changed_by('LIMIT_DAY_COST')}"
    if _costs_too_much(every, need, limits.day_cost_all):
        most = f"All the servers I am on may together cost {amount(limits.day_cost_all, limits.currency)} a day (UTC)"
        return f"{most}: {_TOO_LITTLE} {_changed_by('LIMIT_DAY_COST_ALL')}"
    return None


def _costs_too_much(total: Used, need: Used, most: int) -> bool:
    """Whether a call that needs so much, which is in the total, is over what a day may cost."""
    if not most:
        return False
    # What is known to be free goes on, and what nobody knows the price of stops where the limit is reached.
    return total.cost > most if need.cost else need.unpriced > 0 and total.cost >= most


def tokens_in(characters: int, chars_per_token: float) -> int:
    """An estimate, for calls whose cost the endpoint does not tell."""
    return math.ceil(characters / chars_per_token)


def seconds_to_next_day(now: datetime) -> float:
    """Until the tokens of the day are counted anew. `now` is in UTC."""
    tomorrow = datetime.combine(now.date() + timedelta(days=1), time(), tzinfo=now.tzinfo)
    return (tomorrow - now).total_seconds()


def _changed_by(setting: str) -> str:
    return f"Whoever hosts the bot can change this ({setting})."


def _span(minutes: int) -> str:
    if minutes % 60 == 0 and minutes >= 120:
        return f"{minutes // 60} hours"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
