"""Sets those metrics that are true only at the moment somebody looks: tables, the connection to Discord."""

from collections import Counter
from collections.abc import Callable, Iterable

from bot import metrics
from bot.ops.gateway import GatewayState
from bot.sessions.session_runner import SessionRunner


def show_tables(open_tables: Iterable[SessionRunner]) -> None:
    """How many tables stand how; `fault`: by what they were paused, "" for none or by a person."""
    standing = Counter((str(table.status), _fault_of(table)) for table in open_tables)
    # Those that are there at most times, so that a graph has a line for none as well.
    for state in ("running", "paused"):
        standing.setdefault((state, ""), 0)
    metrics.TABLES.clear()
    for labels, count in standing.items():
        metrics.TABLES.labels(*labels).set(count)


def show_gateway(read: Callable[[], GatewayState]) -> None:
    state = read()
    metrics.SERVERS.set(state.servers)
    metrics.GATEWAY_UP.clear()
    metrics.GATEWAY_LATENCY.clear()
    for shard, latency in state.shards.items():
        metrics.GATEWAY_UP.labels(str(shard)).set(latency is not None)
        if latency is not None:
            metrics.GATEWAY_LATENCY.labels(str(shard)).set(latency)


def _fault_of(table: SessionRunner) -> str:
    return "database" if table.is_suspended else str(table.fault or "")
