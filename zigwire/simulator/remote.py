"""A remote with a button and a dimmer: what it is bound to does as it says."""

from __future__ import annotations

import struct

from zigwire.simulator.attributes import AttributeKey, attribute
from zigwire.simulator.clusters import BASIC, IDENTIFY, LEVEL, ON_OFF
from zigwire.simulator.device import Air, Description, Sleep, VirtualDevice
from zigwire.simulator.ota_profile import OtaProfile
from zigwire.simulator.zdo import Endpoint, NodeDescriptor

__all__ = ["REMOTE", "Remote", "remote"]

POWER_CONFIGURATION, SCENES, OTA = 0x0001, 0x0005, 0x0019
SIMULATED = 0x1000
DIMMER_SWITCH = 0x0104
TOGGLE, STEP, RECALL = 0x02, 0x02, 0x05
DOWN = 1
STEP_TENTHS = 5

REMOTE = Description(
    kind="remote",
    manufacturer="Simulated",
    model="remote",
    node=NodeDescriptor(2, 0x80, SIMULATED, revision=23),
    endpoints=(
        Endpoint(1, DIMMER_SWITCH, (BASIC, POWER_CONFIGURATION, IDENTIFY), (IDENTIFY, SCENES, ON_OFF, LEVEL, OTA)),
    ),
    attributes={
        AttributeKey(1, BASIC, 0): attribute("UINT8", 3),
        AttributeKey(1, BASIC, 7): attribute("ENUM8", 3),
        AttributeKey(1, POWER_CONFIGURATION, 0x21): attribute("UINT8", 200),
    },
    sleep=Sleep(),
    ota=OtaProfile(SIMULATED, image_type=2, file_version=0x01, think=0.5, retry=5.0),
)


class Remote(VirtualDevice):
    """Sends its commands to whatever it is bound to."""

    def press(self) -> None:
        """Toggle what is bound."""
        self.command(1, ON_OFF, TOGGLE)

    def dim(self, step: int) -> None:
        """Change the level of what is bound by a step, up or down (negative)."""
        payload = struct.pack("<BBH", DOWN if step < 0 else 0, abs(step), STEP_TENTHS)
        self.command(1, LEVEL, STEP, payload)

    def recall(self, group: int, scene: int) -> None:
        """Recall a scene of what is bound."""
        self.command(1, SCENES, RECALL, struct.pack("<HB", group, scene))


def remote(air: Air, name: str, ieee: str) -> VirtualDevice:
    """Make a remote."""
    return Remote(air, name, ieee, REMOTE)
