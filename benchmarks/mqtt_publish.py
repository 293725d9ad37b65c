"""What one publish costs: our client beside paho-mqtt, QoS 0, 200 bytes, against one mosquitto.

Prints microseconds of CPU time of this process (all threads, mosquitto not counted) per message, as the best of
several rounds, and their ratio.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from zigwire.mqtt import MqttClient, MqttOptions

MESSAGES = 20_000
ROUNDS = 5
BURST = 500  # messages between two looks at the event loop
PAYLOAD = b'{"state":"ON","power":12.3,"linkquality":120}'.ljust(200)
TOPICS = [f"zigwire/device_{number}" for number in range(50)]


@contextmanager
def mosquitto() -> Iterator[int]:
    """Run a broker on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "mosquitto.conf"
        config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")
        environment = {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"}
        process = subprocess.Popen(["mosquitto", "-c", str(config)], env=environment, stderr=subprocess.DEVNULL)
        try:
            await_port(port)
            yield port
        finally:
            process.terminate()
            process.wait()


def await_port(port: int) -> None:
    """Wait until somebody listens."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.02)
    raise SystemExit("mosquitto does not start")


async def measure_ours(port: int) -> tuple[float, float]:
    """Return the CPU time and the time inside of `publish`, in microseconds per message."""
    client = MqttClient(MqttOptions(server=f"mqtt://127.0.0.1:{port}"))
    client.start()
    await client.wait_connected()
    inside = 0.0
    start = time.process_time()
    for first in range(0, MESSAGES, BURST):
        entered = time.perf_counter()
        for number in range(first, first + BURST):
            client.publish(TOPICS[number % len(TOPICS)], PAYLOAD)
        inside += time.perf_counter() - entered
        await client.drain()
        await asyncio.sleep(0)
    await client.stop()
    return (time.process_time() - start) / MESSAGES * 1e6, inside / MESSAGES * 1e6


def measure_paho(port: int) -> float:
    """Return the CPU time in microseconds per message."""
    connected, sent = threading.Event(), threading.Event()
    count = 0

    def on_publish(*_: object) -> None:
        nonlocal count
        count += 1
        if count == MESSAGES:
            sent.set()

    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.on_connect = lambda *_: connected.set()
    client.on_publish = on_publish
    client.connect("127.0.0.1", port)
    client.loop_start()
    connected.wait(5)
    start = time.process_time()
    for number in range(MESSAGES):
        client.publish(TOPICS[number % len(TOPICS)], PAYLOAD)
    sent.wait(30)
    used = time.process_time() - start
    client.disconnect()
    client.loop_stop()
    return used / MESSAGES * 1e6


def main() -> None:
    """Measure both in turn and print the figures."""
    logging.basicConfig(level=logging.WARNING)
    ours, paho_figures = [], []
    with mosquitto() as port:
        for _ in range(ROUNDS):
            ours.append(asyncio.run(measure_ours(port)))
            paho_figures.append(measure_paho(port))
    cpu, inside = min(ours)
    print(f"{MESSAGES} messages of {len(PAYLOAD)} bytes, QoS 0, best of {ROUNDS} rounds")
    print(f"zigwire.mqtt  {cpu:6.1f} us of CPU a message, {inside:.1f} us inside of publish()")
    print(f"paho-mqtt     {min(paho_figures):6.1f} us of CPU a message")
    print(f"ratio         {min(paho_figures) / cpu:6.1f}")


if __name__ == "__main__":
    main()
