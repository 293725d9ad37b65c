"""What a scrape of the metrics told."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}


class Scrape:
    """A scrape's text, read by Prometheus' own client."""

    def __init__(self, text: str) -> None:
        self._families = list(text_string_to_metric_families(text))

    @property
    def families(self) -> set[str]:
        """The names as they are documented: counters with their `_total`."""
        return {f"{family.name}_total" if family.type == "counter" else family.name for family in self._families}

    @property
    def names(self) -> set[str]:
        """What can be asked for: the names of all series, those without a value, too."""
        return {family.name + suffix for family in self._families for suffix in SUFFIXES.get(family.type, ("",))}

    def value(self, name: str, **labels: str) -> float | None:
        """The sum of the values that have these labels, None when there is none."""
        values = [
            sample.value
            for family in self._families
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        return sum(values) if values else None
