"""The page in a browser: it asks nothing of anybody, runs nothing, and is read on a telephone as well as printed."""

from pathlib import Path

from bot.discussion.model.record import Turn
from bot.discussion.model.steerings import QuestionPut
from bot.minutes.account import VoteTally
from bot.minutes.as_html import as_html
from tests.support.hostile_words import HOSTILE, NAMES_WITH_MARKUP
from tests.support.page_driver import browser_page
from tests.support.recorded_minutes import minutes_of
from tests.support.recorded_table import RecordedTable, persona

PORTRAIT = Path(__file__).parents[2] / "personas" / "kaede.png"
# What cannot be seen in the text but must be found in the page.
_RAN = "document.title !== 'Minutes: hall' || document.scripts.length || document.images.length"
_WIDTHS = "[document.documentElement.scrollWidth, window.innerWidth]"
_HELD = """[...document.querySelectorAll('article')].every(one => {
    const box = one.getBoundingClientRect();
    return box.left >= 0 && box.right <= window.innerWidth && box.height >= 32;
})"""


async def test_hostile_minutes_are_only_read(tmp_path: Path) -> None:
    table = RecordedTable((persona("Kaede", "Kaede Moriwaki"), persona("Pedro", "Pedro da Luz")), context=HOSTILE[0])
    table.steer(QuestionPut(question="W" * 300))
    for at, hostile in enumerate(HOSTILE):
        table.guest(hostile, name=NAMES_WITH_MARKUP[at % len(NAMES_WITH_MARKUP)])
    table.say("Kaede", HOSTILE[2])
    table.say("Pedro", HOSTILE[3])
    table.record.append(Turn(table.record.last_seq + 1, "summary", "Kaede", HOSTILE[1]))
    votes = (VoteTally(1, (("Kaede", 3), ("Pedro", 1))),)
    html = as_html(minutes_of(table, votes=votes), {"Kaede": PORTRAIT.read_bytes()})
    file = tmp_path / "minutes.html"
    file.write_text(html, encoding="utf-8", errors="replace")

    async with browser_page(width=390, height=844) as driver:
        page = driver.page
        asked: list[str] = []
        said: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        await page.goto(file.as_uri())
        assert [url for url in asked if not url.startswith(("data:", "file:"))] == []
        assert [url for url in asked if url.startswith("file:")] == [file.as_uri()]
        assert not await page.evaluate(_RAN)
        assert (said, driver.errors) == ([], [])
        assert await page.evaluate(_WIDTHS) == [390, 390]
        assert await page.evaluate(_HELD), "nobody's words leave their own entry"
        face = await page.locator(".s0 .face").nth(1).evaluate("one => getComputedStyle(one).backgroundImage")
        assert face.startswith('url("data:image/png;base64,')
        light = await page.evaluate("getComputedStyle(document.body).backgroundColor")
        await page.emulate_media(color_scheme="dark")
        assert await page.evaluate("getComputedStyle(document.body).backgroundColor") != light
        await page.emulate_media(media="print", color_scheme="dark")
        assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        await page.locator("nav a").first.click()
        assert await page.evaluate("location.hash") == "#q1"
