"""What definitions of the field's library cost beside native ones.

Time and memory for 200 devices of 40 models, then a decode and an encode by both.

python benchmarks/herdsman_source.py [--modules NODE_MODULES] [--times 2000]
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from zigwire.definitions import herdsman_source
from zigwire.devices import NativeSource
from zigwire.devices.behaviour import Behaviour
from zigwire.devices.convert import Bench
from zigwire.devices.feature import Context
from zigwire.zcl import codec
from zigwire.zigbee.model import Device, DeviceType, Endpoint, InterviewState

REPORT = "18070a00001001"
MODELS = (
    ("TRADFRI bulb GU10 W 400lm", "IKEA of Sweden"),
    ("LWA036", "Signify Netherlands B.V."),
    ("RWL021", "Signify Netherlands B.V."),
    ("lumi.sensor_magnet", "LUMI"),
    ("lumi.weather", "LUMI"),
    ("lumi.curtain.acn011", "LUMI"),
    ("NSPanelP-Router", "SONOFF"),
    ("TS0601", "_TZE284_8sejxcue"),
    ("TS0601", "_TZE284_a1ovdobn"),
    ("TS011F", "_TZ3000_j1v25l17"),
    ("Gardenspot RGB", "OSRAM"),
    ("RC 250", "innr"),
    ("GL-H-001", "GLEDOPTO"),
    ("W564100", "Schneider Electric"),
    ("0x0200", "Danfoss"),
    ("SPLZB-131", "Develco Products A/S"),
    ("RBSH-SD-ZB-EU", "BOSCH"),
    ("PIRSensor-N", "Heiman"),
    ("E13-N11", "Sengled"),
    ("HK-DIM-PIR", "Sunricher"),
    ("4566702", "Namron"),
    ("HP6000ZB-GE", "Sinope Technologies"),
    ("DWS003", "Hive"),
    ("CK-BL702-ROUTER-01(7018)", "eWeLink"),
    ("3RSS009Z", "Third Reality"),
    ("3323-G", "Centralite"),
    ("tagv4", "SmartThings"),
    ("ZGA003", "Aeotec"),
    ("501.37", "Paulmann"),
    ("tint-Spotlights", "Müller Licht"),
    ("Smart plug Zigbee SE", "Niko"),
    ("PU01", "Busch-Jaeger"),
    ("Dimmer-Switch-ZB3.0", "Candeo"),
    ("eco-dim07-zigbee", "EcoDim"),
    ("LZL4BWHL01 Remote", "Lutron"),
    ("YRD446 BLE TSDB", "Yale"),
    ("SMARTCODE_CONVERT_GEN1_W3", "Kwikset"),
    ("SX885ZB", "Salus Controls"),
    ("7377019", "Viessmann"),
    ("PP-WHT-US", "Securifi"),
)
DEVICES = 200
STATE = {"state": "ON", "brightness": 254, "color_temp": 370, "color_mode": "color_temp", "linkquality": 120}


def device(number: int, model: str, manufacturer: str) -> Device:
    """Return a device of a model, with endpoints as most have them."""
    endpoint = Endpoint(1, device=0x010C, input_clusters=[0, 3, 4, 5, 6, 8, 768, 4096], output_clusters=[5, 25, 32])
    return Device(
        ieee=f"0x{number:016x}",
        network_address=number,
        type=DeviceType.ROUTER,
        interview_state=InterviewState.SUCCESSFUL,
        manufacturer_name=manufacturer,
        model_id=model,
        endpoints={1: endpoint},
    )


def timed(times: int, work: Callable[[], object]) -> float:
    """Return the microseconds that one of many takes."""
    begin = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - begin) / times * 1e6


async def timed_set(times: int, behaviour: Behaviour, host: Bench, key: str, value: object) -> float:
    """Return the microseconds that a command takes."""
    begin = time.perf_counter()
    for _ in range(times):
        host.begin({})
        await behaviour.set(key, value, Context(state=STATE, message={key: value}))
    return (time.perf_counter() - begin) / times * 1e6


async def measure(modules: Path | None, times: int) -> None:
    """Print the figures."""
    memory = psutil.Process().memory_info
    before, begin = memory().rss, time.perf_counter()
    source = herdsman_source(modules)
    if source is None:
        raise SystemExit("there is no library of definitions")
    print(f"load: {time.perf_counter() - begin:.3f} s, {(memory().rss - before) / 1e6:.0f} MB")
    host, native = Bench(), NativeSource()
    house = [device(number, *MODELS[number % len(MODELS)]) for number in range(DEVICES)]
    begin = time.perf_counter()
    known = sum(source.find(one, host) is not None for one in house)
    seconds, megabytes = time.perf_counter() - begin, (memory().rss - before) / 1e6
    print(f"{known} of {DEVICES} devices of {len(MODELS)} models: {seconds:.3f} s more, {megabytes:.0f} MB in all")
    again = timed(DEVICES, lambda: source.find(device(time.perf_counter_ns(), *MODELS[0]), host))
    print(f"one more device of a known model: {again:.0f} us")
    plug = device(DEVICES, "lumi.plug", "LUMI")
    message, context = codec.parse(6, bytes.fromhex(REPORT)), Context(state=STATE)
    for name, one in (("library", source), ("native", native)):
        behaviour = one.find(plug, host)
        assert behaviour is not None
        decode = timed(times, lambda: behaviour.decode(1, message, context))  # noqa: B023 - called at once
        encode = await timed_set(times, behaviour, host, "state", "ON")
        print(f"{name:8} decode {decode:6.1f} us, encode {encode:6.1f} us")
    source.close()


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--modules", type=Path, help="node_modules of the library; by default the version in use")
    parser.add_argument("--times", type=int, default=2000)
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.modules, arguments.times))


if __name__ == "__main__":
    main()
