"""A million random and damaged frames from a device through the whole receive path, from the radio to MQTT.

    python benchmarks/receive_fuzz.py [--frames 1000000] [--seed 1]

Prints frames per second, what became of them, and the memory before and after. Exits with 1 when an exception escaped
or was logged, or when memory grew by more than 5 MB after the first tenth.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from zigwire.bridge.bridge import Bridge
from zigwire.bridge.states import States
from zigwire.devices import NativeSource, Sources
from zigwire.settings import load
from zigwire.simulator.catalogue import default_house
from zigwire.simulator.radio import SimulatedRadio
from zigwire.storage import Database
from zigwire.zigbee.model import InterviewState
from zigwire.zigbee.network import Network
from zigwire.zigbee.radio import ApsFrame, Mode, NetworkParameters

# Real frames of the plug to damage: reports, answers, commands of several clusters.
REAL = [
    (1, 6, "18550a00001001"),
    (2, 12, "18010a55003900002b42"),
    (1, 0, "1c5f11070a01ff42220121bd0b03281f05210100082162136410009539000040409639000f004598390000484100"),
    (1, 0, "1801010500000042096c756d692e706c756704000042044c554d49"),
    (1, 6, "180b0b0100"),
    (1, 0x19, "010a0100"),
    (1, 0x0A, "100b000000"),
    (1, 0x500, "09110021000000000000"),
    (1, 8, "110c0600ff0a00"),
    (1, 0x300, "18020a0300217f000400217f00"),
    (1, 0xEF00, "092001000101040001010202000400000064"),
]


class Counting:
    """Takes the place of the MQTT client."""

    def __init__(self) -> None:
        self.published = 0

    def publish(self, topic: str, payload: bytes, **_: object) -> None:
        """Count a message."""
        self.published += bool(topic) and bool(payload)


class Alarm(logging.Handler):
    """Counts logged exceptions."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.seen: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Count a record that carries an exception."""
        if record.exc_info:
            self.seen[f"{record.name}: {record.exc_info[1]!r}"[:120]] += 1


def damaged(chance: random.Random) -> tuple[int, int, bytes]:
    """Return an endpoint, a cluster and a frame: a real one with damage, or noise."""
    if chance.random() < 0.3:
        return (
            chance.randrange(256),
            chance.choice([0, 6, 12, chance.randrange(65536)]),
            chance.randbytes(chance.randrange(60)),
        )
    endpoint, cluster, text = chance.choice(REAL)
    data = bytearray(bytes.fromhex(text))
    for _ in range(chance.randrange(4)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    if chance.random() < 0.2:
        del data[chance.randrange(len(data)) :]
    if chance.random() < 0.1:
        data += chance.randbytes(chance.randrange(40))
    return endpoint, cluster, bytes(data)


def memory() -> float:
    """Return the resident memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def run(frames: int, seed: int, folder: Path) -> int:
    """Send the frames; return the exit status."""
    path = folder / "configuration.yaml"
    path.write_text("version: 5\nmqtt: {server: 'mqtt://localhost'}\nadvanced: {last_seen: ISO_8601}\n")
    settings = load(path, {})
    alarm = Alarm()
    logging.getLogger().addHandler(alarm)
    logging.getLogger().setLevel(logging.ERROR)
    house = default_house()
    with Database(folder / "zigwire.db") as database:
        network = Network(
            lambda: SimulatedRadio(house), database, parameters=NetworkParameters(0x1234, None, 15, bytes(16))
        )
        mqtt = Counting()
        bridge = Bridge(
            settings, network, mqtt, States(database), Sources([NativeSource()]), lambda: None, firmware=database
        )
        await network.start(bridge)
        await network.wait_online()
        bridge.start()
        plug = house.device("plug")
        house.join("plug")
        while not interviewed(network, plug.ieee):  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)
        status = await flood(network, plug.node.network_address, frames, seed, database, mqtt, alarm)
        bridge.stop()
        await network.stop()
    return status


def interviewed(network: Network, ieee: str) -> bool:
    """Tell whether it is known what a device is."""
    device = network.devices.get(ieee)
    return device is not None and device.interview_state is InterviewState.SUCCESSFUL


async def flood(
    network: Network, address: int, frames: int, seed: int, database: Database, mqtt: Counting, alarm: Alarm
) -> int:
    """Send the frames and print the figures."""
    chance = random.Random(seed)
    published, begin, settled = mqtt.published, time.perf_counter(), 0.0
    for number in range(frames):
        endpoint, cluster, data = damaged(chance)
        source = address if chance.random() < 0.98 else chance.randrange(0xFFF8)
        network.frame_received(
            ApsFrame(source, endpoint, 0, 1, 0x0104, cluster, data, Mode.UNICAST, linkquality=chance.randrange(256))
        )
        if number % 500 == 0:
            database.flush()
            await asyncio.sleep(0)
        if number == frames // 10:
            settled = memory()
    seconds = time.perf_counter() - begin
    grown = memory() - settled
    print(f"{frames} frames in {seconds:.0f} s, {frames / seconds:.0f}/s")
    print(f"unreadable: {network.unreadable}, messages published: {mqtt.published - published}")
    print(f"memory: {settled:.1f} MB after a tenth, {grown:+.1f} MB at the end")
    for text, count in alarm.seen.most_common():
        print(f"EXCEPTION {count} x {text}")
    return 1 if alarm.seen or grown > 5 else 0


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(run(arguments.frames, arguments.seed, Path(folder)))


if __name__ == "__main__":
    sys.exit(main())
