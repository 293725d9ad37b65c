"""What metrics cost: counting, and scrapes of a bridge with many devices.

    python benchmarks/metrics.py [--devices 200] [--scrapes 20]

Prints the time that is spent on counting for each frame received and for each request with its frame; of a scrape the
processor time, for how long at one time the bridge had to wait for it (longest when Python collects garbage), and its
size.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import logging
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from timeit import timeit

from aiohttp.test_utils import make_mocked_request

from zigwire.bridge.bridge import Bridge
from zigwire.bridge.states import States
from zigwire.devices import NativeSource, Sources
from zigwire.metrics.exposition import Exposition
from zigwire.mqtt.client import Statistics
from zigwire.settings import load
from zigwire.simulator.catalogue import default_house
from zigwire.simulator.radio import SimulatedRadio
from zigwire.storage import Database
from zigwire.zigbee.model import Device, DeviceType
from zigwire.zigbee.network import Network
from zigwire.zigbee.radio import NetworkParameters
from zigwire.zigbee.tally import Tallies

IEEE = "0x00158d0001a2b3c4"
TICK = 0.0005  # seconds between looks whether the bridge has to wait


class Silent:
    """Takes the place of the MQTT client."""

    statistics = Statistics(connected=True, queued=0, received=0, published=0)

    def publish(self, topic: str, payload: bytes, **_: object) -> None:
        """Send nothing."""


def microseconds(work: Callable[[], object], number: int = 200_000) -> float:
    """Return how long something takes."""
    return timeit(work, number=number) / number * 1e6


def count(tallies: Tallies) -> tuple[float, float]:
    """Return the microseconds that counting takes for a frame received, and for a request with its frame."""

    def receive() -> None:
        begin = time.perf_counter()
        tallies.handled.add(time.perf_counter() - begin)

    def ask() -> None:
        with tallies.request(IEEE), tallies.frame(IEEE):
            pass

    return microseconds(receive), microseconds(ask)


class Stopwatch:
    """Looks all the time for how long the event loop was busy with something else."""

    worst = 0.0

    async def run(self) -> None:
        """Look."""
        while True:
            begin = time.perf_counter()
            await asyncio.sleep(TICK)
            self.worst = max(self.worst, time.perf_counter() - begin - TICK)


async def scrape(exposition: Exposition, scrapes: int) -> None:
    """Scrape and print the figures."""
    watch, times, waits, text = Stopwatch(), [], [], b""
    watching = asyncio.create_task(watch.run())
    for _ in range(scrapes):
        watch.worst, begin = 0.0, time.process_time()
        response = await exposition.serve(make_mocked_request("GET", "/metrics"))
        times.append(time.process_time() - begin)
        text = bytes(response.body)
        await asyncio.sleep(TICK)
        waits.append(watch.worst)
    watching.cancel()
    print(f"a scrape: {statistics.median(times) * 1e3:.0f} ms of the processor")
    print(f"the bridge waits at one time: {statistics.median(waits) * 1e3:.0f} ms, once {max(waits) * 1e3:.0f} ms")
    print(f"size: {len(text) / 1e3:.0f} kB, {len(gzip.compress(text)) / 1e3:.0f} kB compressed")


async def run(devices: int, scrapes: int, folder: Path) -> None:
    """Measure scrapes."""
    path = folder / "configuration.yaml"
    path.write_text("version: 5\nmqtt: {server: 'mqtt://localhost'}\navailability: {enabled: true}\n")
    settings, house, states = load(path, {}), default_house(), States(None)
    with Database(folder / "zigwire.db") as database:
        for number in range(devices):
            database.save_device(Device(f"0x{number:016x}", number + 1, DeviceType.ROUTER, model_id="lamp"))
            settings.add_device(f"0x{number:016x}")
        parameters = NetworkParameters(0x1234, None, 15, bytes(16))
        network = Network(lambda: SimulatedRadio(house), database, parameters=parameters)
        bridge = Bridge(settings, network, Silent(), states, Sources([NativeSource()]), lambda: None, firmware=database)
        exposition = Exposition()
        exposition.tell_of(bridge, network, Silent(), states, ())
        await network.start(bridge)
        for ieee in network.devices:
            network.tallies.of(ieee).undelivered["MAC_NO_ACK"] += 1
            network.tallies.of(ieee).failed["undelivered"] += 1
        await scrape(exposition, scrapes)
        await network.stop()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--scrapes", type=int, default=20)
    arguments = parser.parse_args()
    logging.disable(logging.ERROR)
    received, asked = count(Tallies())
    print(f"counting: {received:.2f} µs for a frame received, {asked:.2f} µs for a request")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(arguments.devices, arguments.scrapes, Path(folder)))


if __name__ == "__main__":
    main()
