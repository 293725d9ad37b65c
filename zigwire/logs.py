"""Where the log goes: console and file, with levels by namespace, as the settings say."""

from __future__ import annotations

import logging
import sys
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

import orjson

from zigwire.settings import Settings

__all__ = ["configure"]

LOG = logging.getLogger(__name__)

LEVELS = {"error": logging.ERROR, "warning": logging.WARNING, "info": logging.INFO, "debug": logging.DEBUG}
PROGRAMS = {"z2m": "zigwire", "zh": "zigwire.zigbee", "zhc": "zigwire.devices"}
FILE_BYTES = 10_000_000
FILES_KEPT = 3


def logger_name(namespace: str) -> str:
    """Return the logger that a namespace of Zigbee2MQTT stands for: `z2m:mqtt` is `zigwire.mqtt`."""
    program, *parts = namespace.split(":")
    return ".".join((PROGRAMS.get(program, program), *parts))


class JsonFormatter(logging.Formatter):
    """One JSON object per line, for `advanced.log_console_json`."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record."""
        entry = {
            "timestamp": self.formatTime(record),
            "level": record.levelname.lower(),
            "namespace": record.name,
            "message": super().format(record),
        }
        return orjson.dumps(entry).decode()


def configure(settings: Settings, data: Path) -> None:
    """Set the handlers and levels of all loggers; called again after a restart in place."""
    advanced = settings.advanced
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(max(LEVELS[advanced.log_level], logging.WARNING))
    logging.getLogger("zigwire").setLevel(LEVELS[advanced.log_level])
    for namespace, level in advanced.log_namespaced_levels.items():
        logging.getLogger(logger_name(namespace)).setLevel(LEVELS[level])
    text = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    if "console" in advanced.log_output:
        console = logging.StreamHandler(sys.stdout)
        console.setFormatter(JsonFormatter("%(message)s") if advanced.log_console_json else text)
        root.addHandler(console)
    if "file" in advanced.log_output:
        file = _file(settings, data)
        file.setFormatter(text)
        root.addHandler(file)
    if "syslog" in advanced.log_output:
        LOG.warning("advanced.log_output has syslog, which is not supported yet")


def _file(settings: Settings, data: Path) -> logging.Handler:
    advanced = settings.advanced
    stamp = datetime.now().astimezone().strftime("%Y-%m-%d.%H-%M-%S")
    directory = Path((advanced.log_directory or str(data / "log" / "%TIMESTAMP%")).replace("%TIMESTAMP%", stamp))
    directory.mkdir(parents=True, exist_ok=True)
    if "%TIMESTAMP%" in (advanced.log_directory or "%TIMESTAMP%"):
        _remove_old(directory.parent, advanced.log_directories_to_keep)
    path = directory / advanced.log_file.replace("%TIMESTAMP%", stamp)
    rotation = (FILE_BYTES, FILES_KEPT - 1) if advanced.log_rotation else (0, 0)
    return RotatingFileHandler(path, maxBytes=rotation[0], backupCount=rotation[1], encoding="utf-8", delay=True)


def _remove_old(parent: Path, keep: int) -> None:
    """Remove the oldest log directories, which hold nothing but logs and whose names are times."""
    directories = sorted(path for path in parent.iterdir() if path.is_dir() and _is_stamp(path.name))
    for directory in directories[: max(0, len(directories) - keep)]:
        for path in directory.iterdir():
            path.unlink()
        directory.rmdir()


def _is_stamp(name: str) -> bool:
    try:
        datetime.strptime(name, "%Y-%m-%d.%H-%M-%S")  # noqa: DTZ007 - only its form counts
    except ValueError:
        return False
    return True
