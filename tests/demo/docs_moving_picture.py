"""Draws `docs/pictures/table.webp` anew: a table from command to summary on the demo's page. `make pictures`."""

import asyncio
import io
from typing import Final

from PIL import Image
from playwright.async_api import expect

from tests.demo.docs_pictures import FOLDER, QUESTION, demo_page, scroll_down, tidy
from tests.support.page_driver import Messages, PageDriver

MOST_BYTES: Final = 600_000
_REMARK: Final = "Kaede, what do the cats say?"
_WIDTH, _HEIGHT = 1040, 720
# As wide as a page that shows README has room for.
_SHOWN_WIDTH: Final = 832
# Seconds between two turns: enough for a frame of each, also on a busy machine.
_PACE: Final = 1.5

Frame = tuple[bytes, int]
"""A PNG and for how many milliseconds it is shown."""


class _Film:
    def __init__(self, page: PageDriver) -> None:
        self.page = page
        self.frames: list[Frame] = []

    async def take(self, milliseconds: int) -> None:
        await self.page.page.mouse.move(0, 0)  # nothing is lit up
        await self.page.page.wait_for_timeout(250)  # portraits are being loaded
        self.frames.append((await self.page.page.screenshot(), milliseconds))

    async def type(self, *parts: str) -> None:
        """Writes part after part, each a frame, and sends it."""
        await self.page.writing.fill("")
        for part in parts:
            await self.page.writing.press_sequentially(part)
            await self.take(400)
        await self.page.page.keyboard.press("Escape")  # a list that is open would take the key
        await self.page.page.keyboard.press("Enter")
        await expect(self.page.writing).to_have_value("")

    async def next_turn(self, name: str = "") -> None:
        """Takes a frame of the next turn of a persona, whose name begins with `name`."""
        before = len(_turns(await self.page.messages()))
        await self.page.wait_for(
            lambda seen: len(_turns(seen)) > before and _turns(seen)[-1].startswith(name), timeout=60
        )
        await self.take(1900)


def _turns(messages: Messages) -> list[str]:
    """Who of the personas spoke, message for message."""
    return [name for name, _ in messages if name not in ("Roundtable", "alex")]


async def filmed(page: PageDriver) -> list[Frame]:
    """The frames, taken in an empty channel of the demo."""
    film = _Film(page)
    await film.take(700)
    await film.type("/roundtable start ", "question:", f'"{QUESTION[:21]}', f'{QUESTION[21:]}"', " turns:12")
    await page.wait_for(lambda seen: any("Meet the personas" in text for _, text in seen), timeout=30)
    await tidy(page)
    await film.take(2400)
    for _ in range(3):
        await film.next_turn()
    await film.type(_REMARK[:16], _REMARK[16:])
    await film.take(900)
    await film.next_turn("Kaede")
    await film.next_turn()
    await page.press("Steer")
    await page.wait_for(lambda seen: any("Steer the table" in text for _, text in seen))
    await page.page.evaluate("document.activeElement?.blur()")
    await scroll_down(page)
    await film.take(2400)
    await tidy(page)
    await film.type("/roundtable stop ", "summary:True")
    await page.wait_for(lambda seen: any("The table is closed" in text for _, text in seen), timeout=60)
    await tidy(page)
    await page.message("Summary, by").evaluate("row => row.scrollIntoView({ block: 'start' })")
    await film.take(5000)
    return film.frames


def animated(frames: list[Frame]) -> bytes:
    """The frames as one picture that runs for ever. Raises ValueError if it is too large for the repository."""
    pictures = [Image.open(io.BytesIO(png)).convert("RGB") for png, _ in frames]
    size = (_SHOWN_WIDTH, _SHOWN_WIDTH * _HEIGHT // _WIDTH)
    first, *rest = (picture.resize(size, Image.Resampling.LANCZOS) for picture in pictures)
    out = io.BytesIO()
    times = [milliseconds for _, milliseconds in frames]
    first.save(out, "WEBP", save_all=True, append_images=rest, duration=times, loop=0, quality=80, method=4)
    if out.tell() > MOST_BYTES:
        raise ValueError(f"the picture has {out.tell()} bytes, more than {MOST_BYTES}: take fewer frames")
    return out.getvalue()


async def _draw() -> None:
    async with demo_page(pace=_PACE, width=_WIDTH, height=_HEIGHT) as page:
        frames = await filmed(page)
    (FOLDER / "table.webp").write_bytes(animated(frames))


if __name__ == "__main__":
    asyncio.run(_draw())
