"""How the connection to Discord stands, as a value: the chat room reads it off its client."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GatewayState:
    """`shards`: by number the latency of a connection's heartbeat in seconds (0.0 before the first), None where there
    is no connection now. `is_ready`: everything was told once of the servers, which are `servers`."""

    shards: Mapping[int, float | None]
    is_ready: bool
    servers: int
