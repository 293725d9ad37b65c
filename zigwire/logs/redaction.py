"""Keeps secrets out of the log, whatever part of the program or library says them."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType
from urllib.parse import unquote, urlsplit

from zigwire.confidential import SECRETS, Secrets
from zigwire.settings import Settings

__all__ = ["RedactingFilter", "redact_uncaught", "report_secrets"]

FORMATTER = logging.Formatter()


class RedactingFilter(logging.Filter):
    """Makes of each record its final text without secrets; every handler has one.

    Args:
        secrets: What to hide.
    """

    def __init__(self, secrets: Secrets = SECRETS) -> None:
        super().__init__()
        self._secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        """Let a record pass, redacted: its message, the traceback and the stack."""
        record.msg, record.args = self._secrets.redact(_message(record)), None
        if record.exc_info:
            record.exc_text = FORMATTER.formatException(record.exc_info)
            record.exc_info = None
        if record.exc_text:
            record.exc_text = self._secrets.redact(record.exc_text)
        if record.stack_info:
            record.stack_info = self._secrets.redact(record.stack_info)
        return True


def redact_uncaught(secrets: Secrets = SECRETS) -> None:
    """Let the traceback with which the program or a thread ends go to stderr without secrets."""

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.stderr.write(secrets.redact("".join(traceback.format_exception(kind, error, trace))))

    def show_of_thread(ended: threading.ExceptHookArgs) -> None:
        if ended.exc_value is not None:
            show(ended.exc_type, ended.exc_value, ended.exc_traceback)

    sys.excepthook, threading.excepthook = show, show_of_thread


def report_secrets(settings: Settings) -> None:
    """Report what the settings hold of secrets."""
    SECRETS.add(settings.advanced.network_key, settings.mqtt.password, settings.frontend.auth_token)
    for url in (settings.mqtt.server, settings.ota.zigbee_ota_override_index_location):
        SECRETS.add(*_passwords(url or ""))


def _message(record: logging.LogRecord) -> str:
    """Return a record's text; where a library's arguments do not fit its text, both as they are."""
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - whoever logs, whatever the arguments do, goes on
        return f"{record.msg!s} {record.args!r}"


def _passwords(url: str) -> Iterator[str]:
    """Yield the password in a URL as it stands there and as it is meant."""
    try:
        password = urlsplit(url).password
    except ValueError:
        return
    if password:
        yield from (password, unquote(password))
