"""Pages as a whole: that of the ZNCZ02LM line by line, and what stands where."""

import difflib
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from zigwire.devices.portrait import Label
from zigwire.docgen.kept import Kept
from zigwire.docgen.page import file_name, picture_of, text
from zigwire.docgen.site import write_pages
from zigwire.docgen.subjects import all_subjects

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT.parent / "shared" / "reference" / "ZNCZ02LM.md"
OURS = ROOT / "tests" / "data" / "ZNCZ02LM.md"
KEPT = Kept("2020-01-01T00:00:00Z", "https://example.org/a.png", "\nmine\n")

LIGHT = {"type": "light", "features": []}

FURTHER_OPTIONS = [
    "power_precision",
    "power_calibration",
    "energy_precision",
    "energy_calibration",
    "state_action",
]
FURTHER_PROPERTIES = "#### On with timed off"


@pytest.fixture(scope="module")
def plug():
    return next(one for one in all_subjects(None) if one.model == "ZNCZ02LM")


def changes(before, after):
    """Lines that are not in `after` any more, and lines that are new."""
    told = list(difflib.ndiff(before.split("\n"), after.split("\n")))
    return [line[2:] for line in told if line[0] == "-"], [line[2:] for line in told if line[0] == "+"]


@pytest.mark.parametrize(
    "page",
    [
        OURS,
        pytest.param(REFERENCE, marks=pytest.mark.skipif(not REFERENCE.exists(), reason="no ../shared/reference")),
    ],
    ids=["ours", "reference"],
)
def test_the_plugs_page_says_what_it_said_and_what_the_plug_has_beside(page, plug, tmp_path):
    folder = tmp_path / "devices"
    folder.mkdir()
    before = page.read_text(encoding="utf-8")
    (folder / "ZNCZ02LM.md").write_text(before, encoding="utf-8")
    write_pages(folder, [plug], [plug])
    gone, new = changes(before.replace("Â°C", "°C"), (folder / "ZNCZ02LM.md").read_text(encoding="utf-8"))
    assert gone == []
    options = [match[1] for line in new if (match := re.match(r"\* `(\w+)`: ", line))]
    others = [line for line in new if line and not line.startswith("* `")]
    assert options == FURTHER_OPTIONS
    assert others[0] == FURTHER_PROPERTIES
    assert len(others) == 2
    assert "`on_time`" in others[1]


def test_the_page_without_notes_of_its_own_has_ours(plug, tmp_path):
    folder = tmp_path / "devices"
    write_pages(folder, [plug], [plug])
    written = (folder / "ZNCZ02LM.md").read_text(encoding="utf-8")
    gone, new = changes(OURS.read_text(encoding="utf-8"), written)
    assert [line.partition(":")[0] for line in gone] == ["addedAt", "| Picture | ![Xiaomi ZNCZ02LM](https"]
    assert [line for line in new if line.startswith(("addedAt", "| Picture"))] == [
        next(line for line in written.split("\n") if line.startswith("addedAt")),
        "| Picture | ![Xiaomi ZNCZ02LM](https://www.zigbee2mqtt.io/images/devices/ZNCZ02LM.png) |",
    ]


def test_front_matter_is_yaml_whatever_a_device_is_called(plug):
    page = text(replace(plug, vendor='A "B" \\', model="C: d"), KEPT)
    front = yaml.safe_load(page.split("---\n")[1])
    assert front["title"] == 'A "B" \\ C: d control via MQTT'
    assert front["description"].startswith('Integrate your A "B" \\ C: d via ')
    assert front["addedAt"].isoformat() == "2020-01-01T00:00:00+00:00"
    assert front["pageClass"] == "device-page"


def test_parts_that_a_device_does_not_have_are_not_there(plug):
    page = text(replace(plug, ota=False, options=[]), KEPT)
    assert re.findall(r"^## .*", page, re.MULTILINE) == ["## Exposes"]
    assert "Do not edit below this line -->\n\n## Exposes\n\n### Switch \n" in page


def test_bars_do_not_break_the_table(plug):
    page = text(replace(plug, description="one | two\nthree"), KEPT)
    assert "\n| Description | one \\| two three |\n" in page


def test_other_names_stand_in_the_table(plug):
    page = text(replace(plug, labels=[Label("A", "b"), Label("C", "d")]), KEPT)
    assert ".png) |\n| White-label | A b, C d |\n\n\n<!-- Notes BEGIN" in page


@pytest.mark.parametrize(
    ("change", "remark", "before_notes"),
    [
        ({"description": "Bulb (Matter)"}, "> This device speaks Matter", True),
        ({"vendor": "Shelly", "description": "1PM Gen 4"}, "> Devices of this generation", True),
        ({"vendor": "AwoX", "exposes": [LIGHT]}, "> A lamp that was set up with its vendor's app", False),
        ({"vendor": "Philips", "exposes": [LIGHT]}, "> A lamp that belongs to another bridge", False),
        ({"description": "KAJPLATS bulb (Matter)"}, "> To have it look for a Zigbee network", False),
        ({"vendor": "Sengled", "exposes": [LIGHT]}, "> Lamps of this vendor pass on nothing", False),
        ({"options": [{"name": "unfreeze_support", "type": "text"}]}, "> Lights of this kind", False),
    ],
)
def test_what_is_easily_missed_stands_beside_the_notes(plug, change, remark, before_notes):
    assert remark not in text(plug, KEPT)
    page = text(replace(plug, **change), KEPT)
    assert (page.index(f"\n{remark}") < page.index("<!-- Notes BEGIN")) is before_notes
    assert page.index(f"\n{remark}") < page.index("## OTA updates")


@pytest.mark.parametrize(
    "change",
    [
        {"vendor": "Shelly", "description": "Thermostatic radiator valve"},
        {"vendor": "AwoX"},
        {"vendor": "Philips"},
        {"vendor": "Sengled"},
    ],
)
def test_what_holds_for_others_is_not_said(plug, change):
    assert "\n> " not in text(replace(plug, **change), KEPT)


@pytest.mark.parametrize(
    ("model", "file", "picture"),
    [
        ("ZNCZ02LM", "ZNCZ02LM.md", "ZNCZ02LM.png"),
        ("A/b|c d:e", "A_b_c_d_e.md", "A-b%7Cc-d-e.png"),
        ("Open'R (1)", "Open'R_(1).md", "Open-R-%281%29.png"),
    ],
)
def test_names_of_files(model, file, picture):
    assert file_name(model) == file
    assert picture_of(model) == f"https://www.zigbee2mqtt.io/images/devices/{picture}"
