"""Where the log goes: console, file and syslog, with levels by namespace, as the settings say."""

from __future__ import annotations

import logging
import os
import re
import shutil
import socket
import sys
from datetime import datetime
from logging.handlers import RotatingFileHandler, SysLogHandler
from pathlib import Path

import orjson

from zigwire.settings import Advanced, Settings
from zigwire.settings.model import Syslog

__all__ = ["NamespaceFilter", "configure", "logger_name", "namespace"]

LOG = logging.getLogger(__name__)

LEVELS = {"error": logging.ERROR, "warning": logging.WARNING, "info": logging.INFO, "debug": logging.DEBUG}
PROGRAMS = {"z2m": "zigwire", "zh": "zigwire.zigbee", "zhc": "zigwire.devices"}
FILE_BYTES = 10_000_000
FILES_KEPT = 3
STAMP = "%TIMESTAMP%"
STAMP_PATTERN = r"\d{4}-\d\d-\d\d\.\d\d-\d\d-\d\d"
CURRENT = "current"
TIME_TOKENS = re.compile(r"\[([^]]*)]|YYYY|YY|MM|DD|HH|mm|SSS|ss")
STRFTIME = {"YYYY": "%Y", "YY": "%y", "MM": "%m", "DD": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}


def logger_name(namespace: str) -> str:
    """Return the logger that a namespace of Zigbee2MQTT stands for: `z2m:mqtt` is `zigwire.mqtt`."""
    program, *parts = namespace.split(":")
    return ".".join((PROGRAMS.get(program, program), *parts))


def namespace(logger: str) -> str:
    """Return the namespace of Zigbee2MQTT that a logger stands for: `zigwire.mqtt` is `z2m:mqtt`."""
    for program, name in reversed(PROGRAMS.items()):
        if logger == name or logger.startswith(f"{name}."):
            return program + logger[len(name) :].replace(".", ":")
    return logger


class TextFormatter(logging.Formatter):
    """Lines with times in the form of `advanced.timestamp_format`: YYYY MM DD HH mm ss SSS, and text in brackets."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's name
        """Format a record's time; `datefmt` is the form."""
        moment = datetime.fromtimestamp(record.created).astimezone()

        def part(token: re.Match[str]) -> str:
            if token[1] is not None:
                return token[1]
            return f"{int(record.msecs):03}" if token[0] == "SSS" else moment.strftime(STRFTIME[token[0]])

        return TIME_TOKENS.sub(part, datefmt or "")


class JsonFormatter(TextFormatter):
    """One JSON object per line, for `advanced.log_console_json`."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record."""
        entry = {
            "timestamp": self.formatTime(record, self.datefmt),
            "level": record.levelname.lower(),
            "namespace": record.name,
            "message": super().format(record),
        }
        return orjson.dumps(entry).decode()


class NamespaceFilter(logging.Filter):
    """Drops debug messages of the parts that `advanced.log_debug_namespace_ignore` names.

    Args:
        ignored: A regular expression for namespaces, in Zigbee2MQTT's names or ours; everything passes when it is none.
    """

    def __init__(self, ignored: str) -> None:
        super().__init__()
        self._ignored = re.compile(ignored) if ignored else None

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record passes."""
        if self._ignored is None or record.levelno > logging.DEBUG:
            return True
        return not any(map(self._ignored.search, (record.name, namespace(record.name))))


class SyslogHandler(SysLogHandler):
    """Sends to syslog, over a new connection after one that failed."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Report a record that could not be sent, and let go of the connection."""
        super().handleError(record)
        self.close()


def configure(settings: Settings, data: Path) -> None:
    """Set the handlers and levels of all loggers; called again after a restart in place.

    Raises:
        OSError: The log's file can't be written.
    """
    advanced = settings.advanced
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    _set_levels(advanced)
    text = TextFormatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s", advanced.timestamp_format)
    if "console" in advanced.log_output:
        json = JsonFormatter("%(message)s", advanced.timestamp_format)
        _add(logging.StreamHandler(sys.stdout), json if advanced.log_console_json else text, advanced)
    if "file" in advanced.log_output:
        _add(_file(advanced, data), text, advanced)
    if "syslog" in advanced.log_output and (syslog := _syslog(advanced.log_syslog)):
        _add(syslog, logging.Formatter("%(levelname)s %(name)s: %(message)s"), advanced)


