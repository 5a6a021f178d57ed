"""Draws the pictures of `docs/pictures` anew: a walk over the demo's page. `make pictures`.

The dummy and a fixed seed make the same table each time; only the times of day differ.
"""

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final
from unittest.mock import patch

from PIL import Image
from playwright.async_api import expect

from bot.demo.run_demo import running_demo
from bot.settings import Settings
from tests.support.page_driver import PageDriver, browser_page

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"
WIDTH, HEIGHT = 1040, 760
MOST_BYTES: Final = 150_000
COLOURS: Final = 192
SEED: Final = 7
QUESTION: Final = "Should a town have a curfew for cats?"


class NotYet(Exception):
    """The bot has no such command."""


async def command(page: PageDriver, text: str) -> None:
    """Sends a command. Raises NotYet where there is none such."""
    await page.type(text)
    await page.page.keyboard.press("Escape")
    await page.page.keyboard.press("Enter")
    try:
        await expect(page.writing).to_have_value("", timeout=3000)
    except AssertionError:
        raise NotYet(await page.refused()) from None


async def scroll_down(page: PageDriver) -> None:
    """To the newest message."""
    await page.page.evaluate("document.getElementById('channel-timeline').scrollTop = 1e9")


async def opening(page: PageDriver) -> None:
    """The opening card with the first turns."""
    await command(page, f'/roundtable start question:"{QUESTION}" turns:8')
    await page.wait_for(lambda seen: len(seen) >= 6, timeout=60)
    await page.press("Pause")
    await page.page.locator(".demo-dismiss").first.click()  # what the convener alone sees
    await page.page.wait_for_timeout(700)
    first = page.page.locator("#channel-message-list > [data-message-id]").first
    await first.evaluate("row => row.scrollIntoView({ block: 'start' })")


async def steering(page: PageDriver) -> None:
    """The panel under a running table, and its steering."""
    await page.press("Resume")
    await scroll_down(page)
    if await page.page.get_by_role("button", name="Steer").count():
        await page.press("Steer")
        await page.page.wait_for_timeout(1500)


async def ending(page: PageDriver) -> None:
    """What a table ends with."""
    await command(page, "/roundtable stop summary:True")
    await page.wait_for(lambda seen: any("Summary" in text for _, text in seen), timeout=60)
    await page.page.wait_for_timeout(3000)
    await scroll_down(page)


async def setup(page: PageDriver) -> None:
    """The card on which a table is put together."""
    await page.go("side-table")
    await command(page, "/roundtable setup")
    await page.wait_for(lambda seen: bool(seen))


async def personas(page: PageDriver) -> None:
    """The gallery of personas."""
    await page.go("side-table")
    await command(page, "/roundtable personas")
    await page.page.wait_for_timeout(1500)
    await scroll_down(page)


async def minutes(page: PageDriver) -> None:
    """The minutes as a web page, opened from the file."""
    await page.go("roundtable")
    await command(page, "/roundtable minutes")
    attached = page.page.locator(".attachment").filter(has_text=".html").last
    await attached.wait_for()
    async with page.page.expect_download() as download:
        await attached.get_by_role("button", name="Download").click()
    file = FOLDER / "minutes.html"
    await (await download.value).save_as(file)
    try:
        await page.page.goto(file.as_uri())
    finally:
        file.unlink()


STEPS: Final[dict[str, Callable[[PageDriver], Awaitable[None]]]] = {
    "opening": opening,
    "steering": steering,
    "ending": ending,
    "setup": setup,
    "personas": personas,
    "minutes": minutes,
}


def small(png: bytes) -> bytes:
    """The picture with few colours. Raises ValueError if it is still too large for the repository."""
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS).save(out, "PNG", optimize=True)
    if out.tell() > MOST_BYTES:
        raise ValueError(f"the picture has {out.tell()} bytes, more than {MOST_BYTES}: make the window smaller")
    return out.getvalue()


async def draw() -> int:
    """Draws what can be drawn; the number of pictures that could not."""
    FOLDER.mkdir(exist_ok=True)
    missed = 0
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    dials = settings.discussion.model_copy(update={"pace": 1.0, "words_per_minute": 0})
    settings = settings.model_copy(update={"discussion": dials})
    with patch("bot.sessions.supervisor.secrets.randbits", return_value=SEED):
        async with browser_page(width=WIDTH, height=HEIGHT) as page, running_demo(settings, port=0) as demo:
            await page.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
            await page.open(demo.url)
            for name, step in STEPS.items():
                try:
                    await step(page)
                except (NotYet, AssertionError) as reason:
                    missed += 1
                    print(f"{name}: not drawn: {reason}", file=sys.stderr)
                    continue
                await page.page.mouse.move(0, 0)  # nothing is lit up
                await page.page.wait_for_timeout(700)  # pictures are being loaded
                (FOLDER / f"{name}.png").write_bytes(small(await page.page.screenshot()))
    return missed


if __name__ == "__main__":
    sys.exit(min(1, asyncio.run(draw())))
