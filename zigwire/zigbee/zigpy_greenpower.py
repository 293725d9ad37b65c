"""Green Power frames that a coordinator heard itself, as a proxy would tell of them."""

from __future__ import annotations

from typing import Any

from zigpy.zgp.types import ApplicationID

from zigwire.zcl.greenpower_notification import COMMISSIONING_NOTIFICATION, NOTIFICATION, Notification
from zigwire.zigbee.coordinator import ADDRESS, GREEN_POWER_ENDPOINT, GREEN_POWER_PROFILE
from zigwire.zigbee.greenpower import CLUSTER
from zigwire.zigbee.radio import ApsFrame, Mode

__all__ = ["tunnelled"]

_INDIVIDUAL, _SHARED = 4, 1
_COMMISSIONING, _CHANNEL_REQUEST = 0xE0, 0xE3


def tunnelled(packet: Any) -> ApsFrame | None:
    """Return the frame, None for a device that is known by an IEEE address.

    Args:
        packet: zigpy's `ZigbeeGpPacket`.
    """
    if packet.application_id is not ApplicationID.SrcID:
        return None
    mic = None if packet.mic is None else int(packet.mic)
    key_type = packet.security_key_type
    if key_type is None:
        key_type = _INDIVIDUAL if packet.individual_key else _SHARED
    commissions = mic is not None or packet.command_id in {_COMMISSIONING, _CHANNEL_REQUEST}
    notification = Notification(
        kind=COMMISSIONING_NOTIFICATION if commissions else NOTIFICATION,
        source_id=int(packet.src_id),
        counter=int(packet.frame_counter or 0),
        command=int(packet.command_id),
        payload=packet.payload.serialize(),
        level=int(packet.security_level or 0),
        key_type=int(key_type),
        rx_after_tx=bool(packet.rx_after_tx),
        proxy=ADDRESS,
        mic=mic,
    )
    return ApsFrame(
        source=ADDRESS,
        source_endpoint=GREEN_POWER_ENDPOINT,
        destination=ADDRESS,
        destination_endpoint=GREEN_POWER_ENDPOINT,
        profile=GREEN_POWER_PROFILE,
        cluster=CLUSTER,
        data=notification.serialise(0),
        mode=Mode.BROADCAST,
        linkquality=None if packet.lqi is None else int(packet.lqi),
        rssi=None if packet.rssi is None else int(packet.rssi),
    )
