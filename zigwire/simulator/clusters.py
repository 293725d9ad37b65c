"""The commands of standard clusters as a virtual device serves them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from zigwire.simulator.attributes import Attribute, AttributeKey
from zigwire.simulator.frame import ZclFrame
from zigwire.zcl.status import Status

__all__ = [
    "ANALOG_INPUT",
    "BASIC",
    "COLOUR",
    "COLOUR_MODE",
    "COLOUR_TEMPERATURE",
    "COLOUR_X",
    "COLOUR_Y",
    "HANDLERS",
    "IDENTIFY",
    "LEVEL",
    "ON_OFF",
    "Answer",
    "Handler",
    "Host",
    "Scene",
    "SceneKey",
    "count_down",
]

BASIC, IDENTIFY, GROUPS, SCENES, ON_OFF, LEVEL, ANALOG_INPUT = 0x0000, 0x0003, 0x0004, 0x0005, 0x0006, 0x0008, 0x000C
COLOUR = 0x0300
COLOUR_X, COLOUR_Y, COLOUR_TEMPERATURE, COLOUR_MODE = 0x0003, 0x0004, 0x0007, 0x0008

_SCENE_FIELDS: Mapping[int, tuple[str, tuple[int, ...]]] = {
    ON_OFF: ("<B", (0,)),
    LEVEL: ("<B", (0,)),
    COLOUR: ("<HH", (COLOUR_X, COLOUR_Y)),
}
"""What a scene holds of a cluster (ZCL 3.7.2.4.2): layout of the fields and the attributes that they are."""

GROUPS_LIMIT = SCENES_LIMIT = 16
LOWEST, HIGHEST = 1, 254
OFF_WAIT = "off wait"
UNDEFINED_TIME, UNDEFINED_RATE = 0xFFFF, 0xFF


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command leads to.

    Attributes:
        status: For the default response.
        command: The cluster's own response instead of the default one.
        payload: Of that response.
        effect: What happens once the response is on its way.
        silent: Send nothing at all.
    """

    status: int = Status.SUCCESS
    command: int | None = None
    payload: bytes = b""
    effect: Callable[[], None] | None = None
    silent: bool = False


class SceneKey(NamedTuple):
    """Which scene."""

    endpoint: int
    group: int
    scene: int


@dataclass(slots=True)
class Scene:
    """A stored scene: transition in 1/10 s, `extension` as ZCL 3.7.2.4.2 lays out its field sets."""

    name: str
    transition: int
    extension: bytes


class Host(Protocol):
    """What a cluster needs of its device."""

    attributes: dict[AttributeKey, Attribute]
    groups: dict[int, dict[int, str]]
    scenes: dict[SceneKey, Scene]

    def now(self) -> float:
        """Seconds by the device's clock."""

    def read(self, key: AttributeKey) -> Any:
        """The present value."""

    def set(self, key: AttributeKey, value: Any) -> None:
        """Change a value and report it where that is due."""

    def later(self, name: object, seconds: float, action: Callable[[], None]) -> None:
        """Run `action` in `seconds`; a new one of the same name replaces it."""

    def forget(self, name: object) -> None:
        """Take back a planned action."""

    def planned(self, name: object) -> bool:
        """Whether an action is planned under this name, and was not forgotten."""


Handler = Callable[[Host, int, ZclFrame], Answer]

UNSUPPORTED = Answer(Status.UNSUP_COMMAND)


def _identify(host: Host, endpoint: int, frame: ZclFrame) -> Answer:
    key = AttributeKey(endpoint, IDENTIFY, 0)
    match frame.command:
        case 0x00:
            (seconds,) = struct.unpack_from("<H", frame.payload)
            return Answer(effect=lambda: count_down(host, key, seconds))
        case 0x01:
            left = host.read(key)
            return Answer(command=0x00, payload=struct.pack("<H", left)) if left else Answer(silent=True)
        case 0x40:
            return Answer()
    return UNSUPPORTED


