"""Drives the demo page as a person would: typing, clicking and reading what is visible, in headless Chromium."""

import os
import re
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

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

    async def slash(self, command: str, **options: str | int) -> None:
        """Types `command` ("/roundtable start"), picks it, fills its options in and sends it."""
        page = self.page
        await page.locator("#channel-composer-input").click()
        await page.keyboard.type(command)
        entry = page.locator(".command-entry").filter(has=page.get_by_text(command, exact=True))
        await entry.click()
        for name, value in options.items():
            await self._option(name, str(value))
        await page.keyboard.press("Enter")
        chip = page.locator(".command-chip")
        if options:  # picking from a list may have taken the cursor out of the writing line
            with suppress(AssertionError):
                await expect(chip).to_have_count(0, timeout=1500)
            if await chip.count():
                await page.locator("#send-message").click()
        await expect(chip).to_have_count(0)

    async def _option(self, name: str, value: str) -> None:
        page = self.page
        field = page.locator(f'.command-option-input[data-option="{name}"]')
        if not await field.count():
            more = page.locator(".command-popup:not([hidden]) .command-suggestion").filter(
                has=page.get_by_text(name, exact=True)
            )
            if not await more.count():
                await page.locator(".command-ghost").click()
            await more.click()
        await field.click()
        await page.keyboard.type(value)
        if await field.get_attribute("role") == "combobox":  # the bot may know of nothing like it: then as typed
            with suppress(PlaywrightTimeout):
                await page.locator(".command-popup:not([hidden]) .command-suggestion").first.click(timeout=3000)

    async def suggestions(self) -> list[str]:
        """What the open list above the writing line offers."""
        offered = self.page.locator(".command-popup:not([hidden]) .command-suggestion-label")
        await expect(offered.first).to_be_visible()
        return await offered.all_inner_texts()

    async def enter(self, text: str) -> None:
        """Types `text` into the writing line and presses Enter, whatever comes of it."""
        await self.page.locator("#channel-composer-input").click()
        await self.page.keyboard.type(text)
        if text.startswith("/"):
            await expect(self.page.locator(".command-entry.is-active")).to_contain_text(text)
        await self.page.keyboard.press("Enter")

    async def say(self, text: str) -> None:
        """Writes an ordinary message."""
        await self.page.locator("#channel-composer-input").fill(text)
        await expect(self.page.locator("#send-message")).to_be_enabled()
        await self.page.keyboard.press("Enter")
        await expect(self.page.locator("#channel-composer-input")).to_have_value("")

    async def press(self, label: str) -> None:
        """Clicks the newest button of that label, with or without an emoji before it."""
        text = re.compile(rf"^\W*{re.escape(label)}$")
        await self.page.locator("#channel-message-list .component-button").filter(has_text=text).last.click()

    async def choose(self, placeholder: str, option: str) -> None:
        """Opens the newest drop-down list that says `placeholder` and picks one of its options."""
        await self.page.get_by_text(placeholder).last.click()
        await self.page.get_by_role("option", name=option).last.click()

    async def submit_form(self, text: str) -> None:
        """Types `text` into the open form, where its first field has the cursor, and submits it."""
        form = self.page.get_by_role("dialog")
        await expect(form.locator("textarea, input").first).to_be_focused()
        await self.page.keyboard.type(text)
        await form.get_by_role("button", name="Submit").click()
        await expect(form).to_be_hidden()

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
