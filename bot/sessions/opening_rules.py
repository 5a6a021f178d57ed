"""Where a new table is to be, and what it may not be against: seats that are told apart, and not too many tables."""

from dataclasses import dataclass

from bot.discussion.model.names import name_clashes
from bot.discussion.model.persona import Persona
from bot.errors import Remedy, UserError


@dataclass(frozen=True, slots=True)
class OpeningPlace:
    """The place of a new session and who convenes it; all of them Discord ids."""

    guild_id: int
    place_id: int
    channel_id: int
    convener_id: int
    anchor_id: int


def require_fit(cast: tuple[Persona, ...]) -> None:
    """Raise UserError if these can't sit together."""
    if clashes := name_clashes(cast):
        raise UserError(
            "These personas can't sit at one table: "
            + " ".join(f"{c.problem(cast[c.earlier].full_name)} {c.fix}" for c in clashes)
        )


def require_room(are_open: int, most: int) -> None:
    """Raise UserError if so many tables are open on a server that it may have no further one. `most` 0: any number."""
    if most and are_open >= most:
        raise UserError(f"There are {most} open tables on this server, as many as it may have.", Remedy.STOP_ANOTHER)
