"""What goes wrong with a firmware update on the device's side, and when, as data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from zigwire.simulator.errors import SimulatorError
from zigwire.zcl.status import Status

__all__ = ["Fault", "Faults", "Point", "Resume", "Trouble"]


class Point(StrEnum):
    """Where in an update."""

    NOTIFY = "notify"
    QUERY = "query"
    BLOCK = "block"
    PAGE = "page"
    END = "end"
    REBOOT = "reboot"


class Trouble(StrEnum):
    """What happens there."""

    LOSE_REQUEST = "lose_request"
    """What the device sends does not arrive."""

    LOSE_RESPONSE = "lose_response"
    """What the server sends is not understood."""

    REPEAT = "repeat"
    """What the device sends arrives twice."""

    ASK_AGAIN = "ask_again"
    """The device asks once more for what it has."""

    DELAY = "delay"
    """The device takes `seconds` longer."""

    SILENCE = "silence"
    """For `seconds` the device neither asks nor hears, and then goes on."""

    POWER_CUT = "power_cut"
    """The power is away for `seconds`; how the device goes on says `resume`."""

    FAIL = "fail"
    """The device ends with `status`."""

    FOREIGN = "foreign"
    """The device asks for an image that was not offered to it."""

    BEYOND = "beyond"
    """The device asks for what lies beyond the end."""

    GREEDY = "greedy"
    """The device asks for more in one block than fits into a frame."""


class Resume(StrEnum):
    """How a device goes on after its power was away."""

    BLOCK = "block"
    """With the next block that it lacks."""

    QUERY = "query"
    """It asks what there is; offered the same image, it goes on where it was."""

    RESTART = "restart"
    """With the first block."""

    NONE = "none"
    """Not at all: nothing of the download is left."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One trouble at one point.

    Attributes:
        offset: Bytes that the device has at least when it happens.
        times: How often, from then on.
        seconds: How long; for ever when nothing is said.
        status: Of the upgrade end request, for `Trouble.FAIL`; for a refused image notify that of the default response.
    """

    point: Point
    trouble: Trouble
    offset: int = 0
    times: int = 1
    seconds: float = math.inf
    resume: Resume = Resume.BLOCK
    status: int = Status.INVALID_IMAGE

    def __post_init__(self) -> None:
        if self.trouble not in POSSIBLE[self.point]:
            possible = ", ".join(sorted(POSSIBLE[self.point]))
            raise SimulatorError(f"trouble: {self.trouble} does not come about at {self.point}, there are {possible}")


_ON_AIR = frozenset({Trouble.LOSE_REQUEST, Trouble.LOSE_RESPONSE, Trouble.REPEAT})
_IN_THE_WAY = frozenset({Trouble.DELAY, Trouble.SILENCE, Trouble.POWER_CUT})

POSSIBLE: Mapping[Point, frozenset[Trouble]] = {
    Point.NOTIFY: frozenset({Trouble.SILENCE, Trouble.FAIL}),
    Point.QUERY: _ON_AIR | _IN_THE_WAY,
    Point.BLOCK: frozenset(Trouble),
    Point.PAGE: _ON_AIR - {Trouble.LOSE_RESPONSE} | _IN_THE_WAY | {Trouble.FAIL},
    Point.END: _ON_AIR | _IN_THE_WAY | {Trouble.FAIL},
    Point.REBOOT: _IN_THE_WAY,
}
"""What may happen where; of a page the blocks get lost."""


class Faults:
    """Those that are still to come."""

    def __init__(self, *faults: Fault) -> None:
        self.left = list(faults)

    def take(self, point: Point, offset: int, troubles: Iterable[Trouble]) -> Fault | None:
        """The fault of one of these kinds that is due here, and one time less of it."""
        for number, fault in enumerate(self.left):
            if fault.point is point and fault.trouble in troubles and offset >= fault.offset:
                rest = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                self.left[number : number + 1] = rest
                return fault
        return None
