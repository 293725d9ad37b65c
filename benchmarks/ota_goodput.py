"""How much of what the link allows does a firmware update get, with no loss, a little and much?

    python benchmarks/ota_goodput.py [--size 20000] [--seeds 5]

Plays updates of a simulated plug in a time that leaps from one event to the next, through the real server and the real
network. Each frame takes 10 ms and may get lost, requests as well as blocks. Beside it stands the simplest server that
works: it waits the same time between two blocks and sends each once, as Zigbee2MQTT does; a lost block is sent again
when the device asks again.

What the link allows is one block in each delay that is not lost. Nobody can know of a request that is lost: it costs
the device's own time to ask again, with any server.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import selectors
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from zigwire.ota import replies
from zigwire.ota.image import Image
from zigwire.ota.server import Query, Server
from zigwire.ota.values import Pace
from zigwire.simulator.delivery import Medium
from zigwire.simulator.house import House
from zigwire.simulator.ota_image import Firmware
from zigwire.simulator.plug import xiaomi_plug
from zigwire.simulator.radio import SimulatedRadio
from zigwire.storage import Database
from zigwire.zcl.message import Message
from zigwire.zigbee.background import Background
from zigwire.zigbee.errors import RequestError
from zigwire.zigbee.model import Device, InterviewState
from zigwire.zigbee.network import Network
from zigwire.zigbee.radio import NetworkParameters

IEEE = "0x00158d0001a2b3c4"
FRAME = 0.01
RETRY = 2.0
THINK = 0.02
BLOCK = 50
REQUEST, END = "commandImageBlockRequest", "commandUpgradeEndRequest"
LOSSES = (0.0, 0.05, 0.2)
DELAYS = (0.25, 0.05)


class Leaping(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    """Does not wait: it makes time leap."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        """Return what is ready; where nothing is, let so much time go by at once."""
        ready = super().select(0)
        if not ready and timeout:
            self.now += timeout
        return ready


class LeapingLoop(asyncio.SelectorEventLoop):
    """An event loop whose time leaps."""

    def __init__(self) -> None:
        self._leaping = Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        """Return the seconds that went by."""
        return self._leaping.now


class Simplest:
    """The simplest server that works."""

    def __init__(self, network: Network, image: Image, delay: float) -> None:
        self._network = network
        self._image = image
        self._delay = delay
        self._free = 0.0
        self._work: set[asyncio.Task[None]] = set()

    def received(self, device: Device, endpoint: int, message: Message) -> None:
        """Answer what a device says."""
        task = asyncio.create_task(self._answer(device, endpoint, message))
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _answer(self, device: Device, endpoint: int, message: Message) -> None:
        header = self._image.header
        match message.type:
            case "commandQueryNextImageRequest":
                reply = replies.offer(message, header)
            case "commandImageBlockRequest":
                now = asyncio.get_running_loop().time()
                begin, self._free = max(now, self._free), max(now, self._free) + self._delay
                await asyncio.sleep(begin - now)
                offset = message.args["fileOffset"]
                reply = replies.block(message, header, offset, self._image.data[offset : offset + BLOCK])
            case _:
                reply = replies.upgrade(message, header)
        with contextlib.suppress(RequestError):
            await self._network.answer(device, message, reply.request(endpoint))


class Home:
    """A network with a plug, and a server under test."""

    def __init__(self, database: Database, seed: int) -> None:
        loop = asyncio.get_running_loop()
        self.house = House(clock=loop.time, medium=Medium(delay=FRAME, seed=seed))
        client = self.house.add("plug", xiaomi_plug, IEEE).ota
        if client is None:
            raise RuntimeError("the plug can't be updated")
        self.profile = client.profile = replace(client.profile, retry=RETRY, think=THINK, block_size=BLOCK)
        parameters = NetworkParameters(0x1234, None, 15, bytes(16))
        self.network = Network(lambda: SimulatedRadio(self.house), database, parameters=parameters, clock=loop.time)
        self.hears: Callable[[Device, int, Message], object] = lambda *_: None
        self.marks: dict[str, float] = {}
        self.loss = 0.0

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_: None

    def message_received(self, device: Device, endpoint: int, message: Message) -> None:
        """Note when the download began and ended; frames get lost from its first request on."""
        if message.cluster != replies.CLUSTER:
            return
        if message.type == REQUEST:
            self.house.medium.loss = self.loss
        self.marks.setdefault(message.type, asyncio.get_running_loop().time())
        self.hears(device, endpoint, message)

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait for a condition."""
        while not condition():  # noqa: ASYNC110 - time leaps, nothing is waited for
            await asyncio.sleep(FRAME)

    def image(self, size: int) -> Image:
        """Return newer firmware for the plug."""
        profile = self.profile
        return Image.parse(
            Firmware(profile.manufacturer_code, profile.image_type, profile.file_version + 1).image(size)
        )

    def is_ready(self) -> bool:
        """Whether the plug was interviewed."""
        device = self.network.devices.get(IEEE)
        return device is not None and device.interview_state is InterviewState.SUCCESSFUL


Serve = Callable[[Home, Image, float], AbstractContextManager[None]]
"""Lets a server hand an image out, with a delay in seconds, as long as the context lasts."""


@contextlib.contextmanager
def ours(home: Home, image: Image, delay: float) -> Iterator[None]:
    """Let the real server answer."""
    background = Background()

    def begin(query: Query) -> None:
        pace = Pace(delay=delay, block_size=BLOCK)
        background.spawn(server.update(query.device, image, pace, query=query, said=lambda _: None), "update")

    server = Server(home.network, begin)
    home.hears = server.received
    yield
    server.stop()
    background.cancel()


@contextlib.contextmanager
def simplest(home: Home, image: Image, delay: float) -> Iterator[None]:
    """Let the simplest server answer."""
    server = Simplest(home.network, image, delay)
    home.hears = server.received
    yield


async def play(serve: Serve, size: int, delay: float, loss: float, seed: int) -> float:
    """Return the bytes a second that a download gets."""
    with tempfile.TemporaryDirectory() as folder, Database(Path(folder) / "zigwire.db") as database:
        home = Home(database, seed)
        await home.network.start(home)
        await home.network.wait_online()
        home.house.join("plug")
        await home.until(home.is_ready)
        home.loss = loss
        with serve(home, home.image(size), delay):
            home.house.ask_firmware("plug")
            await home.until(lambda: END in home.marks)
        await home.network.stop()
        return size / (home.marks[END] - home.marks[REQUEST])


def allowed(delay: float, loss: float) -> float:
    """Return the bytes a second that the link allows."""
    slot = max(delay, 2 * FRAME + THINK)
    return BLOCK / (slot / (1 - loss) + RETRY * loss / (1 - loss))


def measure(serve: Serve, arguments: argparse.Namespace, delay: float, loss: float) -> float:
    """Return the median over the seeds."""
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        runs = [runner.run(play(serve, arguments.size, delay, loss, seed)) for seed in range(arguments.seeds)]
    return statistics.median(runs)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=20000)
    parser.add_argument("--seeds", type=int, default=5)
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    print("delay    loss   allowed      ours            simplest server")
    for delay in DELAYS:
        for loss in LOSSES:
            most = allowed(delay, loss)
            got, peer = (measure(serve, arguments, delay, loss) for serve in (ours, simplest))
            print(
                f"{1000 * delay:3.0f} ms   {100 * loss:3.0f} %  {most:5.1f} B/s  "
                f"{got:6.1f} B/s {100 * got / most:3.0f} %  {peer:6.1f} B/s {100 * peer / most:3.0f} %"
            )


if __name__ == "__main__":
    main()
