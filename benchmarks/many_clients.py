"""Many clients that ask at once: is every request answered once, in order, and does memory stay flat?

    python benchmarks/many_clients.py [--clients 50] [--rate 20] [--seconds 60]

Runs the real program with a simulated network and a real mosquitto. Each client has a connection of its own and numbers
its requests; one more client hears all answers.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

import paho.mqtt.client as paho
import psutil

ROOT = Path(__file__).resolve().parents[1]
ZIGWIRE = ROOT / ".venv" / "bin" / "zigwire"
BASE = "zigbee2mqtt/bridge"


def request(number: int) -> tuple[str, dict[str, object]]:
    """Return the request that a client makes under a number: mostly light ones, some that change files, some wrong."""
    match number % 10:
        case 0:
            return "options", {"options": {"advanced": {"log_level": "warning"}}}
        case 1 | 2:
            return "permit_join", {"time": 0}
        case 3:
            return "permit_join", {"time": "soon"}
        case 4:
            return "device/rename", {"from": "nobody", "to": "somebody"}
        case _:
            return "health_check", {}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def connected(port: int) -> paho.Client:
    """Return a client that is connected."""
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    there = threading.Event()
    client.on_connect = lambda *_: there.set()
    client.max_inflight_messages_set(1000)
    client.connect("127.0.0.1", port)
    client.loop_start()
    there.wait(10)
    return client


class Listener:
    """Hears all answers."""

    def __init__(self, port: int) -> None:
        self.answers: dict[int, list[int]] = defaultdict(list)
        self.delays: list[float] = []
        self.begun: dict[tuple[int, int], float] = {}
        self.online = threading.Event()
        self.client = connected(port)
        self.client.on_message = self.hear
        self.client.subscribe([(f"{BASE}/response/#", 1), (f"{BASE}/state", 1)])

    def hear(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        """Note an answer."""
        answer = json.loads(message.payload)
        if message.topic == f"{BASE}/state":
            if answer["state"] == "online":
                self.online.set()
            return
        client, number = answer["transaction"]
        self.answers[client].append(number)
        self.delays.append(time.monotonic() - self.begun[client, number])


def ask(arguments: argparse.Namespace, port: int, listener: Listener, process: psutil.Process) -> list[float]:
    """Let all clients ask, and return the program's memory in MB second by second."""
    clients = [connected(port) for _ in range(arguments.clients)]
    memory: list[float] = []
    begin = time.monotonic()
    for number in range(arguments.seconds * arguments.rate):
        for index, client in enumerate(clients):
            name, payload = request(number + index)
            listener.begun[index, number] = time.monotonic()
            client.publish(f"{BASE}/request/{name}", json.dumps({**payload, "transaction": [index, number]}), qos=1)
        if number % arguments.rate == 0:
            memory.append(process.memory_info().rss / 2**20)
        time.sleep(max(0.0, begin + (number + 1) / arguments.rate - time.monotonic()))
    expected = arguments.clients * arguments.seconds * arguments.rate
    end = time.monotonic() + 30
    while sum(map(len, listener.answers.values())) < expected and time.monotonic() < end:
        time.sleep(0.1)
    return memory


def report(arguments: argparse.Namespace, listener: Listener, memory: list[float], cpu: float) -> bool:
    """Print the figures and return whether all was well."""
    count = arguments.seconds * arguments.rate
    once = all(sorted(listener.answers[index]) == list(range(count)) for index in range(arguments.clients))
    ordered = all(listener.answers[index] == sorted(listener.answers[index]) for index in range(arguments.clients))
    delays = sorted(listener.delays)
    answered = sum(map(len, listener.answers.values()))
    print(f"requests {arguments.clients * count}, answered {answered}; each once: {once}; in order: {ordered}")
    print(f"answer after {1000 * delays[len(delays) // 2]:.1f} ms (median), {1000 * delays[-1]:.0f} ms (longest)")
    print(f"CPU per request {1000 * cpu / max(1, answered):.3f} ms")
    print(f"memory {memory[min(10, len(memory) - 1)]:.1f} MB after 10 s, {memory[-1]:.1f} MB at the end")
    return once and ordered


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--rate", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=60)
    arguments = parser.parse_args()
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "mosquitto.conf").write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0\n"
        )
        (folder / "configuration.yaml").write_text(
            f"version: 5\nmqtt:\n  server: mqtt://127.0.0.1:{port}\nserial:\n  port: sim://\n"
            "advanced:\n  log_level: warning\n  log_output: []\n"
        )
        broker = subprocess.Popen(["mosquitto", "-c", folder / "mosquitto.conf"], stderr=subprocess.DEVNULL)
        try:
            time.sleep(0.5)
            listener = Listener(port)
            with (folder / "log").open("w") as log:
                bridge = subprocess.Popen([ZIGWIRE, "run", "--data", folder], stdout=log, stderr=log)
            try:
                if not listener.online.wait(20):
                    sys.exit((folder / "log").read_text())
                process = psutil.Process(bridge.pid)
                before = sum(process.cpu_times()[:2])
                memory = ask(arguments, port, listener, process)
                well = report(arguments, listener, memory, sum(process.cpu_times()[:2]) - before)
            finally:
                bridge.terminate()
                bridge.wait(10)
        finally:
            broker.terminate()
    sys.exit(not well)


if __name__ == "__main__":
    main()
