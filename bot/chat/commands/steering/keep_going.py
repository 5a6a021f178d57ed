"""Goes on with a table that is closed: for the button below it, and for `resume`."""

from bot.chat.cards.ending_card import MORE_TURNS
from bot.chat.commands.answering.interaction import Interaction
from bot.chat.commands.answering.opening_rights import require_channel
from bot.chat.commands.answering.who_steers import refuse_others, require_host_rules
from bot.discussion.moderation.formats.table import format_of
from bot.store.models import StoredSession


async def keep_going(interaction: Interaction, stored: StoredSession, *, by: str) -> str:
    """Have a closed table go on for some more turns. `by`: who wants that, for the place. Out: what to answer.

    Raises UserError. Who steers a table may prolong it, closed or not; where there are no tables any more, it stays
    closed.
    """
    await refuse_others(interaction, stored)
    require_host_rules(interaction, stored)
    await require_channel(interaction, stored.channel_id)
    supervisor = interaction.client.supervisor
    await supervisor.reopen(stored.place_id, stored.id, MORE_TURNS, at=interaction.id, by=by)
    if not format_of(stored.session).has_clock:
        return "The table goes on."
    return f"The table goes on: {MORE_TURNS} more turns, then another summary."
