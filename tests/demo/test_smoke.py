"""The demo as a newcomer meets it: the README's command, a browser, and nothing else."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.support.page_driver import Messages, browser_page

pytestmark = pytest.mark.long

SCREENSHOT = Path(__file__).parents[2] / "build" / "demo.png"
STARTS_WITHIN = 30.0
ENDS_WITHIN = 8.0


@asynccontextmanager
async def demo() -> AsyncIterator[str]:
    """`roundtable demo` as a process of its own; its address. It must end cleanly when told to."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("LLM_", "DISCUSSION_"))}
    environment |= {"DISCUSSION_PACE": "1", "DISCUSSION_WORDS_PER_MINUTE": "0", "PYTHONUNBUFFERED": "1"}
    # What a host has set for the real Discord shuts nobody out here.
    environment |= {"ALLOWED_SERVERS": "112233445566778899", "AGE_RESTRICTED": "true"}
    environment |= {"HOST_CONTACT": "mail to table_host@example.org", "PRIVACY_URL": "https://example.org/privacy"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--no-browser",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=environment,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(STARTS_WITHIN):
            line = (await process.stdout.readline()).decode()
        address = re.search(r"http://127\.0\.0\.1:\S+", line)
        assert address, f"the demo said {line!r}"
        yield address.group()
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(ENDS_WITHIN):
            _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    assert "Traceback" not in errors.decode()


async def test_a_newcomer_starts_a_table_chimes_in_and_ends_it() -> None:
    async with browser_page(width=1280) as page, demo() as url:
        await page.open(url)
        await page.page.get_by_role("button", name="Ask my own question").click()
        await expect(page.writing).to_have_value("/roundtable start question:")
        await page.page.keyboard.type("Should cats have a curfew? personas:Aino, Kaede, Faris turns:40")
        await page.page.keyboard.press("Enter")
        await expect(page.writing).to_have_value("")
        opening = await page.wait_for(lambda seen: len(spoken(seen)) >= 1)
        assert any("The speakers are AI." in text for _, text in opening), (
            "the opening card tells what the speakers are"
        )
        assert any("Should cats have a curfew?" in text for name, text in opening if name == "Roundtable")

        await page.say("Kaede, what about lighthouses?")
        answered = await page.wait_for(lambda seen: "Kaede Moriwaki" in after_guest(seen), timeout=30)
        assert ("alex", "Kaede, what about lighthouses?") in answered
        assert after_guest(answered).index("Kaede Moriwaki") <= 1, "whoever was addressed speaks next"

        SCREENSHOT.parent.mkdir(exist_ok=True)
        await page.screenshot(SCREENSHOT)

        await page.run("/roundtable stop", summary="True")
        await page.wait_for(lambda seen: any("Summary, by" in text for _, text in seen), timeout=30)
        await page.wait_for(lambda seen: any("The table is closed. Thank you all" in text for _, text in seen))
        assert not page.errors, "no script error on the page"


def spoken(messages: Messages) -> Messages:
    """The personas' messages: everyone's but the bot's own and the people's."""
    return [(name, text) for name, text in messages if name not in ("Roundtable", "alex", "robin")]


def after_guest(messages: Messages) -> list[str]:
    """Who spoke after the guest did."""
    at = max((i for i, (name, _) in enumerate(messages) if name == "alex"), default=len(messages))
    return [name for name, _ in spoken(messages[at:])]
