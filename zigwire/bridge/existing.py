"""Whom a request names: the device, group or endpoint, or the fault that there is none."""

from __future__ import annotations

from typing import Any

from zigwire.bridge.entities import DeviceEntity, Entities, GroupEntity
from zigwire.bridge.payloads import shortened
from zigwire.bridge.requests import RequestFault
from zigwire.zigbee.model import Endpoint

__all__ = ["existing_device", "existing_endpoint", "existing_group"]


def existing_device(entities: Entities, name: Any) -> DeviceEntity:
    """Return the device of that friendly name or IEEE address.

    Raises:
        RequestFault: There is none.
    """
    entity = entities.find_device(str(name)) if _is_name(name) else None
    if entity is None:
        raise RequestFault(f"Device {_quoted(name)} does not exist")
    return entity


def existing_group(entities: Entities, name: Any) -> GroupEntity:
    """Return the group of that friendly name or number.

    Raises:
        RequestFault: There is none.
    """
    entity = entities.find_group(str(name).strip()) if _is_name(name) else None
    if entity is None:
        raise RequestFault(f"Group {_quoted(name)} does not exist")
    return entity


def existing_endpoint(entity: DeviceEntity, key: Any, name: str) -> Endpoint:
    """Return the endpoint of that name or number.

    Args:
        entity: The device.
        key: The endpoint as the request has it.
        name: What the response calls the device: requests differ in whether it is its name or its IEEE address.

    Raises:
        RequestFault: The device has none such, or it is neither name nor number.
    """
    if isinstance(key, bool) or not isinstance(key, str | int):
        raise RequestFault("Invalid payload", f"endpoint is {shortened(key)}; a name or a number is allowed")
    endpoint = entity.endpoint(str(key))
    if endpoint is None:
        known = ", ".join(map(str, entity.device.endpoints))
        raise RequestFault(f"Device '{name}' does not have endpoint {shortened(str(key))}", f"it has {known}")
    return endpoint


def _is_name(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _quoted(name: Any) -> str:
    """Return what was given for a name as error texts show it: `'lamp'`, and `'null'` for what is no name."""
    return shortened(name.strip() if isinstance(name, str) else shortened(name))
