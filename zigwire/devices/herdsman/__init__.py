"""The field's library of definitions, zigbee-herdsman-converters, as a source: its JavaScript runs in the process."""

from zigwire.devices.herdsman.clock import Clock, LoopClock, VirtualClock
from zigwire.devices.herdsman.engine import ScriptError
from zigwire.devices.herdsman.package import Package
from zigwire.devices.herdsman.scripts import ScriptFault
from zigwire.devices.herdsman.source import HerdsmanSource

__all__ = ["Clock", "HerdsmanSource", "LoopClock", "Package", "ScriptError", "ScriptFault", "VirtualClock"]
