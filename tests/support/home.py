"""A whole home in the process: the bridge between a simulated house and a list of what it publishes."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from zigwire.bridge.bridge import Bridge
from zigwire.bridge.states import States
from zigwire.devices import DefinitionSource, NativeSource, Sources
from zigwire.devices.external import Converters
from zigwire.mqtt.client import Statistics
from zigwire.mqtt.message import Properties
from zigwire.settings import load
from zigwire.simulator.catalogue import default_house
from zigwire.simulator.house import House
from zigwire.simulator.plug import XiaomiPlug
from zigwire.simulator.radio import SimulatedRadio
from zigwire.storage import Database
from zigwire.zigbee.model import Device, InterviewState
from zigwire.zigbee.network import Network
from zigwire.zigbee.radio import ApsFrame, NetworkParameters, Radio, RadioError

from .waiting import until


class Sent:
    """Takes the place of the MQTT client.

    Attributes:
        messages: Topic below the base topic, payload, QoS and retain of each.
        correlated: Topic, payload and correlation data of those that answer somebody.
    """

    def __init__(self) -> None:
        self.messages: list[tuple[str, Any, int, bool]] = []
        self.correlated: list[tuple[str, Any, bytes]] = []
        self.subscriptions: set[str] = set()
        self.statistics = Statistics(connected=True, queued=0, received=0, published=0)

    def publish(
        self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False, properties: Properties | None = None
    ) -> None:
        if properties and properties.correlation_data:
            self.correlated.append((topic, json.loads(payload), properties.correlation_data))
        self.messages.append((topic.removeprefix("zigbee2mqtt/"), self._value(payload), qos, retain))

    def subscribe(self, topic_filter: str) -> None:
        self.subscriptions.add(topic_filter)

    def unsubscribe(self, topic_filter: str) -> None:
        self.subscriptions.discard(topic_filter)

    @staticmethod
    def _value(payload: bytes) -> Any:
        try:
            return json.loads(payload) if payload else None
        except ValueError:
            return payload

    def of(self, topic: str) -> list[Any]:
        return [payload for name, payload, *_ in self.messages if name == topic]


class Home:
    """The bridge, its network and its house; `plug` is the device that `pair` lets in.

    Attributes:
        ahead: Seconds by which the program's time has leapt; the house's goes on as ever.
        air: All frames on the air.
        has_radio: False makes every attempt to connect fail.
    """

    def __init__(
        self,
        folder: Path,
        document: dict[str, Any],
        *,
        house: House | None = None,
        source: DefinitionSource | None = None,
        converters: Converters | None = None,
        ahead: float = 0.0,
    ) -> None:
        path = folder / "configuration.yaml"
        path.write_text(yaml.safe_dump({"version": 5, "mqtt": {"server": "mqtt://localhost"}, **document}))
        self.settings = load(path, {})
        self.ahead = ahead
        self.has_radio = True
        self.house = house or default_house()
        self.air: list[ApsFrame] = []
        self.house.on_air = self.air.append
        self.database = Database(folder / "zigwire.db")
        parameters = NetworkParameters(0x1234, None, 15, bytes(16))
        self.network = Network(self.make_radio, self.database, parameters=parameters, clock=self.now)
        self.sent = Sent()
        self.restarts = 0
        states = States(self.database)
        sources = Sources([*([converters] if converters else []), source or NativeSource()])
        self.bridge = Bridge(
            self.settings,
            self.network,
            self.sent,
            states,
            sources,
            self.count_restart,
            self.now,
            converters=converters,
            firmware=self.database,
        )
        plug = self.house.device("plug")
        assert isinstance(plug, XiaomiPlug)
        self.plug = plug

    def make_radio(self) -> Radio:
        if not self.has_radio:
            raise RadioError("there is none")
        return SimulatedRadio(self.house)

    def now(self) -> float:
        return time.time() + self.ahead

    def leap(self, seconds: float) -> None:
        """Let the program believe that time has passed; its timers run out."""
        self.ahead += seconds

    async def leaping(self, condition: Callable[[], Any]) -> None:
        """Let time run until a condition holds; not where answers are under way, which would come too late."""
        await until(lambda: self.leap(1.0) or condition())

    def count_restart(self) -> None:
        self.restarts += 1

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        loop.time = lambda: time.monotonic() + self.ahead  # type: ignore[method-assign]
        await self.network.start(self.bridge)
        await self.network.wait_online()
        self.bridge.start()

    async def pair(self) -> None:
        self.house.join("plug")
        await until(lambda: self.device and self.device.interview_state is InterviewState.SUCCESSFUL)

    @property
    def device(self) -> Device | None:
        return self.network.devices.get(self.plug.ieee)

    def say(self, topic: str, payload: Any = b"", properties: Properties | None = None) -> None:
        raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        self.bridge.message(f"zigbee2mqtt/{topic}", raw, properties=properties)

    async def stop(self) -> None:
        self.bridge.stop()
        await self.network.stop()
        self.database.close()
