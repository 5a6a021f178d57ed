"""A walk over the demo's page in a browser, with a bot that answers at once: what the page itself can do."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.demo.simulated import simulated_discord
from tests.support.page_driver import browser_page
from tests.support.tiny_bot import TinyBot

pytestmark = pytest.mark.long


async def test_people_use_the_page(tmp_path: Path) -> None:
    bot = TinyBot()
    async with browser_page() as page, simulated_discord(bot) as demo:
        await page.open(demo.url)
        await page.run("/tiny start", topic="trains", turns=3)
        shown = await page.wait_for(lambda messages: ("Roundtable", "started on trains") in messages)
        assert [message for message in shown if message[0] in ("Ann", "Bo")] == [
            ("Ann", "trains 1"),
            ("Bo", "trains 2"),
            ("Ann", "trains 3"),
        ]
        assert "alex used /tiny start" in await page.message("started on trains").inner_text()

        await page.say("what about boats?")
        await page.wait_for(lambda messages: messages[-1] == ("Roundtable", "heard alex: what about boats?"))
        await page.become("robin")
        assert ("Roundtable", "started on trains") not in await page.wait_for(lambda messages: len(messages) == 6)
        for word in ("or", "two", "three"):
            await page.say(word)  # at once, one after the other: none is lost, and they stay in order
        heard = await page.wait_for(lambda messages: messages[-1] == ("Roundtable", "heard robin: three"))
        assert [text for name, text in heard if name == "robin"] == ["or", "two", "three"]

        await page.press("Say")
        await page.submit_form("we walk")
        await page.wait_for(lambda messages: messages[-1] == ("Roundtable", "robin says we walk"))
        await page.press("Pause")
        await page.wait_for(lambda messages: messages[0][1].startswith("paused"))
        await page.run("/tiny choose")
        await page.choose("Pick one", "rain")
        await page.wait_for(lambda messages: messages[-1] == ("Roundtable", "picked rain"))

        # A reaction from a message's menu; pressed where it stands it is taken back.
        await page.menu("robin says we walk", "👍")
        await expect(page.message("robin says we walk").locator(".reaction-chip")).to_have_text("👍1")
        await page.message("robin says we walk").locator(".reaction-chip").click()
        await expect(page.message("robin says we walk").locator(".reaction-chip")).to_have_count(0)

        # Its other entries, the private card that answers, its button, and putting it out of sight.
        await page.menu("trains 2", "Who is this?")
        await page.wait_for(lambda messages: "That is Bo." in messages[-1][1])
        await page.press("Fine")
        await page.wait_for(lambda messages: messages[-1] == ("Roundtable", "It is fine."))
        await page.dismiss("That is Bo.")

        await page.open(demo.url_as("robin"))
        talking = asyncio.create_task(bot.talk(bot.place, [f"live {number}" for number in range(1, 21)], pause=0.05))
        await page.wait_for(lambda messages: messages[-1] == ("Bo", "live 20"))
        await talking
        assert await page.at_bottom()
        await page.screenshot(tmp_path / "page.png")
        assert (tmp_path / "page.png").stat().st_size > 10_000
        assert page.errors == []


async def test_the_writing_line_takes_typed_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.demo.inside import live_env

    bot = TinyBot()
    (tmp_path / "my notes.txt").write_text("cats first", encoding="utf-8")
    async with browser_page(width=400) as page, simulated_discord(bot) as demo:
        keys = page.page.keyboard
        await page.open(demo.url)
        # Enter sends what is written out; the chips are gone with the first message.
        await expect(page.page.get_by_role("button", name="Ask my own question")).to_be_visible()
        await page.enter("/tiny start")
        await page.wait_for(lambda messages: ("Bo", "nothing 2") in messages)
        await expect(page.page.get_by_role("button", name="Ask my own question")).to_be_hidden()

        # The list: start first, Enter picks, Tab goes to the next option, a choice stays, and then Enter sends.
        await page.type("/")
        await expect(page.suggestions.first).to_have_text("/tiny start")
        await keys.press("Enter")
        await expect(page.writing).to_have_value("/tiny start ")
        await keys.press("Tab")
        # Suggestions come before a letter is typed.
        await expect(page.suggestions).to_have_text(["trains", "trams", "tea"])
        await keys.type("tra")
        await expect(page.page.locator(".demo-offer")).to_have_count(2)
        await keys.press("ArrowDown")
        await keys.press("Enter")
        await expect(page.writing).to_have_value("/tiny start topic:trams ")
        await keys.press("Tab")
        await keys.type("1")
        await expect(page.writing).to_have_value("/tiny start topic:trams turns:1")
        await expect(page.page.locator(".demo-piece.is-value")).to_have_text(["trams", "1"])
        await keys.press("Enter")
        await expect(page.writing).to_have_value("")
        await page.wait_for(lambda messages: ("Roundtable", "started on trams") in messages)

        # What cannot be sent stays, with the reason, and is no message.
        await page.enter("/tiny strat turns:4")
        assert await page.refused() == "There is no command “/tiny strat” here. Did you mean /tiny start?"
        await page.enter("/tiny start turns:many")
        assert await page.refused() == "turns is a whole number; “many” is none."
        await expect(page.writing).to_have_value("/tiny start turns:many")
        assert not any(text.startswith("/tiny") for _, text in await page.messages())

        # A bot that does not answer is told of, and the command is there again.
        with monkeypatch.context() as patience:
            patience.setattr(live_env, "ANSWER_SECONDS", 0.2)
            await page.enter("/tiny silent")
            assert await page.refused() == "That did not work: Roundtable gave no answer."

        # A file.
        await page.type("/tiny read file:")
        async with page.page.expect_file_chooser() as chooser:
            await page.page.locator(".demo-offer").click()
        await (await chooser.value).set_files(tmp_path / "my notes.txt")
        await expect(page.writing).to_have_value("/tiny read file:my_notes.txt ")
        await keys.type("loud:yes")
        await keys.press("Enter")
        await page.wait_for(lambda messages: messages[-1] == ("Roundtable", "CATS FIRST"))

        # A thread stands in the side bar; another channel is another place; who one is goes along.
        await page.become("robin")
        await page.run("/tiny thread", name="Cats: yes")
        await page.wait_for(lambda messages: any("opened #Cats: yes" in text for _, text in messages))
        await page.message("opened #Cats").locator(".command-mention").click()
        await expect(page.writing).to_have_value("/tiny choose ")
        await page.message("opened #Cats").locator(".mention").click()  # a channel's name leads there
        await page.wait_for(lambda messages: messages == [("Roundtable", "here we are")])
        await page.say("in the thread")
        await page.wait_for(lambda messages: messages[-1] == ("Roundtable", "heard robin: in the thread"))
        await page.go("side-table")
        await expect(page.page.get_by_role("button", name="Start a table")).to_be_visible()
        await page.go("debates")
        await expect(page.page.locator(".demo-posts")).to_contain_text("It has no posts yet.")
        assert page.errors == []
