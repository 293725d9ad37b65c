"""A device with the blocks of a test, and what it sends."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from zigwire.devices import Context, Definition, NativeBehaviour, compile_definition
from zigwire.devices.convert import Bench
from zigwire.devices.timers import Timing
from zigwire.zcl.codec import parse
from zigwire.zigbee.model import Device, Endpoint


@dataclass
class Bed:
    """A behaviour, and the bench that notes what it sends."""

    behaviour: NativeBehaviour
    bench: Bench
    paused: list[float]

    def decode(self, cluster, frame, *, endpoint=1, state=None, options=None):
        context = Context(options=options or {}, state=state or {})
        return self.behaviour.decode(endpoint, parse(cluster, bytes.fromhex(frame)), context)

    async def set(self, message, *, state=None, options=None, answers=None):
        """Set the first key of a message; return the frames, and the state that follows."""
        self.bench.begin({"read_answers": [{"frame": at, "frame_hex": one} for at, one in (answers or {}).items()]})
        (key, value), *_ = message.items()
        context = Context(options=options or {}, state=state or {}, message=message)
        outcome = await self.behaviour.set(key, value, context)
        return self.sent, dict(outcome.state)

    async def get(self, key, value=""):
        self.bench.begin({})
        await self.behaviour.get(key, Context(message={key: value}))
        return self.sent

    async def configure(self, answers=None):
        self.bench.begin({"read_answers": [{"frame": at, "frame_hex": one} for at, one in (answers or {}).items()]})
        await self.behaviour.configure()
        return self.sent

    @property
    def published(self):
        return [one["payload"] for one in self.bench.published]

    @property
    def sent(self):
        return [f"{one['endpoint']}:{one['cluster_id']:x}:{one.get('frame_hex', 'bind')}" for one in self.bench.sent]


@pytest.fixture
def bed():
    """Make a bed for features on endpoints that serve clusters."""

    def make(*features, clusters=(0,), outputs=(), endpoints=(1,), names=None, attributes=None, code=None, time=None):
        device = Device(
            ieee="0x00158d0001a00001",
            network_address=0x2001,
            manufacturer_code=code,
            endpoints={
                number: Endpoint(
                    number,
                    input_clusters=list(clusters),
                    output_clusters=list(outputs),
                    attributes={cluster: dict(known) for cluster, known in (attributes or {}).items()},
                )
                for number in endpoints
            },
        )
        bench, paused = Bench(), []

        async def pause(seconds):
            paused.append(seconds)

        definition = Definition(vendor="A", model="1", description="", features=features, endpoint_names=names or {})
        timing = time.timing if time else Timing(pause)
        return Bed(compile_definition(definition, device, bench, timing), bench, paused)

    return make
