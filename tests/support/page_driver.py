"""Drives the demo page as a person would: typing, clicking and reading what is visible, in headless Chromium."""

import os
import re
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE = 15.0

Messages = list[tuple[str, str]]


def chromium() -> str:
    """The path of this machine's Chromium; skips the test where there is none, or fails it where one is required."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    sentence = "no Chromium on this machine: the demo page was not tried in a browser (apt-get install chromium)"
    if os.environ.get("ROUNDTABLE_REQUIRE_BROWSER") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)


@asynccontextmanager
async def browser_page(*, width: int = 1100, height: int = 800) -> AsyncIterator["PageDriver"]:
    """A fresh tab in a fresh Chromium, closed with the block."""
    path = chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        try:
            yield PageDriver(await browser.new_page(viewport={"width": width, "height": height}))
        finally:
            await browser.close()


class PageDriver:
    """One tab. Every method waits for what it needs, at most 15 seconds, and fails with playwright's own words."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.set_default_timeout(_PATIENCE * 1000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    async def open(self, url: str) -> None:
        """Opens the channel and waits until one can write."""
        await self.page.goto(url)
        await expect(self.page.locator("#send-message")).to_be_enabled(timeout=_PATIENCE * 1000)
        await expect(self.page.locator("#preview-app")).to_have_attribute("aria-busy", "false")

    async def run(self, command: str, **options: str | int) -> None:
        """Types a command as one line (`/roundtable start`, with `options` as `name:value`) and sends it."""
        await self.type(" ".join([command, *(f"{name}:{value}" for name, value in options.items())]))
        await self.page.keyboard.press("Escape")  # a list that is open would take the key
        await self.page.keyboard.press("Enter")
        await expect(self.writing).to_have_value("")

    @property
    def writing(self) -> Locator:
        """The writing line."""
        return self.page.locator("#channel-composer-input")

    async def type(self, text: str) -> None:
        """Types `text` into the emptied writing line; returns once the page has read it."""
        await self.writing.fill("")
        await self.writing.press_sequentially(text)
        if text.startswith("/"):
            await expect(self.page.locator(".demo-mirror")).to_have_text(text)

    async def enter(self, text: str) -> None:
        """Types `text` and presses Enter, whatever comes of it."""
        await self.type(text)
        await self.page.keyboard.press("Enter")

    async def refused(self) -> str:
        """Why the page does not send what stands in the writing line."""
        hint = self.page.locator(".demo-reading.is-trouble")
        await expect(hint).to_be_visible()
        return await hint.inner_text()

    @property
    def suggestions(self) -> Locator:
        """What the open list above the writing line offers."""
        return self.page.locator(".demo-offer strong")

    async def say(self, text: str) -> None:
        """Writes an ordinary message."""
        await self.writing.fill(text)
        await self.page.keyboard.press("Enter")
        await expect(self.writing).to_have_value("")

    def message(self, text: str) -> Locator:
        """The newest message that holds `text`."""
        return self.page.locator("#channel-message-list > [data-message-id]").filter(has_text=text).last

    async def menu(self, text: str, entry: str) -> None:
        """Chooses `entry` from the menu of the newest message that holds `text`."""
        await self.message(text).click(button="right")
        await self.page.get_by_role("menuitem", name=entry).click()

    async def dismiss(self, text: str) -> None:
        """Puts the private message that holds `text` out of sight."""
        await self.message(text).get_by_role("button", name="Dismiss message").click()
        await expect(self.message(text)).to_have_count(0)

    async def go(self, channel: str) -> None:
        """Opens another channel or thread from the side bar, and waits until its messages are there."""
        link = self.page.get_by_role("navigation", name="Channels").get_by_role("link", name=channel)
        await link.click()
        await expect(link).to_have_attribute("aria-current", "page")
        await expect(self.page.locator("#preview-app")).to_have_attribute("aria-busy", "false")

    async def height_of(self, text: str, *, width: int, height: int = 800) -> float:
        """How high the newest message with `text` is, in CSS pixels, in a window of `width` × `height`."""
        await self.page.set_viewport_size({"width": width, "height": height})
        box = await self.message(text).bounding_box()
        assert box is not None
        return box["height"]

    async def press(self, label: str) -> None:
        """Clicks the newest button of that label, with or without an emoji before it."""
        text = re.compile(rf"^\W*{re.escape(label)}$")
        button = self.page.locator("#channel-message-list .component-button").filter(has_text=text).last
        await button.click(trial=True)
        # In one piece: where the list is drawn anew between the mouse's going down and up nothing would be clicked.
        await button.dispatch_event("click")

    async def choose(self, placeholder: str, option: str) -> None:
        """Opens the newest drop-down list that says `placeholder` and picks one of its options."""
        await self.page.get_by_text(placeholder).locator("visible=true").last.click()
        await self.page.get_by_role("option", name=option).last.click()

    async def submit_form(self, text: str) -> None:
        """Types `text` into the open form, where its first field has the cursor, and submits it."""
        form = self.page.get_by_role("dialog")
        await expect(form.locator("textarea, input").first).to_be_focused()
        await self.page.keyboard.type(text)
        await form.get_by_role("button", name="Submit").click()
        await expect(form).to_be_hidden()

    async def fill_form(self, **fields: str) -> None:
        """Fills the open form's fields, by their names, and submits it."""
        form = self.page.get_by_role("dialog")
        for name, text in fields.items():
            await form.locator(f"[name={name}]").fill(text)
        await form.get_by_role("button", name="Submit").click()
        await expect(form).to_be_hidden()

    async def attach(self, command: str, file: Path) -> None:
        """Sends `command`, which ends in the name of an option that takes a file, with `file`."""
        await self.type(f"{command}:")
        async with self.page.expect_file_chooser() as chooser:
            await self.page.locator(".demo-offer").click()
        await (await chooser.value).set_files(file)
        await expect(self.writing).to_have_value(re.compile(re.escape(f":{file.name} ")))
        await self.page.keyboard.press("Enter")
        await expect(self.writing).to_have_value("")

    async def download(self, name: str, target: Path) -> None:
        """Saves the newest attachment whose name holds `name`."""
        attached = self.page.locator(".attachment").filter(has_text=name).last
        async with self.page.expect_download() as download:
            await attached.get_by_role("button", name="Download").click()
        await (await download.value).save_as(target)

    async def become(self, person: str) -> None:
        """Goes on as another of the people."""
        button = self.page.get_by_role("group", name="Write as").get_by_role("button", name=person)
        await button.click()
        await expect(button).to_have_attribute("aria-pressed", "true")

    async def messages(self) -> Messages:
        """(author, text) of the messages on the page, oldest first; the text includes embeds and buttons."""
        rows = await self.page.evaluate(
            """() => {
                let author = "";
                return [...document.querySelectorAll("#channel-message-list > [data-message-id]")].map((row) => {
                    author = row.querySelector(".message-author")?.textContent ?? author;
                    const parts = row.querySelectorAll(
                        ":scope > .message-content, :scope > .embed-card, :scope > .message-components");
                    return [author, [...parts].map((part) => part.innerText).join("\\n").trim()];
                });
            }"""
        )
        return [(author, text) for author, text in rows]

    async def at_bottom(self) -> bool:
        """Whether the newest message is in view."""
        return await self.page.evaluate(
            """() => {
                const timeline = document.getElementById("channel-timeline");
                return timeline.scrollHeight - timeline.scrollTop - timeline.clientHeight < 2;
            }"""
        )

    async def wait_for(self, predicate: Callable[[Messages], bool], timeout: float = _PATIENCE) -> Messages:
        """The messages, once `predicate` holds for them; AssertionError with what was there after `timeout` seconds."""
        end = time.monotonic() + timeout
        # While a page loads there is nothing on it.
        while not ((found := await self.messages()) and predicate(found)):
            assert time.monotonic() < end, f"after {timeout} s the page shows {found}"
            await self.page.wait_for_timeout(50)
        return found

    async def screenshot(self, path: Path | str) -> None:
        """Saves what is visible as a PNG."""
        await self.page.screenshot(path=path)
