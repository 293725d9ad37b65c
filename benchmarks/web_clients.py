"""Browsers that listen: what do twenty cost while two hundred devices change, and how late do they hear of it?

    python benchmarks/web_clients.py [--clients 20] [--devices 200] [--rate 50] [--seconds 20] [--z2m DIR]

Runs Zigwire's web server in a process of its own, lets clients connect that understand compression as browsers do, and
publishes: states at a rate, then the list of all devices ten times with a change and ten times without one. Beside it,
in the same run, does the same with Zigbee2MQTT's own server (DIR is a folder where `npm install zigbee2mqtt@2.14.1` was
run) or, without it, with a server that serialises each message for each client.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import socket
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from aiohttp import web

SENT = re.compile(r'"z_sent":\s*([\d.]+)')
LISTS = 10
FEATURES = 25

Z2M = """
process.env.ZIGBEE2MQTT_DATA = process.argv[1];
const [root, about] = [process.argv[2] + '/node_modules/zigbee2mqtt/dist/', JSON.parse(process.argv[3])];
const {devices, state} = JSON.parse(require('fs').readFileSync(process.argv[1] + '/house.json'));
require(root + 'util/logger').default.init();
const {Frontend} = require(root + 'extension/frontend');
const hear = {};
const bus = new Proxy({}, {get: (_, name) => (key, callback) => { hear[name] = callback; }});
const retained = {};
const frontend = new Frontend({devicesIterator: function* () {}}, {retainedMessages: retained}, {}, null, bus);
const now = () => Number(process.hrtime.bigint()) / 1e9;
const publishList = (sent) => {
    devices[devices.length - 1].z_sent = sent;
    const payload = JSON.stringify(devices);
    retained['zigbee2mqtt/bridge/devices'] = {payload};
    hear.onMQTTMessagePublished({topic: 'zigbee2mqtt/bridge/devices', payload, options: {meta: {}}});
};
const every = (seconds, times, work) => new Promise((done) => {
    let number = 0;
    const timer = setInterval(() => {
        work(number);
        if (++number === times) { clearInterval(timer); done(); }
    }, seconds * 1000);
});
const phases = {
    states: () => every(1 / about.rate, about.rate * about.seconds, (number) => hear.onPublishEntityState(
        {entity: {name: 'device' + number % about.devices}, message: {...state, power: number, z_sent: now()}})),
    lists: () => every(0.5, 10, () => publishList(now())),
    same: () => { const sent = now(); return every(0.5, 10, () => publishList(sent)); },
};
frontend.start();
const waiting = setInterval(() => {
    if (!frontend.server?.listening) return;
    clearInterval(waiting);
    publishList(0);
    console.log('ready');
    require('readline').createInterface({input: process.stdin}).on('line', (line) =>
        phases[line]().then(() => console.log('done')));
}, 50);
"""


def house(devices: int) -> dict[str, Any]:
    """Return the list of all devices, with as much in it as real ones have, and a state."""
    exposes = [
        {
            "access": 7,
            "description": f"What feature {number} does, in a sentence as definitions have it",
            "label": f"Feature {number}",
            "name": f"feature_{number}",
            "property": f"feature_{number}",
            "type": "numeric",
            "unit": "W",
            "value_max": 65535,
            "value_min": 0,
        }
        for number in range(FEATURES)
    ]
    described = [
        {
            "definition": {"description": "Plug", "exposes": exposes, "model": "ZNCZ02LM", "options": exposes[:9]},
            "endpoints": {"1": {"bindings": [], "clusters": {"input": ["genOnOff"] * 9, "output": []}, "scenes": []}},
            "friendly_name": f"device{number}",
            "ieee_address": f"0x{number:016x}",
            "network_address": number,
        }
        for number in range(devices)
    ]
    state = {"state": "ON", "voltage": 230.1, "current": 1.25, "linkquality": 120, "energy": 12.5, "temperature": 21.5}
    return {"devices": described, "state": state}


class Naive:
    """The server that one would write first: each message is serialised for each client."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._clients: list[web.WebSocketResponse] = []
        self._list: Any = None

    async def open(self) -> None:
        """Listen."""
        app = web.Application()
        app.router.add_get("/api", self._talk)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self._port).start()

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        client = web.WebSocketResponse()
        await client.prepare(request)
        await client.send_str(json.dumps({"topic": "bridge/devices", "payload": self._list}))
        self._clients.append(client)
        async for _ in client:
            pass
        return client

    async def publish(self, topic: str, payload: Any) -> None:
        """Tell everybody."""
        if topic == "bridge/devices":
            self._list = payload
        for client in self._clients:
            await client.send_str(json.dumps({"topic": topic, "payload": payload}))


class Zigwire:
    """The server that Zigwire has."""

    def __init__(self, port: int, folder: Path) -> None:
        from zigwire.settings import load
        from zigwire.web.server import WebServer

        path = folder / "configuration.yaml"
        path.write_text(
            "version: 5\nmqtt: {server: 'mqtt://localhost'}\n"
            f"frontend: {{enabled: true, host: 127.0.0.1, port: {port}}}\n"
        )
        self._server = WebServer(load(path, {}), lambda *_: None, folder / "page")

    async def open(self) -> None:
        """Listen."""
        await self._server.open()

    async def publish(self, topic: str, payload: Any) -> None:
        """Tell everybody."""
        from zigwire.bridge.payloads import dumps

        if topic == "bridge/devices":
            self._server.audience.published(topic, dumps(payload), retain=True)
        else:
            self._server.audience.state(topic, dumps(payload))


