"""What the coordinator remembers of a Green Power device: how its frames are protected, and the last of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from zigwire.zcl.greenpower_notification import Notification
from zigwire.zcl.greenpower_security import AUTHENTICATED, SecurityError, unwrap_key, wrap_key
from zigwire.zigbee.model import Device

__all__ = ["Memory", "ieee_of", "source_id_of"]

_PLACE = "green_power"
_WRAPPED_KEY = "gpSecurityKey"
_INDIVIDUAL = 4
_KEY_SIZE = 16


@dataclass(slots=True)
class Memory:
    """Security of a device.

    Attributes:
        level: Security level: 0 none, 2 authenticated, 3 encrypted; None where another program did not tell.
        key_type: As in notifications.
        key: 16 octets, b"" for none.
        counter: Of the last frame that was accepted, -1 before the first.
    """

    level: int | None = 0
    key_type: int = 0
    key: bytes = field(default=b"", repr=False)
    counter: int = -1

    @classmethod
    def of(cls, device: Device) -> Memory:
        """Return what is remembered of a device, be it by Zigbee2MQTT: it keeps the key as it came, zeros for none."""
        kept: dict[str, Any] | None = device.meta.get(_PLACE)
        if kept is not None:
            return cls(kept["level"], kept["keyType"], bytes.fromhex(kept["key"]), kept["counter"])
        wrapped = _octets(device.keepsakes.get(_WRAPPED_KEY))
        if any(wrapped):
            return cls(None, _INDIVIDUAL, unwrap_key(source_id_of(device), wrapped, None))
        return cls(None)

    def keep(self, device: Device) -> None:
        """Put it into the device's meta, which is stored, and the key where an export gives it to Zigbee2MQTT."""
        if self.key:
            device.keepsakes[_WRAPPED_KEY] = list(wrap_key(source_id_of(device), self.key)[0])
        device.meta[_PLACE] = {
            "level": self.level,
            "keyType": self.key_type,
            "key": self.key.hex(),
            "counter": self.counter,
        }

    def accept(self, notification: Notification) -> Notification:
        """Return a frame in the clear and remember its counter.

        Raises:
            SecurityError: It is not protected as the device's frames are, or was heard before.
        """
        level = notification.level
        if self.level is not None and level != self.level:
            raise SecurityError(f"its security level is {level}, the device has {self.level}")
        if self.key and level < AUTHENTICATED:
            raise SecurityError("it has no protection, the device has a key")
        if level >= AUTHENTICATED and notification.counter <= self.counter:
            raise SecurityError(f"frame {notification.counter} is not behind {self.counter}: it is a repetition")
        if notification.mic is not None and not self.key:
            raise SecurityError("its key is not known")
        opened = notification.opened(self.key)
        self.level = level
        if level >= AUTHENTICATED:
            self.counter = notification.counter
        return opened


def _octets(kept: Any) -> bytes:
    """Return a key of another program, nothing where it is none."""
    try:
        key = bytes(kept or ())
    except (TypeError, ValueError):
        return b""
    return key if len(key) == _KEY_SIZE else b""


def ieee_of(source_id: int) -> str:
    """Return what stands for the IEEE address that a Green Power device does not have."""
    return f"0x{source_id:016x}"


def source_id_of(device: Device) -> int:
    """Return the source id of a device."""
    return int(device.ieee, 16)
