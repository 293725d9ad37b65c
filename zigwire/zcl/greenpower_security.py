"""How frames and keys of Green Power devices are protected: AES-128-CCM* (Green Power 1.1.1, A.1.5.4, A.3.7.1.2)."""

from __future__ import annotations

import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

__all__ = ["AUTHENTICATED", "ENCRYPTED", "SecurityError", "header", "protect", "unprotect", "unwrap_key", "wrap_key"]

AUTHENTICATED, ENCRYPTED = 2, 3
"""Security levels with protection: both have a frame counter and a MIC of 4 octets, the second hides the content."""

_LINK_KEY = b"ZigBeeAlliance09"
_MIC_SIZE = 4
_SECURITY_CONTROL = 0x05

_DATA_FRAME_WITH_EXTENSION = 0x8C
_LEVEL, _INDIVIDUAL_KEY, _RX_AFTER_TX = 3, 0x20, 0x40


class SecurityError(Exception):
    """A frame or key that was not protected with the key that it should have been."""


def header(source_id: int, counter: int, level: int, *, individual: bool, rx_after_tx: bool = False) -> bytes:
    """Return the header of a frame, which the MIC covers too.

    Args:
        source_id: Of the device.
        counter: Security frame counter.
        level: Security level.
        individual: Whether the key is the device's alone.
        rx_after_tx: Whether the device listens afterwards.
    """
    extension = level << _LEVEL | individual * _INDIVIDUAL_KEY | rx_after_tx * _RX_AFTER_TX
    return struct.pack("<BBII", _DATA_FRAME_WITH_EXTENSION, extension, source_id, counter)


def protect(key: bytes, source_id: int, counter: int, level: int, head: bytes, content: bytes) -> tuple[bytes, int]:
    """Return content (command and payload) as it goes on air, and its MIC."""
    hidden, covered = (content, head) if level == ENCRYPTED else (b"", head + content)
    protected = AESCCM(key, _MIC_SIZE).encrypt(_nonce(source_id, source_id, counter), hidden, covered)
    mic = int.from_bytes(protected[-_MIC_SIZE:], "little")
    return protected[:-_MIC_SIZE] if level == ENCRYPTED else content, mic


def unprotect(key: bytes, source_id: int, counter: int, level: int, head: bytes, content: bytes, mic: int) -> bytes:
    """Return content (command and payload) as it was before it was protected.

    Raises:
        SecurityError: It was changed, or protected with another key.
    """
    hidden, covered = (content, head) if level == ENCRYPTED else (b"", head + content)
    protected = hidden + mic.to_bytes(_MIC_SIZE, "little")
    try:
        opened = AESCCM(key, _MIC_SIZE).decrypt(_nonce(source_id, source_id, counter), protected, covered)
    except InvalidTag:
        raise SecurityError(f"the MIC of frame {counter} is wrong") from None
    return opened if level == ENCRYPTED else content


def wrap_key(source_id: int, key: bytes) -> tuple[bytes, int]:
    """Return a device's key as its commissioning frame carries it, and the MIC."""
    wrapped = AESCCM(_LINK_KEY, _MIC_SIZE).encrypt(_key_nonce(source_id), key, source_id.to_bytes(4, "little"))
    return wrapped[:-_MIC_SIZE], int.from_bytes(wrapped[-_MIC_SIZE:], "little")


def unwrap_key(source_id: int, wrapped: bytes, mic: int | None) -> bytes:
    """Return a device's key from its commissioning frame; None as `mic` trusts a key that was checked before.

    Raises:
        SecurityError: The MIC is wrong.
    """
    if mic is None:
        first_counter = b"\x01" + _key_nonce(source_id) + b"\x00\x01"
        return Cipher(AES(_LINK_KEY), CTR(first_counter)).decryptor().update(wrapped)
    protected = wrapped + mic.to_bytes(_MIC_SIZE, "little")
    try:
        return AESCCM(_LINK_KEY, _MIC_SIZE).decrypt(_key_nonce(source_id), protected, source_id.to_bytes(4, "little"))
    except InvalidTag:
        raise SecurityError("the MIC of its key is wrong") from None


def _key_nonce(source_id: int) -> bytes:
    return _nonce(source_id, source_id, source_id)


def _nonce(first: int, second: int, counter: int) -> bytes:
    return struct.pack("<IIIB", first, second, counter, _SECURITY_CONTROL)
