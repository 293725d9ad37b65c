"""What a page says beside people's notes: what holds for a sort of devices, and is easily missed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from zigwire.devices.portrait import Portrait

__all__ = ["remarks", "warnings"]

FOURTH_GENERATION = re.compile(r"\bGen ?4\b")


class Remark(NamedTuple):
    """What holds for some devices.

    Attributes:
        holds: Whether it does for a device.
        text: In Markdown, one line.
    """

    holds: Callable[[Portrait], bool]
    text: str


def _is_light(portrait: Portrait) -> bool:
    return any(expose["type"] == "light" for expose in portrait.exposes)


WARNINGS = (
    Remark(
        lambda one: "(matter)" in one.description.casefold(),
        "> This device speaks Matter as well as Zigbee. What is said here holds while it is in a Zigbee network: one "
        "that was set up with Matter has to be reset first.",
    ),
    Remark(
        lambda one: one.vendor == "Shelly" and bool(FOURTH_GENERATION.search(one.description)),
        "> Devices of this generation speak either Matter or Zigbee, and new ones Matter. What is said here holds once "
        "Zigbee was chosen, as the vendor's manual tells; what there is to set differs with their firmware.",
    ),
)
REMARKS = (
    Remark(
        lambda one: one.vendor == "AwoX" and _is_light(one),
        "> A lamp that was set up with its vendor's app joins when it is removed there, while devices may join here.",
    ),
    Remark(
        lambda one: one.vendor == "Philips" and _is_light(one),
        "> A lamp that belongs to another bridge joins after a reset, for which it has to be close to the coordinator: "
        "publish to topic `zigbee2mqtt/bridge/request/action` the payload "
        '`{"action": "philips_hue_factory_reset", "params": {"serial_numbers": ["12abcd"]}}` with the six digits that '
        "are printed on it.",
    ),
    Remark(
        lambda one: one.description.startswith("KAJPLATS"),
        "> To have it look for a Zigbee network, switch it on and off twelve times, on for no more than a second each "
        "time; some of its kind take fifteen. Six times reset it.",
    ),
    Remark(
        lambda one: any(option["name"] == "unfreeze_support" for option in one.options),
        "> Lights of this kind may take no command while they go to a colour with a `transition`. They are woken "
        "before the next command, unless the option `unfreeze_support` is `false`.",
    ),
    Remark(
        lambda one: one.vendor == "Sengled" and _is_light(one),
        "> Lamps of this vendor pass on nothing for other devices though they hang on the mains: they don't extend the "
        "network.",
    ),
)


def warnings(portrait: Portrait) -> list[str]:
    """Return the lines that stand before the notes."""
    return list(_lines(portrait, WARNINGS))


def remarks(portrait: Portrait) -> list[str]:
    """Return the lines that stand behind the notes."""
    return list(_lines(portrait, REMARKS))


def _lines(portrait: Portrait, known: Iterable[Remark]) -> Iterator[str]:
    for remark in known:
        if remark.holds(portrait):
            yield from (remark.text, "")
