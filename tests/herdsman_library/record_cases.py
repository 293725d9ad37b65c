"""Records what the pinned version of the library makes of common devices, for `zigwire library update` to compare.

Run it after the pinned version changed: `python tests/herdsman_library/record_cases.py` writes the file anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zigwire.cli.checking import converted
from zigwire.herdsman_library import Versions, default_folder
from zigwire.herdsman_library.cases import CASES, Case
from zigwire.herdsman_library.versions import pinned_version

BOOL, U8, U16, S16, ENUM8, MAP8 = "10", "20", "21", "29", "30", "18"
LIGHT, BATTERY = [0, 3, 4, 5, 6, 8], [0, 1, 3]
COLOUR = [*LIGHT, 0x0300]
TUYA = 0xEF00

DEVICES: list[tuple[str, str, list[int], list[int]]] = [
    # model id, manufacturer, input clusters, output clusters
    ("TRADFRI bulb E27 WS opal 980lm", "IKEA of Sweden", COLOUR, [0x19]),
    ("TRADFRI bulb E27 CWS opal 600lm", "IKEA of Sweden", COLOUR, [0x19]),
    ("TRADFRI bulb E27 W opal 1000lm", "IKEA of Sweden", LIGHT, [0x19]),
    ("TRADFRI control outlet", "IKEA of Sweden", LIGHT, [0x19]),
    ("TRADFRI remote control", "IKEA of Sweden", BATTERY, [3, 4, 5, 6, 8, 0x19]),
    ("TRADFRI on/off switch", "IKEA of Sweden", BATTERY, [6, 8, 0x102]),
    ("TRADFRI motion sensor", "IKEA of Sweden", BATTERY, [6]),
    ("FYRTUR block-out roller blind", "IKEA of Sweden", [*BATTERY, 0x102], [0x19]),
    ("STARKVIND Air purifier", "IKEA of Sweden", [0, 3, 0x202, 0xFC57, 0xFC7D], [0x19]),
    ("PARASOLL Door/Window Sensor", "IKEA of Sweden", [*BATTERY, 0x500], [6]),
    ("LCT015", "Philips", COLOUR, [0x19]),
    ("LWB010", "Philips", LIGHT, [0x19]),
    ("LCA001", "Signify Netherlands B.V.", COLOUR, [0x19]),
    ("LTW012", "Philips", COLOUR, [0x19]),
    ("SML001", "Philips", [*BATTERY, 0x400, 0x402, 0x406], [0x19]),
    ("RWL021", "Philips", [*BATTERY, 0xFC00], [5, 6, 8]),
    ("LOM001", "Signify Netherlands B.V.", LIGHT, [0x19]),
    ("lumi.weather", "LUMI", [*BATTERY, 0x402, 0x403, 0x405], []),
    ("lumi.sensor_ht", "LUMI", [*BATTERY, 0x402, 0x405], []),
    ("lumi.sensor_motion.aq2", "LUMI", [*BATTERY, 0x400, 0x406], []),
    ("lumi.sensor_magnet.aq2", "LUMI", [*BATTERY, 6], []),
    ("lumi.sensor_wleak.aq1", "LUMI", [*BATTERY, 0x500], []),
    ("lumi.sensor_switch", "LUMI", [*BATTERY, 6], []),
    ("lumi.vibration.aq1", "LUMI", [*BATTERY, 0x101], []),
    ("lumi.plug", "LUMI", [0, 6, 0xC], []),
    ("lumi.plug.maeu01", "LUMI", [0, 6, 0x702, 0xB04, 0xFCC0], []),
    ("lumi.remote.b1acn01", "LUMI", [*BATTERY, 0x12], []),
    ("lumi.curtain.hagl04", "LUMI", [0, 1, 0x102, 0xD], []),
    ("TS0001", "_TZ3000_tqlv4ug4", LIGHT, []),
    ("TS0011", "_TZ3000_ji4araar", LIGHT, []),
    ("TS011F", "_TZ3000_g5xawfcq", [0, 6, 0x702, 0xB04, 0xE001], []),
    ("TS0201", "_TZ3000_xr3htd96", [*BATTERY, 0x402, 0x405], []),
    ("TS0202", "_TZ3000_mmtwjmaq", [*BATTERY, 0x500], []),
    ("TS0203", "_TZ3000_26fmupbb", [*BATTERY, 0x500], []),
    ("TS0207", "_TZ3000_k4ej3ww2", [*BATTERY, 0x500], []),
    ("TS0041", "_TZ3000_tk3s5tyg", BATTERY, [6]),
    ("TS0044", "_TZ3000_vp6clf9d", BATTERY, [6]),
    ("TS0505B", "_TZ3000_qd7hej8u", COLOUR, []),
    ("TS130F", "_TZ3000_vd43bbfq", [0, 3, 0x102], []),
    ("TS0601", "_TZE200_oisqyl4o", [0, TUYA], []),
    ("TS0601", "_TZE200_locansqn", [0, TUYA], []),
    ("TS0601", "_TZE200_ckud7u2l", [0, TUYA], []),
    ("TS0601", "_TZE204_sxm7l9xa", [0, TUYA], []),
    ("SNZB-01", "eWeLink", BATTERY, [6]),
    ("SNZB-02", "eWeLink", [*BATTERY, 0x402, 0x405], []),
    ("SNZB-03", "eWeLink", [*BATTERY, 0x500], []),
    ("SNZB-04", "eWeLink", [*BATTERY, 0x500], []),
    ("BASICZBR3", "SONOFF", LIGHT, []),
    ("ZBMINI-L", "SONOFF", LIGHT, []),
    ("S31 Lite zb", "SONOFF", LIGHT, []),
    ("SPZB0001", "Eurotronic", [*BATTERY, 0x201], []),
    ("TRVZB", "SONOFF", [*BATTERY, 0x201, 0xFC11], []),
    ("SMSZB-120", "frient A/S", [*BATTERY, 0x402, 0x500], []),
    ("SP 120", "innr", [*LIGHT, 0x702, 0xB04], []),
    ("RB 285 C", "innr", COLOUR, []),
    ("Plug 01", "OSRAM", LIGHT, []),
    ("Classic A60 RGBW", "OSRAM", COLOUR, []),
    ("YRD226 TSDB", "Yale", [*BATTERY, 0x101], []),
    ("FNB56-ZSC01LX1.2", "Feibit", LIGHT, []),
    ("GL-C-008", "GLEDOPTO", COLOUR, []),
]


def number(value: int, octets: int) -> str:
    return (value % (1 << 8 * octets)).to_bytes(octets, "little").hex()


def report(attribute: int, kind: str, value: int, octets: int) -> str:
    return f"182a0a{number(attribute, 2)}{kind}{number(value, octets)}"


def command(identifier: int, payload: str = "") -> str:
    return f"012a{number(identifier, 1)}{payload}"


def zone(status: int) -> str:
    return f"092a00{number(status, 2)}00000000"


def datapoint(number_: int, kind: int, value: str) -> str:
    return f"092a020001{number(number_, 1)}{number(kind, 1)}{len(value) // 2:04x}{value}"


RECEIVED: dict[int, list[str]] = {
    0x0001: [report(0x21, U8, 130, 1), report(0x20, U8, 29, 1)],
    0x0006: [report(0, BOOL, 1, 1), report(0, BOOL, 0, 1)],
    0x0008: [report(0, U8, 254, 1), report(0, U8, 1, 1)],
    0x000C: [f"182a0a550039{'0000b841'}"],
    0x0012: [report(0x55, U16, 1, 2), report(0x55, U16, 2, 2)],
    0x0101: [report(0, ENUM8, 1, 1), report(0x55, U16, 1, 2)],
    0x0102: [report(8, U8, 30, 1), report(8, U8, 100, 1)],
    0x0201: [report(0, S16, 2150, 2), report(0x12, S16, 2000, 2), report(0x1C, ENUM8, 4, 1), report(8, U8, 40, 1)],
    0x0300: [report(7, U16, 370, 2), f"182a0a{'0300'}{U16}{'1a5c'}{'0400'}{U16}{'a35a'}", report(8, ENUM8, 2, 1)],
    0x0400: [report(0, U16, 10001, 2)],
    0x0402: [report(0, S16, 2153, 2), report(0, S16, -507, 2)],
    0x0403: [report(0, S16, 1013, 2)],
    0x0405: [report(0, U16, 4512, 2)],
    0x0406: [report(0, MAP8, 1, 1), report(0, MAP8, 0, 1)],
    0x0500: [zone(1), zone(0), zone(0x0D)],
    0x0702: [f"182a0a000025{number(123456, 6)}", f"182a0a00042a{number(1200, 3)}"],
    0x0B04: [report(0x50B, S16, 100, 2), report(0x505, U16, 230, 2), report(0x508, U16, 435, 2)],
    TUYA: [
        datapoint(1, 1, "01"),
        datapoint(1, 2, "000000d7"),
        datapoint(2, 2, "00000032"),
        datapoint(4, 2, "00000064"),
        datapoint(7, 1, "00"),
        datapoint(16, 2, "000000d2"),
        datapoint(24, 2, "000000c8"),
        datapoint(4, 4, "01"),
    ],
}
HEARD: dict[int, list[str]] = {
    0x0005: [command(5, "0000010000"), f"057c112a07{'0001000d00'}"],
    0x0006: [command(0), command(1), command(2), "012afd00", "012afd01", "012afd02"],
    0x0008: [command(1, "0053"), command(2, "002b0500"), command(3), command(5, "0053")],
    0x0102: [command(0), command(1), command(2)],
}
SET: list[dict[str, Any]] = [
    {"state": "ON"},
    {"state": "OFF"},
    {"state": "TOGGLE"},
    {"state": "OPEN"},
    {"state_l1": "ON"},
    {"brightness": 128},
    {"brightness": 60, "transition": 2},
    {"color_temp": 370},
    {"color": {"x": 0.3, "y": 0.4}},
    {"color": {"hue": 120, "saturation": 80}},
    {"effect": "blink"},
    {"power_on_behavior": "previous"},
    {"position": 50},
    {"occupied_heating_setpoint": 21.5},
    {"current_heating_setpoint": 21},
    {"system_mode": "heat"},
    {"child_lock": "LOCK"},
    {"state": "LOCK"},
    {"fan_mode": "auto"},
    {"power_outage_memory": True},
    {"motion_sensitivity": "high"},
]
GET = ["state", "brightness", "color_temp", "position", "local_temperature", "power", "power_outage_memory"]


def lines() -> Iterator[dict[str, Any]]:
    for place, (model, maker, inputs, outputs) in enumerate(DEVICES):
        endpoint = {"id": 1, "profileID": 260, "deviceID": 0, "inputClusters": inputs, "outputClusters": outputs}
        identity = {
            "ieeeAddr": f"0x00158d00aa{place:06x}",
            "type": "Router",
            "modelID": model,
            "manufacturerName": maker,
            "endpoints": [endpoint],
        }
        yield {"kind": "device", "id": f"{model} of {maker}", "identity": identity}
        for cluster, frames in ((one, RECEIVED.get(one, ())) for one in inputs):
            for frame in frames:
                yield {"kind": "decode", "endpoint": 1, "cluster_id": cluster, "frame_hex": frame}
        for cluster, frames in ((one, HEARD.get(one, ())) for one in outputs):
            for frame in frames:
                yield {"kind": "decode", "endpoint": 1, "cluster_id": cluster, "frame_hex": frame}
        for message in SET:
            yield {"kind": "encode", "message": message}
        for key in GET:
            yield {"kind": "get", "message": {key: ""}}


def worth(line: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any] | None:
    """Return what of an answer is to be recorded, None when it tells nothing."""
    if line["kind"] == "device":
        return {key: answer[key] for key in ("vendor", "model", "error") if key in answer}
    if "error" in answer:
        return None
    return answer if answer.get("payload") or answer.get("frames") or answer.get("published") else None


def recorded(modules: Path) -> list[Case]:
    asked = list(lines())
    answers = converted(asked, modules, ("herdsman",))
    pairs = ((line, worth(line, answer)) for line, answer in zip(asked, answers, strict=True))
    return [Case(line, answer) for line, answer in pairs if answer is not None]


def main() -> None:
    modules = Versions(default_folder()).folder / pinned_version() / "node_modules"
    cases = recorded(modules)
    CASES.write_text("".join(f"{case.dumps()}\n" for case in cases))
    print(f"{len(cases)} cases in {CASES}")


if __name__ == "__main__":
    main()