def _set_levels(advanced: Advanced) -> None:
    """Set the levels that the settings name, and take back those that earlier settings named."""
    for name, logger in logging.root.manager.loggerDict.items():
        if name.startswith("zigwire.") and isinstance(logger, logging.Logger):
            logger.setLevel(logging.NOTSET)
    logging.getLogger().setLevel(max(LEVELS[advanced.log_level], logging.WARNING))
    logging.getLogger("zigwire").setLevel(LEVELS[advanced.log_level])
    for named, level in advanced.log_namespaced_levels.items():
        logging.getLogger(logger_name(named)).setLevel(LEVELS[level])


def _add(handler: logging.Handler, formatter: logging.Formatter, advanced: Advanced) -> None:
    handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)
    try:
        handler.addFilter(NamespaceFilter(advanced.log_debug_namespace_ignore))
    except re.error as error:
        LOG.warning("advanced.log_debug_namespace_ignore is no regular expression, it is not used: %s", error)


# Files


def _file(advanced: Advanced, data: Path) -> logging.Handler:
    stamp = datetime.now().astimezone().strftime("%Y-%m-%d.%H-%M-%S")
    template = Path(advanced.log_directory or str(data / "log" / STAMP))
    directory = Path(str(template).replace(STAMP, stamp))
    directory.mkdir(parents=True, exist_ok=True)
    _tend(template, stamp, advanced)
    path = directory / advanced.log_file.replace(STAMP, stamp)
    rotation = (FILE_BYTES, FILES_KEPT - 1) if advanced.log_rotation else (0, 0)
    return RotatingFileHandler(path, maxBytes=rotation[0], backupCount=rotation[1], encoding="utf-8")


def _tend(template: Path, stamp: str, advanced: Advanced) -> None:
    """Remove the oldest of the directories that differ by their time only, and link to the one in use."""
    depth = next((number for number, part in enumerate(template.parts) if STAMP in part), None)
    if depth is None:
        return
    parent = Path(*(part.replace(STAMP, stamp) for part in template.parts[:depth]))
    name = template.parts[depth]
    pattern = re.compile(STAMP_PATTERN.join(map(re.escape, name.split(STAMP))))
    _remove_old(parent, pattern, name.replace(STAMP, stamp), advanced.log_directories_to_keep)
    if advanced.log_symlink_current:
        _link(parent / CURRENT, name.replace(STAMP, stamp))


def _remove_old(parent: Path, pattern: re.Pattern[str], in_use: str, keep: int) -> None:
    old = sorted(
        path
        for path in parent.iterdir()
        if path.name != in_use and pattern.fullmatch(path.name) and path.is_dir() and not path.is_symlink()
    )
    for directory in old[: max(0, len(old) + 1 - keep)]:
        try:
            shutil.rmtree(directory)
        except OSError as error:
            LOG.warning("The old log directory %s can't be removed: %s", directory, error)


def _link(link: Path, target: str) -> None:
    try:
        if link.is_symlink():
            link.unlink()
        link.symlink_to(target, target_is_directory=True)
    except OSError as error:
        LOG.warning("advanced.log_symlink_current has no effect: %s", error)


# Syslog


def _syslog(wanted: Syslog) -> logging.Handler | None:
    kinds: dict[str, tuple[str | tuple[str, int], socket.SocketKind | None]] = {
        "udp4": ((wanted.host, wanted.port), socket.SOCK_DGRAM),
        "tcp4": ((wanted.host, wanted.port), socket.SOCK_STREAM),
        "unix": (wanted.path, None),
    }
    if wanted.protocol not in kinds:
        LOG.warning(
            "advanced.log_syslog.protocol is '%s', which is not supported: nothing goes to syslog. There are %s",
            wanted.protocol,
            ", ".join(kinds),
        )
        return None
    address, kind = kinds[wanted.protocol]
    try:
        if wanted.protocol == "unix":
            Path(wanted.path).stat()  # the handler itself would take a missing socket for one that comes later
        handler = SyslogHandler(address, socktype=kind)
    except OSError as error:
        LOG.warning("Nothing goes to syslog: %s can't be reached: %s", address, error)
        return None
    pid = os.getpid() if wanted.pid == "process.pid" else wanted.pid
    handler.ident = f"{wanted.app_name}[{pid}]: "
    return handler
