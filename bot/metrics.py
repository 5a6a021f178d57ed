"""What is counted and measured of the process, for `/metrics`: any room counts here, none reads it.

No label holds a member's words, an id or an address: an endpoint stands here by its name in the settings, a table by
how it stands. What is true only at the moment somebody looks (tables, the gateway) is set by `bot/ops`. Times are in
seconds.
"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, disable_created_metrics
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

# When each was first counted is of no use to whoever reads them every few seconds.
disable_created_metrics()

REGISTRY: Final = CollectorRegistry()
"""All that `/metrics` shows, the memory and the processor time of the process included."""
for _collector in (ProcessCollector, PlatformCollector, GCCollector):
    _collector(registry=REGISTRY)

_FOR_ALL: Final = {"namespace": "roundtable", "registry": REGISTRY}
# Bounds of the histograms' buckets: a database's or Discord's answer, and a model's.
_QUICK: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_POSTING: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_SPEAKING: Final = (0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300)

# --- the process ---

BUILD: Final = Info("build", "Which version runs, on which Python, with which kind of database.", **_FOR_ALL)
LOOP_LAG: Final = Histogram(
    "event_loop_lag_seconds", "By how much the event loop was late, sampled.", buckets=_QUICK, **_FOR_ALL
)
DATABASE_ERRORS: Final = Counter(
    "database_errors", "Transactions that came to nothing, by what kept them.", ["cause"], **_FOR_ALL
)

# --- tables ---

TABLES: Final = Gauge(
    "tables", "Open tables by how they stand and, where one paused them, by fault.", ["state", "fault"], **_FOR_ALL
)
TABLES_OPENED: Final = Counter("tables_opened", "Tables that were opened.", **_FOR_ALL)
TABLES_ENDED: Final = Counter("tables_ended", "Tables that came to their end.", **_FOR_ALL)
TURNS: Final = Counter(
    "turns", "Turns that were stored: of a persona, a guest, the moderator, and summaries.", ["kind"], **_FOR_ALL
)
GUESTS: Final = Counter("guest_messages", "Guests' messages, by what became of them.", ["outcome"], **_FOR_ALL)

# --- Discord ---

GATEWAY_UP: Final = Gauge("gateway_up", "1 while a shard's connection to Discord lives.", ["shard"], **_FOR_ALL)
GATEWAY_LATENCY: Final = Gauge(
    "gateway_latency_seconds",
    "Between a heartbeat of a shard's connection and Discord's answer.",
    ["shard"],
    **_FOR_ALL,
)
SERVERS: Final = Gauge("servers", "Servers that the bot is in.", **_FOR_ALL)
POST_SECONDS: Final = Histogram(
    "post_seconds", "Until Discord had taken a post, waits that it asked for included.", buckets=_POSTING, **_FOR_ALL
)
POSTS: Final = Counter(
    "posts",
    "Tries to send a post, by outcome: shown, refused, unknown (then it is looked for).",
    ["outcome"],
    **_FOR_ALL,
)
RATE_LIMITED: Final = Counter(
    "discord_rate_limited", "Answers of Discord that asked to wait (429), by scope.", ["scope"], **_FOR_ALL
)
RATE_LIMITED_SECONDS: Final = Counter(
    "discord_rate_limited_seconds", "The waits that they asked for, by scope.", ["scope"], **_FOR_ALL
)

# --- endpoints, by their names in the settings ("default" is that of LLM_BASE_URL) ---

ENDPOINT_UP: Final = Gauge("endpoint_up", "1 if an endpoint answered when it was last asked.", ["endpoint"], **_FOR_ALL)
ENDPOINT_SECONDS: Final = Histogram(
    "endpoint_seconds", "Until an endpoint had answered, retries included.", ["endpoint"], buckets=_SPEAKING, **_FOR_ALL
)
ENDPOINT_ERRORS: Final = Counter(
    "endpoint_errors",
    "Calls without an answer, by kind: down, refused, overflow, filtered.",
    ["endpoint", "kind"],
    **_FOR_ALL,
)
ENDPOINT_TOKENS: Final = Counter(
    "endpoint_tokens",
    "Tokens as the endpoint counts them: of prompts, those of them that were cached, of answers.",
    ["endpoint", "kind"],
    **_FOR_ALL,
)
ENDPOINT_COST: Final = Counter(
    "endpoint_cost",
    "What answered calls have cost in units of the currency, where a price is known or the endpoint tells it.",
    ["endpoint", "currency"],
    **_FOR_ALL,
)
ENDPOINT_RATE_LIMITED: Final = Counter(
    "endpoint_rate_limited", "Answers of an endpoint that asked to wait (429), each try.", ["endpoint"], **_FOR_ALL
)
ENDPOINT_CALLS: Final = Gauge("endpoint_calls", "Calls that an endpoint is at work on.", ["endpoint"], **_FOR_ALL)
ENDPOINT_QUEUE: Final = Gauge("endpoint_queue", "Calls that wait for an endpoint to be free.", ["endpoint"], **_FOR_ALL)
