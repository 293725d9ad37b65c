"""A lamp: its switch, brightness, colours, effects and what it does after a power cut."""

from __future__ import annotations

from zigwire.devices.blocks import colour, level, level_config, on_off
from zigwire.devices.blocks.colour import Colours
from zigwire.devices.blocks.identify import effect
from zigwire.devices.blocks.reporting import first_read, servers
from zigwire.devices.exposes import GET, PUBLISHED, SET, Binary, Light
from zigwire.devices.feature import Feature, Place, Step
from zigwire.devices.options import COLOR_SYNC, STATE_ACTION, TRANSITION

__all__ = ["Colours", "light"]

STATE = Binary(
    "state",
    PUBLISHED | SET | GET,
    description="On/off state of this light",
    on="ON",
    off="OFF",
    toggle="TOGGLE",
)
CAPABILITIES = ("colorCapabilities", "colorTempPhysicalMin", "colorTempPhysicalMax")
WIDE = (150, 500)


def light(colours: Colours | None = None, limits: tuple[int, int] = WIDE) -> tuple[Feature, ...]:
    """Return a dimmable lamp.

    Args:
        colours: What it can show beside white of one colour temperature.
        limits: Its coolest and its warmest colour temperature in mireds.
    """
    lamp = _coloured(colours, limits) if colours else _white()
    return lamp, effect(loops=bool(colours and colours.xy)), on_off.power_on_behavior()


def _white() -> Feature:
    return Feature(
        exposes=(Light((STATE, level.BRIGHTNESS)),),
        decoders=(on_off.DECODER, level.DECODER, level_config.DECODER),
        encoders=(*level.ENCODERS, level_config.ENCODER),
        readers=(*level.READERS, level_config.READER),
        options=(TRANSITION, STATE_ACTION),
        companions=level.COMPANIONS,
        unlisted=(level_config.NAME,),
    )


def _coloured(colours: Colours, limits: tuple[int, int]) -> Feature:
    white = _white()
    return Feature(
        exposes=(Light((STATE, level.BRIGHTNESS, *colour.exposed(colours, limits))),),
        decoders=(*white.decoders, colour.DECODER),
        encoders=(*white.encoders, *colour.encoders(colours)),
        readers=(*white.readers, *colour.readers(colours)),
        options=(TRANSITION, COLOR_SYNC, STATE_ACTION),
        setup=_setup,
        companions=level.COMPANIONS,
        unlisted=(*white.unlisted, "color_mode", "color", "color_temp", colour.OPTIONS_NAME),
        facts={colour.CLUSTER: CAPABILITIES},
    )


def _setup(place: Place) -> tuple[Step, ...]:
    """Ask for what the light can show; it is needed to keep colour temperatures within."""
    first, *limits = CAPABILITIES
    return tuple(
        step
        for endpoint in servers(place, colour.CLUSTER)
        for step in (
            first_read(endpoint, colour.CLUSTER, first),
            first_read(endpoint, colour.CLUSTER, *limits),
        )
    )
