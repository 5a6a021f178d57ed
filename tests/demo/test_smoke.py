"""The demo as a newcomer meets it: the README's command, a browser, and nothing else."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import expect

from tests.support.page_driver import Messages, browser_page

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
        heard = await page.wait_for(lambda seen: len({name for name, _ in spoken(seen)}) >= 2, timeout=30)
        assert ("alex", "Kaede, what about lighthouses?") in heard
        answered = await page.wait_for(lambda seen: "Kaede Moriwaki" in after_guest(seen), timeout=30)
        assert after_guest(answered).index("Kaede Moriwaki") <= 1, "whoever was addressed speaks next"

        await page.press("Steer")
        await page.press("Pause")
        await page.wait_for(lambda seen: any("alex paused the table" in text for _, text in seen))
        name, words = spoken(await page.messages())[-1]
        await page.menu(words[:40], "Ask this persona")
        await expect(page.page.get_by_role("dialog")).to_contain_text(f"Ask {name}")
        await page.page.keyboard.press("Escape")
        SCREENSHOT.parent.mkdir(exist_ok=True)
        await page.screenshot(SCREENSHOT)

        # A second table in another channel, while the first stands.
        await page.go("side-table")
        await page.run("/roundtable start", question="Tea or coffee?", personas="Aino, Kaede")
        await page.wait_for(lambda seen: any("Tea or coffee?" in text for _, text in seen) and len(spoken(seen)) >= 1)
        await page.press("Steer")
        await page.press("Stop")
        await page.press("End now")
        await page.wait_for(lambda seen: any("alex ended the table" in text for _, text in seen))

        await page.go("roundtable")
        await page.press("Resume")
        await page.wait_for(lambda seen: any("alex resumed the table" in text for _, text in seen))
        await page.run("/roundtable stop", summary="True")
        await page.wait_for(lambda seen: any("Summary, by" in text for _, text in seen), timeout=30)
        await page.wait_for(lambda seen: any("The table is closed. Thank you all" in text for _, text in seen))
        assert not page.errors, "no script error on the page"


def spoken(messages: Messages) -> Messages:
    """The personas' messages: everyone's but the bot's own and the people's."""
    return [(name, text) for name, text in messages if name not in ("Roundtable", "alex", "robin")]


def after_guest(messages: Messages) -> list[str]:
    """Who spoke after the guest did."""
    at = max(i for i, (name, _) in enumerate(messages) if name == "alex")
    return [name for name, _ in spoken(messages[at:])]
