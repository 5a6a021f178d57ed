"""Draws the pictures of `docs/pictures` anew: a walk over the demo's page. `make pictures`.

The dummy and a fixed seed make the same table each time; only the times of day differ.
"""

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from unittest.mock import patch

from PIL import Image
from playwright.async_api import expect

from bot.demo.run_demo import running_demo
from bot.settings import Settings
from tests.support.page_driver import PageDriver, browser_page

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"
WIDTH, HEIGHT = 1040, 800
MOST_BYTES: Final = 150_000
COLOURS: Final = 256
TURNS: Final = 8
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


async def tidy(page: PageDriver) -> None:
    """Puts out of sight what the convener alone sees."""
    for note in reversed(await page.page.locator(".demo-dismiss").all()):
        await note.click()
    await expect(page.page.locator(".demo-dismiss")).to_have_count(0)


async def opening(page: PageDriver) -> None:
    """The opening card with the first turns."""
    await command(page, f'/roundtable start question:"{QUESTION}" turns:12')
    await page.wait_for(lambda seen: len(seen) >= 6, timeout=60)
    await tidy(page)
    first = page.page.locator("#channel-message-list > [data-message-id]").first
    await first.evaluate("row => row.scrollIntoView({ block: 'start' })")


async def steering(page: PageDriver) -> None:
    """The panel under a running table, and its steering."""
    await page.say("Kaede, what do the cats say?")
    await page.wait_for(lambda seen: seen[-1][0].startswith("Kaede"), timeout=30)
    await command(page, "/roundtable panel")
    await page.wait_for(lambda seen: any("The panel stands" in text for _, text in seen))
    await tidy(page)
    await page.press("Steer")
    await page.wait_for(lambda seen: any("Steer the table" in text for _, text in seen))
    await scroll_down(page)


async def ending(page: PageDriver) -> None:
    """What a table ends with."""
    await page.wait_for(lambda seen: len({text for name, text in seen if name != "Roundtable"}) >= TURNS, timeout=60)
    await command(page, "/roundtable stop summary:True")
    await page.wait_for(lambda seen: any("The table is closed" in text for _, text in seen), timeout=60)
    await tidy(page)
    await scroll_down(page)


async def setup(page: PageDriver) -> None:
    """The card on which a table is put together."""
    await page.go("side-table")
    await command(page, "/roundtable setup")
    await page.wait_for(lambda seen: bool(seen))
    await page.press("Write")
    await page.submit_form(QUESTION)
    await page.wait_for(lambda seen: QUESTION in seen[-1][1])
    await scroll_down(page)


async def personas(page: PageDriver) -> None:
    """The gallery of personas."""
    await tidy(page)
    await command(page, "/roundtable personas")
    await page.wait_for(lambda seen: "Who can sit" in seen[-1][1])
    await page.message("Who can sit").evaluate("row => row.scrollIntoView({ block: 'start' })")


async def minutes(page: PageDriver) -> None:
    """The minutes as a web page, opened from the file."""
    await page.go("roundtable")
    await command(page, "/roundtable minutes")
    await page.wait_for(lambda seen: "opens in a browser" in seen[-1][1])
    file = FOLDER / "minutes.html"
    await page.download(".html", file)
    try:
        await page.page.goto(file.as_uri())
        await page.page.locator("#q1, h2").nth(1).evaluate("part => part.scrollIntoView({ block: 'start' })")
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
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
        out, "PNG", optimize=True
    )
    if out.tell() > MOST_BYTES:
        raise ValueError(f"the picture has {out.tell()} bytes, more than {MOST_BYTES}: make the window smaller")
    return out.getvalue()


@asynccontextmanager
async def demo_page(*, pace: float, width: int, height: int) -> AsyncIterator[PageDriver]:
    """A fresh demo's page, dark, whose tables are the same each time and have this pace, in seconds."""
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    dials = settings.discussion.model_copy(update={"pace": pace, "words_per_minute": 0, "guest_wait": 0})
    settings = settings.model_copy(update={"discussion": dials})
    with patch("bot.sessions.supervisor.secrets.randbits", return_value=SEED):
        async with browser_page(width=width, height=height) as page, running_demo(settings, port=0) as demo:
            await page.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
            await page.open(demo.url)
            yield page


async def draw() -> int:
    """Draws what can be drawn; the number of pictures that could not."""
    FOLDER.mkdir(exist_ok=True)
    missed = 0
    async with demo_page(pace=1.0, width=WIDTH, height=HEIGHT) as page:
        for name, step in STEPS.items():
            try:
                await step(page)
            except (NotYet, AssertionError) as reason:
                missed += 1
                print(f"{name}: not drawn: {reason}", file=sys.stderr)
                continue
            await page.page.mouse.move(0, 0)  # nothing is lit up
            await page.page.evaluate("document.activeElement?.blur()")
            await page.page.wait_for_timeout(700)  # pictures are being loaded
            (FOLDER / f"{name}.png").write_bytes(small(await page.page.screenshot()))
    return missed


if __name__ == "__main__":
    sys.exit(min(1, asyncio.run(draw())))
