"""The coordinator's own endpoints: what it tells devices that it is."""

from __future__ import annotations

from zigwire.zigbee.zdo import SimpleDescriptor

__all__ = ["ADDRESS", "ENDPOINT", "ENDPOINTS", "GREEN_POWER_ENDPOINT", "GREEN_POWER_PROFILE", "HOME_AUTOMATION"]

ADDRESS = 0x0000
"""Network address of every coordinator."""

ENDPOINT = 1
"""The endpoint that sends, and that bindings lead to."""

GREEN_POWER_ENDPOINT = 242
HOME_AUTOMATION = 0x0104
GREEN_POWER_PROFILE = 0xA1E0

_HOME_GATEWAY = 0x0050
_COMBO_BASIC = 0x0066
_BASIC, _ON_OFF, _TIME, _OTA, _POLL_CONTROL, _GREEN_POWER = 0x0000, 0x0006, 0x000A, 0x0019, 0x0020, 0x0021
_IAS_ZONE, _IAS_ACE, _IAS_WD = 0x0500, 0x0501, 0x0502

ENDPOINTS = (
    SimpleDescriptor(
        endpoint=ENDPOINT,
        profile=HOME_AUTOMATION,
        device=_HOME_GATEWAY,
        version=0,
        input_clusters=(_BASIC, _ON_OFF, _TIME, _OTA, _IAS_ACE),
        output_clusters=(_POLL_CONTROL, _IAS_ZONE, _IAS_WD),
    ),
    SimpleDescriptor(
        endpoint=GREEN_POWER_ENDPOINT,
        profile=GREEN_POWER_PROFILE,
        device=_COMBO_BASIC,
        version=0,
        input_clusters=(_GREEN_POWER,),
        output_clusters=(_GREEN_POWER,),
    ),
)