def count_down(host: Host, key: AttributeKey, seconds: int) -> None:
    """Set an attribute to `seconds` and let it fall by one each second."""
    host.set(key, seconds)
    host.forget(key)
    if seconds:
        host.later(key, 1.0, lambda: count_down(host, key, seconds - 1))


def _groups(host: Host, endpoint: int, frame: ZclFrame) -> Answer:
    mine, data = host.groups[endpoint], frame.payload
    match frame.command:
        case 0x00:
            return _add_group(mine, data)
        case 0x01:
            (group,) = struct.unpack_from("<H", data)
            status = Status.SUCCESS if group in mine else Status.NOT_FOUND
            name = mine.get(group, "").encode()
            return Answer(command=0x01, payload=struct.pack("<BHB", status, group, len(name)) + name)
        case 0x02:
            return _group_membership(mine, data)
        case 0x03:
            (group,) = struct.unpack_from("<H", data)
            status = Status.NOT_FOUND if mine.pop(group, None) is None else Status.SUCCESS
            _forget_scenes(host, endpoint, group)
            return Answer(command=0x03, payload=struct.pack("<BH", status, group))
        case 0x04:
            for group in list(mine):
                del mine[group]
                _forget_scenes(host, endpoint, group)
            return Answer()
        case 0x05:
            if host.read(AttributeKey(endpoint, IDENTIFY, 0)):
                _add_group(mine, data)
            return Answer()
    return UNSUPPORTED


def _add_group(mine: dict[int, str], data: bytes) -> Answer:
    group, size = struct.unpack_from("<HB", data)
    status = Status.SUCCESS
    if not 1 <= group <= 0xFFF7:
        status = Status.INVALID_FIELD
    elif group not in mine and len(mine) >= GROUPS_LIMIT:
        status = Status.INSUFFICIENT_SPACE
    else:
        mine[group] = data[3 : 3 + size].decode("utf-8", "replace")
    return Answer(command=0x00, payload=struct.pack("<BH", status, group))


def _group_membership(mine: Mapping[int, str], data: bytes) -> Answer:
    wanted = struct.unpack_from(f"<{data[0]}H", data, 1)
    found = [group for group in mine if not wanted or group in wanted]
    if wanted and not found:
        return Answer(silent=True)
    return Answer(command=0x02, payload=struct.pack(f"<BB{len(found)}H", GROUPS_LIMIT - len(mine), len(found), *found))


def _forget_scenes(host: Host, endpoint: int, group: int) -> None:
    for key in [key for key in host.scenes if key[:2] == (endpoint, group)]:
        del host.scenes[key]


def _scenes(host: Host, endpoint: int, frame: ZclFrame) -> Answer:
    data = frame.payload
    if frame.command in {0x03, 0x06}:
        (group,) = struct.unpack_from("<H", data)
        return _scenes_of_group(host, endpoint, group, frame.command)
    group, scene = struct.unpack_from("<HB", data)
    key = SceneKey(endpoint, group, scene)
    known = host.scenes.get(key)
    status: int = Status.NOT_FOUND if known is None else Status.SUCCESS
    head = struct.pack("<HB", group, scene)
    match frame.command:
        case 0x00 | 0x40:
            status = _add_scene(host, key, data)
        case 0x01 | 0x41:
            if known is not None:
                name = known.name.encode()
                head += struct.pack("<HB", known.transition, len(name)) + name + known.extension
        case 0x02:
            host.scenes.pop(key, None)
        case 0x04:
            status = _keep_scene(host, key, Scene("", 0, _scene_extension(host, endpoint)))
        case 0x05:
            if known is None:
                return Answer(Status.NOT_FOUND)
            return Answer(effect=lambda: _recall(host, endpoint, known))
        case _:
            return UNSUPPORTED
    return Answer(command=frame.command, payload=bytes([status]) + head)


