"""The real program as a user starts it, on a real broker and a coordinator on a TCP port."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from support.mosquitto import Mosquitto, free_port
from zigwire.mqtt import MqttClient, MqttOptions, Properties
from zigwire.simulator.house import House
from zigwire.simulator.znp import serve

PATIENCE = 30.0
BASE = "zigbee2mqtt"


class Ear:
    """Hears everything on a broker; what was heard stays until it was waited for."""

    def __init__(self, url: str, version: int = 4) -> None:
        self.heard: list[tuple[float, str, Any]] = []
        self.latest: dict[str, Any] = {}
        self._news = asyncio.Event()
        options = MqttOptions(server=url, version=version, maximum_packet_size=2**24)
        self.mqtt = MqttClient(options, on_message=self._hear)
        self.mqtt.subscribe("#")

    async def start(self) -> None:
        self.mqtt.start()
        await self.mqtt.wait_connected()

    def _hear(self, topic: str, payload: bytes, **_: Any) -> None:
        try:
            value = json.loads(payload) if payload else None
        except ValueError:
            value = payload
        name = topic.removeprefix(f"{BASE}/")
        self.heard.append((time.monotonic(), name, value))
        self.latest[name] = value
        self._news.set()

    async def wait(self, topic: str, found: Callable[[Any], Any] = lambda _: True, since: int = 0) -> Any:
        """Wait for a message; `since` is a place in `heard`."""
        place = since
        async with asyncio.timeout(PATIENCE):
            while True:
                while place < len(self.heard):
                    _, name, value = self.heard[place]
                    place += 1
                    if name == topic and found(value):
                        return value
                self._news.clear()
                await self._news.wait()

    def say(self, topic: str, payload: Any = "", properties: Properties | None = None) -> int:
        """Publish; return the place in `heard` from which answers come."""
        raw = payload if isinstance(payload, bytes | str) else json.dumps(payload)
        place = len(self.heard)
        self.mqtt.publish(f"{BASE}/{topic}", raw, properties=properties)
        return place

    async def request(self, name: str, payload: Any = "") -> Any:
        """Send a bridge request and return its response."""
        return await self.wait(f"bridge/response/{name}", since=self.say(f"bridge/request/{name}", payload))


class Bridge:
    """The program in its own process."""

    def __init__(self, data: Path, ear: Ear) -> None:
        self.data = data
        self.ear = ear
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, *arguments: str) -> None:
        """Start it and wait until it is online."""
        place = len(self.ear.heard)
        await self.launch(*arguments)
        await self.ear.wait("bridge/state", lambda state: state == {"state": "online"}, place)

    async def launch(self, *arguments: str) -> None:
        program = Path(sys.executable).with_name("zigwire")
        with (self.data / "bridge.log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                program, "run", "--data", self.data, *arguments, stdout=log, stderr=log
            )

    async def stop(self) -> int:
        """Stop it in good order; return its exit status."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """Kill it like a power cut would."""
        await self._end(signal.SIGKILL)

    async def _end(self, number: int) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        if process.returncode is None:
            process.send_signal(number)
        return await process.wait()

    @property
    def log(self) -> str:
        return (self.data / "bridge.log").read_text()


class Proxy:
    """A way to a port that can be cut."""

    def __init__(self, port: int) -> None:
        self.port = free_port()
        self._target = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    def cut(self) -> None:
        """Break all connections; new ones may be made."""
        for writer in list(self._writers):
            writer.transport.abort()

    def close(self) -> None:
        if self._server:
            self._server.close()
        self.cut()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers |= {writer, back}
        await asyncio.gather(self._pipe(reader, back), self._pipe(there, writer))
        self._writers -= {writer, back}

    @staticmethod
    async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
        except ConnectionError:
            pass
        writer.transport.abort()


class World:
    """A broker, a simulated house behind a TCP port, and the bridge between them."""

    def __init__(self, folder: Path, house: House) -> None:
        self.folder = folder
        self.house = house
        self.mosquitto = Mosquitto(folder)
        self.data = folder / "data"
        self.port = free_port()
        self.server: asyncio.Server | None = None
        self.ear: Ear
        self.bridge: Bridge

    async def open(self, settings: dict[str, Any]) -> None:
        self.mosquitto.start()
        await self.open_port()
        self.ear = Ear(self.mosquitto.url)
        await self.ear.start()
        self.data.mkdir()
        base = {
            "version": 5,
            "mqtt": {"server": self.mosquitto.url},
            "serial": {"port": f"tcp://127.0.0.1:{self.port}", "adapter": "zstack"},
            "advanced": {"network_key": list(range(16)), "pan_id": 0x1234, "channel": 15, "log_output": ["console"]},
        }
        for section, values in settings.items():
            base[section] = {**base.get(section, {}), **values}
        (self.data / "configuration.yaml").write_text(yaml.safe_dump(base, sort_keys=False))
        self.bridge = Bridge(self.data, self.ear)

    async def open_port(self) -> None:
        self.server = await serve(self.house, self.port)

    async def pair(self, name: str) -> str:
        """Pair a device of the house; return its IEEE address."""
        ieee = self.house.device(name).ieee
        await self.ear.request("permit_join", {"time": 254})
        place = len(self.ear.heard)
        self.house.pair(name)

        def ready(event: Any) -> bool:
            data = event["data"]
            return data["ieee_address"] == ieee and data.get("status") == "successful"

        await self.ear.wait("bridge/event", ready, place)
        return ieee

    async def close(self) -> None:
        await self.bridge.kill()
        await self.ear.mqtt.stop()
        if self.server:
            self.server.close()
        self.mosquitto.stop()
