"""How lines of the log look: times in the user's form, text or JSON."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import datetime

import orjson

__all__ = ["JsonFormatter", "TextFormatter", "formatted_time"]

TOKENS: dict[str, Callable[[datetime], str]] = {
    "YYYY": lambda moment: f"{moment.year:04}",
    "YY": lambda moment: f"{moment.year % 100:02}",
    "MMMM": lambda moment: f"{moment:%B}",
    "MMM": lambda moment: f"{moment:%b}",
    "MM": lambda moment: f"{moment.month:02}",
    "M": lambda moment: f"{moment.month}",
    "Do": lambda moment: f"{moment.day}{_ordinal(moment.day)}",
    "DD": lambda moment: f"{moment.day:02}",
    "D": lambda moment: f"{moment.day}",
    "d": lambda moment: f"{moment.isoweekday() % 7}",
    "dd": lambda moment: f"{moment.isoweekday() % 7:02}",
    "dddd": lambda moment: f"{moment:%A}",
    "ddd": lambda moment: f"{moment:%a}",
    "HH": lambda moment: f"{moment.hour:02}",
    "H": lambda moment: f"{moment.hour}",
    "hh": lambda moment: f"{_twelve(moment.hour):02}",
    "h": lambda moment: f"{_twelve(moment.hour)}",
    "mm": lambda moment: f"{moment.minute:02}",
    "m": lambda moment: f"{moment.minute}",
    "ss": lambda moment: f"{moment.second:02}",
    "s": lambda moment: f"{moment.second}",
    "SSS": lambda moment: f"{moment.microsecond // 1000:03}",
    "SS": lambda moment: f"{moment.microsecond // 10_000:02}",
    "S": lambda moment: f"{moment.microsecond // 100_000}",
    "ZZ": lambda moment: f"{moment:%z}",
    "Z": lambda moment: f"{moment:%z}"[:3] + ":" + f"{moment:%z}"[3:5],
    "A": lambda moment: "AM" if moment.hour < 12 else "PM",
    "a": lambda moment: "am" if moment.hour < 12 else "pm",
}
"""Those that Zigbee2MQTT's log knows (the npm package `fecha`)."""

PART = re.compile(r"\[([^]]*)]|" + "|".join(sorted(TOKENS, key=len, reverse=True)))


def formatted_time(moment: datetime, form: str) -> str:
    """Write a time in the form of `advanced.timestamp_format`: `YYYY-MM-DD HH:mm:ss`, literal text in brackets."""
    return PART.sub(lambda part: TOKENS[part[0]](moment) if part[1] is None else part[1], form)


class TextFormatter(logging.Formatter):
    """Lines with times in the form of `advanced.timestamp_format`."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's name
        """Format a record's time; `datefmt` is the form."""
        return formatted_time(datetime.fromtimestamp(record.created).astimezone(), datefmt or "")


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


def _ordinal(day: int) -> str:
    return "th" if 10 < day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def _twelve(hour: int) -> int:
    return hour % 12 or 12
