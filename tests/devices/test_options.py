from __future__ import annotations

import pytest

from zigwire.devices.options import SHARED

FLAG = {"type": "binary", "value_on": True, "value_off": False}
TIMEOUT = {"type": "numeric", "value_min": 0}

RECORDED = {
    "color_sync": FLAG,
    "cover_position_percent_fix": FLAG,
    "cover_position_tilt_disable_report": FLAG,
    "expose_pin": FLAG | {"label": "Expose PIN"},
    "homeassistant_climate_modes": {
        "type": "enum",
        "values": ["heat", "cool", "heat_cool"],
        "label": "Home Assistant climate modes",
    },
    "identify_timeout": {"type": "numeric", "value_min": 1, "value_max": 30},
    "illuminance_below_threshold_check": FLAG,
    "illuminance_raw": FLAG,
    "invert_cover": FLAG,
    "local_temperature_based_on_sensor": FLAG | {"label": "Local temperature sensor reporting"},
    "measurement_poll_interval": {"type": "numeric", "value_min": -1},
    "no_occupancy_since": {
        "type": "list",
        "item_type": {"access": 3, "label": "Time", "name": "time", "type": "numeric"},
    },
    "occupancy_timeout": TIMEOUT,
    "presence_timeout": TIMEOUT,
    "simulated_brightness": {"type": "composite"},
    "state_action": FLAG,
    "thermostat_unit": {"type": "enum", "values": ["celsius", "fahrenheit"]},
    "transition": {"type": "numeric", "value_min": 0, "value_step": 0.1},
    "unfreeze_support": FLAG,
    "vibration_timeout": TIMEOUT,
}


@pytest.mark.parametrize("name", RECORDED)
def test_options_show_as_recorded(name):
    label = name[0].upper() + name[1:].replace("_", " ")
    shown = SHARED[name].to_dict()
    del shown["description"]
    shown.pop("features", None)
    assert shown == {"name": name, "property": name, "access": 2, "label": label} | RECORDED[name]


def test_all_shared_options_are_there():
    assert SHARED.keys() - RECORDED.keys() == {"occupancy_timeout_2", "no_position_support"}
    assert all(option.description for option in SHARED.values())


def test_simulated_brightness_has_delta_and_interval():
    delta, interval = SHARED["simulated_brightness"].to_dict()["features"]
    assert (delta["name"], delta["value_min"]) == ("delta", 0)
    assert (interval["name"], interval["unit"], interval["value_min"]) == ("interval", "ms", 0)
