"""Goes on with a table that is closed: for the button below it, and for `resume`."""

from typing import Protocol, cast

from bot.chat.cards.ending_card import MORE_TURNS
from bot.chat.commands.interaction import Interaction
from bot.chat.commands.who_steers import refuse_others, require_host_rules
from bot.sessions.session_runner import SessionRunner
from bot.store.models import StoredSession


class _Reopens(Protocol):
    async def reopen(self, place_id: int, session_id: int, *, more: int = ..., by: str) -> SessionRunner: ...


async def keep_going(interaction: Interaction, stored: StoredSession, *, by: str) -> str:
    """Have a closed table go on for some more turns. `by`: who wants that, for the place. Out: what to answer.

    Raises UserError.
    """
    await refuse_others(interaction, stored)
    require_host_rules(interaction, stored)
    supervisor = cast(_Reopens, interaction.client.supervisor)
    await supervisor.reopen(stored.place_id, stored.id, more=MORE_TURNS, by=by)
    return f"The table goes on: {MORE_TURNS} more turns, then another summary."
