"""Pages in their folder: written, updated, left alone; and everything that they lead to."""

import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from zigwire.devices.herdsman import Package
from zigwire.docgen import PageFault, Written, all_subjects, write_pages
from zigwire.docgen.page import file_name
from zigwire.herdsman_library import Versions, default_folder

DOCS = Path(__file__).parents[2] / "docs"
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#([^)]+))?\)")
NATIVE = all_subjects(None)
PLUG = next(one for one in NATIVE if one.model == "ZNCZ02LM")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "site" / "devices"


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def anchors(page):
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(site):
    """Links of pages that lead nowhere."""
    return {
        (page.name, target)
        for page in site.rglob("*.md")
        for target, anchor in set(LINK.findall(page.read_text(encoding="utf-8")))
        if not (there := page.parent / unquote(target)).exists() or (anchor and anchor not in anchors(there))
    }


def test_a_new_folder_has_pages_and_all_that_they_lead_to(folder):
    assert write_pages(folder, NATIVE, NATIVE) == Written(len(NATIVE), 0, 0)
    assert {path.name for path in folder.iterdir()} == {file_name(one.model) for one in NATIVE}
    assert dead_links(folder.parent) == set()


def test_twice_is_once(folder):
    write_pages(folder, NATIVE, NATIVE)
    before = tree(folder.parent)
    times = {path: path.stat().st_mtime_ns for path in folder.parent.rglob("*")}
    assert write_pages(folder, NATIVE, NATIVE) == Written(0, 0, len(NATIVE))
    assert tree(folder.parent) == before
    assert {path: path.stat().st_mtime_ns for path in folder.parent.rglob("*")} == times


def test_a_page_follows_its_definition_and_keeps_its_notes(folder):
    write_pages(folder, [PLUG], NATIVE)
    page = folder / "ZNCZ02LM.md"
    old = page.read_text(encoding="utf-8")
    page.write_text(old.replace("### Pairing\n", "### Pairing\nmy own words \n"), encoding="utf-8")
    assert write_pages(folder, [replace(PLUG, description="Another")], NATIVE) == Written(0, 1, 0)
    assert page.read_text(encoding="utf-8") == old.replace("### Pairing\n", "### Pairing\nmy own words \n").replace(
        "| Description | Mi power plug ZigBee |", "| Description | Another |"
    )


def test_guides_that_are_there_stay(folder):
    guide = folder.parent / "guide" / "usage" / "ota_updates.md"
    guide.parent.mkdir(parents=True)
    guide.write_text("mine")
    write_pages(folder, [PLUG], NATIVE)
    assert guide.read_text() == "mine"
    assert (folder.parent / "guide" / "configuration" / "devices-groups.md").exists()


def test_one_bad_page_and_nothing_is_written(folder):
    write_pages(folder, NATIVE[:2], NATIVE)
    bad = folder / file_name(NATIVE[1].model)
    bad.write_text(bad.read_text(encoding="utf-8").replace("<!-- Notes END", "<!-- the end"), encoding="utf-8")
    before = tree(folder.parent)
    changed = [replace(one, description="Another") for one in NATIVE]
    with pytest.raises(PageFault, match=f"{bad}:"):
        write_pages(folder, changed, changed)
    assert tree(folder.parent) == before


def test_pages_that_were_not_asked_for_stay_and_are_in_the_index(folder):
    write_pages(folder, NATIVE[:2], NATIVE)
    kept = (folder / file_name(NATIVE[1].model)).read_bytes()
    changed = [replace(one, description="Another") for one in NATIVE]
    write_pages(folder, changed[:1], changed)
    assert (folder / file_name(NATIVE[1].model)).read_bytes() == kept
    index = (folder.parent / "supported-devices" / "index.md").read_text(encoding="utf-8")
    assert Counter(line.startswith("| [") for line in index.split("\n"))[True] == 2


def test_a_bad_page_that_was_not_asked_for_is_nobodys_trouble(folder):
    write_pages(folder, NATIVE[:2], NATIVE)
    bad = folder / file_name(NATIVE[1].model)
    bad.write_bytes(b"addedAt: 2019-07-22T20:08:17Z\n<!-- Notes BEGIN -->\n# Mine \xff\n")
    before = tree(folder)
    assert write_pages(folder, NATIVE[:1], NATIVE) == Written(0, 0, 1)
    assert tree(folder) == before
    listed = json.loads((folder.parent / "supported-devices" / "devices.json").read_text(encoding="utf-8"))
    assert [one["addedAt"] for one in listed if one["model"] == NATIVE[1].model] == ["2019-07-22T20:08:17Z"]


def test_pages_of_no_known_device_are_counted_and_stay(folder):
    write_pages(folder, NATIVE[:2], NATIVE)
    assert write_pages(folder, NATIVE[:1], NATIVE[:1]) == Written(0, 0, 1, unknown=1)
    assert (folder / file_name(NATIVE[1].model)).exists()


def test_links_of_the_index_lead_somewhere_from_where_it_is(folder):
    write_pages(folder, [replace(PLUG, model="A b#c%")], [replace(PLUG, model="A b#c%")])
    index = folder.parent / "supported-devices"
    (one,) = json.loads((index / "devices.json").read_text(encoding="utf-8"))
    assert (index / unquote(one["link"])).is_file()


def test_the_pages_of_this_repository_are_up_to_date(tmp_path):
    for name in ("devices", "guide", "supported-devices"):
        shutil.copytree(DOCS / name, tmp_path / name)
    before = tree(tmp_path)
    written = write_pages(tmp_path / "devices", NATIVE, NATIVE)
    todo = "`zigwire docs $(basename -s .md docs/devices/*.md) --out docs/devices` writes them"
    assert (written.new, written.changed) == (0, 0), todo
    assert tree(tmp_path) == before, todo


def test_every_definition_of_the_fields_library_gets_a_page(folder):
    modules = Versions(default_folder()).node_modules
    if modules is None:
        pytest.skip("no library of definitions (`zigwire library fetch` gets it)")
    subjects = all_subjects(Package.at(modules))
    assert len(subjects) > 5000
    assert max(Counter(file_name(one.model).casefold() for one in subjects).values()) == 1
    assert write_pages(folder, subjects, subjects) == Written(len(subjects), 0, 0)
    assert write_pages(folder, subjects, subjects) == Written(0, 0, len(subjects))
    assert dead_links(folder.parent) == set()
    odd = re.compile(r"undefined|\bNone\b|[{ ]null\b|\(\)$|: *$")
    about = (line for path in folder.iterdir() for line in path.read_text(encoding="utf-8").split("\n"))
    generated = [line for line in about if line.startswith(("###", "To ", "It's", "The minimal", "| Exposes"))]
    assert [line for line in generated if odd.search(line)] == []
