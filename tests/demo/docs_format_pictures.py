"""Draws the pictures of docs/formats.md anew: a table of each format on the demo's page, with two people who vote.
`make pictures`."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from tests.demo.docs_pictures import FOLDER, QUESTION, command, demo_page, small, tidy
from tests.support.page_driver import PageDriver

WIDTH, HEIGHT = 860, 940
_CAST: Final = '"Kaede, Bayo, Devika"'
_PATIENCE: Final = 40.0


async def until(page: PageDriver, text: str) -> None:
    """Waits until a message holds `text`."""
    await page.wait_for(lambda seen: any(text in each for _, each in seen), timeout=_PATIENCE)


async def snap(page: PageDriver, name: str, text: str) -> None:
    """Draws the page with the newest message that holds `text` on top, as far as others come behind it."""
    await tidy(page)
    await page.message(text).evaluate("row => row.scrollIntoView({ block: 'start' })")
    await page.page.mouse.move(0, 0)  # nothing is lit up
    await page.page.evaluate("document.activeElement?.blur()")
    await page.page.wait_for_timeout(700)  # pictures are being loaded
    (FOLDER / f"{name}.png").write_bytes(small(await page.page.screenshot()))


async def vote(page: PageDriver, **choices: str) -> None:
    """Each of these people presses the button that begins so."""
    for person, choice in choices.items():
        await page.become(person)
        button = page.message("One secret vote each").locator(".component-button").filter(has_text=choice)
        await button.click()
        await until(page, "Change it while the vote is open")
        await tidy(page)
    await page.become("alex")


async def close_vote(page: PageDriver) -> None:
    """Closes the vote sooner than the clock does."""
    await command(page, "/roundtable skip")
    await until(page, "The vote closes")
    await tidy(page)


async def council(page: PageDriver) -> None:
    await command(page, f'/roundtable start format:council question:"{QUESTION}" personas:{_CAST} turns:3')
    await until(page, "Everybody wrote one down")
    await snap(page, "council", QUESTION)
    await until(page, "One secret vote each")
    await vote(page, alex="A", robin="B")
    await snap(page, "council-vote", "One secret vote each")
    await close_vote(page)
    await until(page, "The table is closed")
    await snap(page, "council-result", "▒")


async def debate(page: PageDriver) -> None:
    await command(page, f'/roundtable start format:debate question:"{QUESTION}" personas:{_CAST} turns:4')
    await until(page, "One secret vote each")
    await vote(page, alex="Undecided", robin="For")
    await snap(page, "debate", QUESTION)
    await close_vote(page)
    await until(page, "This vote is closed")
    await until(page, "One secret vote each")
    await vote(page, alex="Against", robin="Against")
    await close_vote(page)
    await until(page, "Result of the debate")
    await until(page, "The table is closed")
    await snap(page, "debate-result", "Result of the debate")


async def interview(page: PageDriver) -> None:
    await command(page, f'/roundtable start format:interview question:"{QUESTION}" personas:{_CAST} turns:5')
    await until(page, "listening")
    await page.say("Kaede, what do the cats say?")
    await until(page, "listening · turn 1")
    await snap(page, "interview", QUESTION)


async def open_table(page: PageDriver) -> None:
    await command(page, f'/roundtable start format:open question:"{QUESTION}" personas:{_CAST}')
    await until(page, "listening")
    await page.say("Good evening! Does anybody keep a cat?")
    await until(page, "listening · 1 turn")
    await snap(page, "open", QUESTION)


STEPS: Final[tuple[Callable[[PageDriver], Awaitable[None]], ...]] = (council, debate, interview, open_table)


async def draw(names: Sequence[str]) -> None:
    """Draws them, or those of the formats that are named, each in a demo of its own. Raises AssertionError where one
    can't be."""
    for step in STEPS:
        if names and step.__name__ not in names:
            continue
        async with demo_page(pace=1.0, width=WIDTH, height=HEIGHT) as page:
            await step(page)


if __name__ == "__main__":
    asyncio.run(draw(sys.argv[1:]))
