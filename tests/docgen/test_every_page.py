"""The page of every device of the field's library says of each value what the definition says, no more and no less."""

import json
import re

import pytest

from zigwire.devices.exposes import GET, PUBLISHED, SET
from zigwire.devices.herdsman import Package
from zigwire.docgen import all_subjects
from zigwire.docgen.kept import Kept
from zigwire.docgen.page import text
from zigwire.herdsman_library import Versions, default_folder

KEPT = Kept("2020-01-01T00:00:00Z", "https://example.org/a.png", "\n")
LISTS = ("light", "climate")
"""Groups whose features have a line each, in the order of the features."""


@pytest.fixture(scope="module")
def pages():
    modules = Versions(default_folder()).node_modules
    if modules is None:
        pytest.skip("no library of definitions (`zigwire library fetch` gets it)")
    return [(one, text(one, KEPT)) for one in all_subjects(Package.at(modules))]


def chapters(page):
    return dict(re.findall(r"^## (.+)\n(?s:(.*?))(?=^## |\Z)", page, re.MULTILINE))


def shown(value):
    """A value as pages show it."""
    whole = isinstance(value, float) and value.is_integer()
    return value if isinstance(value, str) else json.dumps(int(value) if whole else value)


def told(portrait, page):
    """Each value of a device with what its page says of it."""
    sections = re.split(r"^### ", chapters(page)["Exposes"], flags=re.MULTILINE)[1:]
    for expose, section in zip(portrait.exposes, sections, strict=True):
        features = expose["features"] if "name" not in expose else [expose]
        items = [line for line in section.split("\n") if line.startswith("- ")]
        apart = "name" not in expose and expose["type"] in LISTS
        yield from zip(features, items if apart else [section] * len(features), strict=True)


def test_parts_are_there_and_in_their_order(pages):
    for portrait, page in pages:
        has = ["OTA updates"] * portrait.ota + ["Options"] * bool(portrait.options) + ["Exposes"]
        assert list(chapters(page)) == has, portrait.model
        assert ("\n| White-label |" in page) == bool(portrait.labels), portrait.model
        named = re.findall(r"^\* `([^`]+)`: ", page, re.MULTILINE)
        assert named == [option.get("property") or option["name"] for option in portrait.options], portrait.model


def test_what_can_be_done_is_said_and_nothing_else(pages):
    for portrait, page in pages:
        for one, about in told(portrait, page):
            name = one.get("property") or one["name"]
            said = PUBLISHED * (f"`{name}` property" in about)
            said |= GET * (f'/get` with payload `{{"{name}": ""}}`' in about)
            said |= SET * (f'/set` with payload `{{"{name}": ' in about)
            assert said == one["access"] & (PUBLISHED | GET | SET), (portrait.model, name)


def test_values_and_their_bounds_are_told(pages):
    for portrait, page in pages:
        for one, about in told(portrait, page):
            words = [one[key] for key in ("value_min", "value_max", "value_on", "value_off", "unit") if key in one]
            words += [*one.get("values", ()), *(preset["name"] for preset in one.get("presets", ()))]
            missing = [word for word in words if f"`{shown(word)}`" not in about and json.dumps(word) not in about]
            assert missing == [], (portrait.model, one["name"])
