"""Every statement of a device's page is carried out: on the real bridge, with a simulated device of that kind."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import pytest
from support.documents import ROOT
from support.page_devices import KINDS, truths
from support.page_sites import DEVICE, SETTINGS, HomeSite, WorldSite, house_with
from support.page_trial import Site, Trial
from support.pages import PageError, read_page
from support.world import Ear, World

from zigwire.devices.library import all_definitions
from zigwire.devices.portrait import native_portrait
from zigwire.docgen.page import file_name
from zigwire.docgen.site import write_pages
from zigwire.simulator.outlet import Outlet

PORTRAITS = {one.model: one for definition in all_definitions() for one in native_portrait(definition).each()}
PLUG = "ZNCZ02LM"


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """The page of every native definition, as it is written now over what the documents have."""
    folder = tmp_path_factory.mktemp("docs") / "devices"
    shutil.copytree(ROOT / "docs" / "devices", folder)
    write_pages(folder, list(PORTRAITS.values()), list(PORTRAITS.values()))
    return {model: (folder / file_name(model)).read_text(encoding="utf-8") for model in PORTRAITS}


@pytest.fixture(scope="module")
def counts():
    """How many statements were proved of each page; the sum is printed in the end."""
    counts: dict[str, int] = {}
    yield counts
    print(f"\n{sum(counts.values())} statements on {len(counts)} pages were carried out")


@asynccontextmanager
async def at_home(folder, model):
    """A home in which a device of a model is paired."""
    site = HomeSite(folder, KINDS[model])
    try:
        await site.start()
        yield site
    finally:
        await site.stop()


def trial(text, model, site):
    return Trial(read_page(text), site, truths(site.device, model), NOTES.get(model, {}))


@pytest.mark.parametrize("model", sorted(PORTRAITS))
async def test_a_page_is_true(model, texts, counts, tmp_path, record_property):
    async with at_home(tmp_path, model) as site:
        counts[model] = await trial(texts[model], model, site).run()
    record_property("statements", counts[model])
    print(f"\n{model}: {counts[model]} statements", end="")


@pytest.mark.e2e
async def test_the_plug_through_the_real_program(texts, tmp_path, monkeypatch, record_property):
    monkeypatch.delenv("ZIGWIRE_DATA", raising=False)
    world = World(tmp_path, house_with(KINDS[PLUG]))
    await world.open({"mqtt": {"version": 5}, **SETTINGS})
    async with AsyncExitStack() as stack:
        stack.push_async_callback(world.close)
        site = WorldSite(world, Ear(world.mosquitto.url, version=5))
        stack.push_async_callback(site.stop)
        await site.start()
        record_property("statements", await trial(texts[PLUG], PLUG, site).run())


# --- what is not true does not pass ---

TO_SET, TO_GET = "zigbee2mqtt/FRIENDLY_NAME/set", "zigbee2mqtt/FRIENDLY_NAME/get"
NO_READ, NO_WRITE = "It's not possible to read (`/get`) this value.", "It's not possible to write (`/set`) this value."
NEITHER = "It's not possible to read (`/get`) or write (`/set`) this value."


def reads(name):
    return f'To read (`/get`) the value publish a message to topic `{TO_GET}` with payload `{{"{name}": ""}}`.'


def writes(name):
    return f'To write (`/set`) a value publish a message to topic `{TO_SET}` with payload `{{"{name}": NEW_VALUE}}`.'


LIES = {
    PLUG: (
        ("| Mi power plug ZigBee |", "| Mi power plug WiFi |"),
        ("| Vendor  | Xiaomi  |", "| Vendor  | Aqara  |"),
        ("switch (state), power, energy,", "switch (state), power,"),
        ('`{"power_outage_memory": true}`', '`{"power_outage_memory": 1}`'),
        ("maximum value of `3`", "maximum value of `4`"),
        ("minimum value of `0`", "minimum value of `1`"),
        ("power value (percentual offset)", "power value (absolute offset)"),
        ("decimal point for energy", "decimal point for power"),
        ("will also be published as 'action'", "will only be published as 'action'"),
        ("The value must be `true` or `false`", "The value must be `true` or `maybe`"),
        ("(value is `ON` or `OFF`)", "(value is `ON` or `AUS`)"),
        ('`{"state": "TOGGLE"}`', '`{"state": "FLIP"}`'),
        ('`{"state": "ON"}`, `{"state": "OFF"}`', '`{"state": "ON"}`, `{"power": "OFF"}`'),
        ("for 300 seconds", "for 600 seconds"),
        ("### Power (numeric)", "### Power (binary)"),
        ("Instantaneous measured power.", "Power measured once a day."),
        ("on the `power` property", "on the `watts` property"),
        (reads("power"), reads("energy")),
        (reads("power"), NO_READ),
        (NO_WRITE, writes("power")),
        (NEITHER, f"{reads('energy')}\n{NO_WRITE}"),
        ("The unit of this value is `W`.", "The unit of this value is `kW`."),
        (writes("power_outage_memory"), NO_WRITE),
        ("equals `true` power_outage_memory is ON, if `false`", "equals `false` power_outage_memory is ON, if `true`"),
        ("and the maximum value is `255`", "and the maximum value is `300`"),
    ),
    "WP-P01D": (
        ("and the maximum value is `3840`", "and the maximum value is `4000`"),
        ("and the maximum value is `3840`", "and the maximum value is `3800`"),
        ("`on`, `previous`, `off`, `inverted`", "`on`, `previous`, `off`"),
        ("`on`, `previous`, `off`, `inverted`", "`on`, `previous`, `off`, `inverted`, `blinking`"),
        ("equals `ON` button_lock is ON, if `OFF`", "equals `OFF` button_lock is ON, if `ON`"),
        (reads("charging_limit"), NO_READ),
        ("The unit of this value is `A`.", "The unit of this value is `mA`."),
    ),
    "TS0601_2gang_switch": (
        ("`1970`, `2000`, `off`", "`1970`, `2000`, `off`, `1900`"),
        ("### Switch (l2 endpoint)", "### Switch (l3 endpoint)"),
        ("under the `state_l2` property", "under the `state_l1` property"),
    ),
}


@pytest.mark.parametrize("model", LIES)
async def test_what_is_not_true_does_not_pass(model, texts, tmp_path):
    told = {(one.subject, one.text) for one in read_page(texts[model]).statements if one.kind != "noted"}
    async with at_home(tmp_path, model) as site:
        site.patience = 0.3
        for truth, lie in LIES[model]:
            assert truth in texts[model]
            lying = trial(texts[model].replace(truth, lie, 1), model, site)
            changed = [one for one in lying.page.statements if (one.subject, one.text) not in told]
            assert not await passes(lying, changed), f"passed: {lie}"


async def passes(lying, statements):
    """Tell whether all statements are true."""
    try:
        for statement in statements:
            await lying.prove(statement)
    except AssertionError:
        return False
    return True


async def test_a_section_on_updates_may_not_be_missing(texts, tmp_path):
    async with at_home(tmp_path, PLUG) as site:
        with pytest.raises(AssertionError):
            await trial(texts[PLUG], PLUG, site).prove_no_updates()


@pytest.mark.parametrize(
    "line",
    [
        "It's possible to read this value by waiting.",
        "The unit of this value is W.",
        'To read (`/get`) the value publish a message to topic `zigbee2mqtt/OTHER/get` with payload `{"power": ""}`.',
        "### More",
    ],
)
def test_a_line_that_nobody_can_prove_is_refused(texts, line):
    known = "It's not possible to write (`/set`) this value."
    with pytest.raises(PageError):
        read_page(texts[PLUG].replace(known, f"{known}\n{line}", 1))


@pytest.mark.parametrize(
    ("known", "line"),
    [
        ("pageClass: device-page", "draft: true"),
        ("| Vendor  | Xiaomi  |", "| Weight | 90 g |"),
        ("## OTA updates", "Updates are fun."),
        ("\n* `state_action`:", "\n* `state_action`: It is nice."),
        ("### Pairing", 'Publish `{"a": 1}` and `{"b": 1}` to `zigbee2mqtt/FRIENDLY_NAME/set`.'),
        ("## Notes", "It is the best plug there is."),
        ("## Exposes", "## Other things\nIt is white."),
    ],
)
def test_the_same_goes_for_lines_elsewhere(texts, known, line):
    with pytest.raises(PageError):
        read_page(texts[PLUG].replace(known, f"{known}\n{line}", 1))


def test_a_page_without_its_frame_is_none():
    with pytest.raises(PageError, match="there is no line"):
        read_page("---\n---\n# A plug\n")


# --- the notes of the plug ---


def plug(site: Site) -> Outlet:
    assert isinstance(site.device, Outlet)
    return site.device


async def pairing(site: Site) -> None:
    """Hold the button: the device leaves its network, and joins the one that lets it in."""
    joins = site.device.joins
    await site.request("permit_join", {"time": 254})
    site.house.pair(DEVICE)
    await site.until(lambda: site.device.joins > joins and site.device.network)
    await site.settled()
    await site.request("permit_join", {"time": 0})


async def power_outage_memory(site: Site) -> None:
    """Set it, press the button once, and cut the power: the plug comes back as it was, or switched off."""
    for memory in (True, False):
        await site.ask(TO_SET, {"power_outage_memory": memory})
        site.house.press(DEVICE)
        await site.ask(TO_SET, {"state": "ON"})
        await site.until(lambda: plug(site).on)
        since, heard = len(site.states), site.heard()
        site.house.cut_power(DEVICE)
        site.house.restore_power(DEVICE)
        assert plug(site).on is memory
        await site.until(partial(told, site, since, "ON" if memory else "OFF"))
    await site.until(lambda: site.heard() > heard)  # the bridge reads the state of what came back
    await site.settled()


def told(site: Site, since: int, state: str) -> bool:
    return any(one.get("state") == state for one in site.states[since:])


async def voltage(site: Site) -> None:
    """The firmware of this date code tells the voltage."""
    assert site.listed()["date_code"] == "02-28-2017"
    since = len(site.states)
    plug(site).report_heartbeat()
    await site.until(lambda: any("voltage" in state for state in site.states[since:]))


NOTES: Mapping[str, Mapping[str, Callable[[Site], Awaitable[None]]]] = {
    PLUG: {"Pairing": pairing, "Power outage memory": power_outage_memory, "Voltage": voltage}
}
"""How notes are proved, by their headings."""
