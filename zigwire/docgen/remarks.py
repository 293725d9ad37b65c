"""What a page says beside people's notes: what holds for a sort of devices, and is easily missed."""

from __future__ import annotations

from zigwire.devices.portrait import Portrait

__all__ = ["remarks", "warnings"]

MATTER = (
    "> This device speaks Matter as well as Zigbee. What is said here holds while it is in a Zigbee network: one that "
    "was set up with Matter has to be reset first."
)
HUE = (
    "> A lamp that belongs to another bridge joins after a reset, for which it has to be close to the coordinator: "
    "publish to topic `zigbee2mqtt/bridge/request/action` the payload "
    '`{"action": "philips_hue_factory_reset", "params": {"serial_numbers": ["12abcd"]}}` with the six digits that are '
    "printed on it."
)
FREEZING = (
    "> Lights of this kind may take no command while they go to a colour with a `transition`. They are woken before "
    "the next command, unless the option `unfreeze_support` is `false`."
)


def warnings(portrait: Portrait) -> list[str]:
    """Return the lines that stand before the notes."""
    return [MATTER, ""] if "(matter)" in portrait.description.casefold() else []


def remarks(portrait: Portrait) -> list[str]:
    """Return the lines that stand behind the notes."""
    holding = []
    if portrait.vendor == "Philips" and any(expose["type"] == "light" for expose in portrait.exposes):
        holding.append(HUE)
    if any(option["name"] == "unfreeze_support" for option in portrait.options):
        holding.append(FREEZING)
    return [line for remark in holding for line in (remark, "")]
