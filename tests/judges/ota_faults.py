"""A scenario for the rig: firmware updates of devices with faults, several at once.

Each case says what is wrong with the device, and how its update is to end: with the new firmware, or with the reason
that the fault implies.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple

from ota_client import Faults
from ota_files import SETTINGS as USUAL
from ota_files import UPDATE, Lab, Shelf

__all__ = ["CASES", "SETTINGS", "Case", "run"]

NAMES = tuple(f"plug{number}" for number in range(4))
SETTINGS = {"ota": {**USUAL["ota"], "image_block_request_timeout": 20000}}
SIZE = 1500
FIRST_VERSION = 0x11
PATIENCE = 100.0
SILENT = r"did not start/finish firmware download after being notified"


class Case(NamedTuple):
    """One update.

    Attributes:
        faults: Of the device.
        settings: Its manners.
        error: Pattern of the error in the response; empty for an update that succeeds.
    """

    name: str
    faults: Mapping[str, Any] = {}
    settings: Mapping[str, Any] = {}
    error: str = ""


PAGES = {"page_size": 300}

CASES = (
    Case("does not hear the notification", {"silent_notify": True}, error="Device didn't respond to OTA request"),
    Case("requests and blocks get lost", {"drop_request": 0.15, "drop_response": 0.15}),
    Case("requests come twice", {"repeat": 0.5}),
    Case("asks again for what it has", {"ask_again": 0.3}),
    Case("pages with lost blocks", {"drop_response": 0.15}, PAGES),
    Case("power cut, goes on", {"power_cut_at": 500, "off_for": 2.0}),
    Case("power cut, asks anew", {"power_cut_at": 500, "off_for": 2.0, "resume": "query"}),
    Case("power cut, begins again", {"power_cut_at": 500, "off_for": 2.0, "resume": "restart"}),
    Case("power cut, has forgotten all", {"power_cut_at": 500, "off_for": 2.0, "resume": "none"}),
    Case("power cut in a page", {"power_cut_at": 500, "off_for": 2.0}, PAGES),
    Case("silent for a while", {"silent_at": 500, "wake_after": 6.0}),
    Case("silent for ever", {"silent_at": 500}, error=SILENT),
    Case("slow", {"block_delay": 0.2}, {"think": 0.2}),
    Case("impatient", {}, {"retry": 0.1, "retries": 200}),
    Case("a pause", {"pause_at": 700, "pause_for": 5.0}),
    Case("gone", {"offline_at": 500}, error=SILENT),
    Case("aborts", {"abort_at": 500}, error="failed with reason: .*ABORT"),
    Case("finds it invalid", {"end_status": 0x96}, error="failed with reason: .*INVALID_IMAGE"),
    Case("finds it too short", {"wrong_size": True}, error="failed with reason: .*INVALID_IMAGE"),
    Case("needs more images", {"end_status": 0x99}, error="failed with reason: .*REQUIRE_MORE_IMAGE"),
    Case("the end is lost", {"lose": {"end": 2}}),
    Case("the answer to the end is lost", {"lose": {"end_response": 2}}),
    Case("upgrades without an answer", {"lose": {"end_response": 9}}),
    Case("never hears of an end", {"lose": {"end": 9}}, {"alone": False}, error=SILENT),
    Case("cuts and losses", {"power_cut_at": 800, "off_for": 1.0, "drop_request": 0.1, "repeat": 0.1}),
    Case("small blocks, all fields", {"repeat": 0.2}, {"max_data_size": 20, "with_ieee": True, "block_period": 60}),
    *(Case(f"nothing wrong any more {number}") for number in range(4)),
)


async def run(rig: Any) -> None:
    """Play all cases, as many at once as there are devices; a fact for each tells how it ended."""
    queue = deque(zip(itertools.count(FIRST_VERSION), CASES, strict=False))
    async with Shelf(rig.data) as shelf:
        lab = Lab(rig, shelf)
        async with rig.step("start", quiet=2):
            await rig.start_target()
        await rig.permit_and_join(**dict.fromkeys(NAMES, "lumi_plug"))
        await lab.rename(*NAMES)
        async with rig.step("updates"):
            await asyncio.gather(*(_work(rig, lab, name, queue) for name in NAMES))


async def _work(rig: Any, lab: Any, name: str, queue: deque[tuple[int, Case]]) -> None:
    while queue:
        await _update(rig, lab, name, *queue.popleft())


async def _update(rig: Any, lab: Any, name: str, version: int, case: Case) -> None:
    client = rig.devices[name].ota
    usual = dict(vars(client.settings))
    client.faults = Faults(**case.faults)
    vars(client.settings).update(case.settings)
    url = lab.shelf.put(f"{version:x}.ota", lab.image(name, version, SIZE))["url"]
    rig.publish("bridge/request/device/ota_update/update", {"id": name, "url": url, "transaction": case.name})
    reply = await rig.wait_mqtt(UPDATE, lambda response: response.get("transaction") == case.name, PATIENCE)
    if reply["status"] == "ok":
        await lab.interviewed(name)
    rig.fact(case.name, {"reply": reply, "offered": version, **client.summary()})
    client.forget()
    vars(client.settings).update(usual)
