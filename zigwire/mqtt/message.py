"""Messages as values: what is published, the last will, and the properties that MQTT 5 adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Self

__all__ = ["Properties", "Publication", "Will", "check_filter", "encode_topic"]

MOST_BYTES = 65_535  # of a string in a packet (MQTT 3.1.1 section 1.5.3)
PUBLISH_HEADER = 10  # bytes: type 1, remaining length 4, topic length 2, packet id 2, property length 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """What MQTT 5 can say about a message (MQTT 5.0 section 3.3.2.3); older versions leave it out.

    Attributes:
        response_topic: Where the sender waits for an answer.
        correlation_data: What the answer shall repeat.
        message_expiry_interval: Seconds that the broker keeps it.
        content_type: MIME type of the payload.

    Raises:
        ValueError: A value does not fit into its field.
    """

    response_topic: str | None = None
    correlation_data: bytes | None = None
    message_expiry_interval: int | None = None
    content_type: str | None = None

    def __post_init__(self) -> None:
        expiry = self.message_expiry_interval
        if expiry is not None and not (isinstance(expiry, int) and 0 <= expiry <= 0xFFFFFFFF):
            raise ValueError(f"message_expiry_interval is {expiry!r}: allowed are whole seconds, 0 to 4294967295")
        texts = (self.response_topic or "").encode(), (self.content_type or "").encode(), self.correlation_data or b""
        if max(map(len, texts)) > MOST_BYTES:
            raise ValueError(f"response_topic, content_type and correlation_data may have {MOST_BYTES} bytes each")

    @classmethod
    def from_wire(cls, fields: Mapping[str, Any]) -> Self | None:
        """Read the protocol library's dictionary of lists; None when it has nothing of interest."""
        known = {name: fields[name][0] for name in cls.__slots__ if name in fields}
        return cls(**known) if known else None

    def to_wire(self) -> dict[str, Any]:
        """Name and value of what is set."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) is not None}


@dataclass(slots=True)
class Publication:
    """One message on its way out; shaped as the protocol library reads it.

    Attributes:
        topic: UTF-8.
        payload: As it goes over the wire.
        qos: Quality of service, 0 to 2.
        retain: Whether the broker keeps it as the newest of its topic.
        properties: Names and values for MQTT 5.
        dup: Never set: every connection starts a clean session.
        sequence: Its place among what waits, given by the outbox.
        attempts: How often it was sent.
    """

    topic: bytes
    payload: bytes
    qos: int = 0
    retain: bool = False
    properties: Mapping[str, Any] = field(default_factory=dict)
    dup: bool = False
    sequence: int = 0
    attempts: int = 0

    @property
    def payload_size(self) -> int:
        """Bytes of the payload."""
        return len(self.payload)

    @property
    def packet_size(self) -> int:
        """Bytes that the packet takes at most."""
        size = PUBLISH_HEADER + len(self.topic) + len(self.payload)
        for value in self.properties.values():
            size += 5 + (0 if isinstance(value, int) else 4 * len(value))
        return size

    @property
    def shown_topic(self) -> str:
        """The topic as a person reads it."""
        return self.topic.decode()


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker publishes for us when we vanish without a goodbye."""

    topic: str
    payload: str | bytes
    qos: int = 1
    retain: bool = True

    def to_publication(self) -> Publication:
        """Put it in the form for the wire.

        Raises:
            ValueError: The topic can't be published to.
        """
        payload = self.payload.encode() if isinstance(self.payload, str) else self.payload
        return Publication(encode_topic(self.topic), payload, self.qos, self.retain)


@lru_cache(maxsize=2048)
def encode_topic(topic: str) -> bytes:
    """Check and encode a topic to publish to (MQTT 3.1.1 section 4.7).

    Raises:
        ValueError: It is empty, too long, no Unicode text, or has a wildcard or a null character.
    """
    if not topic:
        raise ValueError("a topic must not be empty")
    for character, name in (("+", "the wildcard +"), ("#", "the wildcard #"), ("\0", "a null character")):
        if character in topic:
            raise ValueError(f"a topic to publish to must not contain {name}")
    encoded = topic.encode()
    if len(encoded) > MOST_BYTES:
        raise ValueError(f"a topic may have {MOST_BYTES} bytes, this one has {len(encoded)}")
    return encoded


def check_filter(topic_filter: str) -> None:
    """Check a topic filter to subscribe to; brokers end the connection over a bad one (MQTT 3.1.1 section 4.7.1).

    Raises:
        ValueError: It is empty, or has a wildcard where none may be.
    """
    *levels, last = topic_filter.split("/")
    if not topic_filter or any("#" in level for level in levels) or ("#" in last and last != "#"):
        raise ValueError(f"{topic_filter!r} is no topic filter: # may only stand alone at the end")
    if any("+" in level and level != "+" for level in (*levels, last)):
        raise ValueError(f"{topic_filter!r} is no topic filter: + stands for a whole level")
