"""Who is let through to a webhook, and when, as the answers before have told."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest
from yarl import URL

from bot.chat.posting.webhook_limits import WebhookLimits

HOOK, OTHER = "1", "2"


class DiscordOfOneWebhook:
    """Answers what it is told to, and notes who came."""

    def __init__(self) -> None:
        self.limits = WebhookLimits()
        self.came: list[str] = []

    async def ask(self, who: str, hook: str = HOOK, *, method: str = "POST", status: int = 200, **told: Any) -> None:
        """One request. `told`: of the limit (headers), and by a 429 in its body."""
        body = json.dumps({name: told.pop(name) for name in ("retry_after", "global") if name in told} or {"id": "1"})
        headers = {f"X-RateLimit-{name.title().replace('_', '-')}": v for name, v in told.items()}

        async def parsed(content_type: str | None = None) -> Any:
            return json.loads(body)

        async def handler(request: Any) -> Any:
            self.came.append(who)
            return SimpleNamespace(status=status, headers=headers, json=parsed)

        request = SimpleNamespace(method=method, url=URL(f"https://discord.com/api/v10/webhooks/{hook}/token"))
        await self.limits(request, handler)  # type: ignore[arg-type]

    async def waits(self, who: str, hook: str = HOOK, *, method: str = "POST") -> bool:
        """Whether one who asks now is kept waiting."""
        asking = asyncio.create_task(self.ask(who, hook, method=method))
        for _ in range(5):
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        return who not in self.came


@pytest.fixture
def discord() -> DiscordOfOneWebhook:
    return DiscordOfOneWebhook()


FULL = {"limit": "5", "remaining": "0", "reset_after": "60"}


@pytest.mark.parametrize(
    ("told", "here", "elsewhere", "deleting"),
    [
        ({}, False, False, False),
        ({"limit": "5", "remaining": "3", "reset_after": "60"}, False, False, False),
        (FULL, True, False, False),
        (FULL | {"reset_after": "0"}, False, False, False),
        ({"limit": "5", "remaining": "none", "reset_after": "60"}, False, False, False),
        ({"status": 429, "retry_after": 60.0}, True, False, False),
        ({"status": 429, "retry_after": 60.0, "global": True}, True, True, True),
        ({"status": 429, "retry_after": "soon"}, False, False, False),
        # A window is told by what went through only: this may be another limit's, or a punishment.
        (FULL | {"status": 429, "retry_after": 0.0}, False, False, False),
    ],
)
async def test_who_waits_after_an_answer(
    discord: DiscordOfOneWebhook, told: dict[str, Any], here: bool, elsewhere: bool, deleting: bool
) -> None:
    await discord.ask("elsewhere before", OTHER)
    await discord.ask("deleting before", method="DELETE")
    await discord.ask("first", **told)
    assert await discord.waits("here") is here
    assert await discord.waits("elsewhere", OTHER) is elsewhere
    assert await discord.waits("deleting", method="DELETE") is deleting


async def test_no_more_at_once_than_the_limit_and_each_in_turn(discord: DiscordOfOneWebhook) -> None:
    """Nobody has been answered yet who could tell what is left."""
    await discord.ask("first", limit="2", remaining="0", reset_after="0.05")
    queue = [f"guest {number}" for number in range(4)]
    await asyncio.gather(*(discord.ask(who) for who in queue))
    assert discord.came == ["first", *queue]
