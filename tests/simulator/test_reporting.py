"""Configured reporting: minimum and maximum interval and reportable change."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from zigwire.simulator.attributes import AttributeKey
from zigwire.simulator.reporting import ReportingConfiguration, ReportingEngine
from zigwire.simulator.schedule import Schedule

KEY = AttributeKey(1, 0x0402, 0)


class Sensor:
    """A value under reporting."""

    def __init__(self, minimum: int, maximum: int, change: float | None = None) -> None:
        self.schedule, self.value = Schedule(lambda: 0.0), 0
        self.sent: list[tuple[float, int]] = []
        self.engine = ReportingEngine(
            self.schedule, lambda _: self.value, lambda _: self.sent.append((self.schedule.now(), self.value))
        )
        self.engine.configure(KEY, ReportingConfiguration(minimum, maximum, change))

    def set(self, value: int) -> None:
        self.value = value
        self.engine.changed(KEY)


def test_the_maximum_interval_brings_reports_without_any_change() -> None:
    sensor = Sensor(1, 60, 5)
    sensor.schedule.advance(185)
    assert [when for when, _ in sensor.sent] == [60, 120, 180]


def test_without_a_maximum_nothing_is_reported_unless_it_changes() -> None:
    sensor = Sensor(0, 0, 5)
    sensor.schedule.advance(1e6)
    assert sensor.sent == []
    sensor.set(5)
    assert [value for _, value in sensor.sent] == [5]


def test_a_change_below_the_reportable_one_waits() -> None:
    sensor = Sensor(0, 3600, 10)
    sensor.set(9)
    assert sensor.sent == []
    sensor.set(10)
    assert sensor.sent == [(0, 10)]


def test_small_steps_add_up() -> None:
    sensor = Sensor(0, 3600, 10)
    for value in range(0, 25, 4):
        sensor.set(value)
    assert [value for _, value in sensor.sent] == [12, 24]


def test_a_change_within_the_minimum_interval_is_reported_at_its_end() -> None:
    sensor = Sensor(30, 600, 1)
    sensor.schedule.advance(40)
    sensor.set(5)
    sensor.schedule.advance(10)
    sensor.set(6)
    sensor.set(7)
    assert sensor.sent == [(40, 5)]
    sensor.schedule.advance(30)
    assert sensor.sent == [(40, 5), (70, 7)]


def test_a_change_that_is_taken_back_is_not_reported_before_the_maximum() -> None:
    sensor = Sensor(30, 60, 1)
    sensor.set(5)
    sensor.set(0)
    sensor.schedule.advance(59)
    assert sensor.sent == []
    sensor.schedule.advance(1)
    assert sensor.sent == [(60, 0)]


def test_discrete_values_are_reported_when_they_differ() -> None:
    sensor = Sensor(0, 0, None)
    sensor.set(0)
    assert sensor.sent == []
    sensor.set(1)
    assert sensor.sent == [(0, 1)]


def test_a_report_of_the_devices_own_accord_starts_both_intervals_anew() -> None:
    sensor = Sensor(10, 60, 1)
    sensor.schedule.advance(50)
    sensor.engine.reported(KEY)
    sensor.schedule.advance(59)
    assert sensor.sent == []
    sensor.schedule.advance(1)
    assert [when for when, _ in sensor.sent] == [110]


def test_stopping_stops() -> None:
    sensor = Sensor(0, 60, 1)
    sensor.engine.stop(KEY)
    sensor.set(100)
    sensor.schedule.advance(1000)
    assert sensor.sent == []
    assert sensor.engine.configurations == {}


@given(
    minimum=st.integers(0, 50),
    extra=st.integers(0, 100),
    change=st.integers(0, 20),
    steps=st.lists(st.tuples(st.floats(0, 40), st.integers(-50, 50)), max_size=30),
)
def test_whatever_happens_the_intervals_hold(
    minimum: int, extra: int, change: int, steps: list[tuple[float, int]]
) -> None:
    maximum = minimum + extra + 1
    sensor = Sensor(minimum, maximum, change)
    for wait, value in steps:
        sensor.schedule.advance(wait)
        sensor.set(value)
    sensor.schedule.advance(maximum)
    times = [0.0, *(when for when, _ in sensor.sent)]
    gaps = [after - before for before, after in pairwise(times)]
    assert all(minimum - 1e-6 <= gap <= maximum + 1e-6 for gap in gaps)
    assert sensor.schedule.now() - times[-1] <= maximum + 1e-6
