"""A network of all kinds of devices that the rig has, with groups, binds, scenes and states, made over MQTT."""

from __future__ import annotations

import contextlib
from typing import Any

KINDS = (
    "lumi_plug",
    "lumi_plug_no100",
    "ikea_light",
    "aqara_weather",
    "sonoff_th",
    "sonoff_contact",
    "ikea_remote",
    "tuya_dimmer",
    "innr_plug",
)
NUMBER = 20

SETTINGS = {"advanced": {"ext_pan_id": [1, 2, 3, 4, 5, 6, 7, 8]}, "frontend": {"enabled": False}}
"""An extended PAN id that tells its ends apart."""

REQUESTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("device/rename", {"from": "0x00158d0001a00000", "to": "kitchen/plug"}),
    ("device/rename", {"from": "0x00158d0001a00002", "to": "lamp"}),
    ("group/add", {"friendly_name": "lights", "id": 7}),
    ("group/add", {"friendly_name": "plugs"}),
    ("group/members/add", {"group": "lights", "device": "lamp"}),
    ("group/members/add", {"group": "lights", "device": "0x00158d0001a0000b"}),
    ("group/members/add", {"group": "plugs", "device": "kitchen/plug"}),
    ("group/members/add", {"group": "plugs", "device": "0x00158d0001a00008"}),
    ("device/bind", {"from": "0x00158d0001a0000f", "to": "lamp", "clusters": ["genOnOff"]}),
    ("device/bind", {"from": "0x00158d0001a00006", "to": "lights", "clusters": ["genOnOff"]}),
    (
        "device/configure_reporting",
        {
            "id": "lamp",
            "endpoint": 1,
            "cluster": "genLevelCtrl",
            "attribute": "currentLevel",
            "minimum_report_interval": 5,
            "maximum_report_interval": 3600,
            "reportable_change": 1,
        },
    ),
)


def kind(index: int) -> str:
    """Return the kind of the device that joins as number `index`."""
    return KINDS[index % len(KINDS)]


async def inhabit(rig: Any) -> None:
    """Pair the devices, then group, bind and switch them, all by the interface."""
    rig.publish("bridge/request/permit_join", {"time": 254})
    await rig.settle(1)
    for index in range(NUMBER):
        name = f"{kind(index)}{index}"
        rig.join(name, kind(index))
        await _interviewed(rig, rig.ieee(name))
        await rig.settle(1, limit=15)
    for request, payload in REQUESTS:
        await asked(rig, request, payload)
    rig.publish("lamp/set", {"state": "ON", "brightness": 120})
    await rig.settle(1)
    rig.publish("lamp/set", {"scene_store": {"ID": 3, "name": "evening"}})
    rig.publish("lights/set", {"scene_store": {"ID": 4, "name": "night"}})
    rig.publish("kitchen/plug/set", {"state": "ON"})
    rig.publish("lights/set", {"state": "OFF"})
    await rig.settle(2)


async def asked(rig: Any, request: str, payload: dict[str, Any]) -> Any:
    """Send a bridge request and return the data of its response."""
    rig.publish(f"bridge/request/{request}", payload)
    response = await rig.wait_mqtt(f"bridge/response/{request}", timeout=30)
    assert response["status"] == "ok", f"{request} {payload}: {response}"
    return response["data"]


async def _interviewed(rig: Any, ieee: str) -> None:
    with contextlib.suppress(TimeoutError):
        await rig.wait_mqtt(
            "bridge/event",
            lambda event: (
                event["data"]["ieee_address"] == ieee and event["data"].get("status") in {"successful", "failed"}
            ),
            timeout=40,
        )
