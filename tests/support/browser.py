"""A person at a browser, in a real Chromium; what is known of windfront's looks is here and nowhere else."""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self

from playwright.async_api import Browser, ConsoleMessage, Locator, Page, Response, async_playwright, expect

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
PATIENCE = 20_000  # milliseconds
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}

COLOURS = """async (png) => {
  const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes]));
  const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, picture.width, picture.height);
  return new Set(new Uint32Array(data.buffer)).size;
}"""
"""Counts the colours of a picture."""

FEW_COLOURS = 20
"""What is empty, or still on its way, has fewer."""

ELSEWHERE = ("https://www.zigbee2mqtt.io/", "https://img.buymeacoffee.com/")
"""Where the page gets pictures: tests stay on this machine."""

expect.set_options(timeout=PATIENCE)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Run a browser."""
    async with async_playwright() as tools:
        browser = await tools.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


class Visitor:
    """A person at a page.

    Attributes:
        faults: What scripts complained about, and answers that were errors.
    """

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.faults: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("response", self._look)

    @classmethod
    async def at(cls, browser: Browser, url: str) -> Self:
        """Return a person at a browser of their own, who knows nothing yet."""
        context = await browser.new_context(locale="en-US", viewport=DESKTOP)
        await context.route(lambda address: address.startswith(ELSEWHERE), lambda route: route.abort())
        return cls(await context.new_page(), url)

    def _hear(self, line: ConsoleMessage) -> None:
        if line.type == "error" and not line.location["url"].startswith(ELSEWHERE):
            self.faults.append(line.text)

    def _look(self, answer: Response) -> None:
        if answer.status >= 400:
            self.faults.append(f"{answer.status} {answer.url}")

    async def open(self, route: str) -> None:
        """Go to a route of the page, below its `#`."""
        await self.page.goto(f"{self.url}#{route}")

    async def sees(self, text: str) -> None:
        """Wait until a text is there."""
        await self.page.get_by_text(text).first.wait_for()

    async def click(self, name: str, *, within: Locator | None = None) -> None:
        """Click a button."""
        await (within or self.page).get_by_role("button", name=name).first.click()

    async def leave(self) -> None:
        """Close the browser's window."""
        await self.page.context.close()


class Windfront(Visitor):
    """A person at the page of Zigbee2MQTT."""

    def row(self, name: str) -> Locator:
        """Return the line of a device or group in a table."""
        link = self.page.get_by_role("link", name=name, exact=True)
        return self.page.get_by_role("row").filter(has=link)

    @property
    def dialog(self) -> Locator:
        """What lies above the page."""
        return self.page.get_by_role("dialog")

    def field(self, name: str, within: Locator | None = None) -> Locator:
        """Return a field of a form with its heading."""
        return (within or self.page).get_by_role("group", name=name)

    async def choose(self, name: str, option: str, within: Locator | None = None) -> None:
        """Choose in a list that is searched by typing."""
        await (within or self.page).get_by_role("combobox", name=name, exact=True).click()
        await self.page.get_by_role("option", name=option).first.click()

    async def select(self, name: str, option: str, within: Locator | None = None) -> None:
        """Choose in a plain list."""
        await self.field(name, within).get_by_role("combobox").select_option(option)

    async def enter(self, field: Locator, value: str) -> None:
        """Write into a field, and go on to the next one."""
        await field.fill(value)
        await field.press("Tab")

    async def say_token(self, token: str) -> None:
        """Fill in what is asked before everything else."""
        await self.page.get_by_role("textbox", name="Token").fill(token)
        await self.page.get_by_role("main").get_by_role("button").click()

    def exposed(self, title: str) -> Locator:
        """Return what a device exposes under a title."""
        return self.page.locator(".list-row").filter(has=self.page.get_by_text(title, exact=True))

    async def shows_toggle(self, *, on: bool) -> None:
        """Wait until the first toggle of what is exposed is as it should be."""
        await self.page.locator(f".list-row input.toggle{':checked' if on else ':not(:checked)'}").first.wait_for()

    async def sees_drawing(self, canvas: Locator) -> None:
        """Wait until something of many colours is drawn."""
        async with asyncio.timeout(PATIENCE / 1000):
            colours = 0
            while colours < FEW_COLOURS:
                picture = base64.b64encode(await canvas.screenshot()).decode()
                colours = await self.page.evaluate(COLOURS, picture)
