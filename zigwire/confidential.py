"""What nobody may read in a log: the secrets in force, and how to take them out of a text.

A key shows up in many forms: as hexadecimal digits with and without separators, as a list of numbers, as Python's
bytes, as zigpy's `01:03:…`. All of them are known here. This module imports nothing of Zigwire, so that every part of
it may report a secret.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterable
from urllib.parse import quote

__all__ = ["HIDDEN", "SECRETS", "Secrets"]

HIDDEN = "***"

ZIGPY_KEY = r"\b[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){15}\b"
"""How zigpy prints any 128-bit key, so that link keys which nobody reported stay hidden too."""

INSTALL_CODE = r"(?<=\$I:)[0-9A-Fa-f]{12,36}"
"""The code in the text of a device's QR label (`G$M:…$I:…`, `Z:…$I:…`)."""

BEGINNING = 6
"""Bytes of a key's beginning that count as the key: logs and messages shorten long values."""

SHORT = 6
"""Characters below which a word is hidden only where it stands alone: `on` is no secret within `online`."""

_PRINTED = {**{number: re.escape(chr(number)) for number in range(0x20, 0x7F)}, 9: r"\\t", 10: r"\\n", 13: r"\\r"}
_PRINTED[ord("\\")] = r"\\\\"
_PRINTED[ord("'")] = r"\\?'"


class Secrets:
    """The secrets in force; any thread may use it. What was a secret once stays one."""

    def __init__(self) -> None:
        self._forms: set[str] = set()
        self._adding = threading.Lock()
        self._pattern = _compiled(self._forms)

    def add(self, *secrets: str | bytes | None) -> None:
        """Report secrets: passwords and codes as text, keys as bytes. None and what is empty are passed over."""
        with self._adding:
            forms = self._forms.union(*(_forms(secret) for secret in secrets if secret))
            if forms != self._forms:
                self._forms, self._pattern = forms, _compiled(forms)

    def redact(self, text: str) -> str:
        """Return a text with `HIDDEN` in place of each secret."""
        return self._pattern.sub(HIDDEN, text)


def _compiled(forms: Iterable[str]) -> re.Pattern[str]:
    """Join the patterns, longer ones first: a password may begin with another one."""
    return re.compile("|".join([*sorted(forms, key=lambda form: (-len(form), form)), ZIGPY_KEY, INSTALL_CODE]))


def _forms(secret: str | bytes) -> set[str]:
    if isinstance(secret, bytes):
        return {*_key_forms(secret), *_text_forms({_base64(secret)})}
    raw = secret.encode(errors="surrogatepass")
    written = {secret, repr(secret)[1:-1], json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    return _text_forms({*written, quote(raw, safe=""), quote(raw), repr(raw)[2:-1]})


def _text_forms(texts: Iterable[str]) -> set[str]:
    return {re.escape(text) if len(text) >= SHORT else rf"(?<!\w){re.escape(text)}(?!\w)" for text in texts}


def _base64(secret: bytes) -> str:
    return base64.b64encode(secret).decode().rstrip("=")


def _key_forms(key: bytes) -> Iterable[str]:
    """Yield patterns of a key in digits and in bytes as Python writes them."""
    yield _row([rf"(?i:{number:02x})" for number in key], r"(?:[\s:._-]|,\s?)?")
    yield _row([rf"(?:0x|\\x)(?i:0?{number:x}\b|{number:02x})" for number in key], r"[\s,;]*")
    yield r"(?<!\d)" + _row([str(number) for number in key], r"\s*[,;:\s]\s*") + r"(?!\d)"
    yield _row([rf"(?:{_PRINTED.get(number, '(?!)')}|\\x{number:02x})" for number in key], "")


def _row(numbers: list[str], separator: str) -> str:
    """Return the pattern of numbers in a row, of which those behind the beginning may be missing."""
    rest = ""
    for number in reversed(numbers[BEGINNING:]):
        rest = f"(?:{separator}{number}{rest})?"
    return separator.join(numbers[:BEGINNING]) + rest


SECRETS = Secrets()
"""Those of this process."""
