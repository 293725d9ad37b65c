"""An IKEA bulb with adjustable brightness and colour temperature (LED1545G12), as data and as a thing with a colour."""

from __future__ import annotations

from typing import Any

from zigwire.simulator.attributes import Access, AttributeKey, attribute
from zigwire.simulator.clusters import (
    BASIC,
    COLOUR,
    COLOUR_MODE,
    COLOUR_TEMPERATURE,
    COLOUR_X,
    COLOUR_Y,
    LEVEL,
    ON_OFF,
)
from zigwire.simulator.device import Air, Description, VirtualDevice
from zigwire.simulator.ota_profile import OtaProfile
from zigwire.simulator.zdo import Endpoint, NodeDescriptor

__all__ = ["BULB", "Bulb", "ikea_bulb"]

IKEA = 0x117C
IDENTIFY, GROUPS, SCENES, OTA, POLL_CONTROL, TOUCHLINK = 0x0003, 0x0004, 0x0005, 0x0019, 0x0020, 0x1000
COLDEST, WARMEST = 250, 454
MEGA = 1_000_000
FULL = 0xFFFF
BY_TEMPERATURE = 2

RELAY = AttributeKey(1, ON_OFF, 0)
LIGHT_LEVEL = AttributeKey(1, LEVEL, 0)
X, Y = AttributeKey(1, COLOUR, COLOUR_X), AttributeKey(1, COLOUR, COLOUR_Y)
TEMPERATURE = AttributeKey(1, COLOUR, COLOUR_TEMPERATURE)
WRITABLE = Access.READ | Access.WRITE

BULB = Description(
    kind="bulb",
    manufacturer="IKEA of Sweden",
    model="TRADFRI bulb E27 WS opal 980lm",
    node=NodeDescriptor(1, 0x8E, IKEA),
    endpoints=(
        Endpoint(
            1,
            0x010C,
            (BASIC, IDENTIFY, GROUPS, SCENES, ON_OFF, LEVEL, COLOUR, TOUCHLINK),
            (SCENES, OTA, POLL_CONTROL, TOUCHLINK),
        ),
    ),
    attributes={
        AttributeKey(1, BASIC, 0): attribute("UINT8", 3),
        AttributeKey(1, BASIC, 1): attribute("UINT8", 0x21),
        AttributeKey(1, BASIC, 2): attribute("UINT8", 0x62),
        AttributeKey(1, BASIC, 3): attribute("UINT8", 1),
        AttributeKey(1, BASIC, 6): attribute("CHAR_STR", "20190311"),
        AttributeKey(1, BASIC, 7): attribute("ENUM8", 1),
        AttributeKey(1, BASIC, 0x4000): attribute("CHAR_STR", "2.3.087"),
        RELAY: attribute("BOOLEAN", 0),
        AttributeKey(1, ON_OFF, 0x4003): attribute("ENUM8", 0xFF, WRITABLE),
        LIGHT_LEVEL: attribute("UINT8", 254),
        AttributeKey(1, LEVEL, 0x000F): attribute("BITMAP8", 0, WRITABLE),
        AttributeKey(1, LEVEL, 0x0010): attribute("UINT16", 5, WRITABLE),
        AttributeKey(1, LEVEL, 0x0011): attribute("UINT8", 254, WRITABLE),
        AttributeKey(1, LEVEL, 0x4000): attribute("UINT8", 255, WRITABLE),
        X: attribute("UINT16", 30138),
        Y: attribute("UINT16", 26909),
        TEMPERATURE: attribute("UINT16", 370),
        AttributeKey(1, COLOUR, COLOUR_MODE): attribute("ENUM8", BY_TEMPERATURE),
        AttributeKey(1, COLOUR, 0x000F): attribute("BITMAP8", 0, WRITABLE),
        AttributeKey(1, COLOUR, 0x400A): attribute("BITMAP16", 0x10),
        AttributeKey(1, COLOUR, 0x400B): attribute("UINT16", COLDEST),
        AttributeKey(1, COLOUR, 0x400C): attribute("UINT16", WARMEST),
        AttributeKey(1, COLOUR, 0x4010): attribute("UINT16", 370, WRITABLE),
    },
    ota=OtaProfile(
        IKEA, image_type=0x4203, file_version=0x23087631, block_size=63, page_size=1024, response_spacing=0.05
    ),
)


class Bulb(VirtualDevice):
    """A bulb whose light is white, warmer or colder: a colour that it is told becomes the nearest such white."""

    @property
    def on(self) -> bool:
        """Whether it is lit."""
        return bool(self.attributes[RELAY].value)

    def set(self, key: AttributeKey, value: Any) -> None:
        """Change an attribute; colour and colour temperature follow each other."""
        if key == TEMPERATURE:
            self._warm(value)
            return
        super().set(key, value)
        if key == Y:
            self._warm(round(_mireds(self.attributes[X].value / FULL, value / FULL)))

    def _warm(self, mireds: int) -> None:
        within = min(max(mireds, COLDEST), WARMEST)
        super().set(TEMPERATURE, within)
        x, y = _xy(within)
        super().set(X, round(x * FULL))
        super().set(Y, round(y * FULL))


def _mireds(x: float, y: float) -> float:
    """Return the colour temperature nearest to a colour (McCamy 1992)."""
    n = (x - 0.3320) / (0.1858 - y) if y != 0.1858 else 0.0
    return MEGA / max(1.0, 449 * n**3 + 3525 * n**2 + 6823.3 * n + 5520.33)


def _xy(mireds: float) -> tuple[float, float]:
    """Return the colour of a black body (Kim 2002, for 1,667 to 4,000 K)."""
    kelvin = MEGA / mireds
    x = -0.2661239e9 / kelvin**3 - 0.2343589e6 / kelvin**2 + 0.8776956e3 / kelvin + 0.179910
    if kelvin <= 2222:
        return x, -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    return x, -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867


def ikea_bulb(air: Air, name: str, ieee: str) -> VirtualDevice:
    """Make a bulb."""
    return Bulb(air, name, ieee, BULB)
