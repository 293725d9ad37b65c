"""What the page of the MQTT interface asks of a bridge: one example of each request, in an order in which all work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["REQUESTS", "Example"]

BARE = "also as the whole payload"
DEVICE = f"friendly name or IEEE address; {BARE}"
GROUP = f"name or number; {BARE}"
ENDPOINT = "name or number; the first one by default"
KEEP = "`true` lets what was reported because of it go on"
FOLLOW = "`true` gives the entities in Home Assistant ids of the new name"
BINDING = {
    "from": "the device that sends",
    "to": "a device, a group, `Coordinator` or `default_bind_group`",
    "clusters?": "names; by default [all that fit](binding.md#making-and-ending-binds)",
    "from_endpoint?": ENDPOINT,
    "to_endpoint?": ENDPOINT,
    "skip_disable_reporting?": KEEP,
}
MEMBERSHIP = {
    "group": "name or number",
    "device": "friendly name or IEEE address",
    "endpoint?": ENDPOINT,
    "skip_disable_reporting?": KEEP,
}
REPORTING = {
    "id": "friendly name or IEEE address",
    "endpoint": "name or number",
    "cluster": "name or number",
    "attribute": 'name, number, or `{"ID": …, "type": …}`',
    "minimum_report_interval": "seconds, 0 to 65535",
    "maximum_report_interval": "seconds, 0 to 65535; 65535 ends the reporting",
    "reportable_change?": "the least change that is reported",
    "options?": '`{"manufacturerCode": …}`',
}
TOUCHED = {"ieee_address": "of the lamp, as the scan found it", "channel": "likewise"}
IMAGE = {"id": DEVICE, "url?": "an image, or an index that ends in `.json`: an address, or a path in the data folder"}
SCHEDULED = {**IMAGE, "hex?": '`{"data": "1ef1ee0b…", "file_name": …}` in place of `url`: the image itself'}
UPDATE = {
    **SCHEDULED,
    "image_block_request_timeout?": "milliseconds that the device may be silent",
    "image_block_response_delay?": "milliseconds from one piece to the next, at least",
    "default_maximum_data_size?": "bytes in a piece, at most",
}
REPORTED = {
    "id": "bulb",
    "endpoint": 1,
    "cluster": "genOnOff",
    "attribute": "onOff",
    "minimum_report_interval": 0,
    "maximum_report_interval": 3600,
    "reportable_change": 0,
}
CONVERTER = """\
from zigwire.devices import Definition
from zigwire.devices.blocks.on_off import on_off

