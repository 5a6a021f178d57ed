"""Which faults need whoever hosts the bot, read off the bot as it stands: nobody has to report one or take it back."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bot.llm.endpoint_registry import EndpointRegistry
from bot.sessions.session_runner import SessionRunner
from bot.store.models import Fault

# What has stood for longer than this, in seconds, does not pass by itself: a model's server that is down, and a place
# that takes no posts.
_DOWN: Final = 300.0
_BLOCKED: Final = 60.0
# What the names of tables' faults begin with.
OF_TABLE: Final = "table "


@dataclass(frozen=True, slots=True)
class StandingFault:
    """`sentence`: what is wrong, and what mends it. `grace`: it is nobody's business before it has stood for so many
    seconds."""

    sentence: str
    grace: float = 0.0


def standing_faults(endpoints: EndpointRegistry, open_tables: Iterable[SessionRunner]) -> dict[str, StandingFault]:
    """What stands now, by what tells it from any other."""
    faults: dict[str, StandingFault] = {}
    for name, endpoint in endpoints.by_name.items():
        if trouble := endpoint.record.trouble:
            sentence = f"The endpoint “{name}” writes no turns. {trouble.sentence}"
            faults[f"endpoint {name}"] = StandingFault(sentence, 0.0 if trouble.is_refusal else _DOWN)
    for table in open_tables:
        where = stands_still(table)
        if table.is_suspended:
            faults["database"] = StandingFault(table.reason or "The bot's database can't be used.")
        elif table.fault is Fault.PLACE:
            faults[table_name(table)] = StandingFault(f"{where} {table.reason}", _BLOCKED)
        elif table.fault is Fault.ERROR:
            faults[table_name(table)] = StandingFault(f"{where} {table.reason}")
    return faults


def table_name(table: SessionRunner) -> str:
    """What tells a table's fault from any other: in every process that has the table."""
    return f"{OF_TABLE}{table.id}"


def stands_still(table: SessionRunner) -> str:
    """Of a table whose fault needs a person."""
    return f"The table in <#{table.stored.place_id}> (server {table.stored.guild_id}) stands still."
