"""Entities of single values: sensors, numbers, selects, buttons, texts, events and switches for settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from zigwire.bridge.homeassistant.actions import EVENT_TEMPLATE, event_types
from zigwire.bridge.homeassistant.config import (
    PUBLISHED,
    SET,
    Config,
    Exposed,
    Subject,
    capitalised,
    feature,
    filled,
    text,
    value_of,
)
from zigwire.bridge.homeassistant.tables import BINARY, ENUM, NUMERIC, STRUCTURED, table

__all__ = ["binary", "enumeration", "numeric", "structured"]

UNIT_CLASSES = table(
    ("Wh kWh", {"device_class": "energy", "state_class": "total_increasing"}),
    ("A mA", {"device_class": "current", "state_class": "measurement"}),
    ("mW W kW", {"device_class": "power", "state_class": "measurement"}),
)
"""What units tell of a measured value whatever its name is."""

LONGEST_STATE = 254
"""Characters; Home Assistant refuses states of more than 255."""

SIREN_LEVEL = (
    "{% if volume_level is defined %}"
    "{% if volume_level | float <= 0.25 %}low"
    "{% elif volume_level | float <= 0.5 %}medium"
    "{% elif volume_level | float <= 0.75 %}high"
    "{% else %}very_high{% endif %}"
    "{% else %}medium{% endif %}"
)
"""Home Assistant's volume (0 to 1) as one of the four levels of IAS warning devices (ZCL 8.4.2.3.1.4)."""


def binary(exposes: Sequence[Exposed], subject: Subject) -> Iterator[Config]:
    """Make a binary sensor, or a switch where it can be set."""
    expose, facts = exposes[0], BINARY.get(exposes[0]["name"], {})
    if not expose.get("access", 0) & SET:
        sides = {"payload_on": expose["value_on"], "payload_off": expose["value_off"]}
        payload = {**_shown(expose, subject), "value_template": value_of(expose["property"]), **sides, **facts}
        yield _config("binary_sensor", _numbered(expose, subject), payload, expose)
        return
    is_flag = isinstance(expose["value_on"], bool)
    flag = f'{{% if value_json["{expose["property"]}"] %}}true{{% else %}}false{{% endif %}}'
    payload = {
        **_shown(expose, subject),
        "value_template": flag if is_flag else value_of(expose["property"]),
        "payload_on": text(expose["value_on"]),
        "payload_off": text(expose["value_off"]),
        **_settable(expose, subject),
        **facts,
    }
    yield _config("switch", f"switch_{_numbered(expose, subject)}", payload, expose)


def numeric(exposes: Sequence[Exposed], subject: Subject) -> Iterator[Config]:
    """Make a sensor, or a number where it can be set."""
    make = _number if exposes[0].get("access", 0) & SET else _measurement
    yield make(exposes[0], subject)


def _number(expose: Exposed, subject: Subject) -> Config:
    payload = {
        **_shown(expose, subject),
        "value_template": value_of(expose["property"]),
        **_settable(expose, subject),
        **filled(unit_of_measurement=expose.get("unit") or None, step=expose.get("value_step") or None),
        **NUMERIC.get(expose["name"], {}),
        **filled(min=expose.get("value_min"), max=expose.get("value_max")),
    }
    if payload.get("device_class") != "temperature":
        payload.pop("device_class", None)
    return _config("number", _numbered(expose, subject), payload, expose)


def _measurement(expose: Exposed, subject: Subject) -> Config:
    unit = expose.get("unit") or None
    by_parts = expose["name"] == "voc" and unit in ("ppb", "ppm")
    payload = {
        **_shown(expose, subject),
        "value_template": value_of(expose["property"]),
        "enabled_by_default": True,
        **filled(unit_of_measurement=unit),
        **NUMERIC.get("voc_parts" if by_parts else expose["name"], {}),
        **UNIT_CLASSES.get(unit or "", {}),
    }
    if unit is None:  # Home Assistant warns of a device class without unit
        payload.pop("device_class", None)
    return _config("sensor", _numbered(expose, subject), payload, expose)


def enumeration(exposes: Sequence[Exposed], subject: Subject) -> Iterator[Config]:
    """Make a select or a button where it can be set, else a sensor; actions are events."""
    expose = exposes[0]
    access = expose.get("access", 0)
    if expose["property"] == "action":
        if subject.events and access & PUBLISHED and not access & SET:
            yield _event(expose, subject)
        if not subject.action_sensor:
            return
    if access & SET:
        yield _button(expose, subject) if len(expose["values"]) == 1 else _select(expose, subject)
    elif access & PUBLISHED:
        category = {"entity_category": "diagnostic"} if expose["property"] == "action" else {}
        template = {"value_template": value_of(expose["property"])}
        payload = {**_shown(expose, subject), **template, **category, **ENUM.get(expose["name"], {})}
        yield _config("sensor", expose["property"], payload, expose)