DEFINITIONS = [Definition(models=["lamp"], vendor="Me", model="1", description="My lamp", features=[on_off()])]
"""
NEW_IMAGE = {"id": "plug", "url": "firmware/plug.ota"}
TOUCH = {"ieee_address": "0x0017880100000001", "channel": 11}


@dataclass(frozen=True, slots=True)
class Example:
    """A request.

    Attributes:
        name: What stands behind `bridge/request/`.
        payload: What is asked; an empty text for no payload.
        fields: What each field of the payload is; the names of those that may be left out end in a question mark.
        note: What else is to be said.
    """

    name: str
    payload: Any = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


REQUESTS: Mapping[str, tuple[Example, ...]] = {
    "The bridge": (
        Example("health_check"),
        Example(
            "permit_join",
            {"time": 60},
            {
                "time": f"seconds, 0 to 254; 0 closes the network; {BARE}",
                "device?": "a router that lets devices in, or `coordinator`; everywhere by default",
            },
        ),
        Example(
            "options",
            {"options": {"advanced": {"last_seen": "ISO_8601"}, "frontend": {"port": 8081}}},
            {"options": "keys of the [configuration](configuration.md)"},
        ),
        Example("restart"),
        Example("backup", note="`zip` is in base64. [More](operations.md#backup-and-restore)"),
    ),
    "The network": (
        Example(
            "networkmap",
            {"type": "raw", "routes": False},
            {"type": f"`raw`, `graphviz` or `plantuml`; {BARE}", "routes?": "`true` asks for routes, too"},
            "[More](network-tools.md#the-map)",
        ),
        Example("networkmap/cancel", note="Here no scan is under way."),
        Example("coordinator_check"),
        Example(
            "install_code/add",
            {"value": "000b57fffe9a1b02|83FED3407A939723A5C639B26916D505C3B5"},
            {"value": f"what is printed on the device; {BARE}"},
            "[More](network-tools.md#install-codes)",
        ),
        Example(
            "action",
            {
                "action": "raw",
                "params": {
                    "ieee_address": "0x00158d0001a2b3c4",
                    "dst_endpoint": 1,
                    "cluster_key": "genOnOff",
                    "zcl": {"frame_type": 1, "direction": 0, "command_key": "toggle", "payload": {}},
                },
            },
            {"action": "`raw` or `philips_hue_factory_reset`", "params": "[what it takes](network-tools.md#actions)"},
        ),
        Example("touchlink/scan", note="[More](network-tools.md#touchlink)"),
        Example("touchlink/identify", TOUCH, TOUCHED),
        Example(
            "touchlink/factory_reset",
            TOUCH,
            {f"{name}?": meaning for name, meaning in TOUCHED.items()},
            "Without a payload it resets the first lamp that answers.",
        ),
    ),
    "Devices": (
        Example(
            "device/rename",
            {"from": "spare", "to": "heater"},
            {
                "from": "friendly name or IEEE address",
                "to": "the new name",
                "last?": "`true` in place of `from`: the device that joined last",
                "homeassistant_rename?": FOLLOW,
            },
        ),
        Example(
            "device/options",
            {"id": "plug", "options": {"retain": True, "device_temperature_calibration": -2}},
            {
                "id": "friendly name or IEEE address",
                "options": "[of all devices](configuration.md#devices), and those on the device's page",
            },
        ),
        Example("device/interview", {"id": "plug"}, {"id": DEVICE}),
        Example("device/configure", {"id": "plug"}, {"id": DEVICE}),
        Example(
            "device/generate_external_definition",
            {"id": "bulb"},
            {"id": "friendly name or IEEE address"},
            "[More](describe-a-device.md#start-from-what-the-device-says-of-itself)",
        ),
        Example(
            "device/remove",
            {"id": "heater"},
            {
                "id": DEVICE,
                "force?": "`true` forgets it though it does not answer",
                "block?": "`true` never lets it join again",
                "keep_config?": "`true` leaves its options in the configuration",
                "clear_cache?": "accepted; the state of a removed device is always forgotten",
            },
        ),
    ),
    "Binding and reporting": (
        Example("device/bind", {"from": "remote", "to": "bulb", "clusters": ["genOnOff"]}, BINDING),
        Example("device/unbind", {"from": "remote", "to": "bulb", "clusters": ["genOnOff"]}, BINDING),
        Example(
            "device/binds/clear",
            {"target": "remote"},
            {"target": "friendly name or IEEE address", "ieee_list?": "only binds that lead to these addresses"},
        ),
        Example("device/reporting/configure", REPORTED, REPORTING, "[More](binding.md#reporting-by-hand)"),
        Example("device/configure_reporting", REPORTED, REPORTING, "The older name of the one before."),
        Example(
            "device/reporting/read",
            {"id": "bulb", "endpoint": 1, "cluster": "genOnOff", "configs": [{"attribute": "onOff"}]},
            {
                "id": "friendly name or IEEE address",
                "endpoint": "name or number",
                "cluster": "name or number",
                "configs": '`[{"attribute": …}]`',
                "manufacturer_code?": "for attributes of a manufacturer",
            },
        ),
    ),
    "Groups": (
        Example(
            "group/add",
            {"friendly_name": "lights", "id": 7},
            {
                "friendly_name": f"its name; {BARE}",
                "id?": "1 to 65527 but for 901; by default the lowest that is free",
            },
        ),
        Example("group/members/add", {"group": "lights", "device": "bulb"}, MEMBERSHIP),
        Example(
            "group/options",
            {"id": "lights", "options": {"off_state": "last_member_state"}},
            {"id": "name or number", "options": "[of all groups](configuration.md#groups), and of the members' pages"},
        ),
        Example("group/members/remove", {"group": "lights", "device": "bulb"}, MEMBERSHIP),
        Example(
            "group/members/remove_all",
            {"device": "bulb"},
            {name: meaning for name, meaning in MEMBERSHIP.items() if name != "group"},
        ),
        Example(
            "group/rename",
            {"from": "lights", "to": "ceiling"},
            {"from": "name or number", "to": "the new name", "homeassistant_rename?": FOLLOW},
        ),
        Example(
            "group/remove", {"id": "ceiling"}, {"id": GROUP, "force?": "`true` forgets it without telling the members"}
        ),
    ),
    "Firmware": (
        Example("device/ota_update/check", NEW_IMAGE, IMAGE, "[More](firmware.md)"),
        Example("device/ota_update/check/downgrade", NEW_IMAGE, IMAGE, "Looks for an older version."),
        Example("device/ota_update/update", {**NEW_IMAGE, "image_block_response_delay": 50}, UPDATE),
        Example("device/ota_update/update/downgrade", NEW_IMAGE, UPDATE, "To an older version; here there is none."),
        Example("device/ota_update/update/abort", {"id": "plug"}, {"id": DEVICE}, "Here there is nothing to end."),
        Example("device/ota_update/schedule", {"id": "plug"}, SCHEDULED),
        Example("device/ota_update/schedule/downgrade", {"id": "plug"}, SCHEDULED, "To an older version."),
        Example("device/ota_update/unschedule", {"id": "plug"}, {"id": DEVICE}),
    ),
    "Converters": (
        Example(
            "converter/save",
            {"name": "mine.py", "code": CONVERTER},
            {"name": "of the file, which ends in `.js`, `.cjs`, `.mjs` or `.py`", "code": "what is in it"},
            "Python is taken [where that was allowed](converters.md#over-mqtt), as here.",
        ),
        Example("converter/remove", {"name": "mine.py"}, {"name": "of the file"}),
        Example("extension/save", {"name": "old.js", "code": "…"}, {"name": "of the file", "code": "what is in it"}),
        Example("extension/remove", {"name": "old.js"}, {"name": "of the file"}),
    ),
}
"""By the subject that they are about."""
