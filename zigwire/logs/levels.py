"""Which parts of the program are heard, and from which level on; this may change while it runs."""

from __future__ import annotations

import logging
import re

from zigwire.logs.redaction import report_secrets
from zigwire.settings import Advanced, Settings

__all__ = ["NamespaceFilter", "apply", "logger_name", "namespace"]

LOG = logging.getLogger(__name__)

LEVELS = {"error": logging.ERROR, "warning": logging.WARNING, "info": logging.INFO, "debug": logging.DEBUG}
PROGRAMS = {"z2m": "zigwire", "zh": "zigwire.zigbee", "zhc": "zigwire.devices"}
LIBRARIES = {
    "zigpy": "zigpy",
    "zstack": "zigpy_znp",
    "ember": "bellows",
    "ezsp": "bellows",
    "deconz": "zigpy_deconz",
    "zigate": "zigpy_zigate",
    "xbee": "zigpy_xbee",
    "zoh": "zigpy_ziggurat",
}
"""Loggers of the radios' libraries, by what follows `zh:`."""

ROOTS = {
    **{name: f"zh:{adapter}" for adapter, name in LIBRARIES.items()},
    **{name: program for program, name in reversed(PROGRAMS.items())},
}
"""Namespaces by loggers; parts of the program before the whole of it."""


def logger_name(namespace: str) -> str:
    """Return the logger that a namespace of Zigbee2MQTT stands for: `z2m:mqtt` is `zigwire.mqtt`."""
    program, *parts = namespace.split(":")
    if program == "zh" and parts and parts[0] in LIBRARIES:
        return LIBRARIES[parts[0]]
    return ".".join((PROGRAMS.get(program, program), *parts))


def namespace(logger: str) -> str:
    """Return the namespace of Zigbee2MQTT that a logger stands for: `zigwire.mqtt` is `z2m:mqtt`."""
    for name, root in ROOTS.items():
        if logger == name or logger.startswith(f"{name}."):
            return root + logger[len(name) :].replace(".", ":")
    return logger


class NamespaceFilter(logging.Filter):
    """Drops debug messages of the parts that `advanced.log_debug_namespace_ignore` names; `apply` keeps it current."""

    def __init__(self) -> None:
        super().__init__()
        self._ignored: re.Pattern[str] | None = None

    def ignore(self, expression: str) -> None:
        """Set what is dropped.

        Args:
            expression: For namespaces, in Zigbee2MQTT's names or ours; everything passes when it is empty.

        Raises:
            re.error: It is no regular expression.
        """
        self._ignored = re.compile(expression) if expression else None

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record passes."""
        if self._ignored is None or record.levelno > logging.DEBUG:
            return True
        return not any(map(self._ignored.search, (record.name, namespace(record.name))))


def apply(settings: Settings) -> None:
    """Take over the levels, `log_debug_namespace_ignore` and new secrets; outputs stay open as they are."""
    report_secrets(settings)
    advanced = settings.advanced
    _set_levels(advanced)
    for handler in logging.getLogger().handlers:
        for known in handler.filters:
            if isinstance(known, NamespaceFilter):
                _ignore(known, advanced.log_debug_namespace_ignore)


def _set_levels(advanced: Advanced) -> None:
    """Set the levels that the settings name, and take back those that earlier settings named."""
    for name, logger in logging.root.manager.loggerDict.items():
        is_ours = name.partition(".")[0] in {"zigwire", *LIBRARIES.values()}
        if is_ours and isinstance(logger, logging.Logger):
            logger.setLevel(logging.NOTSET)
    logging.getLogger().setLevel(max(LEVELS[advanced.log_level], logging.WARNING))
    logging.getLogger("zigwire").setLevel(LEVELS[advanced.log_level])
    for named, level in advanced.log_namespaced_levels.items():
        logging.getLogger(logger_name(named)).setLevel(LEVELS[level])


def _ignore(known: NamespaceFilter, expression: str) -> None:
    try:
        known.ignore(expression)
    except re.error as error:
        known.ignore("")
        LOG.warning("advanced.log_debug_namespace_ignore is no regular expression, it is not used: %s", error)
