"""Devices that nobody has described: what they declare (endpoints, clusters, facts) says which blocks they are made of.

The same choice of blocks makes a definition (`GenericSource`) and the text of one (`python_source`), which a user can
save, edit and give back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zigwire.devices.behaviour import Behaviour, Host
from zigwire.devices.blocks import (
    analog,
    ballast,
    battery,
    climate,
    cover,
    ias,
    identify,
    light,
    lock,
    metering,
    on_off,
    remote,
    sensors,
    weekly_schedule,
)
from zigwire.devices.blocks.colour import Colours
from zigwire.devices.definition import Definition
from zigwire.devices.feature import Feature
from zigwire.devices.native import NativeBehaviour
from zigwire.devices.tables import Tables
from zigwire.devices.timers import REAL_TIME, Timing
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zigbee.model import Device, DeviceType, Endpoint

__all__ = ["GenericSource", "definition", "python_source"]

DESCRIPTION = "Automatically generated definition"
GREEN_POWER = 242
COLOUR, LEVEL = 0x0300, 0x0008
THERMOSTAT, FAN = 0x0201, 0x0202
ALL_COLOURS, WIDE = 0b11111, (150, 500)
HUE, ENHANCED_HUE, XY, TEMPERATURE = 0, 1, 3, 4
"""Bits of `colorCapabilities` (ZCL 5.2.2.2.1.12)."""

HEATS, COOLS = (climate.HEATING,), (climate.COOLING,)
CONTROLLED: Mapping[Any, tuple[str, ...]] = {0: COOLS, 1: COOLS, 4: HEATS + COOLS, 5: HEATS + COOLS}
"""What a thermostat does, by `ctrlSeqeOfOper` (ZCL 6.3.2.2.2.8); others heat."""

DIRECT_CURRENT = 6
"""Bit of `measurementType` (ZCL 4.9.2.2.1.1)."""


@dataclass(frozen=True, slots=True)
class Part:
    """A block as it is called.

    Attributes:
        block: What makes the features.
        arguments: What it is called with.
        endpoints: Names of the endpoints that they are on.
    """

    block: Callable[..., Feature | tuple[Feature, ...]]
    arguments: tuple[Any, ...] = ()
    endpoints: tuple[str, ...] = ()

    def features(self) -> tuple[Feature, ...]:
        """Return the features."""
        made = self.block(*self.arguments)
        every = made if isinstance(made, tuple) else (made,)
        return tuple(one.at(*self.endpoints) for one in every) if self.endpoints else every

    def text(self) -> str:
        """Return the call as it stands in a list of features."""
        module = self.block.__module__.rpartition(".")[2]
        call = f"{module}.{self.block.__name__}({', '.join(map(repr, self.arguments))})"
        several = isinstance(self.block(*self.arguments), tuple)
        names = ", ".join(map(repr, self.endpoints))
        if not names:
            return f"*{call}" if several else call
        return f"*[one.at({names}) for one in {call}]" if several else f"{call}.at({names})"


Maker = Callable[[Device, Sequence[Endpoint]], Iterator[Part]]


class GenericSource:
    """Makes definitions of what devices declare.

    Args:
        timing: The time that definitions live in.
    """

    def __init__(self, timing: Timing = REAL_TIME) -> None:
        self._timing = timing

    def find(self, device: Device, host: Host) -> Behaviour | None:
        """Return what the device seems to be, None for those that declare nothing and for Green Power."""
        if device.type in (DeviceType.COORDINATOR, DeviceType.GREEN_POWER) or not device.endpoints:
            return None
        behaviour = GenericBehaviour(definition(device), device, host, self._timing)
        behaviour.start()
        return behaviour


class GenericBehaviour(NativeBehaviour):
    """What a device seems to be; once it has told more of itself it may be something else."""

    def __init__(self, definition: Definition, device: Device, host: Host, timing: Timing) -> None:
        super().__init__(definition, device, Tables.of(definition), host, timing)
        self._host = host
        self._parts = tuple(parts(device))

    async def configure(self) -> None:
        """Do the set-up, and say so when the answers show that the device is another than it seemed."""
        await super().configure()
        if tuple(parts(self.device)) != self._parts:
            self._host.changed(self.device)


def definition(device: Device) -> Definition:
    """Return the definition of a device by what it declares."""
    return Definition(
        models=[device.model_id or ""],
        vendor=device.manufacturer_name or "",
        model=device.model_id or "",
        description=DESCRIPTION,
        features=[feature for part in parts(device) for feature in part.features()],
        endpoint_names=endpoint_names(device),
        source="generated",
    )


def python_source(device: Device) -> str:
    """Return the definition of a device as a file that can be saved and edited."""
    chosen = list(parts(device))
    modules = sorted({part.block.__module__.rpartition(".")[2] for part in chosen})
    names = endpoint_names(device)
    lines = [
        f'"""{DESCRIPTION}."""',
        "",
        f"from zigwire.devices.blocks import {', '.join(modules)}" if modules else "",
        "from zigwire.devices.blocks.colour import Colours" if "light" in modules else "",
        "from zigwire.devices.definition import Definition",
        "",
        "DEFINITIONS = (",
        "    Definition(",
        f"        models=[{device.model_id or ''!r}],",
        f"        vendor={device.manufacturer_name or ''!r},",
        f"        model={device.model_id or ''!r},",
        f"        description={DESCRIPTION!r},",
        "        features=[",
        *(f"            {part.text()}," for part in chosen),
        "        ],",
        *([f"        endpoint_names={names!r},"] if names else []),
        "    ),",
        ")",
    ]
    return "\n".join(line for number, line in enumerate(lines) if line or number in (1, 5)) + "\n"


def endpoint_names(device: Device) -> dict[str, int]:
    """Return the numbers of the endpoints as their names, where there are several."""
    numbers = [number for number in device.endpoints if number != GREEN_POWER]
    return {str(number): number for number in numbers} if len(numbers) > 1 else {}


def parts(device: Device) -> Iterator[Part]:
    """Yield the blocks for a device, in the order of its endpoints and clusters."""
    endpoints = [endpoint for endpoint in device.endpoints.values() if endpoint.id != GREEN_POWER]
    for clusters, table in ((_served, INPUT), (_commanded, OUTPUT)):
        done: set[Maker] = set()
        for name, found in _by_cluster(endpoints, clusters).items():
            maker = table.get(name)
            if maker and maker not in done:
                done.add(maker)
                yield from maker(device, found)


def _served(endpoint: Endpoint) -> list[int]:
    return endpoint.input_clusters


def _commanded(endpoint: Endpoint) -> list[int]:
    return endpoint.output_clusters


def _by_cluster(endpoints: Sequence[Endpoint], clusters: Callable[[Endpoint], list[int]]) -> dict[str, list[Endpoint]]:
    found: dict[str, list[Endpoint]] = {}
    for endpoint in endpoints:
        for number in clusters(endpoint):
            found.setdefault(CLUSTERS.find(number).name, []).append(endpoint)
    return found


def _names(device: Device, endpoints: Sequence[Endpoint]) -> tuple[str, ...]:
    """Return the names of the endpoints, none where it is the first one alone."""
    alone = [endpoint.id for endpoint in endpoints] == [next(iter(device.endpoints))]
    if alone or not endpoint_names(device):
        return ()
    return tuple(str(endpoint.id) for endpoint in endpoints)


def _placed(block: Callable[[], Feature | tuple[Feature, ...]]) -> Maker:
    """Return what puts a block on the endpoints that have the cluster."""

    def make(device: Device, endpoints: Sequence[Endpoint]) -> Iterator[Part]:
        yield Part(block, endpoints=_names(device, endpoints))

    return make


def _once(*blocks: Callable[[], Feature | tuple[Feature, ...]], arguments: tuple[Any, ...] = ()) -> Maker:
    """Return what adds blocks that are about the whole device."""

    def make(_: Device, __: Sequence[Endpoint]) -> Iterator[Part]:
        yield from (Part(block, arguments) for block in blocks)

    return make


def _each(block: Callable[[int], Feature]) -> Maker:
    """Return what adds a block that is named after its endpoint, for each one."""

    def make(_: Device, endpoints: Sequence[Endpoint]) -> Iterator[Part]:
        yield from (Part(block, (endpoint.id,)) for endpoint in endpoints)

    return make


def _zone(_: Device, __: Sequence[Endpoint]) -> Iterator[Part]:
    yield Part(ias.zone, ({"alarm_1": ias.ALARM_1, "alarm_2": ias.ALARM_2}, "tamper", "battery_low"))


def _lamps_and_switches(device: Device, endpoints: Sequence[Endpoint]) -> Iterator[Part]:
    served = {endpoint.id: set(endpoint.input_clusters) for endpoint in endpoints}
    lamps = [endpoint for endpoint in endpoints if served[endpoint.id] & {COLOUR, LEVEL}]
    switches = [endpoint for endpoint in endpoints if endpoint not in lamps]
    if switches:
        yield Part(on_off.relay, endpoints=_names(device, switches))
    named = bool(_names(device, lamps))
    for lamp in lamps:
        yield replace(_lamp(lamp), endpoints=(str(lamp.id),) if named else ())


def _lamp(endpoint: Endpoint) -> Part:
    """Return a light by what it told of its colours; one that told nothing is taken for one that shows all."""
    if COLOUR not in endpoint.input_clusters:
        return Part(light.light)
    told = endpoint.attributes.get("lightingColorCtrl", {})
    able = told.get("colorCapabilities", ALL_COLOURS)
    xy = bool(able >> XY & 1)
    colours = Colours(
        temperature=bool(able >> TEMPERATURE & 1),
        xy=xy,
        hs=xy and bool(able >> HUE & 1),
        enhanced_hue=xy and bool(able >> ENHANCED_HUE & 1),
    )
    limits = told.get("colorTempPhysicalMin", WIDE[0]), told.get("colorTempPhysicalMax", WIDE[1])
    return Part(light.light, (colours, limits) if colours.temperature else (colours,))


def _meter(device: Device, endpoints: Sequence[Endpoint]) -> Iterator[Part]:
    endpoint = endpoints[0]
    served = {CLUSTERS.find(number).name for number in endpoint.input_clusters}
    names = _names(device, [endpoint])
    if served >= {metering.ELECTRICAL, metering.METERING}:
        yield Part(metering.electricity_meter, endpoints=names)
    elif metering.METERING in served:
        yield Part(metering.energy_meter, endpoints=names)
    else:
        kind = endpoint.attributes.get(metering.ELECTRICAL, {}).get("measurementType", 0)
        block = metering.dc_meter if kind >> DIRECT_CURRENT & 1 else metering.electrical_meter
        yield Part(block, endpoints=names)


def _thermostat(device: Device, endpoints: Sequence[Endpoint]) -> Iterator[Part]:
    told = endpoints[0].attributes.get("hvacThermostat", {}).get("ctrlSeqeOfOper")
    block = climate.thermostat_with_fan if FAN in endpoints[0].input_clusters else climate.thermostat
    yield Part(block, CONTROLLED.get(told, HEATS), _names(device, endpoints))
    yield Part(weekly_schedule.weekly_schedule, endpoints=_names(device, endpoints))


def _fan(device: Device, endpoints: Sequence[Endpoint]) -> Iterator[Part]:
    alone = [endpoint for endpoint in endpoints if THERMOSTAT not in endpoint.input_clusters]
    if alone:
        yield Part(climate.fan, endpoints=_names(device, alone))


def _battery(_: Device, endpoints: Sequence[Endpoint]) -> Iterator[Part]:
    """Yield what every battery is taken to tell, and what this one has told."""
    told = {name for endpoint in endpoints for name in endpoint.attributes.get(battery.CLUSTER, {})}
    yield Part(battery.battery)
    if battery.VOLTAGE in told:
        yield Part(battery.battery_voltage)
    if battery.ALARMS in told:
        yield Part(battery.battery_low)


def _cover(device: Device, endpoints: Sequence[Endpoint]) -> Iterator[Part]:
    yield Part(cover.tilting_cover, endpoints=_names(device, endpoints))


def _lock(_: Device, endpoints: Sequence[Endpoint]) -> Iterator[Part]:
    told = endpoints[0].attributes.get(lock.CLUSTER, {}).get(lock.CAPACITY)
    yield Part(lock.lock, (told,) if told else ())


def _illuminance(device: Device, endpoints: Sequence[Endpoint]) -> Iterator[Part]:
    yield Part(sensors.illuminance, endpoints=_names(device, endpoints))
    yield Part(sensors.illuminance_raw)


INPUT: Mapping[str, Maker] = {
    "msTemperatureMeasurement": _placed(sensors.temperature),
    "msPressureMeasurement": _placed(sensors.pressure),
    "msRelativeHumidity": _placed(sensors.humidity),
    "msCO2": _placed(sensors.co2),
    "genPowerCfg": _battery,
    "genOnOff": _lamps_and_switches,
    "genLevelCtrl": _lamps_and_switches,
    "lightingColorCtrl": _lamps_and_switches,
    "seMetering": _meter,
    "haElectricalMeasurement": _meter,
    "msIlluminanceMeasurement": _illuminance,
    "msOccupancySensing": _placed(sensors.occupancy),
    "ssIasZone": _zone,
    "ssIasWd": _once(ias.warning),
    "genDeviceTempCfg": _placed(sensors.device_temperature),
    "pm25Measurement": _placed(sensors.pm25),
    "msFlowMeasurement": _placed(sensors.flow),
    "msSoilMoisture": _placed(sensors.soil_moisture),
    "closuresWindowCovering": _cover,
    "genBinaryInput": _each(analog.binary_input),
    "genBinaryOutput": _each(analog.binary_output),
    "genAnalogInput": _each(analog.analog_input),
    "genAnalogOutput": _each(analog.analog_output),
    "hvacThermostat": _thermostat,
    "hvacFanCtrl": _fan,
    "hvacUserInterfaceCfg": _once(climate.display),
    "lightingBallastCfg": _once(ballast.ballast),
    "closuresDoorLock": _lock,
    "genIdentify": _once(identify.identify),
}
"""What is made of the clusters that a device serves."""

OUTPUT: Mapping[str, Maker] = {
    "genOnOff": _placed(remote.on_off_actions),
    "genLevelCtrl": _placed(remote.level_actions),
    "lightingColorCtrl": _placed(remote.colour_actions),
    "closuresWindowCovering": _placed(remote.cover_actions),
    "genScenes": _placed(remote.scene_actions),
}
"""What is made of the clusters that a device commands."""
