"""A session as it is stored when it is opened: where and by whom, and what keeps it from being opened."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.discussion.model.names import name_clashes
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Session
from bot.errors import Remedy, UserError
from bot.sessions.composing.limits import Limits
from bot.store.models import Status, StoredSession
from bot.store.schema import now


@dataclass(frozen=True, slots=True)
class OpeningPlace:
    """The place of a new session and who convenes it; all of them Discord ids."""

    guild_id: int
    place_id: int
    channel_id: int
    convener_id: int
    anchor_id: int


def new_session(where: OpeningPlace, session: Session, chimers: int | None = None) -> StoredSession:
    """A session that is about to be stored. Raises UserError if its cast can't sit together."""
    check_cast(session.cast)
    return StoredSession(
        id=0,
        guild_id=where.guild_id,
        place_id=where.place_id,
        channel_id=where.channel_id,
        convener_id=where.convener_id,
        anchor_id=where.anchor_id,
        status=Status.RUNNING,
        reason=None,
        session=session,
        created_at=now(),
        chimers=chimers,
    )


def check_cast(cast: Sequence[Persona]) -> None:
    """Raise UserError if one name calls two of these."""
    if clashes := name_clashes(cast):
        raise UserError(
            "These personas can't sit at one table: "
            + " ".join(f"{c.problem(cast[c.earlier].full_name)} {c.fix}" for c in clashes)
        )


def check_number(limits: Limits, open_sessions: Collection[object]) -> None:
    """Raise UserError if a server has as many open tables, these, as it may have."""
    if limits.sessions and len(open_sessions) >= limits.sessions:
        many = f"There are {limits.sessions} open tables on this server, as many as it may have."
        raise UserError(many, Remedy.STOP_ANOTHER)
