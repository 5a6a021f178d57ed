"""How often a webhook may be asked, where a test wants that to matter: buckets that count, and say so in headers.

https://discord.com/developers/docs/topics/rate-limits#header-format has the headers; the numbers are a Discord
developer's (https://github.com/discord/discord-api-docs/issues/367): 5 in 2 s a webhook, of which answers tell, and 30
in 60 s a channel, of which only a 429 does. Whether a thread counts apart from its channel is written nowhere: here it
does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .records import JSON, Webhook

Bucket = tuple[int, float]
"""So many requests in so many seconds."""


@dataclass
class RateLimits:
    """As a test sets them; None: that is not counted. `clock` gives seconds that never go back."""

    clock: Callable[[], float]
    webhook: Bucket | None = None
    channel: Bucket | None = None
    _since: dict[str, tuple[float, int]] = field(default_factory=dict[str, tuple[float, int]])
    _closed: dict[int, float] = field(default_factory=dict[int, float])

    def close(self, webhook: Webhook, seconds: float) -> None:
        """For so long the webhook takes nothing, for a reason that no answer before has told."""
        self._closed[webhook.id] = self.clock() + seconds

    def count(self, method: str, webhook: Webhook) -> tuple[float | None, dict[str, str]]:
        """One more request. Out: for how many seconds none is taken (None: this one is), and the answer's headers."""
        headers: dict[str, str] = {}
        waits = [max(0.0, self._closed.get(webhook.id, 0.0) - self.clock())]
        if self.channel:
            waits.append(self._take(f"channel {webhook.channel.root.id}", self.channel)[0])
        if self.webhook:
            wait, left, resets_after = self._take(f"{method} {webhook.id}", self.webhook)
            waits.append(wait)
            headers = {
                "X-RateLimit-Limit": str(self.webhook[0]),
                "X-RateLimit-Remaining": str(left),
                "X-RateLimit-Reset-After": f"{resets_after:.3f}",
                "X-RateLimit-Bucket": "stand-in",
            }
        return (max(waits) or None), headers

    def _take(self, name: str, bucket: Bucket) -> tuple[float, int, float]:
        most, seconds = bucket
        now = self.clock()
        since, taken = self._since.get(name, (now, 0))
        if now - since >= seconds:
            since, taken = now, 0
        resets_after = since + seconds - now
        if taken >= most:
            return resets_after, 0, resets_after
        self._since[name] = since, taken + 1
        return 0.0, most - taken - 1, resets_after


def too_many(seconds: float) -> tuple[JSON, dict[str, str]]:
    """Body and headers of a 429."""
    body: JSON = {"message": "You are being rate limited.", "retry_after": seconds, "global": False}
    return body, {"Via": "1.1 stand-in", "X-RateLimit-Scope": "shared", "Retry-After": f"{seconds:g}"}
