"""Makes web-page.png anew: Zigwire's page in Chromium, with the simulated house behind it.

Type `.venv/bin/python docs/pictures/web_page.py` at the top of the repository.
"""  # noqa: INP001 - a program, no package

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import async_playwright

ZIGWIRE = Path(sys.executable).with_name("zigwire")
PICTURE = Path(__file__).with_name("web-page.png")
SIZE = {"width": 1180, "height": 400}
BULB = "0x000b57fffe9a1b01"
READY, ADDRESS = "Ctrl+C stops it all", re.compile(r"In a browser it is at (\S+)")
PATIENCE = 60.0  # seconds


async def main() -> None:
    """Run the house, furnish it, and take the picture."""
    with TemporaryDirectory() as folder:
        bridge = await asyncio.create_subprocess_exec(
            ZIGWIRE, "run", "--default", "--data", folder, stdout=PIPE, stderr=STDOUT
        )
        try:
            async with asyncio.timeout(PATIENCE):
                address = await started(bridge)
                await furnish(folder)
            await photograph(address)
        finally:
            bridge.terminate()
            await bridge.communicate()


async def started(bridge: Process) -> str:
    """Wait until the house is there; return where its page is."""
    said = ""
    while READY not in said:
        line = await bridge.stdout.readline() if bridge.stdout else b""
        if not line:
            raise SystemExit(f"Zigwire ended:\n{said}")
        said += line.decode()
    found = ADDRESS.search(said)
    if found is None:
        raise SystemExit(f"Zigwire serves no page:\n{said}")
    return found[1]


async def furnish(folder: str) -> None:
    """Pair the bulb, put it and the plug into a group, and switch them on."""
    await typed(folder, "request", "permit_join", "time=60")
    await typed(folder, "simulator", "pair", "bulb")
    while BULB not in await typed(folder, "devices"):
        pass
    await typed(folder, "request", "device/rename", f"from={BULB}", "to=bulb")
    await typed(folder, "request", "permit_join", "time=0")
    await typed(folder, "request", "group/add", "friendly_name=lights")
    for device in ("plug", "bulb"):
        await typed(folder, "request", "group/members/add", "group=lights", f"device={device}")
    await typed(folder, "simulator", "cut-power", "plug")
    await typed(folder, "simulator", "restore-power", "plug")
    await typed(folder, "set", "lights", "state=ON", "brightness=180")
    await typed(folder, "get", "plug", "power", "energy")


async def typed(folder: str, *arguments: str) -> str:
    """Type a command; return what it prints."""
    process = await asyncio.create_subprocess_exec(ZIGWIRE, *arguments, "--data", folder, stdout=PIPE, stderr=STDOUT)
    output, _ = await process.communicate()
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)}: {output.decode()}")
    return output.decode()


async def photograph(address: str) -> None:
    """Open the page and take its picture."""
    async with async_playwright() as tools:
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = await tools.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = await browser.new_page(viewport=SIZE, locale="en-US")
        await page.goto(f"{address.rstrip('/')}/#/dashboard")
        await page.get_by_text("bulb").first.wait_for()
        await page.wait_for_load_state("networkidle")
        await page.screenshot(path=PICTURE)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
