"""The native definitions: one module for each vendor, imported when a device asks for it."""

from __future__ import annotations

from importlib import import_module

from zigwire.devices.definition import Definition

__all__ = ["MODULES", "definitions"]

MODULES: dict[str, tuple[str, ...]] = {
    "lumi.plug": ("xiaomi",),
}
"""Which modules know a model id (as `model_key` writes it); an empty one stands for devices known by other marks."""


def definitions(model: str) -> tuple[Definition, ...]:
    """Return the definitions that may fit a device with this model id, as `model_key` writes it."""
    modules = dict.fromkeys((*MODULES.get(model, ()), *MODULES.get("", ())))
    found = (one for name in modules for one in import_module(f"{__name__}.{name}").DEFINITIONS)
    return tuple(one for one in found if one.model_keys() & {model, ""})