def _event(expose: Exposed, subject: Subject) -> Config:
    payload = {
        **_shown(expose, subject),
        "event_types": event_types(text(value) for value in expose["values"]),
        "value_template": EVENT_TEMPLATE,
        **ENUM.get(expose["name"], {}),
    }
    return Config("event", expose["property"], payload, endpoint=subject.endpoint(expose))


def _button(expose: Exposed, subject: Subject) -> Config:
    payload = {
        **_label(expose, subject),
        **_settable(expose, subject),
        "payload_press": text(expose["values"][0]),
        **ENUM.get(expose["name"], {}),
    }
    return _config("button", expose["property"], payload, expose)


def _select(expose: Exposed, subject: Subject) -> Config:
    is_published = expose["access"] & PUBLISHED
    payload = {
        **(_shown if is_published else _label)(expose, subject),
        **filled(value_template=value_of(expose["property"]) if is_published else None),
        **_settable(expose, subject),
        "options": [text(value) for value in expose["values"]],
        **ENUM.get(expose["name"], {}),
    }
    return _config("select", expose["property"], payload, expose)


def structured(exposes: Sequence[Exposed], subject: Subject) -> Iterator[Config]:
    """Make a siren of a warning, a text where a text can be set, else a sensor that shows the beginning."""
    expose = exposes[0]
    access = expose.get("access", 0)
    if expose["type"] == "composite" and expose["name"] == "warning" and access & SET:
        yield _siren(expose, subject)
    elif expose["type"] == "text" and access & SET:
        yield _text(expose, subject)
    elif access & PUBLISHED:
        name = expose["property"]
        shortened = f"default('',True) | string | truncate({LONGEST_STATE}, True, '', 0)"
        template = f'{{{{ value_json["{name}"] | {shortened} }}}}'
        payload = {**_shown(expose, subject), "value_template": template, **STRUCTURED.get(expose["name"], {})}
        yield _config("sensor", name, payload, expose)


def _text(expose: Exposed, subject: Subject) -> Config:
    payload = {
        **(_shown if expose["access"] & PUBLISHED else _label)(expose, subject),
        "value_template": value_of(expose["property"]),
        **_settable(expose, subject),
        **STRUCTURED.get(expose["name"], {}),
    }
    return _config("text", expose["property"], payload, expose)


def _siren(expose: Exposed, subject: Subject) -> Config:
    endpoint = subject.endpoint(expose)
    mode = feature((expose,), "mode", "enum")
    tones = [value for value in mode["values"] if value != "stop"] if mode else []
    payload: dict[str, Any] = {
        "name": capitalised(endpoint),
        "command_topic": subject.topics.command(endpoint=endpoint),
        "optimistic": True,
        "command_template": (
            '{"warning": {"mode": "{{ tone | default(\'emergency\') }}", '
            f'"level": "{SIREN_LEVEL}", '
            '"duration": {{ duration | default(10) }}}}'
        ),
        "command_off_template": '{"warning": {"mode": "stop"}}',
        **filled(
            available_tones=tones or None,
            support_volume_set=True if feature((expose,), "level", "enum") else None,
            support_duration=True if feature((expose,), "duration", "numeric") else None,
        ),
    }
    return _config("siren", f"siren_{endpoint}" if endpoint else "siren", payload, expose)


def _label(expose: Exposed, subject: Subject) -> dict[str, Any]:
    endpoint, label = subject.endpoint(expose), expose.get("label")
    return filled(name=f"{label} {endpoint}" if endpoint else label)


def _shown(expose: Exposed, subject: Subject) -> dict[str, Any]:
    return {**_label(expose, subject), "state_topic": subject.topics.state()}


def _settable(expose: Exposed, subject: Subject) -> dict[str, Any]:
    return {"command_topic": subject.topics.command(expose["property"], subject.endpoint(expose))}


def _numbered(expose: Exposed, subject: Subject) -> str:
    endpoint = subject.endpoint(expose)
    return f"{expose['name']}_{endpoint}" if endpoint else str(expose["name"])


def _config(component: str, object_id: str, payload: dict[str, Any], expose: Exposed) -> Config:
    return Config(component, object_id, payload, (expose["property"],), endpoint=expose.get("endpoint"))
