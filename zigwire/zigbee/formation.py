"""Which network to run: the one that the radio holds, a new one, or none without the user's word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from zigwire.zigbee.errors import NetworkRefusedError
from zigwire.zigbee.radio import NetworkParameters
from zigwire.zigbee.store import NetworkRecord

__all__ = ["DEFAULT_EXTENDED_PAN_ID", "FAR_ABOVE", "Plan", "Situation", "differences", "plan", "resolved", "to_form"]

DEFAULT_EXTENDED_PAN_ID = "0x" + "dd" * 8
"""Configured by default, and taken by Z-Stack for "the coordinator's own address" (apsUseExtendedPANID is zero)."""

FAR_ABOVE = 0x1000_0000
"""Frame counter that a house does not reach: 100 frames a second for a month."""

_REMEDY = (
    "Connect the coordinator that belongs to the devices, or restore its backup."
    " To give the devices up and pair them again with a new network, start once with --form-new-network."
)


class Plan(Enum):
    """What to do with the radio."""

    FORM = "form"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the decision rests on.

    Attributes:
        held: The network that the radio holds.
        record: The network that the house remembers.
        devices: How many devices the house knows.
        wanted: The configured parameters.
        form_new: The user's word that a new network may replace the old one.
        known_elsewhere: Evidence of a network that another program runs ("database.db of Zigbee2MQTT knows 12
            devices"), None when there is none.
    """

    held: NetworkParameters | None
    record: NetworkRecord | None
    devices: int
    wanted: NetworkParameters
    form_new: bool = False
    known_elsewhere: str | None = None


def to_form(situation: Situation) -> NetworkParameters:
    """Return the network to form; with a key that was in use before, frames are counted on from far above.

    A frame counter may never come twice with one key, and devices drop what they take for a replay (Zigbee
    specification 4.3.1.2).
    """
    before = (situation.held, situation.record.parameters if situation.record else None)
    reused = any(network and network.network_key == situation.wanted.network_key for network in before)
    return replace(situation.wanted, frame_counter=FAR_ABOVE) if reused else situation.wanted


def plan(situation: Situation) -> Plan:
    """Decide; a network that devices live on is never replaced without the user's word.

    Raises:
        NetworkRefusedError: Only the user can decide.
    """
    held, record = situation.held, situation.record
    if situation.form_new:
        return Plan.RESUME if _formed_already(situation) else Plan.FORM
    if held is None:
        if (evidence := _evidence(situation)) is None:
            return Plan.FORM
        raise NetworkRefusedError(f"The coordinator holds no network, but {evidence}. {_REMEDY}")
    if record is not None and situation.devices and not _is_same_network(held, record):
        raise NetworkRefusedError(
            f"The coordinator holds another network ({_shown(held)}), but {_house(situation)}. {_REMEDY}"
        )
    return Plan.RESUME


def resolved(held: NetworkParameters, coordinator: str) -> NetworkParameters:
    """Return the parameters with the extended PAN id as a number: None is the coordinator's address."""
    return held if held.extended_pan_id else replace(held, extended_pan_id=coordinator)


def differences(wanted: NetworkParameters, held: NetworkParameters, coordinator: str) -> list[str]:
    """Describe in what the network in force differs from the configured one; keys are never shown."""
    found = []
    if wanted.pan_id != held.pan_id:
        found.append(f"PAN id is {held.pan_id}, configured {wanted.pan_id}")
    if wanted.channel != held.channel:
        found.append(f"channel is {held.channel}, configured {wanted.channel}")
    if held.extended_pan_id not in _meanings(wanted.extended_pan_id, coordinator):
        found.append(f"extended PAN id is {held.extended_pan_id}, configured {wanted.extended_pan_id}")
    if wanted.network_key != held.network_key:
        found.append("the network key is not the configured one")
    return found


def _meanings(extended_pan_id: str | None, coordinator: str) -> set[str | None]:
    """What a configured extended PAN id may become: radios differ in what they make of the default."""
    if extended_pan_id in {None, DEFAULT_EXTENDED_PAN_ID}:
        return {coordinator, DEFAULT_EXTENDED_PAN_ID}
    return {extended_pan_id}


def _is_same_network(held: NetworkParameters, record: NetworkRecord) -> bool:
    """Tell whether the devices of the record would find themselves at home."""
    held, known = resolved(held, record.coordinator), record.parameters
    return (held.extended_pan_id, held.network_key) == (known.extended_pan_id, known.network_key)


def _formed_already(situation: Situation) -> bool:
    held, record = situation.held, situation.record
    if held is None or record is None:
        return False
    held = resolved(held, record.coordinator)
    return held == record.parameters and not differences(situation.wanted, held, record.coordinator)


def _evidence(situation: Situation) -> str | None:
    """Say why there must be a network that devices live on."""
    if situation.record is None and not situation.devices:
        return situation.known_elsewhere
    return _house(situation)


def _house(situation: Situation) -> str:
    known = "1 device is known" if situation.devices == 1 else f"{situation.devices} devices are known"
    if situation.record is None:
        return known
    return f"{known} on the network with {_shown(situation.record.parameters)}"


def _shown(parameters: NetworkParameters) -> str:
    return f"PAN id {parameters.pan_id}, extended PAN id {parameters.extended_pan_id}, channel {parameters.channel}"
