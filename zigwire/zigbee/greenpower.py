"""Green Power: telling proxies when to accept new devices (Green Power basic 1.1.1, A.3.3.5.3)."""

from __future__ import annotations

from zigwire.zcl.frame import SPECIFIC, Header
from zigwire.zigbee.coordinator import ADDRESS, GREEN_POWER_ENDPOINT, GREEN_POWER_PROFILE
from zigwire.zigbee.radio import ApsFrame, Mode

__all__ = ["CLUSTER", "commissioning_mode"]

CLUSTER = 0x0021

_PROXY_COMMISSIONING_MODE = 0x02
_ENTER = 0x01
_EXIT_BY_WINDOW, _EXIT_BY_COMMAND = 0x02, 0x08
_UNICAST_BY_PROXIES = 0x20
_ALL_ON_WHEN_IDLE = 0xFFFD


def commissioning_mode(seconds: int, tsn: int, proxy: int | None = None) -> ApsFrame:
    """Return the frame that opens commissioning for `seconds` (0 closes it), at one proxy or at all."""
    options = _EXIT_BY_WINDOW | _EXIT_BY_COMMAND
    if seconds:
        options |= _ENTER
    if proxy is not None:
        options |= _UNICAST_BY_PROXIES
    header = Header(SPECIFIC, tsn, _PROXY_COMMISSIONING_MODE, to_client=True, disable_default_response=True)
    return ApsFrame(
        source=ADDRESS,
        source_endpoint=GREEN_POWER_ENDPOINT,
        destination=_ALL_ON_WHEN_IDLE if proxy is None else proxy,
        destination_endpoint=GREEN_POWER_ENDPOINT,
        profile=GREEN_POWER_PROFILE,
        cluster=CLUSTER,
        data=header.serialise() + bytes([options]) + seconds.to_bytes(2, "little"),
        mode=Mode.BROADCAST if proxy is None else Mode.UNICAST,
    )
