"""What one received report costs: our parser beside zigpy's `Cluster.deserialize`, in the same run.

Prints microseconds per report of one attribute as the best of several rounds, and the ratio. `--fuzz` parses a million
damaged frames besides, and prints how many gave a message; anything but a message or a ParseError ends the program.
"""

from __future__ import annotations

import argparse
import logging
import random
import timeit
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace

import zigpy.types
import zigpy.zcl

from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.codec import parse
from zigwire.zcl.errors import ParseError

ROUNDS = 7
CALLS = 5_000
FUZZED = 1_000_000
REPORTS = {
    "on/off (bool)": (0x0006, "182a0a00001001"),
    "temperature (int16)": (0x0402, "182a0a00002908fc"),
    "energy (uint48)": (0x0702, "182a0a00002540e201000000"),
    "analog input (single)": (0x000C, "182a0a55003900004842"),
    "model (string)": (0x0000, "182a0a05004209" + b"lumi.plug".hex()),
}


def peer(cluster_id: int) -> zigpy.zcl.Cluster:
    """Return zigpy's cluster, on an endpoint that is just enough for it to parse."""
    device = SimpleNamespace(
        name="0x1234", application=SimpleNamespace(), ieee=zigpy.types.EUI64.convert("00:15:8d:00:01:a0:00:00")
    )
    endpoint = SimpleNamespace(device=device, endpoint_id=1, unique_id=(device.ieee, 1))
    return zigpy.zcl.Cluster.from_id(endpoint, cluster_id)


def microseconds(call: Callable[[], object]) -> float:
    """Return what a call costs, as the best of several rounds."""
    return min(timeit.repeat(call, number=CALLS, repeat=ROUNDS)) / CALLS * 1e6


def compare() -> None:
    """Print the cost of each report."""
    print(f"{'report of one attribute':<26}{'ours':>8}{'zigpy':>9}{'ratio':>8}   (µs each)")
    for name, (cluster_id, wire) in REPORTS.items():
        data = bytes.fromhex(wire)
        cluster = peer(cluster_id)
        _, report = cluster.deserialize(data)
        theirs_value = report.attribute_reports[0].value.value
        ours_value = parse(cluster_id, data).attributes[0].value
        if ours_value != theirs_value:
            raise SystemExit(f"{name}: {ours_value!r} here, {theirs_value!r} there")
        ours = microseconds(partial(parse, cluster_id, data))
        theirs = microseconds(partial(cluster.deserialize, data))
        print(f"{name:<26}{ours:>8.2f}{theirs:>9.2f}{theirs / ours:>7.0f}x")


def fuzz() -> None:
    """Parse damaged frames of every cluster."""
    chance = random.Random(1)
    clusters = [CLUSTERS.resolve(name).id for name in CLUSTERS]
    messages = 0
    for _ in range(FUZZED):
        data = bytes([chance.choice((0x00, 0x01, 0x08, 0x09, 0x18, 0x1C))]) + chance.randbytes(chance.randrange(60))
        try:
            parse(chance.choice(clusters), data)
        except ParseError:
            continue
        messages += 1
    print(f"{FUZZED} damaged frames: {messages} messages, {FUZZED - messages} without a header")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--fuzz", action="store_true", help="parse a million damaged frames as well")
    logging.disable(logging.CRITICAL)
    compare()
    if parser.parse_args().fuzz:
        fuzz()


if __name__ == "__main__":
    main()
