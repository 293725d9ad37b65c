"""Opens the outputs that the settings ask for."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from zigwire.logs.files import file_handler
from zigwire.logs.formats import JsonFormatter, TextFormatter
from zigwire.logs.levels import NamespaceFilter, apply
from zigwire.logs.redaction import RedactingFilter, report_secrets
from zigwire.logs.syslog import PROTOCOLS, SyslogHandler
from zigwire.settings import Advanced, Settings
from zigwire.settings.model import Syslog

__all__ = ["add_output", "configure"]

LOG = logging.getLogger(__name__)


def configure(settings: Settings, data: Path) -> None:
    """Set the handlers and levels of all loggers; called again after a restart in place."""
    report_secrets(settings)
    advanced = settings.advanced
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    text = TextFormatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", advanced.timestamp_format)
    if "console" in advanced.log_output:
        json = JsonFormatter("%(message)s", advanced.timestamp_format)
        add_output(logging.StreamHandler(sys.stdout), json if advanced.log_console_json else text)
    if "file" in advanced.log_output:
        _add_file(advanced, data, text)
    if "syslog" in advanced.log_output:
        _add_syslog(advanced.log_syslog)
    apply(settings)


def add_output(handler: logging.Handler, formatter: logging.Formatter | None = None) -> None:
    """Let a handler have the log, without secrets; `apply` says what of it."""
    if formatter is not None:
        handler.setFormatter(formatter)
    handler.addFilter(NamespaceFilter())
    handler.addFilter(RedactingFilter())
    logging.getLogger().addHandler(handler)


def _add_file(advanced: Advanced, data: Path, formatter: logging.Formatter) -> None:
    try:
        add_output(file_handler(advanced, data), formatter)
    except OSError as error:
        LOG.warning("The log goes to no file: %s", error)


def _add_syslog(wanted: Syslog) -> None:
    if wanted.protocol in PROTOCOLS:
        add_output(SyslogHandler(wanted))
        return
    LOG.warning(
        "advanced.log_syslog.protocol is '%s', which is not supported: nothing goes to syslog. There are %s",
        wanted.protocol,
        ", ".join(PROTOCOLS),
    )
