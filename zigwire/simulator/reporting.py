"""Configured reporting of a virtual device: minimum and maximum interval and reportable change (ZCL 2.5.7, 2.5.11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zigwire.simulator.attributes import AttributeKey
from zigwire.simulator.schedule import Schedule, Timer

__all__ = ["ReportingConfiguration", "ReportingEngine"]


@dataclass(frozen=True, slots=True)
class ReportingConfiguration:
    """Intervals in seconds (`maximum` 0: no periodic reports); `change` is None for discrete types."""

    minimum: int
    maximum: int
    change: float | None = None


@dataclass(slots=True)
class _Watch:
    """One attribute under reporting: what was last reported and when, and what is due next."""

    configuration: ReportingConfiguration
    value: Any
    when: float
    timer: Timer | None = None

    def set_timer(self, timer: Timer | None) -> None:
        if self.timer is not None:
            self.timer.cancel()
        self.timer = timer


class ReportingEngine:
    """Decides when an attribute is reported.

    Args:
        schedule: The clock to keep.
        read: Gives an attribute's present value.
        send: Sends the report.
    """

    def __init__(
        self, schedule: Schedule, read: Callable[[AttributeKey], Any], send: Callable[[AttributeKey], None]
    ) -> None:
        self._schedule = schedule
        self._read = read
        self._send = send
        self._watched: dict[AttributeKey, _Watch] = {}

    @property
    def configurations(self) -> dict[AttributeKey, ReportingConfiguration]:
        """What was configured."""
        return {key: watch.configuration for key, watch in self._watched.items()}

    def configure(self, key: AttributeKey, configuration: ReportingConfiguration) -> None:
        """Begin to report `key`, or go on with other figures."""
        self.stop(key)
        self._watched[key] = _Watch(configuration, self._read(key), self._schedule.now())
        self._await_maximum(key)

    def stop(self, key: AttributeKey) -> None:
        """Report `key` no more; nothing happens when it was not reported."""
        watch = self._watched.pop(key, None)
        if watch is not None:
            watch.set_timer(None)

    def clear(self) -> None:
        """Report nothing any more."""
        for key in list(self._watched):
            self.stop(key)

    def changed(self, key: AttributeKey) -> None:
        """Note that the value of `key` may have changed, and report it now or when the minimum interval is over."""
        watch = self._watched.get(key)
        if watch is None or not _reportable(watch.value, self._read(key), watch.configuration.change):
            return
        wait = watch.when + watch.configuration.minimum - self._schedule.now()
        if wait <= 0:
            self._report(key)
        else:
            watch.set_timer(self._schedule.after(wait, lambda: self._report_if_still_changed(key)))

    def reported(self, key: AttributeKey) -> None:
        """Note that the device has just reported `key` of its own accord: both intervals begin anew."""
        watch = self._watched.get(key)
        if watch is not None:
            watch.value, watch.when = self._read(key), self._schedule.now()
            self._await_maximum(key)

    def _report(self, key: AttributeKey) -> None:
        self._send(key)
        self.reported(key)

    def _report_if_still_changed(self, key: AttributeKey) -> None:
        watch = self._watched[key]
        if _reportable(watch.value, self._read(key), watch.configuration.change):
            self._report(key)
        else:
            self._await_maximum(key)

    def _await_maximum(self, key: AttributeKey) -> None:
        watch = self._watched[key]
        if watch.configuration.maximum:
            wait = watch.when + watch.configuration.maximum - self._schedule.now()
            watch.set_timer(self._schedule.after(wait, lambda: self._report(key)))
        else:
            watch.set_timer(None)


def _reportable(old: Any, new: Any, change: float | None) -> bool:
    if change is None:
        return bool(new != old)
    return bool(abs(new - old) >= change and new != old)
