"""What definitions of the field's library cost: time to load, to meet a device, to decode and encode, and memory.

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
from zigwire.devices.convert import Bench
from zigwire.devices.feature import Context
from zigwire.zcl import codec
from zigwire.zigbee.model import Device, DeviceType, Endpoint, InterviewState

REPORT = "18070a00001001"
STATE = {"state": "ON", "brightness": 254, "color_temp": 370, "color_mode": "color_temp", "linkquality": 120}


def bulb(number: int) -> Device:
    """Return a lamp that nearly everybody has."""
    endpoint = Endpoint(1, device=0x010C, input_clusters=[0, 3, 4, 5, 6, 8, 768, 4096], output_clusters=[5, 25, 32])
    return Device(
        ieee=f"0x{number:016x}",
        network_address=number,
        type=DeviceType.ROUTER,
        interview_state=InterviewState.SUCCESSFUL,
        manufacturer_name="IKEA of Sweden",
        model_id="TRADFRI bulb E27 WS opal 980lm",
        endpoints={1: endpoint},
    )


def timed(times: int, work: Callable[[], object]) -> float:
    """Return the microseconds that one of many takes."""
    begin = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - begin) / times * 1e6


async def measure(modules: Path | None, times: int) -> None:
    """Print the figures."""
    memory = psutil.Process().memory_info
    before, begin = memory().rss, time.perf_counter()
    source = herdsman_source(modules)
    if source is None:
        raise SystemExit("there is no library of definitions")
    print(f"load: {time.perf_counter() - begin:.3f} s, {(memory().rss - before) / 1e6:.0f} MB")
    host = Bench()
    behaviour = source.find(bulb(0), host)
    assert behaviour is not None
    print(f"another device: {timed(200, lambda: source.find(bulb(time.perf_counter_ns()), host)):.0f} us")
    print(f"memory with 200 devices: {(memory().rss - before) / 1e6:.0f} MB")
    message, context = codec.parse(6, bytes.fromhex(REPORT)), Context(state=STATE)
    print(f"decode a report: {timed(times, lambda: behaviour.decode(1, message, context)):.0f} us")
    begin = time.perf_counter()
    for _ in range(times):
        host.begin({})
        await behaviour.set("brightness", 100, Context(state=STATE, message={"brightness": 100}))
    print(f"encode a command: {(time.perf_counter() - begin) / times * 1e6:.0f} us")
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
