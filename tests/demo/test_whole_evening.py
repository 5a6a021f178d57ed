"""A whole evening on the demo's page, with the real bot: set up, steered, peopled, summed up and read afterwards."""

from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

import pytest
from playwright.async_api import expect

from bot.chat import webhook_stage
from bot.demo import run_demo
from bot.settings import Settings
from tests.support import character_cards
from tests.support.page_driver import Messages, PageDriver, browser_page

HIGHEST = {(1280, 800): 450, (390, 844): 700}
HOSTILE = (
    "<script>document.title='run'</script> <img src=https://e.example/a.png onerror=\"document.title='run'\"> "
    "</style><h1>free</h1> \u202eback to front\u202c 🙂 "
) + "x" * 1500


async def test_a_table_from_the_first_chip_to_its_minutes(tmp_path: Path) -> None:
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    hurry = settings.discussion.model_copy(update={"pace": 0.8, "words_per_minute": 0, "guest_wait": 0})
    settings = settings.model_copy(update={"discussion": hurry})
    # No channel of Discord's has to be spared here, and nobody watches the dummy think.
    with patch.object(webhook_stage, "least_pause", return_value=0.0), patch.object(run_demo, "DUMMY_DELAY", 0.05):
        async with browser_page(width=1280) as page, run_demo.running_demo(settings, port=0) as demo:
            await page.open(demo.url)
            await bring_personas(page, tmp_path)
            await set_up(page)
            await steer(page)
            await talk(page)
            await end(page)
            await read_minutes(page, tmp_path)
            await open_thread(page)
            assert page.errors == [], "no script error on the page"


async def bring_personas(page: PageDriver, folder: Path) -> None:
    """One made with a picture, one imported from a picture with its card inside."""
    face = folder / "face.png"
    face.write_bytes(character_cards.drawn())
    await page.attach("/persona create picture", face)
    await page.fill_form(
        name="Ossi", full_name="Ossi of the Quay", prompt="You are a ferryman who counts.", intro="Rows."
    )
    await page.wait_for(lambda seen: "Not saved yet." in seen[-1][1])
    assert await page.message("Ossi of the Quay").locator("img.component-thumbnail").count() == 1
    await page.press("Hear a test line")
    await page.wait_for(lambda seen: seen[-1][1].startswith("Ossi of the Quay: "))
    await page.press("Save")
    await page.wait_for(lambda seen: "Saved." in seen[0][1])
    card = folder / "edda.png"
    card.write_bytes(character_cards.drawn_with(character_cards.text_chunk("chara", character_cards.card(2))))
    await page.attach("/persona import file", card)
    await page.wait_for(lambda seen: "Edda keeps bees" in seen[-1][1])
    await page.press("Save")
    await page.wait_for(lambda seen: "Saved." in seen[-1][1])


async def set_up(page: PageDriver) -> None:
    await page.page.get_by_role("button", name="Choose who sits").click()
    await page.wait_for(lambda seen: "Set up a table" in seen[-1][1])
    await page.press("Start")
    await page.wait_for(lambda seen: "⚠️" in seen[-1][1])
    await page.press("Write")
    await page.submit_form("Should a town have a curfew for cats?")
    await page.wait_for(lambda seen: "curfew for cats" in seen[-1][1])
    assert "The usual cast sits there (8)" in (await page.messages())[-1][1], "who was made here is asked for by name"
    await page.choose("Medium: 10 turns", "Long")
    await page.press("Start")
    await page.wait_for(lambda seen: len(spoken(seen)) >= 1)
    for (width, height), most in HIGHEST.items():
        assert await page.height_of("Meet the personas", width=width, height=height) < most
    await page.page.set_viewport_size({"width": 1280, "height": 800})


async def steer(page: PageDriver) -> None:
    """A question of one's own, and a seat and the floor for the one who was brought along."""
    await page.press("Steer")
    await page.press("Own question")
    await page.submit_form("And who counts the cats?")
    await page.wait_for(lambda seen: any("And who counts the cats?" in text for _, text in seen))
    await page.run("/roundtable seat add", persona="Edda")
    await page.wait_for(lambda seen: any("Edda has a seat" in text for _, text in seen))
    await page.run("/roundtable floor", persona="Edda")
    await page.wait_for(lambda seen: "Edda" in dict(spoken(seen)))
    await page.press("Pause")
    await page.wait_for(lambda seen: any("alex paused the table" in text for _, text in seen))


async def talk(page: PageDriver) -> None:
    """A reply has whoever it answers speak next; who may not steer is told what they can do."""
    await page.become("robin")
    words = dict(spoken(await page.messages()))["Edda"]
    await page.menu(words[:40], "Ask this persona")
    await expect(page.page.get_by_role("dialog")).to_contain_text("Ask Edda")
    await page.page.keyboard.press("Escape")
    await page.menu(words[:40], "Reply")
    await page.say(f"Why? {HOSTILE}")
    # The panel may be on its way to the end of the channel in these moments: then the press meets nothing.
    for _ in range(3):
        await page.press("Steer")
        with suppress(AssertionError):
            await page.wait_for(lambda seen: any("You can" in text for _, text in seen), timeout=4)
            break
    else:
        pytest.fail("robin was told nothing")
    await page.become("alex")
    await page.press("Resume")
    answered = await page.wait_for(lambda seen: bool(after(seen, "robin")))
    assert after(answered, "robin")[0] == "Edda"


async def end(page: PageDriver) -> None:
    await page.press("Steer")
    await page.press("Stop")
    await page.press("Sum up first")
    ended = await page.wait_for(lambda seen: any("The table is closed" in text for _, text in seen), timeout=30)
    summary = next(text for _, text in ended if "Summary, by" in text)
    assert all(sign in summary for sign in ("✅", "⚖", "❓")), summary


async def read_minutes(page: PageDriver, folder: Path) -> None:
    """The file opens without a network, and nothing that was said is markup there."""
    await page.press("Minutes")
    await page.wait_for(lambda seen: "opens in a browser" in seen[-1][1])
    file = folder / "minutes.html"
    await page.download(".html", file)
    browser = page.page.context.browser
    assert browser is not None
    tab = await browser.new_page(offline=True, viewport={"width": 390, "height": 844})
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    await tab.goto(file.as_uri())
    await expect(tab.get_by_text("<script>document.title='run'</script>").first).to_be_visible()
    assert "curfew for cats" in await tab.title()
    assert await tab.locator("h1", has_text="free").count() == 0
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


async def open_thread(page: PageDriver) -> None:
    """A second table, in a thread: all of it is there, and nothing of it in the channel. Its setting is long."""
    await page.go("side-table")
    await page.run("/roundtable start", task="haunted-house", turns=2, thread="yes")
    await page.wait_for(lambda seen: any("The table is open in" in text for _, text in seen))
    await page.go("haunted house")
    await page.wait_for(lambda seen: len(spoken(seen)) >= 1)
    for (width, height), most in HIGHEST.items():
        assert await page.height_of("Read the setting", width=width, height=height) < most
    await page.page.set_viewport_size({"width": 1280, "height": 800})
    await page.go("side-table")
    assert spoken(await page.messages()) == []


def spoken(messages: Messages) -> Messages:
    """The personas' messages."""
    return [(name, text) for name, text in messages if name not in ("Roundtable", "alex", "robin")]


def after(messages: Messages, guest: str) -> list[str]:
    """Who spoke after the guest did."""
    at = max((i for i, (name, _) in enumerate(messages) if name == guest), default=len(messages))
    return [name for name, _ in spoken(messages[at:])]
