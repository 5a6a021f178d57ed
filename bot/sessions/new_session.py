"""A session as it is stored when it is opened: where and by whom, and what keeps it from being opened."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.discussion.model.names import name_clashes
from bot.discussion.model.persona import Persona
from bot.discussion.model.record import Session
from bot.discussion.moderation.formats.choosing import people_fault
from bot.discussion.moderation.formats.table import format_of
from bot.errors import Remedy, UserError
from bot.store.models import NOBODY, Status, StoredSession
from bot.store.schema import now


@dataclass(frozen=True, slots=True)
class OpeningPlace:
    """The place of a new session and who convenes it; all of them Discord ids. `most`: so many tables the server has
    at once, as it has set itself; None: as many as the host allows. `is_private`: it is a private thread;
    `open_channels`: those of the server that everybody in it can see."""

    guild_id: int
    place_id: int
    channel_id: int
    convener_id: int
    anchor_id: int
    most: int | None = None
    is_private: bool = False
    open_channels: frozenset[int] = frozenset()


def new_session(where: OpeningPlace, session: Session, chimers: int | None = None) -> StoredSession:
    """A session that is about to be stored. Raises UserError if its cast can't sit together, or not so."""
    check_cast(session.cast)
    check_format(session)
    check_guests(session, chimers)
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
        is_private=where.is_private,
    )


def check_cast(cast: Sequence[Persona]) -> None:
    """Raise UserError if one name calls two of these."""
    if clashes := name_clashes(cast):
        raise UserError(
            "These personas can't sit at one table: "
            + " ".join(f"{c.problem(cast[c.earlier].full_name)} {c.fix}" for c in clashes)
        )


def check_format(session: Session) -> None:
    """Raise UserError if its format can't be held with this task and cast."""
    if problem := format_of(session).problem(session.task, session.cast):
        raise UserError(problem)


def check_guests(session: Session, chimers: int | None) -> None:
    """Raise UserError if nobody may chime in at a table that is silent without guests. `chimers`: as stored."""
    if chimers == NOBODY and (fault := people_fault(format_of(session))):
        raise UserError(str(fault))


def check_number(are_open: int, most: int, of_server: int | None) -> None:
    """Raise UserError if so many tables are open on a server that it may have no further one.

    `most`: what the host allows, 0: any number; `of_server`: what the server has set itself.
    """
    if most and are_open >= most:
        raise UserError(f"There are {most} open tables on this server, as many as it may have.", Remedy.STOP_ANOTHER)
    if of_server and are_open >= of_server:
        many = "is one open table" if of_server == 1 else f"are {of_server} open tables"
        raise UserError(f"There {many} on this server, as many as it has set itself.", Remedy.STOP_OR_SETTINGS)
