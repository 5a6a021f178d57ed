"""Has a table that has ended go on: what may keep it from that, and the turn with which it does."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from bot.discussion.model.record import Record, moderator_turn
from bot.discussion.model.steerings import TurnsChanged
from bot.discussion.moderation.formats.table import format_of
from bot.errors import Remedy, UserError
from bot.sessions.composing.limits import LimitReached, Limits, check
from bot.sessions.delivery.stage import Stage
from bot.store.models import Status, StoredSession
from bot.store.schema import now
from bot.store.store import PlaceTaken, Store

# Of the turns that a table may get so, the usual number.
MORE: Final = 6
# As many as a table may have from its start.
MOST: Final = 200
_IN_WORDS: Final = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


async def check_can_go_on(store: Store, limits: Limits, place_id: int, session_id: int) -> StoredSession:
    """The session of this number, if it may go on. Raises UserError if it may not, with the reason."""
    stored, last = await store.session(session_id), await store.last_session(place_id)
    if stored is None or last is None or stored.place_id != place_id:
        raise UserError("That table is not kept any more.", Remedy.OPEN)
    if last.id != session_id:
        raise UserError("Another table has stood here since then: only the last one can go on.", Remedy.OPEN)
    if stored.status is not Status.ENDED:
        raise UserError("The table has not ended.")
    if not stored.convener_id:
        raise UserError("Whoever convened that table is forgotten here, so nobody could steer it.", Remedy.OPEN)
    await _check_limits(store, limits, stored)
    return stored


async def reopen(
    store: Store,
    stage: Stage,
    stored: StoredSession,
    *,
    more: int,
    at: int,
    by: str | None,
    check: Callable[[int], None],
) -> tuple[StoredSession, Record]:
    """Store that a session goes on for so many more turns, all or nothing. Out: it, as it is now, and its record.

    In: `at`, the id of what asks for it: no member's message before that is taken in; `check` is told how many tables
    the server has open, and raises if it may have no further one. Raises UserError.
    """
    if not 0 < more <= MOST:
        raise UserError(f"A table can go on for 1 to {MOST} more turns, not {more}.")
    record = await store.record(stored.id)
    many = f" for {_IN_WORDS[more] if more < len(_IN_WORDS) else more} more turn{'' if more == 1 else 's'}"
    much = many if format_of(stored.session).has_clock else ""
    text = f"{by} has the table go on{much}." if by else f"The table goes on{much}."
    steering = TurnsChanged(turns=len(record.persona_turns()) + more, goes_on=True)
    turn = moderator_turn(record, steering, text)
    try:
        show = stage.split(turn, None)
        await store.reopen_session(stored.id, stored.place_id, turn, show, listen_from=at, check=check)
    except PlaceTaken:
        raise UserError("There is a table in this channel already.", Remedy.STOP) from None
    record.append(turn)
    return replace(stored, status=Status.RUNNING, reason=None, fault=None, listen_from=at, ended_at=None), record


async def _check_limits(store: Store, limits: Limits, stored: StoredSession) -> None:
    """Raise UserError if a limit of a table would end it again before anybody speaks."""
    record = await store.record(stored.id)
    spoken = record.persona_turns()
    # The next prompt will be about as long as the last, and the summary's as well.
    last = (spoken[-1].usage.prompt_tokens if spoken and spoken[-1].usage else None) or 0
    try:
        check(
            limits.of_table(stored.session),
            minutes=(now() - stored.created_at).total_seconds() / 60,
            session_tokens=(await store.spending.of_session(stored.id)).tokens,
            need=last,
            reserve=max(last, 1),
        )
    except LimitReached as reached:
        raise UserError(str(reached), Remedy.OPEN) from None
