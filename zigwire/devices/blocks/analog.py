"""Numbers and switches of the general input and output clusters (ZCL 3.14), whose meaning the device may tell."""

from __future__ import annotations

from zigwire.devices.blocks.choice import ALL, binary
from zigwire.devices.blocks.numeric import numeric
from zigwire.devices.blocks.reporting import LONGEST, reported
from zigwire.devices.exposes import GET, PUBLISHED
from zigwire.devices.feature import Feature
from zigwire.zcl.requests import Reporting

__all__ = ["analog_input", "analog_output", "binary_input", "binary_output"]

VALUE = "presentValue"


def analog_input(endpoint: int) -> Feature:
    """Return the number that genAnalogInput of an endpoint measures."""
    description = f"Analog Input analog_input_{endpoint} on endpoint {endpoint}"
    feature = numeric(f"analog_input_{endpoint}", "genAnalogInput", VALUE, description=description)
    return reported(feature, "genAnalogInput", Reporting(VALUE, 0, LONGEST, 1))


def analog_output(endpoint: int) -> Feature:
    """Return the number that genAnalogOutput of an endpoint is set to."""
    description = f"Analog Output analog_output_{endpoint} on endpoint {endpoint}"
    name = f"analog_output_{endpoint}"
    feature = numeric(name, "genAnalogOutput", VALUE, description=description, access=ALL)
    return reported(feature, "genAnalogOutput", Reporting(VALUE, 0, LONGEST, 1))


def binary_input(endpoint: int) -> Feature:
    """Return what genBinaryInput of an endpoint senses."""
    feature = binary(
        f"binary_input_{endpoint}",
        "genBinaryInput",
        VALUE,
        on=("ON", 1),
        off=("OFF", 0),
        description=f"Binary Input binary_input_{endpoint} on endpoint {endpoint}",
        access=PUBLISHED | GET,
    )
    return reported(feature, "genBinaryInput", Reporting(VALUE, 0, LONGEST, 1))


def binary_output(endpoint: int) -> Feature:
    """Return what genBinaryOutput of an endpoint is set to."""
    feature = binary(
        f"binary_output_{endpoint}",
        "genBinaryOutput",
        VALUE,
        on=("ON", 1),
        off=("OFF", 0),
        description=f"Binary Output binary_output_{endpoint} on endpoint {endpoint}",
    )
    return reported(feature, "genBinaryOutput", Reporting(VALUE, 0, LONGEST, 1))
