"""Install codes: what is printed on devices, and the link keys that follow from it (BDB 3.1, 10.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

__all__ = ["InstallCode", "InstallCodeError", "checksum", "hash_code", "parse"]

_CHECKSUM_SIZE = 2
_SIZES = (8, 10, 14, 18)
"""Octets of a code with its checksum; the short ones are from before Zigbee 3.0."""

_KEY_SIZE = 16
_BLOCK = 16

_IEEE = "[0-9a-zA-Z]{16}"
_CODE = "[0-9a-zA-Z]+"
_FORMS = (
    re.compile(rf"Z:(?P<ieee>{_IEEE})\$I:(?P<code>{_CODE})"),
    re.compile(rf"^\|?(?P<ieee>{_IEEE})\|(?P<code>{_CODE})\|?$"),
    re.compile(rf"^G\$M:.+\$A:(?P<ieee>{_IEEE})\$I:(?P<code>{_CODE})$"),
    re.compile(rf"^HUE:Z:(?P<code>{_CODE}) M:(?P<ieee>{_IEEE})"),
)
"""What vendors print: Ubisys, Danfoss, Inovelli and Ledvance; Müller-Licht, Innr and frient; Aqara; Hue."""

_CODE_DIGITS = {95: 36, 91: 32}
"""Digits of the code at the end of a text of this length; the address ends three characters before them."""

_BETWEEN = 3


class InstallCodeError(ValueError):
    """A text that is no install code; it says why."""


@dataclass(frozen=True, slots=True)
class InstallCode:
    """A device's install code.

    Attributes:
        ieee: Of the device.
        code: The octets as they were given.
    """

    ieee: str
    code: bytes = field(repr=False)

    @property
    def fault(self) -> str | None:
        """What is wrong with its checksum: `invalid CRC`, `missing CRC`, None when it is right."""
        if len(self.code) not in _SIZES:
            return "missing CRC"
        body, given = self.code[:-_CHECKSUM_SIZE], self.code[-_CHECKSUM_SIZE:]
        return None if checksum(body) == given else "invalid CRC"

    @property
    def link_keys(self) -> tuple[bytes, ...]:
        """The link keys that it may mean, the likeliest first.

        A code of 16 octets without a checksum may also be the key itself, as it is with some old devices. One of 8
        octets with a wrong checksum may also be one that lacks it.
        """
        if self.fault is None:
            return (hash_code(self.code),)
        keys = []
        if self.fault == "invalid CRC":
            body = self.code[:-_CHECKSUM_SIZE]
            keys.append(hash_code(body + checksum(body)))
        if len(self.code) + _CHECKSUM_SIZE in _SIZES:
            keys.append(hash_code(self.code + checksum(self.code)))
        if len(self.code) == _KEY_SIZE:
            keys.append(self.code)
        return tuple(keys)


def parse(text: str) -> InstallCode:
    """Read an install code in any of the forms that are printed on devices.

    Raises:
        InstallCodeError: It has none of them.
    """
    ieee, code = _parts(text)
    try:
        address, octets = int(ieee, 16), bytes.fromhex(code)
    except ValueError:
        raise InstallCodeError(f"Install code has other digits than 0-9 and a-f: {ieee} {code[:40]}") from None
    if len(octets) not in _SIZES and len(octets) + _CHECKSUM_SIZE not in _SIZES:
        sizes = ", ".join(str(size) for size in _SIZES)
        raise InstallCodeError(f"Install code {code[:40]} has invalid size: {len(octets)} octets, allowed are {sizes}")
    return InstallCode(f"0x{address:016x}", octets)


def checksum(body: bytes) -> bytes:
    """Return the checksum of a code, CRC-16/X-25, low octet first."""
    crc = 0xFFFF
    for octet in body:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ (0x8408 if crc & 1 else 0)
    return (crc ^ 0xFFFF).to_bytes(_CHECKSUM_SIZE, "little")


def hash_code(code: bytes) -> bytes:
    """Return the AES-MMO hash of a code with its checksum (Zigbee specification B.6), which is the link key."""
    length = (8 * len(code)).to_bytes(2, "big")
    padding = -(len(code) + 1 + len(length)) % _BLOCK
    padded = code + b"\x80" + bytes(padding) + length
    digest = bytes(_BLOCK)
    for start in range(0, len(padded), _BLOCK):
        block = padded[start : start + _BLOCK]
        encryptor = Cipher(AES(digest), ECB()).encryptor()  # noqa: S305 - one block at a time, as the hash has it
        digest = bytes(a ^ b for a, b in zip(encryptor.update(block), block, strict=True))
    return digest


def _parts(text: str) -> tuple[str, str]:
    """Return the digits of the address and of the code."""
    for form in _FORMS:
        if (match := form.search(text)) is not None:
            return match["ieee"], match["code"]
    digits = _CODE_DIGITS.get(len(text))
    if digits is None:
        raise InstallCodeError(
            f"Unsupported install code, got {len(text)} chars, expected 95 or 91 chars, or known format"
        )
    end = len(text) - digits - _BETWEEN
    return text[end - 16 : end], text[-digits:]
