"""The built site: no warning, every link followed, nothing fetched from elsewhere, a search that finds."""

import os
import re
import subprocess
import sys
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from support.browser import CHROMIUM, chromium

ROOT = Path(__file__).parents[2]
HOST = "http://site.invalid/"
SEARCHED = re.compile(r"[vs]=")
PICTURES = "https://www.zigbee2mqtt.io/images/devices/"
FETCHED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}


class Page(HTMLParser):
    """What a page leads to and what it fetches."""

    def __init__(self, text):
        super().__init__()
        self.links, self.fetched, self.anchors = set(), set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.anchors |= {attributes[name] for name in ("id", "name") if attributes.get(name)}
        if tag == "a" and attributes.get("href"):
            self.links.add(attributes["href"])
        if attributes.get("rel") != "canonical" and (address := attributes.get(FETCHED.get(tag, ""))):
            self.fetched.add(address)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of the built site, and what was said meanwhile."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment, check=False)
    return folder, done


@pytest.fixture(scope="module")
def pages(built):
    """All pages by their addresses."""
    folder, _ = built
    return {address(folder, path): Page(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))}


def address(folder, path):
    return urljoin(HOST, str(path.relative_to(folder)).removesuffix("index.html"))


def followed(page, link, pages, folder):
    """Whether a link of a page leads somewhere; nothing is said of other sites."""
    target, anchor = urldefrag(urljoin(page, link))
    if not target.startswith(HOST):
        return urlsplit(target).scheme in {"http", "https"}
    if target in pages:
        return not anchor or unquote(anchor) in pages[target].anchors or bool(SEARCHED.match(anchor))
    return (folder / unquote(urlsplit(target).path).lstrip("/")).is_file()


def test_it_is_built_without_a_warning_and_every_page_is_in_the_navigation(built):
    _, done = built
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    assert "not included in the" not in done.stderr


def test_every_link_leads_somewhere(built, pages):
    dead = {
        (page, link) for page, read in pages.items() for link in read.links if not followed(page, link, pages, built[0])
    }
    assert dead == set()
    assert sum(len(read.links) for read in pages.values()) > 1000


def test_nothing_is_fetched_from_elsewhere_but_pictures_of_devices(built, pages):
    fetched = {(page, urljoin(page, one)) for page, read in pages.items() for one in read.fetched}
    missing = {
        (page, one) for page, one in fetched if one.startswith(HOST) and not followed(page, one, pages, built[0])
    }
    elsewhere = {one for _, one in fetched if not one.startswith((HOST, PICTURES, "data:"))}
    assert (missing, elsewhere) == (set(), set())
    styles = "".join(path.read_text(encoding="utf-8") for path in built[0].rglob("*.css"))
    assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", styles)


def test_every_device_page_is_in_the_index(pages):
    index = urljoin(HOST, "supported-devices/")
    named = {urljoin(index, link) for link in pages[index].links}
    devices = {page for page in pages if page.startswith(urljoin(HOST, "devices/"))}
    assert len(devices) >= 17
    assert devices <= named


@pytest.fixture
def served(built):
    """The address of a web server that has the site."""
    handler = partial(SilentHandler, directory=str(built[0]))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class SilentHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium")
async def test_a_browser_finds_a_request_and_asks_nobody_else(served):
    asked = []
    async with chromium() as browser:
        page = await browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(served)
        await page.locator(".md-search-result__meta", has_text="Type to start searching").wait_for(state="attached")
        await page.locator("[data-md-component=search-query]").click()
        await page.keyboard.type("permit_join")
        await page.locator(".md-search-result__link[href*='/mqtt/'][href$='#permit_join']").first.wait_for()
        await page.goto(urljoin(served, "supported-devices/#v=Xiaomi"))
        await page.locator("#device-count", has_text="devices").wait_for()
        shown = await page.locator("table tbody tr:visible td:nth-child(2)").all_text_contents()
    assert set(shown) == {"Xiaomi"}
    assert [url for url in asked if not url.startswith((served, "data:", "blob:"))] == []
