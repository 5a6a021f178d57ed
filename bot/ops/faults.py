"""Which faults need whoever hosts the bot, read off the bot as it stands: nothing has to report them or take them back."""

import time
from collections.abc import Iterable
from typing import Final

from bot.llm.endpoint_registry import EndpointRegistry
from bot.sessions.session_runner import SessionRunner
from bot.store.models import Fault

# What is down for longer than this, in seconds, does not come back by itself.
_PATIENCE: Final = 300.0


def standing_faults(endpoints: EndpointRegistry, open_tables: Iterable[SessionRunner]) -> dict[str, str]:
    """What stands now, a sentence each, by what tells it from any other."""
    faults: dict[str, str] = {}
    for name, endpoint in endpoints.by_name.items():
        trouble = endpoint.record.trouble
        if trouble and (trouble.is_refusal or time.monotonic() - trouble.since > _PATIENCE):
            faults[f"endpoint {name}"] = f"The endpoint “{name}” writes no turns. {trouble.sentence}"
    for table in open_tables:
        if table.is_suspended:
            faults["database"] = table.reason or "The bot's database can't be used."
        elif table.fault in (Fault.PLACE, Fault.ERROR):
            where = f"The table in <#{table.stored.place_id}> (server {table.stored.guild_id})"
            faults[f"table {table.id}"] = f"{where} stands still. {table.reason or ''}".strip()
    return faults