async def serve(arguments: argparse.Namespace) -> None:
    """Be the server, in a process of its own: a phase for each line that comes in."""
    folder = Path(arguments.folder)
    server = Naive(arguments.port) if arguments.serve == "naive" else Zigwire(arguments.port, folder)
    known = json.loads((folder / "house.json").read_text())

    async def publish_list(sent: float) -> None:
        known["devices"][-1]["z_sent"] = sent
        await server.publish("bridge/devices", known["devices"])

    await publish_list(0)
    await server.open()
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        begin = time.monotonic()
        for number in range(arguments.rate * arguments.seconds if line == "states\n" else LISTS):
            pause = 1 / arguments.rate if line == "states\n" else 0.5
            await asyncio.sleep(max(0.0, begin + (number + 1) * pause - time.monotonic()))
            sent = begin if line == "same\n" else time.monotonic()
            if line == "states\n":
                state = {**known["state"], "power": number, "z_sent": sent}
                await server.publish(f"device{number % arguments.devices}", state)
            else:
                await publish_list(sent)
        print("done", flush=True)


async def listen(session: aiohttp.ClientSession, url: str, delays: list[float]) -> None:
    """Be a client, and note how late it hears."""
    async with session.ws_connect(url, compress=15, max_msg_size=2**26) as server:
        async for message in server:
            if found := SENT.search(message.data, max(0, len(message.data) - 200)):
                delays.append(time.monotonic() - float(found[1]))  # noqa: PERF401 - it is now that counts


async def measure(command: list[str], port: int, arguments: argparse.Namespace) -> None:
    """Measure one server and print its figures."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert process.stdin
    assert process.stdout
    await wait_for(process.stdout, b"ready")
    watched = psutil.Process(process.pid)
    delays: list[float] = []
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        url = f"ws://127.0.0.1:{port}/api"
        clients = [asyncio.create_task(listen(session, url, delays)) for _ in range(arguments.clients)]
        for client in clients:
            stack.callback(client.cancel)
        while len(delays) < arguments.clients:  # noqa: ASYNC110 - the clients are not ours to change
            await asyncio.sleep(0.05)
        for phase in ("states", "lists", "same"):
            delays.clear()
            begun, cpu = time.monotonic(), sum(watched.cpu_times()[:2])
            process.stdin.write(f"{phase}\n".encode())
            await wait_for(process.stdout, b"done")
            await asyncio.sleep(1)
            taken = sum(watched.cpu_times()[:2]) - cpu
            print(f"  {phase:7} {shown(phase, delays, taken, time.monotonic() - begun)}")
    process.kill()
    await process.wait()


def shown(phase: str, delays: list[float], cpu: float, seconds: float) -> str:
    """Write the figures of a phase as a sentence."""
    if phase == "states":
        row = sorted(delays)
        late = f"{1000 * statistics.median(row):.1f} ms (median), {1000 * row[len(row) * 99 // 100]:.1f} ms (99 %)"
        return f"CPU {100 * cpu / seconds:.1f} %, heard after {late}, {len(delays)} messages"
    late = f", heard after {1000 * statistics.median(delays):.0f} ms (median)" if phase == "lists" else ""
    return f"CPU {1000 * cpu / LISTS:.0f} ms a list{late}, {len(delays)} messages"


async def wait_for(stream: asyncio.StreamReader, word: bytes) -> None:
    """Wait for a line."""
    while (line := await stream.readline()).strip() != word:
        if not line:
            sys.exit("The server ended")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def compare(arguments: argparse.Namespace, folder: Path) -> None:
    """Measure both."""
    (folder / "house.json").write_text(json.dumps(house(arguments.devices)))
    rates = ["--devices", arguments.devices, "--rate", arguments.rate, "--seconds", arguments.seconds]
    for name in ("zigwire", "z2m" if arguments.z2m else "naive"):
        port = free_port()
        common = [__file__, "--serve", name, "--folder", folder, "--port", port, *rates]
        command = [sys.executable, *map(str, common)]
        if name == "z2m":
            (folder / "configuration.yaml").write_text(
                "version: 5\nmqtt: {server: 'mqtt://localhost'}\nserial: {port: /dev/null}\n"
                f"frontend: {{enabled: true, host: 127.0.0.1, port: {port}}}\nadvanced: {{log_output: []}}\n"
            )
            about = {"devices": arguments.devices, "rate": arguments.rate, "seconds": arguments.seconds}
            command = ["node", "-e", Z2M, "--", str(folder), str(arguments.z2m), json.dumps(about)]
        print(name)
        await measure(command, port, arguments)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--rate", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--z2m", type=Path)
    parser.add_argument("--serve", choices=["zigwire", "naive"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        asyncio.run(serve(arguments))
        return
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(compare(arguments, Path(folder)))


if __name__ == "__main__":
    main()
