"""Metric families with their values, made in one go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import accumulate

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)

from zigwire.zigbee.tally import Durations

__all__ = ["Labelled", "counter", "gauge", "histogram", "info"]

Labelled = Iterable[tuple[tuple[str, ...], float]]
"""Values, each with those of its labels."""


def gauge(name: str, documentation: str, values: Labelled | float, labels: tuple[str, ...] = ()) -> Metric:
    """Return a family of values that go up and down."""
    family = GaugeMetricFamily(name, documentation, labels=labels)
    for of, value in _labelled(values):
        family.add_metric(of, value)
    return family


def counter(name: str, documentation: str, values: Labelled | float, labels: tuple[str, ...] = ()) -> Metric:
    """Return a family of counters; `name` ends with `_total`."""
    family = CounterMetricFamily(name, documentation, labels=labels)
    for of, value in _labelled(values):
        family.add_metric(of, value)
    return family


def histogram(
    name: str,
    documentation: str,
    values: Iterable[tuple[tuple[str, ...], Durations]] | Durations,
    labels: tuple[str, ...] = (),
) -> Metric:
    """Return a family of histograms; `name` ends with `_seconds`."""
    family = HistogramMetricFamily(name, documentation, labels=labels)
    for of, durations in [((), values)] if isinstance(values, Durations) else values:
        family.add_metric(of, _buckets(durations), durations.seconds)
    return family


def info(name: str, documentation: str, values: Iterable[Mapping[str, str]]) -> Metric:
    """Return a family of descriptions; `name` goes without the `_info` that it ends with where it is read."""
    family = InfoMetricFamily(name, documentation, labels=())
    for value in values:
        family.add_metric((), dict(value))
    return family


def _labelled(values: Labelled | float) -> Labelled:
    return [((), values)] if isinstance(values, int | float) else values


def _buckets(durations: Durations) -> list[tuple[str, float]]:
    """Return the buckets as Prometheus has them: each holds what is in those before it, too."""
    bounds = map(str, (*durations.bounds, "+Inf"))
    return list(zip(bounds, accumulate(durations.counts), strict=True))
