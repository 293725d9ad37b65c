"""Power, voltage, current and energy: haElectricalMeasurement (ZCL 4.9) and seMetering (ZCL 10.4).

What a raw number is worth stands in two attributes beside it, a multiplier and a divisor. They are read in the set-up
and kept as facts of the endpoint; until they are known, raw numbers are published as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zigwire.devices.blocks.numeric import is_number
from zigwire.devices.blocks.reporting import LONGEST, report, server, servers
from zigwire.devices.exposes import GET, PUBLISHED, Numeric
from zigwire.devices.feature import Ask, Call, Decoder, Feature, Place, Reader, Reading, Received, Step, Values
from zigwire.devices.quantities import rounded
from zigwire.zcl.requests import Read, Reporting

__all__ = [
    "ELECTRICAL",
    "METERING",
    "dc_meter",
    "electrical_meter",
    "electrical_values",
    "electricity_meter",
    "energy_meter",
    "metering_values",
]

ELECTRICAL, METERING = "haElectricalMeasurement", "seMetering"
OFTEN = 10
WATTS = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """One attribute.

    Attributes:
        name: The property that it becomes.
        attribute: Its name.
        factor: What the names of its multiplier and divisor begin with; None: it has none.
        scale: What the value is multiplied by after that.
    """

    name: str
    attribute: str
    factor: str | None = None
    scale: float = 1

    @property
    def multiplier(self) -> str:
        """Name of the attribute that it is multiplied by."""
        return f"{self.factor}Multiplier" if self.factor else "multiplier"

    @property
    def divisor(self) -> str:
        """Name of the attribute that it is divided by."""
        return f"{self.factor}Divisor" if self.factor else "divisor"


def _phases(name: str, attribute: str, factor: str | None, scale: float = 1) -> tuple[Row, ...]:
    return (
        Row(name, attribute, factor, scale),
        Row(f"{name}_phase_b", f"{attribute}PhB", factor, scale),
        Row(f"{name}_phase_c", f"{attribute}PhC", factor, scale),
    )


ELECTRICAL_ROWS = (
    *_phases("power", "activePower", "acPower"),
    *_phases("power_apparent", "apparentPower", "acPower"),
    *_phases("power_reactive", "reactivePower", "acPower"),
    *_phases("current", "rmsCurrent", "acCurrent"),
    Row("current_neutral", "neutralCurrent", "acCurrent"),
    *_phases("voltage", "rmsVoltage", "acVoltage"),
    Row("ac_frequency", "acFrequency", "acFrequency"),
    Row("power", "dcPower", "dcPower"),
    Row("current", "dcCurrent", "dcCurrent"),
    Row("voltage", "dcVoltage", "dcVoltage"),
)
POWER_FACTORS = _phases("power_factor", "powerFactor", None, 0.01)
METERING_ROWS = (
    Row("power", "instantaneousDemand", scale=WATTS),
    Row("energy", "currentSummDelivered"),
    Row("produced_energy", "currentSummReceived"),
    *(Row(f"energy_tier_{tier}", f"currentTier{tier}SummDelivered") for tier in (1, 2, 3, 4)),
    *(Row(f"produced_energy_tier_{tier}", f"currentTier{tier}SummReceived") for tier in (1, 2)),
)

EXPOSES = {
    "power": Numeric("power", PUBLISHED | GET, unit="W", description="Instantaneous measured power"),
    "voltage": Numeric(
        "voltage",
        PUBLISHED | GET,
        unit="V",
        description="Measured electrical potential value",
        homeassistant={"entityCategory": "diagnostic"},
    ),
    "current": Numeric("current", PUBLISHED | GET, unit="A", description="Instantaneous measured electrical current"),
    "energy": Numeric("energy", PUBLISHED | GET, unit="kWh", description="Sum of consumed energy"),
}


@dataclass(frozen=True, slots=True)
class Watch:
    """An attribute that is reported: by which change, in the published unit."""

    row: Row
    change: float


def _row(rows: Iterable[Row], attribute: str) -> Row:
    return next(row for row in rows if row.attribute == attribute)


POWER = Watch(_row(ELECTRICAL_ROWS, "activePower"), 5)
CURRENT = Watch(_row(ELECTRICAL_ROWS, "rmsCurrent"), 0.05)
VOLTAGE = Watch(_row(ELECTRICAL_ROWS, "rmsVoltage"), 5)
DC_POWER = Watch(_row(ELECTRICAL_ROWS, "dcPower"), 0.1)
DC_VOLTAGE = Watch(_row(ELECTRICAL_ROWS, "dcVoltage"), 0.1)
DC_CURRENT = Watch(_row(ELECTRICAL_ROWS, "dcCurrent"), 0.1)
DEMAND = Watch(_row(METERING_ROWS, "instantaneousDemand"), 0.005)
ENERGY = Watch(_row(METERING_ROWS, "currentSummDelivered"), 0.1)


def electricity_meter() -> tuple[Feature, ...]:
    """Return power, voltage and current of haElectricalMeasurement, energy of seMetering."""
    return _electrical("power", "voltage", "current", watched=(POWER, CURRENT, VOLTAGE)), _metering("energy")


def electrical_meter() -> tuple[Feature, ...]:
    """Return power, voltage and current of haElectricalMeasurement alone."""
    return (_electrical("power", "voltage", "current", watched=(POWER, CURRENT, VOLTAGE)),)


def dc_meter() -> tuple[Feature, ...]:
    """Return power, voltage and current of haElectricalMeasurement where it measures direct current."""
    return (_electrical("power", "voltage", "current", watched=(DC_POWER, DC_VOLTAGE, DC_CURRENT)),)


def energy_meter() -> tuple[Feature, ...]:
    """Return power and energy of seMetering alone."""
    return (_metering("power", "energy"),)


def electrical_values() -> Feature:
    """Return a feature that publishes what haElectricalMeasurement tells, and lists nothing."""
    return _electrical(watched=())


def metering_values() -> Feature:
    """Return a feature that publishes what seMetering tells, and lists nothing."""
    return _metering()


def _electrical(*names: str, watched: tuple[Watch, ...]) -> Feature:
    def decode(received: Received) -> dict[str, Any]:
        known = _known(received.place, ELECTRICAL)
        state = {
            row.name: value * _factor(row, known, 1)
            for row in ELECTRICAL_ROWS
            if is_number(value := received.values.get(row.attribute))
        }
        factors = {
            row.name: rounded(value * row.scale, 2)
            for row in POWER_FACTORS
            if is_number(value := received.values.get(row.attribute))
        }
        return state | factors

    return _meter(ELECTRICAL, names, decode, (*ELECTRICAL_ROWS, *POWER_FACTORS), watched)


def _metering(*names: str) -> Feature:
    def decode(received: Received) -> dict[str, Any]:
        known = _known(received.place, METERING)
        return {
            row.name: value * _factor(row, known, row.scale)
            for row in METERING_ROWS
            if is_number(value := received.values.get(row.attribute))
        }

    watched = tuple(watch for watch in (DEMAND, ENERGY) if watch.row.name in names)
    return _meter(METERING, names, decode, METERING_ROWS, watched)


def _meter(
    cluster: str,
    names: tuple[str, ...],
    decode: Callable[[Received], Mapping[str, Any]],
    rows: tuple[Row, ...],
    watched: tuple[Watch, ...],
) -> Feature:
    """Return a feature that publishes all rows and exposes the named ones."""

    def setup(place: Place) -> tuple[Step, ...]:
        endpoints = servers(place, cluster) if watched else ()
        return tuple(step for endpoint in endpoints for step in _setup(endpoint, cluster, watched))

    exposes = tuple(EXPOSES[name] for name in names)
    attributes = {watch.row.name: watch.row.attribute for watch in watched}
    worth = [row for row in rows if row.factor or cluster == METERING]
    return Feature(
        exposes=exposes,
        decoders=(Decoder(cluster=cluster, attributes=tuple(row.attribute for row in rows), decode=decode),),
        readers=tuple(_reader(name, cluster, attributes[name]) for name in names),
        setup=setup,
        unlisted=tuple(dict.fromkeys(row.name for row in rows if row.name not in names)),
        facts={cluster: tuple(dict.fromkeys(name for row in worth for name in (row.multiplier, row.divisor)))},
    )


def _reader(name: str, cluster: str, attribute: str) -> Reader:
    def read(call: Call) -> Reading:
        return Reading((Read(endpoint=server(call.place, cluster), cluster=cluster, attributes=(attribute,)),))

    return Reader((name,), read)


def _setup(endpoint: int, cluster: str, watched: tuple[Watch, ...], told: Values | None = None) -> tuple[Step, ...]:
    """Ask for the worth of each attribute, one after the other, then have all of them reported."""
    gathered = told or {}
    left = [watch for watch in watched if watch.row.divisor not in gathered]
    if not left:
        records = (Reporting(one.row.attribute, OFTEN, LONGEST, _raw(one, gathered)) for one in watched)
        return report(endpoint, cluster, *records)
    row = left[0].row

    def then(values: Values) -> tuple[Step, ...]:
        answered: dict[str | int, Any] = {name: values.get(name) or 1 for name in (row.divisor, row.multiplier)}
        return _setup(endpoint, cluster, watched, {**gathered, **answered})

    request = Read(endpoint=endpoint, cluster=cluster, attributes=(row.divisor, row.multiplier))
    return (Ask(request, then),)


def _raw(watch: Watch, known: Values) -> int:
    return int(rounded(watch.change * known[watch.row.divisor] / known[watch.row.multiplier], 0))


def _known(place: Place, cluster: str) -> Mapping[str, Any]:
    endpoint = place.device.endpoints.get(place.endpoint)
    return endpoint.attributes.get(cluster, {}) if endpoint else {}


def _factor(row: Row, known: Mapping[str, Any], scale: float) -> float:
    """Return what a raw number is worth; the scale is for numbers whose worth is known."""
    multiplier, divisor = known.get(row.multiplier), known.get(row.divisor)
    if not (is_number(multiplier) and is_number(divisor) and multiplier and divisor):
        return 1
    return float(multiplier / divisor * scale)
