"""All browsers that listen, and what a newcomer has to know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from zigwire.bridge.publisher import Mqtt
from zigwire.bridge.relays import Relay
from zigwire.mqtt.message import Properties
from zigwire.web.frames import Frame, Kind
from zigwire.web.listener import Listener

__all__ = ["Audience", "OverheardMqtt"]

BRIDGE = "bridge/"
AVAILABILITY = "/availability"

States = Callable[[], Iterable[tuple[str, bytes]]]


class Audience:
    """Tells every browser what is published of the bridge, of availability, and of the states of devices and groups.

    What is retained is told again only when it changed: most of the lists that the bridge publishes are as before.
    """

    def __init__(self) -> None:
        self._states: States = tuple
        self._retained: dict[str, Frame] = {}
        self._listeners: set[Listener] = set()

    def __len__(self) -> int:
        return len(self._listeners)

    def use_states(self, states: States) -> None:
        """Tell newcomers the states from now on, and at once those who came before.

        Args:
            states: Gives the state of each device and group: its name, and JSON.
        """
        self._states = states
        for frame in self._known_states():
            self._tell(frame)

    def welcome(self, listener: Listener) -> None:
        """Tell a newcomer all that is known, and from now on what is new."""
        for frame in (*self._retained.values(), *self._known_states()):
            listener.tell(frame)
        self._listeners.add(listener)

    def leave(self, listener: Listener) -> None:
        """Tell somebody no more."""
        self._listeners.discard(listener)

    def published(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Tell what was published to a topic below the base topic, if it is of interest to browsers."""
        if not topic.startswith(BRIDGE) and not topic.endswith(AVAILABILITY):
            return
        if not payload:
            self._retained.pop(topic, None)
            return
        if not retain:
            self._tell(Frame(topic, payload, Kind.EVENT))
            return
        known = self._retained.get(topic)
        if known is None or known.payload != payload:
            frame = self._retained[topic] = Frame(topic, payload, Kind.WHOLE)
            self._tell(frame)

    def state(self, name: str, payload: bytes) -> None:
        """Tell the state of a device or group."""
        if self._listeners:
            self._tell(Frame(name, payload, Kind.STATE))

    def _tell(self, frame: Frame) -> None:
        for listener in self._listeners:
            listener.tell(frame)

    def _known_states(self) -> Iterator[Frame]:
        return (Frame(name, payload, Kind.STATE) for name, payload in self._states())


class OverheardMqtt(Relay):
    """Lets the audience hear what is published below the base topic.

    Args:
        mqtt: The MQTT client.
        base_topic: The base topic.
        audience: Who hears.
    """

    def __init__(self, mqtt: Mqtt, base_topic: str, audience: Audience) -> None:
        super().__init__(mqtt)
        self._prefix = f"{base_topic}/"
        self._audience = audience

    def publish(
        self, topic: str, payload: bytes, *, qos: int = 0, retain: bool = False, properties: Properties | None = None
    ) -> None:
        """Send a message."""
        super().publish(topic, payload, qos=qos, retain=retain, properties=properties)
        if topic.startswith(self._prefix):
            self._audience.published(topic[len(self._prefix) :], payload, retain=retain)
