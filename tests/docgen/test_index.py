"""The index of devices: its order, its JSON, and its search in a real browser."""

import json
import shutil
from dataclasses import asdict, replace

import markdown
import pytest
from playwright.sync_api import sync_playwright

from zigwire.docgen import all_subjects
from zigwire.docgen.index import entry, files
from zigwire.docgen.kept import Kept

SUBJECTS = {one.model: one for one in all_subjects(None)}
CHROMIUM = shutil.which("chromium")


def kept(date):
    return Kept(f"{date}T00:00:00Z", "https://example.org/picture.png", "")


@pytest.fixture(scope="module")
def entries():
    return [
        entry(SUBJECTS["ZNCZ02LM"], kept("2019-07-22"), "devices"),
        entry(SUBJECTS["TS0601_soil"], kept("2024-01-02"), "devices"),
        entry(SUBJECTS["SP-EUC01"], kept("2024-01-02"), "devices"),
        entry(replace(SUBJECTS["PJ-1203-W"], vendor="A & B"), kept("2023-01-02"), "devices"),
    ]


def test_the_newest_come_first(entries):
    index = files(entries)["index.md"]
    rows = [line.split(" | ") for line in index.split("\n") if line.startswith("| [")]
    assert [row[0] for row in rows] == [
        f"| [{model}](../devices/{model}.md)" for model in ("SP-EUC01", "TS0601_soil", "PJ-1203-W", "ZNCZ02LM")
    ]
    assert [row[-1] for row in rows] == ["2024-01-02 |", "2024-01-02 |", "2023-01-02 |", "2019-07-22 |"]
    assert "4 devices of 4 vendors have a page" in index


def test_the_same_as_json(entries):
    told = json.loads(files(entries)["devices.json"])
    assert told[-1] == {
        "model": "ZNCZ02LM",
        "vendor": "Xiaomi",
        "addedAt": "2019-07-22T00:00:00Z",
        "description": "Mi power plug ZigBee",
        "image": "https://example.org/picture.png",
        "link": "../devices/ZNCZ02LM.md",
        "exposes": ["switch (state)", "power", "energy", "device_temperature", "power_outage_memory"],
        "isWhiteLabel": False,
    }
    assert [one["isWhiteLabel"] for one in told] == [False, False, True, False]
    assert sorted(one["model"] for one in told) == sorted(asdict(one)["model"] for one in entries)


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("no chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser, entries, tmp_path):
    for name, text in files(entries).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    html = markdown.markdown((tmp_path / "index.md").read_text(encoding="utf-8"), extensions=["tables"])
    (tmp_path / "index.html").write_text(f"<!doctype html><meta charset=utf-8>{html}", encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    yield page
    page.close()


def shown(page):
    return [row.inner_text() for row in page.locator("tbody tr:visible td:first-child").all()]


@pytest.mark.parametrize(
    ("words", "models"),
    [
        ("zncz", ["ZNCZ02LM"]),
        ("TUYA", ["TS0601_soil"]),
        ("mi POWER", ["ZNCZ02LM"]),
        ("voltage current", ["SP-EUC01", "PJ-1203-W"]),
        ("nothing like it", []),
        ("", ["SP-EUC01", "TS0601_soil", "PJ-1203-W", "ZNCZ02LM"]),
    ],
)
def test_search(page, words, models):
    page.get_by_role("searchbox").fill(words)
    assert shown(page) == models
    assert page.locator("output").inner_text() == ("" if len(models) == 4 else f"{len(models)} of 4 devices")


@pytest.mark.parametrize(
    ("address", "models"),
    [
        ("#v=xiaomi", ["ZNCZ02LM"]),
        ("#v=A%20%26%20B", ["PJ-1203-W"]),
        ("#v=Xia", []),
        ("#s=smart%20plug", ["SP-EUC01"]),
        ("#v=Aqara&s=plug", ["SP-EUC01"]),
    ],
)
def test_the_address_says_what_is_shown(page, address, models):
    page.evaluate("address => { location.hash = address; }", address)
    page.wait_for_function("document.querySelector('output').textContent")
    assert shown(page) == models


def test_an_address_that_is_opened_says_what_is_shown(page):
    address = page.url
    page.goto("about:blank")
    page.goto(f"{address}#v=Tuya")
    assert shown(page) == ["TS0601_soil"]
