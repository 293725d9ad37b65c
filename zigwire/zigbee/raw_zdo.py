"""ZDO requests from a list of parameters in the order of the specification, and their answers as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from zigwire.zcl.errors import EncodeError, shortened
from zigwire.zigbee import zdo

__all__ = ["plain", "request"]

_TO_GROUP = 1
_REMOVE_CHILDREN, _REJOIN = 0x40, 0x80
_NAMES = {"address": "nwkAddress", "ieee": "eui64"}


def request(cluster: int, parameters: list[Any]) -> zdo.Message:
    """Return the request of a cluster.

    Raises:
        EncodeError: There is no such request, or the parameters do not fit it.
    """
    make = _REQUESTS.get(cluster)
    if make is None:
        known = ", ".join(f"0x{number:04x}" for number in _REQUESTS)
        raise EncodeError(f"cluster 0x{cluster:04x} is no ZDO request that can be sent: {known} are allowed")
    try:
        message = make(*parameters)
        zdo.encode(message, 0)
    except (TypeError, ValueError, OverflowError, AttributeError) as error:
        raise EncodeError(
            f"parameters {shortened(parameters)} do not fit ZDO request 0x{cluster:04x}: {error}"
        ) from error
    return message


def plain(value: Any) -> Any:
    """Return what an answer says by the names of its fields (`nwkAddress`)."""
    if is_dataclass(value):
        return {_name(part.name): plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


def _name(field: str) -> str:
    first, *others = field.split("_")
    return _NAMES.get(field) or first + "".join(part.capitalize() for part in others)


def _entry(
    source: str, endpoint: int, cluster: int, kind: int, target: str, group: int = 0, target_endpoint: int = 0
) -> zdo.BindingEntry:
    where = zdo.BindTarget(group=group) if kind == _TO_GROUP else zdo.BindTarget(target, target_endpoint)
    return zdo.BindingEntry(source, endpoint, cluster, where)


def _match(
    address: int, profile: int, inputs: list[int] | tuple[int, ...] = (), outputs: list[int] | tuple[int, ...] = ()
) -> zdo.MatchDescriptorRequest:
    return zdo.MatchDescriptorRequest(address, profile, tuple(inputs), tuple(outputs))


def _leave(ieee: str, options: int | Mapping[str, Any] = 0) -> zdo.LeaveRequest:
    if isinstance(options, Mapping):
        removes, rejoins = bool(options.get("removeChildren")), bool(options.get("rejoin"))
        options = removes * _REMOVE_CHILDREN | rejoins * _REJOIN
    return zdo.LeaveRequest(ieee, options)


def _permit(seconds: int, significance: int = 1, _tlvs: Any = None) -> zdo.PermitJoiningRequest:
    return zdo.PermitJoiningRequest(seconds, significance)


_REQUESTS: dict[int, Callable[..., zdo.Message]] = {
    0x0000: zdo.NetworkAddressRequest,
    0x0001: zdo.IeeeAddressRequest,
    0x0002: zdo.NodeDescriptorRequest,
    0x0003: zdo.PowerDescriptorRequest,
    0x0004: zdo.SimpleDescriptorRequest,
    0x0005: zdo.ActiveEndpointsRequest,
    0x0006: _match,
    0x0021: lambda *entry: zdo.BindRequest(_entry(*entry)),
    0x0022: lambda *entry: zdo.UnbindRequest(_entry(*entry)),
    0x0031: zdo.LqiRequest,
    0x0032: zdo.RoutingRequest,
    0x0033: zdo.BindingTableRequest,
    0x0034: _leave,
    0x0036: _permit,
}
