"""The parameters of the action `raw`, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zigwire.bridge.payloads import shortened
from zigwire.bridge.requests import RequestFault, boolean
from zigwire.zcl.frame import SPECIFIC, Header
from zigwire.zigbee.address import is_ieee
from zigwire.zigbee.coordinator import ENDPOINT, HOME_AUTOMATION

__all__ = ["RawRequest"]

LONGEST_TIMEOUT = 600_000
FIRST_BROADCAST = 0xFFF8
ZDO_PROFILE = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRequest:
    """A request as its sender wrote it.

    Attributes:
        ieee: IEEE address of the device.
        address: Network address of the device, or a broadcast address.
        group: Group instead of an address.
        endpoint: The device's endpoint.
        source_endpoint: Ours.
        interpan: Send on `channel` to devices of other networks.
        channel: For `interpan`, None for the network's own.
        profile: Profile id; 0 is ZDO.
        cluster: Name or id.
        zdo: Parameters of a ZDO request.
        header: Of a ZCL frame, with its command still to be found.
        command: Name or id.
        payload: Of the ZCL frame.
        tsn: Transaction number, None for a free one.
        silent: Wait for no answer.
        timeout: Seconds to wait for one.
    """

    ieee: str | None
    address: int | None
    group: int | None
    endpoint: int | None
    source_endpoint: int
    interpan: bool
    channel: int | None
    profile: int
    cluster: str | int
    zdo: list[Any] | None
    header: Header | None
    command: str | int
    payload: Any
    tsn: int | None
    silent: bool
    timeout: float

    @classmethod
    def read(cls, params: Any) -> RawRequest:
        """Read the parameters.

        Raises:
            RequestFault: One is missing or not allowed.
        """
        if not isinstance(params, dict):
            raise _fault(f"params is {shortened(params)}; an object is allowed")
        profile = _number(params, "profile_id", 0, 0xFFFF)
        profile = HOME_AUTOMATION if profile is None else profile
        interpan = boolean(params, "interpan")
        zcl = _zcl(params, profile, interpan=interpan)
        timeout = _number(params, "timeout", 1, LONGEST_TIMEOUT)
        source = _number(params, "src_endpoint", 1, 0xFF)
        request = cls(
            ieee=_ieee(params),
            address=_number(params, "network_address", 0, 0xFFFF),
            group=_number(params, "group_id", 0, 0xFFFF),
            endpoint=_number(params, "dst_endpoint", 1, 0xFF),
            source_endpoint=ENDPOINT if source is None else source,
            interpan=interpan,
            channel=_number(params, "channel", 11, 26),
            profile=profile,
            cluster=_cluster(params, default="touchlink" if interpan else None),
            zdo=params.get("zdo_params"),
            header=None if profile == ZDO_PROFILE else _header(zcl, interpan=interpan),
            command="" if profile == ZDO_PROFILE else _command(zcl),
            payload=zcl.get("payload", {}),
            tsn=_number(zcl, "tsn", 0, 0xFF),
            silent=boolean(params, "disable_response"),
            timeout=10.0 if timeout is None else timeout / 1000,
        )
        request.check()
        return request

    @property
    def broadcast(self) -> bool:
        """Whether it goes to all."""
        return self.address is not None and self.address >= FIRST_BROADCAST

    def check(self) -> None:
        """Check that the parts go together.

        Raises:
            RequestFault: They don't.
        """
        if self.profile == ZDO_PROFILE:
            if self.address is None:
                raise _fault("network_address is missing")
            if not isinstance(self.cluster, int):
                raise _fault(f"cluster_key is {shortened(self.cluster)}; the number of a ZDO request is allowed")
            if not isinstance(self.zdo, list):
                raise _fault(f"zdo_params is {shortened(self.zdo)}; a list is allowed")
            return
        if self.interpan or self.group is not None:
            return
        if self.ieee is None and self.address is None:
            raise _fault("ieee_address, network_address or group_id is missing")
        if self.endpoint is None:
            raise _fault("dst_endpoint is missing")


def _fault(detail: str) -> RequestFault:
    return RequestFault("Invalid payload", detail)


def _number(part: dict[str, Any], key: str, lowest: int, highest: int) -> int | None:
    value = part.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise _fault(f"{key} is {shortened(value)}; {lowest} to {highest} is allowed")
    return value


def _ieee(params: dict[str, Any]) -> str | None:
    value = params.get("ieee_address")
    if value is None:
        return None
    if not isinstance(value, str) or not is_ieee(value.lower()):
        raise _fault(f"ieee_address is {shortened(value)}; 0x and 16 hex digits are allowed")
    return value.lower()


def _cluster(params: dict[str, Any], default: str | None) -> str | int:
    return _key(params.get("cluster_key", default), "cluster_key")


def _command(zcl: dict[str, Any]) -> str | int:
    return _key(zcl.get("command_key"), "zcl.command_key")


def _key(value: Any, name: str) -> str | int:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _fault(f"{name} is {shortened(value)}; a name or number is allowed")
    return value


def _zcl(params: dict[str, Any], profile: int, *, interpan: bool) -> dict[str, Any]:
    zcl = params.get("zcl")
    if profile == ZDO_PROFILE and not interpan:
        return {}
    if not isinstance(zcl, dict):
        raise _fault(f"zcl is {shortened(zcl)}; an object is allowed")
    return zcl


def _header(zcl: dict[str, Any], *, interpan: bool) -> Header:
    frame_type = _number(zcl, "frame_type", 0, 1)
    direction = _number(zcl, "direction", 0, 1)
    if not interpan and frame_type is None:
        raise _fault("zcl.frame_type is missing")
    if not interpan and direction is None:
        raise _fault("zcl.direction is missing")
    return Header(
        frame_type=SPECIFIC if frame_type is None else frame_type,
        tsn=0,
        command_id=0,
        to_client=bool(direction),
        manufacturer=_number(zcl, "manufacturer_code", 0, 0xFFFF),
        disable_default_response=interpan or boolean(zcl, "disable_default_response"),
    )
