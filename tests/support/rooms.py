"""A home with two plugs and a bulb that can be grouped, and a definition of the bulb."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zigwire.devices import NativeSource
from zigwire.devices.behaviour import Host
from zigwire.devices.definition import Definition
from zigwire.devices.exposes import GET, PUBLISHED, SET, Binary, Light, Numeric
from zigwire.devices.feature import Call, Decoder, Encoded, Encoder, Feature, Reader, Reading, Received
from zigwire.devices.native import NativeBehaviour, compile_definition
from zigwire.simulator.attributes import AttributeKey
from zigwire.simulator.clusters import LEVEL, ON_OFF
from zigwire.simulator.device import VirtualDevice
from zigwire.zcl.requests import Command, Read
from zigwire.zigbee.model import Device, InterviewState
from zigwire.zigbee.radio import ApsFrame, Mode

from .home import Home
from .waiting import until

ALL = PUBLISHED | SET | GET
NAMES = ("plug", "spare", "bulb")


def bulb_definition() -> Definition:
    """Return a bulb with on/off, brightness and colour temperature."""
    state = Binary("state", ALL, on="ON", off="OFF", toggle="TOGGLE")
    brightness = Numeric("brightness", ALL, minimum=0, maximum=254)
    color_temp = Numeric("color_temp", ALL, minimum=250, maximum=454)
    return Definition(
        vendor="Simulated",
        model="bulb",
        description="Bulb",
        features=(
            Feature(
                exposes=(Light((state, brightness, color_temp)),),
                decoders=(
                    Decoder(cluster="genOnOff", attributes=("onOff",), decode=_on_off),
                    Decoder(cluster="genLevelCtrl", attributes=("currentLevel",), decode=_level),
                ),
                encoders=(
                    Encoder(("state",), _set_state),
                    Encoder(("brightness",), _set_brightness),
                    Encoder(("color_temp",), _set_color_temp),
                ),
                readers=(Reader(("state",), _read_state),),
            ),
        ),
    )


def _on_off(received: Received) -> dict[str, Any]:
    return {"state": "ON" if received.values["onOff"] else "OFF"}


def _level(received: Received) -> dict[str, Any]:
    return {"brightness": received.values["currentLevel"]}


def _set_state(call: Call) -> Encoded:
    command = Command(endpoint=call.place.endpoint, cluster="genOnOff", command=call.value.lower())
    return Encoded((command,), {"state": call.value})


def _set_brightness(call: Call) -> Encoded:
    args = {"level": call.value, "transtime": 0, "optionsMask": 0, "optionsOverride": 0}
    command = Command(endpoint=call.place.endpoint, cluster="genLevelCtrl", command="moveToLevelWithOnOff", args=args)
    return Encoded((command,), {"state": "ON", "brightness": call.value})


def _set_color_temp(call: Call) -> Encoded:
    args = {"colortemp": call.value, "transtime": 0, "optionsMask": 0, "optionsOverride": 0}
    command = Command(endpoint=call.place.endpoint, cluster="lightingColorCtrl", command="moveToColorTemp", args=args)
    return Encoded((command,), {"color_temp": call.value, "color_mode": "color_temp"})


def _read_state(call: Call) -> Reading:
    return Reading((Read(endpoint=call.place.endpoint, cluster="genOnOff", attributes=("onOff",)),))


class BulbSource(NativeSource):
    """The library, and the bulb."""

    def find(self, device: Device, host: Host) -> NativeBehaviour | None:
        if device.manufacturer_name == "IKEA of Sweden":
            return compile_definition(bulb_definition(), device, host)
        return super().find(device, host)


class Room(Home):
    """A home whose devices are paired under the names that they have in the house."""

    def __init__(self, folder: Path, document: dict[str, Any]) -> None:
        super().__init__(folder, document, source=BulbSource())

    async def let_in(self, *names: str) -> None:
        """Pair devices."""
        for name in names or NAMES:
            self.house.join(name)
            await until(lambda name=name: self.is_ready(name))
            await self.ask("device/rename", {"from": self.virtual(name).ieee, "to": name})
        self.sent.messages.clear()
        self.air.clear()

    def is_ready(self, name: str) -> bool:
        """Tell whether a device was interviewed."""
        known = self.network.devices.get(self.virtual(name).ieee)
        return known is not None and known.interview_state is InterviewState.SUCCESSFUL

    def virtual(self, name: str) -> VirtualDevice:
        """Return a device of the house."""
        return self.house.device(name)

    def known(self, name: str) -> Device:
        """Return a device as the network knows it."""
        return self.network.devices[self.virtual(name).ieee]

    async def ask(self, request: str, payload: Any = b"") -> Any:
        """Send a bridge request and return its response."""
        topic = f"bridge/response/{request}"
        before = len(self.sent.of(topic))
        self.say(f"bridge/request/{request}", payload)
        await until(lambda: len(self.sent.of(topic)) > before)
        return self.sent.of(topic)[before]

    async def group(self, name: str, number: int, *members: str) -> None:
        """Make a group."""
        assert (await self.ask("group/add", {"friendly_name": name, "id": number}))["status"] == "ok"
        for member in members:
            response = await self.ask("group/members/add", {"group": name, "device": member})
            assert response["status"] == "ok", response
        self.sent.messages.clear()
        self.air.clear()

    async def tell(self, name: str, payload: Any, verb: str = "set") -> None:
        """Send a command and wait until it is carried out."""
        self.say(f"{name}/{verb}", payload)
        await self.bridge.commands.idle()

    def says(self, name: str, key: str, value: Any) -> None:
        """Let a device report state or brightness."""
        cluster = {"state": ON_OFF, "brightness": LEVEL}[key]
        device = self.virtual(name)
        attribute = AttributeKey(1, cluster, 0)
        device.attributes[attribute].value = value
        device.report([attribute])

    def multicasts(self) -> list[ApsFrame]:
        """Return what was sent to groups."""
        return [frame for frame in self.air if frame.mode is Mode.GROUP]
