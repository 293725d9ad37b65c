"""Entities of thermostats: the climate itself, and the values in it that Home Assistant shows beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from zigwire.bridge.homeassistant.config import (
    SET,
    Config,
    Exposed,
    Subject,
    Unfit,
    capitalised,
    feature,
    filled,
    text,
    value_of,
)

__all__ = ["climate"]

ACTIONS = (
    "{{% set values = {{None:None,'idle':'idle','heat':'heating','cool':'cooling','fan_only':'fan'}} %}}"
    '{{{{ values[value_json["{}"]] }}}}'
)
"""Running states of devices in Home Assistant's words."""

UNKNOWN_MODE = "sleep"
"""A system mode of the ZCL (6.3.2.2.2.28) that Home Assistant does not have."""

CHOICES = {"fan_mode": "fan_mode", "swing_mode": "swing_mode", "preset": "preset_mode"}
"""Features that are chosen from a list, and how Home Assistant calls them."""


def climate(exposes: Sequence[Exposed], subject: Subject) -> Iterator[Config]:
    """Make a climate entity and those beside it."""
    endpoint = subject.endpoint(exposes[0])
    temperature = feature(exposes, "local_temperature")
    if temperature is None:
        raise Unfit("a climate needs a local_temperature")
    topics = subject.topics
    payload: dict[str, Any] = {
        "name": capitalised(endpoint),
        "temperature_unit": "C",
        "current_temperature_topic": topics.state(),
        "current_temperature_template": value_of(temperature["property"]),
        **_setpoints(exposes, subject),
        **_modes(exposes, subject),
    }
    action = feature(exposes, "running_state")
    if action:
        payload |= {"action_topic": topics.state(), "action_template": ACTIONS.format(action["property"])}
    for name, called in CHOICES.items():
        if choice := feature(exposes, name, "enum"):
            payload |= _choice(choice, called, subject, endpoint)
    if humidity := subject.published("numeric", "humidity"):
        payload["current_humidity_topic"] = topics.state()
        payload["current_humidity_template"] = value_of(humidity["property"])
    yield from _beside(exposes, subject)
    mocks = (action["property"],) if action else ()
    yield Config("climate", f"climate_{endpoint}" if endpoint else "climate", payload, mocks, endpoint=endpoint)


def _setpoints(exposes: Sequence[Exposed], subject: Subject) -> dict[str, Any]:
    """Announce the setpoint, or the two between which the temperature shall stay."""
    heating = next(
        (
            one
            for one in exposes[0]["features"]
            if one["type"] == "numeric" and one["name"] in ("occupied_heating_setpoint", "current_heating_setpoint")
        ),
        None,
    )
    cooling = feature(exposes, "occupied_cooling_setpoint", "numeric")
    first = heating or cooling
    if first is None or first.get("value_min") is None or first.get("value_max") is None:
        raise Unfit("a climate needs a setpoint with a smallest and a largest value")
    roles = {"temperature_low": heating, "temperature_high": cooling} if heating and cooling else {"temperature": first}
    payload = filled(temp_step=first.get("value_step"))
    payload |= {"min_temp": text(first["value_min"]), "max_temp": text(first["value_max"])}
    for role, setpoint in roles.items():
        if setpoint:
            payload[f"{role}_command_topic"] = subject.topics.command(setpoint["name"], subject.endpoint(exposes[0]))
            payload[f"{role}_state_topic"] = subject.topics.state()
            payload[f"{role}_state_template"] = value_of(setpoint["property"])
    return payload


def _modes(exposes: Sequence[Exposed], subject: Subject) -> dict[str, Any]:
    mode = feature(exposes, "system_mode", "enum")
    if mode is None:
        return {}
    return {
        "modes": [value for value in mode["values"] if value != UNKNOWN_MODE],
        "mode_state_topic": subject.topics.state(),
        "mode_state_template": value_of(mode["property"]),
        "mode_command_topic": subject.topics.command("system_mode", subject.endpoint(exposes[0])),
    }


def _choice(choice: Exposed, called: str, subject: Subject, endpoint: str | None) -> dict[str, Any]:
    template = "value_template" if called == "preset_mode" else "state_template"
    return {
        f"{called}s": choice["values"],
        f"{called}_command_topic": subject.topics.command(choice["name"], endpoint),
        f"{called}_state_topic": subject.topics.state(),
        f"{called}_{template}": value_of(choice["property"]),
    }


def _beside(exposes: Sequence[Exposed], subject: Subject) -> Iterator[Config]:
    if calibration := feature(exposes, "local_temperature_calibration", "numeric"):
        facts = {"device_class": "temperature_delta", "entity_category": "config"}
        yield _number(calibration, {**facts, **_range(calibration)}, exposes, subject)
    if demand := feature(exposes, "pi_heating_demand", "numeric"):
        icon = {"icon": "mdi:radiator"}
        if demand.get("access", 0) & SET:
            limits = filled(min=demand.get("value_min"), max=demand.get("value_max"))
            yield _number(demand, {**icon, **limits}, exposes, subject)
        else:
            yield _sensor(demand, {**icon, "entity_category": "diagnostic"}, exposes, subject)
    if demand := feature(exposes, "pi_cooling_demand", "numeric"):
        yield _sensor(demand, {"icon": "mdi:air-conditioner", "entity_category": "diagnostic"}, exposes, subject)
    temperature = feature(exposes, "local_temperature", "numeric")
    if temperature and not subject.published("numeric", "temperature", "local_temperature"):
        yield _sensor(temperature, {"device_class": "temperature", "state_class": "measurement"}, exposes, subject)


def _range(one: Exposed) -> dict[str, Any]:
    return filled(min=one.get("value_min"), max=one.get("value_max"), step=one.get("value_step"))


def _number(one: Exposed, facts: dict[str, Any], exposes: Sequence[Exposed], subject: Subject) -> Config:
    config = _sensor(one, facts, exposes, subject)
    config.component = "number"
    config.payload["command_topic"] = subject.topics.command(one["property"], config.endpoint)
    return config


def _sensor(one: Exposed, facts: dict[str, Any], exposes: Sequence[Exposed], subject: Subject) -> Config:
    endpoint = subject.endpoint(exposes[0])
    ending = f"_{endpoint}" if endpoint else ""
    payload = {
        **filled(name=f"{one['label']} {endpoint}" if endpoint else one.get("label")),
        "state_topic": subject.topics.state(),
        "value_template": value_of(one["property"]),
        **filled(unit_of_measurement=one.get("unit") or None),
        **facts,
    }
    return Config("sensor", f"{one['name']}{ending}", payload, (one["property"],), endpoint=endpoint)
