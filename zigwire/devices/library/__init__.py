"""The native definitions: one module for each vendor, imported when a device asks for it."""

from __future__ import annotations

from importlib import import_module

from zigwire.devices.definition import Definition

__all__ = ["MODULES", "all_definitions", "definitions"]

MODULES: dict[str, tuple[str, ...]] = {
    "lumi.ctrl_86plug": ("aqara",),
    "lumi.ctrl_86plug.aq1": ("aqara",),
    "lumi.plug": ("xiaomi",),
    "lumi.plug.acn005": ("aqara",),
    "lumi.plug.aeu001": ("aqara",),
    "lumi.plug.macn01": ("aqara",),
    "lumi.plug.maeu01": ("aqara",),
    "lumi.plug.maus01": ("aqara",),
    "lumi.plug.mitw01": ("xiaomi",),
    "lumi.plug.mmeu01": ("xiaomi",),
    "lumi.plug.sacn02": ("aqara",),
    "lumi.plug.sacn03": ("aqara",),
    "ts0601": ("tuya",),
}
"""Which modules know a model id (as `model_key` writes it); an empty one stands for devices known by other marks."""


def definitions(model: str) -> tuple[Definition, ...]:
    """Return the definitions that may fit a device with this model id, as `model_key` writes it."""
    modules = dict.fromkeys((*MODULES.get(model, ()), *MODULES.get("", ())))
    found = (one for name in modules for one in import_module(f"{__name__}.{name}").DEFINITIONS)
    return tuple(one for one in found if one.model_keys() & {model, ""})


def all_definitions() -> tuple[Definition, ...]:
    """Return all definitions; every module is imported for it."""
    modules = dict.fromkeys(name for names in MODULES.values() for name in names)
    return tuple(one for name in modules for one in import_module(f"{__name__}.{name}").DEFINITIONS)