def _scenes_of_group(host: Host, endpoint: int, group: int, command: int) -> Answer:
    status = Status.SUCCESS if not group or group in host.groups[endpoint] else Status.INVALID_FIELD
    if command == 0x03:
        _forget_scenes(host, endpoint, group)
        return Answer(command=command, payload=struct.pack("<BH", status, group))
    ids = [key.scene for key in host.scenes if key[:2] == (endpoint, group)]
    room = SCENES_LIMIT - len(host.scenes)
    return Answer(command=command, payload=struct.pack("<BBHB", status, room, group, len(ids)) + bytes(ids))


def _add_scene(host: Host, key: SceneKey, data: bytes) -> int:
    transition, size = struct.unpack_from("<HB", data, 3)
    name = data[6 : 6 + size].decode("utf-8", "replace")
    return _keep_scene(host, key, Scene(name, transition, data[6 + size :]))


def _keep_scene(host: Host, key: SceneKey, scene: Scene) -> int:
    if key.group and key.group not in host.groups[key.endpoint]:
        return Status.INVALID_FIELD
    if key not in host.scenes and len(host.scenes) >= SCENES_LIMIT:
        return Status.INSUFFICIENT_SPACE
    old = host.scenes.get(key)
    if old is not None and not scene.name:
        scene.name, scene.transition = old.name, old.transition
    host.scenes[key] = scene
    return Status.SUCCESS


def _scene_extension(host: Host, endpoint: int) -> bytes:
    return b"".join(_field_set(host, endpoint, cluster) for cluster in _SCENE_FIELDS)


def _field_set(host: Host, endpoint: int, cluster: int) -> bytes:
    layout, attributes = _SCENE_FIELDS[cluster]
    keys = [AttributeKey(endpoint, cluster, attribute) for attribute in attributes]
    if not all(key in host.attributes for key in keys):
        return b""
    fields = struct.pack(layout, *(host.read(key) for key in keys))
    return struct.pack("<HB", cluster, len(fields)) + fields


def _recall(host: Host, endpoint: int, scene: Scene) -> None:
    position = 0
    while position + 3 <= len(scene.extension):
        cluster, size = struct.unpack_from("<HB", scene.extension, position)
        _restore(host, endpoint, cluster, scene.extension[position + 3 : position + 3 + size])
        position += 3 + size


def _restore(host: Host, endpoint: int, cluster: int, fields: bytes) -> None:
    layout, attributes = _SCENE_FIELDS.get(cluster, ("", ()))
    if not layout or struct.calcsize(layout) > len(fields):
        return
    for attribute, value in zip(attributes, struct.unpack_from(layout, fields), strict=True):
        key = AttributeKey(endpoint, cluster, attribute)
        if key in host.attributes:
            host.set(key, bool(value) if cluster == ON_OFF else value)


def _on_off(host: Host, endpoint: int, frame: ZclFrame) -> Answer:
    key = AttributeKey(endpoint, ON_OFF, 0)
    if key not in host.attributes:
        return UNSUPPORTED
    match frame.command:
        case 0x00 | 0x40:
            return Answer(effect=lambda: switch(host, key, False))
        case 0x01 | 0x41:
            return Answer(effect=lambda: switch(host, key, True))
        case 0x02:
            return Answer(effect=lambda: switch(host, key, not host.read(key)))
        case 0x42:
            only_when_on, on_time, off_wait = struct.unpack_from("<BHH", frame.payload)
            if not host.read(key) and (only_when_on & 1 or host.planned((OFF_WAIT, key))):
                return Answer()
            return Answer(effect=lambda: _on_for(host, key, on_time / 10, off_wait / 10))
    return UNSUPPORTED


def switch(host: Host, key: AttributeKey, on: bool) -> None:
    """Set an on/off attribute; a timed off that was running is over, and so is the wait after one."""
    host.forget(key)
    host.forget((OFF_WAIT, key))
    host.set(key, on)


def _on_for(host: Host, key: AttributeKey, seconds: float, off_wait: float) -> None:
    switch(host, key, True)
    host.later(key, seconds, lambda: _off_for(host, key, off_wait))


