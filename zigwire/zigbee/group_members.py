"""Telling endpoints that they belong to a group, or no longer (ZCL 3.6), and noting it."""

from __future__ import annotations

from zigwire.zcl.message import Message
from zigwire.zcl.requests import Command
from zigwire.zcl.status import Status, status_name
from zigwire.zigbee.errors import StatusError
from zigwire.zigbee.model import Device, Endpoint, Group, Member
from zigwire.zigbee.network import Network

__all__ = ["add", "remove", "remove_all"]

CLUSTER = "genGroups"


async def add(network: Network, device: Device, endpoint: Endpoint, group: Group) -> None:
    """Add an endpoint to a group; one that is in it already stays in it.

    Raises:
        RequestError: The device did not do it, for example because it has no room for another group.
    """
    answer = await network.request(device, _command(endpoint, "add", groupid=group.id, groupname=""))
    _require(answer, Status.SUCCESS, Status.DUPLICATE_EXISTS)
    network.groups.add_member(group.id, Member(device.ieee, endpoint.id))


async def remove(network: Network, device: Device, endpoint: Endpoint, group: Group) -> None:
    """Remove an endpoint from a group; its scenes of the group are gone with that.

    Raises:
        RequestError: The device did not do it.
    """
    answer = await network.request(device, _command(endpoint, "remove", groupid=group.id))
    _require(answer, Status.SUCCESS, Status.NOT_FOUND)
    network.groups.remove_member(group.id, Member(device.ieee, endpoint.id))
    _forget_scenes(network, device, endpoint, {group.id})


async def remove_all(network: Network, device: Device, endpoint: Endpoint) -> list[Group]:
    """Remove an endpoint from all groups, also from those that are not known here; return the known ones.

    Raises:
        RequestError: The device could not be reached.
    """
    await network.request(device, _command(endpoint, "removeAll"))
    member = Member(device.ieee, endpoint.id)
    groups = network.groups.holding(member)
    for group in groups:
        network.groups.remove_member(group.id, member)
    _forget_scenes(network, device, endpoint, {group.id for group in groups})
    return groups


def _command(endpoint: Endpoint, name: str, **args: int | str) -> Command:
    return Command(endpoint=endpoint.id, cluster=CLUSTER, command=name, args=args, disable_default_response=True)


def _require(answer: Message | None, *accepted: int) -> None:
    status = Status.SUCCESS if answer is None else answer.args.get("status", Status.SUCCESS)
    if status not in accepted:
        raise StatusError(status_name(status), CLUSTER)


def _forget_scenes(network: Network, device: Device, endpoint: Endpoint, groups: set[int]) -> None:
    kept = [scene for scene in endpoint.scenes if scene.group not in groups]
    if len(kept) != len(endpoint.scenes):
        endpoint.scenes[:] = kept
        network.save(device)
