"""What an OTA client keeps without power: how far it is, the part of an image that it has, and what it runs."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from zigwire.simulator.attributes import Attribute, AttributeKey, attribute
from zigwire.simulator.clusters import BASIC
from zigwire.simulator.ota_download import Download, Offer
from zigwire.simulator.ota_frames import OTA
from zigwire.simulator.ota_image import Firmware
from zigwire.simulator.ota_profile import OtaProfile

__all__ = ["Flash", "UpgradeStatus"]

OFFSET, RUNNING, DOWNLOADED, STATUS = 0x0001, 0x0002, 0x0004, 0x0006
SOFTWARE_BUILD, DATE_CODE, APPLICATION_VERSION = 0x4000, 0x0006, 0x0001
NOTHING = 0xFFFFFFFF


class UpgradeStatus(IntEnum):
    """The attribute imageUpgradeStatus (ZCL 11.10.7)."""

    NORMAL = 0
    DOWNLOADING = 1
    COMPLETE = 2
    WAITING = 3
    COUNT_DOWN = 4


class Flash:
    """Shown in the attributes of the device, which are kept with it.

    Args:
        attributes: Of the device.
        endpoint: Where it has the cluster.
        profile: What it runs at the factory.

    Attributes:
        download: What is under way, None when nothing is.
    """

    def __init__(self, attributes: dict[AttributeKey, Attribute], endpoint: int, profile: OtaProfile) -> None:
        self.download: Download | None = None
        self._attributes = attributes
        self._endpoint = endpoint
        values = {
            0x0000: ("IEEE_ADDR", "0xffffffffffffffff"),
            OFFSET: ("UINT32", NOTHING),
            RUNNING: ("UINT32", profile.file_version),
            0x0003: ("UINT16", 2),
            DOWNLOADED: ("UINT32", NOTHING),
            0x0005: ("UINT16", 0xFFFF),
            STATUS: ("ENUM8", UpgradeStatus.NORMAL),
            0x0007: ("UINT16", profile.manufacturer_code),
            0x0008: ("UINT16", profile.image_type),
        }
        for number, (kind, value) in values.items():
            attributes[self._key(number)] = attribute(kind, value)

    @property
    def status(self) -> UpgradeStatus:
        """How far it is."""
        return UpgradeStatus(self._attributes[self._key(STATUS)].value)

    @status.setter
    def status(self, status: UpgradeStatus) -> None:
        self._set(STATUS, status)
        self._set(DOWNLOADED, self.download.offer.file_version if self.download else NOTHING)
        self.note_offset()

    @property
    def file_version(self) -> int:
        """What it runs."""
        return int(self._attributes[self._key(RUNNING)].value)

    def note_offset(self) -> None:
        """Show how much has arrived."""
        self._set(OFFSET, self.download.offset if self.download else NOTHING)

    def install(self, firmware: Firmware) -> None:
        """Run the downloaded firmware, and say so where the device says anything of its software."""
        self._set(RUNNING, firmware.file_version)
        values = {
            SOFTWARE_BUILD: firmware.software_build,
            DATE_CODE: firmware.date_code,
            APPLICATION_VERSION: firmware.file_version & 0xFF,
        }
        for key, item in self._attributes.items():
            value = values.get(key.attribute) if (key.cluster, key.manufacturer) == (BASIC, None) else None
            if value is not None:
                item.value = value
        self.download = None
        self.status = UpgradeStatus.NORMAL

    def dump(self) -> dict[str, Any] | None:
        """The download, None when there is none."""
        if self.download is None:
            return None
        return {"offer": list(self.download.offer), "data": self.download.data.hex()}

    def restore(self, state: Mapping[str, Any] | None) -> None:
        """Take over what `dump` gave; the attributes are restored by others."""
        if state is not None:
            self.download = Download(Offer(*state["offer"]), bytearray.fromhex(state["data"]))

    def _key(self, number: int) -> AttributeKey:
        return AttributeKey(self._endpoint, OTA, number)

    def _set(self, number: int, value: int) -> None:
        self._attributes[self._key(number)].value = value