def _off_for(host: Host, key: AttributeKey, seconds: float) -> None:
    """Switch off, and take no other timed off for a while (ZCL 3.8.2.3.6)."""
    switch(host, key, False)
    waiting = (OFF_WAIT, key)
    host.later(waiting, seconds, lambda: host.forget(waiting))


@dataclass(frozen=True, slots=True)
class _Ramp:
    """A level on its way, linear in time."""

    start: int
    target: int
    began: float
    seconds: float

    def level(self, now: float) -> int:
        done = 1.0 if self.seconds <= 0 else min(1.0, (now - self.began) / self.seconds)
        return round(self.start + (self.target - self.start) * done)


def _level(host: Host, endpoint: int, frame: ZclFrame) -> Answer:
    key = AttributeKey(endpoint, LEVEL, 0)
    if key not in host.attributes or frame.command > 0x07:
        return UNSUPPORTED
    kind, with_on_off, data = frame.command & 0x03, bool(frame.command & 0x04), frame.payload
    if kind == 0x03:
        return Answer(effect=lambda: host.forget(key))
    if kind == 0x00:
        target, transition = struct.unpack_from("<BH", data)
        seconds = _tenths(transition)
    elif kind == 0x01:
        mode, rate = struct.unpack_from("<BB", data)
        target = LOWEST if mode else HIGHEST
        seconds = 0.0 if rate in {0, UNDEFINED_RATE} else abs(target - host.read(key)) / rate
    else:
        mode, size, transition = struct.unpack_from("<BBH", data)
        target, seconds = host.read(key) + (-size if mode else size), _tenths(transition)
    lowest = 0 if with_on_off else LOWEST
    aim = min(HIGHEST, max(lowest, target))
    return Answer(effect=lambda: _ramp(host, key, aim, seconds, with_on_off))


def _tenths(transition: int) -> float:
    return 0.0 if transition == UNDEFINED_TIME else transition / 10


def _ramp(host: Host, key: AttributeKey, target: int, seconds: float, with_on_off: bool) -> None:
    ramp = _Ramp(host.read(key), target, host.now(), seconds)
    on_off = AttributeKey(key.endpoint, ON_OFF, 0)
    if with_on_off and target and on_off in host.attributes:
        host.set(on_off, True)
    host.forget(key)
    _follow(host, key, ramp, with_on_off and on_off in host.attributes)


def _follow(host: Host, key: AttributeKey, ramp: _Ramp, with_on_off: bool) -> None:
    left = ramp.began + ramp.seconds - host.now()
    level = ramp.level(host.now())
    host.set(key, max(LOWEST, level))
    if left > 0:
        host.later(key, min(left, 0.5), lambda: _follow(host, key, ramp, with_on_off))
    elif with_on_off and not level:
        host.set(key._replace(cluster=ON_OFF), False)


def _colour(host: Host, endpoint: int, frame: ZclFrame) -> Answer:
    """Change the colour; transitions are not simulated, the colour is there at once."""
    key = AttributeKey(endpoint, COLOUR, COLOUR_TEMPERATURE)
    if key not in host.attributes:
        return UNSUPPORTED
    data = frame.payload
    match frame.command:
        case 0x07:
            x, y = struct.unpack_from("<HH", data)
            return Answer(effect=lambda: _restore(host, endpoint, COLOUR, struct.pack("<HH", x, y)))
        case 0x0A:
            (mireds,) = struct.unpack_from("<H", data)
            return Answer(effect=lambda: host.set(key, mireds))
        case 0x4C:
            mode, size = struct.unpack_from("<BH", data)
            step = {1: size, 3: -size}.get(mode)
            return UNSUPPORTED if step is None else Answer(effect=lambda: host.set(key, host.read(key) + step))
        case 0x47:
            return Answer()
    return UNSUPPORTED


HANDLERS: Mapping[int, Handler] = {
    IDENTIFY: _identify,
    GROUPS: _groups,
    SCENES: _scenes,
    ON_OFF: _on_off,
    LEVEL: _level,
    COLOUR: _colour,
}
"""By cluster id; clusters without an entry have no commands."""
