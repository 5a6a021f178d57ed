"""Measures by how much the event loop is late: what keeps it busy makes everybody wait."""

import asyncio
from typing import Final

from bot import metrics

# Between two samples, in seconds.
_PAUSE: Final = 1.0


async def sample_loop_lag() -> None:
    """Sample for ever."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + _PAUSE
        await asyncio.sleep(_PAUSE)
        metrics.LOOP_LAG.observe(max(0.0, loop.time() - due))
