"""What devices mean: exposes, definitions, building blocks, library. Values in, values out."""

from zigwire.devices.behaviour import Behaviour, Host, Outcome
from zigwire.devices.definition import Definition
from zigwire.devices.errors import DefinitionError
from zigwire.devices.feature import Bind, Context, Encoded, Reading
from zigwire.devices.generic import GenericSource
from zigwire.devices.native import NativeBehaviour, compile_definition
from zigwire.devices.sources import DefinitionSource, NativeSource, Sources

__all__ = [
    "Behaviour",
    "Bind",
    "Context",
    "Definition",
    "DefinitionError",
    "DefinitionSource",
    "Encoded",
    "GenericSource",
    "Host",
    "NativeBehaviour",
    "NativeSource",
    "Outcome",
    "Reading",
    "Sources",
    "compile_definition",
]
