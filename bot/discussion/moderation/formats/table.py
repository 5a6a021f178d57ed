"""The table of all formats: a new one is a module beside this one, and a row here."""

from collections.abc import Mapping
from typing import Final

from bot.discussion.model.record import Session
from bot.discussion.moderation.formats.council import Council
from bot.discussion.moderation.formats.debate import Debate
from bot.discussion.moderation.formats.format import Format
from bot.discussion.moderation.formats.interview import Interview
from bot.discussion.moderation.formats.open import OpenTable
from bot.discussion.moderation.formats.roundtable import RoundTable

ROUND_TABLE: Final = RoundTable()
FORMATS: Final[Mapping[str, Format]] = {
    each.name: each for each in (ROUND_TABLE, Council(), Debate(), Interview(), OpenTable())
}


def format_of(session: Session) -> Format:
    """The format of a session; one that this version does not know goes on as a round table."""
    return FORMATS.get(session.dials.format, ROUND_TABLE)
