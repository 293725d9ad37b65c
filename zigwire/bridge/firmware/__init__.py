"""Firmware updates over MQTT: requests, the property `update`, devices that ask, and restarts in the middle."""

from zigwire.bridge.firmware.requests import MANNERS
from zigwire.bridge.firmware.service import Firmware
from zigwire.bridge.firmware.store import FirmwareStore

__all__ = ["MANNERS", "Firmware", "FirmwareStore"]
