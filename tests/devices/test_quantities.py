from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.devices import quantities
from zigwire.devices.exposes import GET, PUBLISHED, SET, Numeric

RECORDED = [
    ("power", 1, {"power_calibration": 1.5}, 1.01),
    ("power", 21.5, {"power_calibration": 1.5}, 21.82),
    ("power", 21.5, {"power_precision": 0}, 22),
    ("energy", 12.5, {"energy_calibration": 1.5}, 12.69),
    ("energy", 12.5, {"energy_precision": 0}, 13),
    ("current", 215, {"current_calibration": 1.5}, 218.23),
    ("current", 0.52, {"current_precision": 1}, 0.5),
    ("voltage", 3005, {"voltage_calibration": 1.5}, 3050.08),
    ("illuminance", 57920, {"illuminance_calibration": 1.5}, 58789),
    ("device_temperature", 25, {"device_temperature_calibration": 1.5}, 27),
    ("device_temperature", -55, {"device_temperature_calibration": 1.5}, -53),
    ("temperature", 30.05, {"temperature_precision": 1}, 30.1),
    ("temperature", 30.05, {"temperature_calibration": 1.5}, 31.55),
    ("humidity", 21.5, {"humidity_precision": 0}, 22),
    ("pressure", 30.1, {"pressure_calibration": 1.5}, 31.6),
    ("power", 20.6, {"power_calibration": 10, "power_precision": 0}, 23),
    ("device_temperature", 33, {"device_temperature_calibration": -2, "device_temperature_precision": 1}, 31),
]


@pytest.mark.parametrize(("name", "value", "options", "published"), RECORDED)
def test_recorded_values(name, value, options, published):
    assert quantities.adjusted(name, value, options, exposed=True) == published


@pytest.mark.parametrize(
    ("name", "value", "exposed", "published"),
    [
        ("power", 20.600000381469727, True, 20.6),
        ("device_temperature", 21.5, True, 22),
        ("consumption", 12.345678, False, 12.345678),
        ("voltage", 230.0512, False, 230.0512),
        ("brightness", 12.345678, True, 12.345678),
    ],
)
def test_only_quantities_that_the_interface_lists_are_rounded_by_themselves(name, value, exposed, published):
    assert quantities.adjusted(name, value, {}, exposed=exposed) == published


def test_a_quantity_of_no_table_keeps_three_digits_when_it_is_calibrated():
    assert quantities.adjusted("x", 0.1, {"x_calibration": 0.2}, exposed=False) == 0.3


@pytest.mark.parametrize("option", ["power_precision", "power_calibration"])
@pytest.mark.parametrize("value", ["1", True, None, math.nan, [1]])
def test_options_that_are_not_valid_count_as_not_given(option, value):
    assert quantities.adjusted("power", 1.239, {option: value}, exposed=True) == 1.24


@pytest.mark.parametrize("value", [4, -1, 1.5])
def test_precisions_out_of_range_count_as_not_given(value):
    assert quantities.adjusted("power", 1.239, {"power_precision": value}, exposed=True) == 1.24


@given(
    st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63), 2**64),
    st.floats() | st.integers(),
    st.integers(-2, 5),
)
def test_no_number_makes_it_fail(value, offset, digits):
    options = {"power_calibration": offset, "power_precision": digits}
    assert isinstance(quantities.adjusted("power", value, options, exposed=True), int | float)


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_precision_rounds_to_the_nearest(value, digits):
    rounded = quantities.adjusted("power", value, {"power_precision": digits}, exposed=True)
    assert abs(rounded - value) <= 0.5 / 10**digits + 1e-6
    assert round(rounded, digits) == rounded


def test_what_is_advertised():
    exposes = [
        Numeric("temperature", PUBLISHED, unit="°C"),
        Numeric("power", PUBLISHED | GET).at("left"),
        Numeric("power", PUBLISHED | GET).at("right"),
        Numeric("co2", PUBLISHED),
        Numeric("voltage", PUBLISHED, unit="mV"),
        Numeric("countdown", PUBLISHED | SET),
    ]
    assert [option.name for option in quantities.advertised(exposes)] == [
        "temperature_calibration",
        "temperature_precision",
        "power_calibration",
        "power_precision",
        "co2_calibration",
    ]
    assert {"co2_precision", "countdown_calibration"} <= {option.name for option in quantities.reachable(exposes)}


def test_options_show_as_recorded():
    assert quantities.calibration("energy").to_dict() == {
        "access": 2,
        "description": "Calibrates the energy value (percentual offset), takes into effect on next report of device.",
        "label": "Energy calibration",
        "name": "energy_calibration",
        "property": "energy_calibration",
        "type": "numeric",
        "value_step": 0.1,
    }
    assert "(absolute offset)" in (quantities.calibration("device_temperature").description or "")
    precision = quantities.precision("energy").to_dict()
    assert (precision["value_min"], precision["value_max"], "value_step" in precision) == (0, 3, False)


@pytest.mark.parametrize("name", ["_calibration", "retain", "precision"])
def test_other_names_are_no_options_of_quantities(name):
    assert quantities.option(name) is None
