"""Scenes (ZCL 3.7): store, add, recall, rename and remove them, on a device or on all members of a group.

What a scene holds is noted on the endpoints (`Endpoint.scenes`), so that a recall can publish it: devices don't report
what a recall changed.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from zigwire.devices.action import Action, send
from zigwire.devices.behaviour import Host, Outcome
from zigwire.devices.blocks.scene_fields import Added, added
from zigwire.devices.errors import BadValueError, DefinitionError
from zigwire.devices.feature import Call, Place
from zigwire.devices.fields import Fields
from zigwire.zcl.message import Message
from zigwire.zcl.requests import Command
from zigwire.zcl.status import Status, status_name
from zigwire.zigbee.errors import StatusError
from zigwire.zigbee.model import Device, Endpoint, Scene

__all__ = ["ACTIONS"]

LOG = logging.getLogger(__name__)

CLUSTER = "genScenes"
KEPT = ("state", "brightness", "color", "color_temp", "color_mode")
HIGHEST_SCENE, HIGHEST_GROUP = 0xFF, 0xFFF7
AS_STORED = 0xFFFF
ABSENT = (Status.NOT_FOUND, Status.INVALID_FIELD)
"""Answers to a removal that mean: there is no such scene now."""


@dataclass(frozen=True, slots=True)
class Owner:
    """An endpoint that holds scenes: the device's own, or one of a member of the group.

    Attributes:
        state: Of the device, as it was last known.
    """

    place: Place
    endpoint: Endpoint
    state: Mapping[str, Any]

    def find(self, scene: int, group: int) -> Scene | None:
        """Return a scene that is noted here."""
        return next((one for one in self.endpoint.scenes if (one.id, one.group) == (scene, group)), None)

    def keep(self, scene: Scene) -> None:
        """Note a scene, in place of the one of the same number."""
        self.drop(lambda one: (one.id, one.group) == (scene.id, scene.group))
        self.endpoint.scenes.append(scene)

    def drop(self, unwanted: Callable[[Scene], bool]) -> None:
        """Forget scenes."""
        self.endpoint.scenes[:] = [one for one in self.endpoint.scenes if not unwanted(one)]

    def snapshot(self) -> dict[str, Any]:
        """Return what of the present state belongs to a scene."""
        keyed = ((name, self.place.key(name)) for name in KEPT)
        return {name: self.state[key] for name, key in keyed if self.state.get(key) is not None}


async def store(call: Call, host: Host) -> Outcome:
    """Let the device remember its present state as a scene."""
    scene, group, name = _scene(call)
    answer = await _send(call, host, "store", {"groupid": group, "sceneid": scene})
    _require(answer, "store scene", Status.SUCCESS)
    owners = _owners(call, host)
    for owner in owners:
        owner.keep(Scene(scene, group, name, owner.snapshot()))
    _tell(host, owners)
    return Outcome()


async def add(call: Call, host: Host) -> Outcome:
    """Describe a scene to the device, which need not be in that state now."""
    owners = _owners(call, host)
    wanted = added(call, [owner.endpoint for owner in owners])
    _require_allowed(call, wanted.scene, wanted.group)
    key = {"groupid": wanted.group, "sceneid": wanted.scene}
    # Devices merge a scene into the one of the same number that they have.
    answer = await _send(call, host, "remove", key)
    _require(answer, "remove scene", Status.SUCCESS, *ABSENT)
    answer = await _send(call, host, *_description(wanted))
    _require(answer, "add scene", Status.SUCCESS)
    for owner in owners:
        owner.keep(Scene(wanted.scene, wanted.group, wanted.name, dict(wanted.state)))
    _tell(host, owners)
    return Outcome()


async def recall(call: Call, host: Host) -> Outcome:
    """Bring a scene back; what it holds follows."""
    scene, group = _number(call), _group(call)
    args = {"groupid": group, "sceneid": scene, "transitionTime": AS_STORED}
    await _send(call, host, "recall", args)
    members: dict[str, dict[str, Any]] = {}
    for owner in _owners(call, host):
        known = owner.find(scene, group)
        if known is None:
            LOG.warning("What scene %d of %s holds is not known", scene, owner.place.device.ieee)
            continue
        state = {owner.place.key(name): value for name, value in _with_mode(known.state).items()}
        members.setdefault(owner.place.device.ieee, {}).update(state)
    if call.context.group is None:
        return Outcome(members.get(call.place.device.ieee, {}))
    return Outcome(members=members)


async def remove(call: Call, host: Host) -> Outcome:
    """Let the device forget a scene."""
    scene, group = _number(call), _group(call)
    answer = await _send(call, host, "remove", {"groupid": group, "sceneid": scene})
    _require(answer, "remove scene", Status.SUCCESS)
    _forget(_owners(call, host), host, lambda one: (one.id, one.group) == (scene, group))
    return Outcome()


async def remove_all(call: Call, host: Host) -> Outcome:
    """Let the device forget all scenes: its own, or those of the group."""
    group = _group(call)
    answer = await _send(call, host, "removeAll", {"groupid": group})
    _require(answer, "remove all scenes", Status.SUCCESS)
    _forget(_owners(call, host), host, lambda one: one.group == group)
    return Outcome()


async def rename(call: Call, host: Host) -> Outcome:
    """Give a scene another name; the device is not told, it keeps none."""
    scene, group, name = _scene(call)
    owners = _owners(call, host)
    known = [(owner, held) for owner in owners if (held := owner.find(scene, group))]
    if not known:
        raise DefinitionError(call.key, f"{call.key}: there is no scene {scene} of group {group}")
    for owner, held in known:
        owner.keep(Scene(scene, group, name, held.state))
    _tell(host, owners)
    return Outcome()


ACTIONS: Mapping[str, Action] = {
    "scene_store": store,
    "scene_add": add,
    "scene_recall": recall,
    "scene_remove": remove,
    "scene_remove_all": remove_all,
    "scene_rename": rename,
}
"""By key."""


def _owners(call: Call, host: Host) -> list[Owner]:
    group = call.context.group
    if group is None:
        own = call.place.device.endpoints.get(call.place.endpoint)
        return [] if own is None else [Owner(call.place, own, call.context.state)]
    pairs = ((host.device(member.ieee), member.endpoint) for member in group.members)
    return [
        Owner(Place(device, number), device.endpoints[number], host.state(device))
        for device, number in pairs
        if device is not None and number in device.endpoints
    ]


def _forget(owners: list[Owner], host: Host, unwanted: Callable[[Scene], bool]) -> None:
    for owner in owners:
        owner.drop(unwanted)
    _tell(host, owners)


def _tell(host: Host, owners: Iterable[Owner]) -> None:
    devices: dict[str, Device] = {owner.place.device.ieee: owner.place.device for owner in owners}
    host.scenes_changed(devices.values())


def _scene(call: Call) -> tuple[int, int, str]:
    """Return number, group and name; a number alone means the scene that has it."""
    value = {"ID": call.value} if isinstance(call.value, int) else call.value
    given = Fields(call.key, value, ("ID", "name", "group_id"))
    scene = given.whole("ID", 0, HIGHEST_SCENE)
    group = _group(call, given.whole("group_id", 0, HIGHEST_GROUP, 0))
    _require_allowed(call, scene, group)
    return scene, group, given.text("name", "")


def _number(call: Call) -> int:
    value = call.value
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= HIGHEST_SCENE:
        raise BadValueError(call.key, value, f"the number of a scene, 0 to {HIGHEST_SCENE}")
    return value


def _group(call: Call, asked: int = 0) -> int:
    return asked if call.context.group is None else call.context.group.id


def _require_allowed(call: Call, scene: int, group: int) -> None:
    if scene == 0 and group == 0:
        allowed = "1 to 255 outside of groups: 0 is the state to which the on/off cluster returns"
        raise BadValueError(f"{call.key}.ID", scene, allowed)


async def _send(call: Call, host: Host, command: str, args: Mapping[str, Any]) -> Message | None:
    request = Command(
        endpoint=call.place.endpoint,
        cluster=CLUSTER,
        command=command,
        args=args,
        disable_default_response=command != "recall",
    )
    return await send(host, call.place.device, call.context, request)


def _description(wanted: Added) -> tuple[str, dict[str, Any]]:
    """Return the command that describes a scene, and its parameters; only the enhanced one knows tenths of seconds."""
    enhanced = not float(wanted.transition).is_integer()
    return "enhancedAdd" if enhanced else "add", {
        "groupid": wanted.group,
        "sceneid": wanted.scene,
        "transtime": math.floor(wanted.transition * 10) if enhanced else int(wanted.transition),
        "scenename": "",
        "extensionfieldsets": wanted.extension,
    }


def _require(answer: Message | None, what: str, *accepted: int) -> None:
    status = 0 if answer is None else answer.args.get("status", 0)
    if status not in accepted:
        raise StatusError(status_name(status), what)


def _with_mode(state: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a state with its colour mode."""
    if "color_mode" in state:
        return state
    if "color_temp" in state:
        return {**state, "color_mode": "color_temp"}
    if isinstance(colour := state.get("color"), Mapping):
        return {**state, "color_mode": "xy" if "x" in colour else "hs"}
    return state
