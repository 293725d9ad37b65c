"""The table of clusters, their attributes and commands, by the names that the MQTT interface shows.

The facts stand in `clusters.json`, one cluster on a line. A line is read when its cluster is first asked for, so the
table costs nothing before it is used. A device's own clusters lie over the table: see `Clusters.extended`.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self, TypeVar

from zigwire.zcl.errors import EncodeError, shortened
from zigwire.zcl.limits import UNLIMITED, Limits
from zigwire.zcl.parameters import Parameter
from zigwire.zcl.types import DataType, by_name

__all__ = [
    "CLUSTERS",
    "AttributeDefinition",
    "Cluster",
    "Clusters",
    "CommandDefinition",
    "CommonClusters",
    "ExtendedClusters",
]

_Definition = TypeVar("_Definition")

_FILE = Path(__file__).with_name("clusters.json")
_LINE = re.compile(rb'^"(\w+)": (\{"id": (\d+).*\}),?$', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeDefinition:
    """What is known of an attribute.

    Attributes:
        id: Its number.
        name: Its name.
        type: Its data type.
        manufacturer: Manufacturer code, None for the standard ones.
        access: As the ZCL writes it: `R` read, `W` write, `*W` write optional, `P` report, `S` part of scenes.
        mandatory: Whether every device with the cluster has it.
        client: Whether it is one of the client side.
        default: The value before anything set it.
        limits: Which values it may have.
    """

    id: int
    name: str
    type: DataType
    manufacturer: int | None = None
    access: str = "R"
    mandatory: bool = False
    client: bool = False
    default: int | float | str | None = None
    limits: Limits = UNLIMITED

    @classmethod
    def from_json(cls, name: str, data: Mapping[str, Any]) -> Self:
        """Read it from the table."""
        data_type = by_name(data["type"])
        return cls(
            id=data["id"],
            name=name,
            type=data_type,
            manufacturer=data.get("manufacturer"),
            access=data.get("access", "R"),
            mandatory=data.get("mandatory", False),
            client=data.get("client", False),
            default=data.get("default"),
            limits=Limits.from_json(data, data_type.non_value),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandDefinition:
    """What is known of a cluster's command.

    Attributes:
        id: Its number.
        name: Its name.
        parameters: Its parameters, in the order of the wire.
        response: Id of the command that answers it, None when a default response does.
        mandatory: Whether every device with the cluster has it.
        type: What messages that carry it are called: `commandMoveToLevel`.
    """

    id: int
    name: str
    parameters: tuple[Parameter, ...] = ()
    response: int | None = None
    mandatory: bool = False
    type: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "type", f"command{self.name[:1].upper()}{self.name[1:]}")

    @classmethod
    def from_json(cls, name: str, data: Mapping[str, Any]) -> Self:
        """Read it from the table."""
        parameters = data.get("parameters", ())
        before = [None, *(parameter["name"] for parameter in parameters)]
        return cls(
            id=data["id"],
            name=name,
            parameters=tuple(map(Parameter.from_json, parameters, before)),
            response=data.get("response"),
            mandatory=data.get("mandatory", False),
        )

    def decode(self, payload: bytes) -> tuple[dict[str, Any], bytes]:
        """Return the parameters by name, and the bytes behind them.

        Raises:
            ParseError: A parameter is missing, cut or out of range.
        """
        arguments: dict[str, Any] = {}
        position = 0
        for parameter in self.parameters:
            if parameter.applies(arguments, len(payload) - position):
                arguments[parameter.name], position = parameter.decode(payload, position, arguments)
        return arguments, payload[position:]

    def encode(self, arguments: Mapping[str, Any]) -> bytes:
        """Return the payload.

        Raises:
            EncodeError: A parameter is missing, or its value does not fit.
        """
        try:
            return b"".join(parameter.encode(arguments) for parameter in self.parameters)
        except EncodeError as error:
            raise EncodeError(f"command {self.name}: {error}") from error


class Cluster:
    """One cluster.

    Args:
        name: Its name; its number as text when no table knows it.
        data: Its facts in the table's form.
        base: A cluster of the same name that it adds to.
        assumed_manufacturer: Manufacturer code that frames without one are read with.

    Attributes:
        id: Its number.
        name: Its name.
        manufacturer: Manufacturer code, None for the standard ones.
        attributes: Attributes by name.
        commands: Commands to the server by name.
        responses: Commands to the client by name.
        layouts: Room for what `codec` compiles.
    """

    def __init__(
        self,
        name: str,
        data: Mapping[str, Any],
        base: Cluster | None = None,
        *,
        assumed_manufacturer: int | None = None,
    ) -> None:
        self.id: int = data["id"]
        self.name = name
        self.manufacturer: int | None = data.get("manufacturer")
        self.attributes: dict[str, AttributeDefinition] = dict(base.attributes) if base else {}
        self.commands: dict[str, CommandDefinition] = dict(base.commands) if base else {}
        self.responses: dict[str, CommandDefinition] = dict(base.responses) if base else {}
        self.attributes |= _definitions(AttributeDefinition.from_json, data.get("attributes", {}))
        self.commands |= _definitions(CommandDefinition.from_json, data.get("commands", {}))
        self.responses |= _definitions(CommandDefinition.from_json, data.get("responses", {}))
        self.layouts: dict[bytes, Any] = {}
        self._assumed_manufacturer = assumed_manufacturer

    def attribute(self, key: str | int, manufacturer: int | None = None) -> AttributeDefinition | None:
        """Return an attribute by name or id, None when there is none.

        The manufacturer's own attribute goes before the standard one of the same id.
        """
        if isinstance(key, str):
            return self.attributes.get(key)
        code = self._assumed_manufacturer if manufacturer is None else manufacturer
        return self._attributes_by_id.get((key, code)) or self._attributes_by_id.get((key, None))

    def command(self, key: str | int, *, to_client: bool = False) -> CommandDefinition | None:
        """Return a command by name or id, None when there is none."""
        if isinstance(key, str):
            return (self.responses if to_client else self.commands).get(key)
        return (self._responses_by_id if to_client else self._commands_by_id).get(key)

    @cached_property
    def _attributes_by_id(self) -> dict[tuple[int, int | None], AttributeDefinition]:
        return {(attribute.id, attribute.manufacturer): attribute for attribute in self.attributes.values()}

    @cached_property
    def _commands_by_id(self) -> dict[int, CommandDefinition]:
        return _first_by_id(self.commands)

    @cached_property
    def _responses_by_id(self) -> dict[int, CommandDefinition]:
        return _first_by_id(self.responses)


class Clusters(ABC):
    """Clusters by name and by id."""

    @abstractmethod
    def get(self, name: str) -> Cluster | None:
        """Return the cluster of a name, None when there is none."""

    @abstractmethod
    def find(self, cluster_id: int, manufacturer: int | None = None) -> Cluster:
        """Return the cluster of an id, one without attributes and commands when no table knows it.

        Args:
            cluster_id: Its number.
            manufacturer: Manufacturer code, to choose between clusters that share the number.
        """

    def resolve(self, key: str | int, manufacturer: int | None = None) -> Cluster:
        """Return the cluster that a request names.

        Raises:
            EncodeError: No cluster has the name.
        """
        if isinstance(key, int):
            return self.find(key, manufacturer)
        cluster = self.get(key)
        if cluster is None:
            raise EncodeError(f"{shortened(key)} is no cluster: a name such as genOnOff, or a number, is")
        return cluster

    def extended(
        self, own: Mapping[str, Mapping[str, Any]], *, assumed_manufacturer: int | None = None
    ) -> ExtendedClusters:
        """Return these clusters with a device's own over them.

        Args:
            own: Own clusters by name, in the table's form; one with the name of a cluster of the table adds to it.
            assumed_manufacturer: Manufacturer code that frames of the own clusters are read with when they have none.
                Legrand's devices report their own attributes without the code that the ZCL asks for.
        """
        return ExtendedClusters(self, own, assumed_manufacturer)


class CommonClusters(Clusters):
    """The table in `clusters.json`, where each id stands once."""

    def __init__(self) -> None:
        self._by_id: dict[int, Cluster] = {}

    def get(self, name: str) -> Cluster | None:
        """Return the cluster of a name, None when there is none."""
        cluster_id = self._ids.get(name)
        return None if cluster_id is None else self.find(cluster_id)

    def find(self, cluster_id: int, manufacturer: int | None = None) -> Cluster:  # noqa: ARG002 - ids are unique here
        """Return the cluster of an id, an empty one when the table does not know it."""
        return self._by_id.get(cluster_id) or self._build(cluster_id)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def _build(self, cluster_id: int) -> Cluster:
        line = self._lines.get(cluster_id)
        if line is None:
            return Cluster(str(cluster_id), {"id": cluster_id})
        name, data = line
        cluster = self._by_id[cluster_id] = Cluster(name, json.loads(data))
        return cluster

    @cached_property
    def _lines(self) -> dict[int, tuple[str, bytes]]:
        return {int(number): (name.decode(), data) for name, data, number in _LINE.findall(_FILE.read_bytes())}

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {name: cluster_id for cluster_id, (name, _) in self._lines.items()}


class ExtendedClusters(Clusters):
    """A device's own clusters over a table."""

    def __init__(
        self, below: Clusters, own: Mapping[str, Mapping[str, Any]], assumed_manufacturer: int | None = None
    ) -> None:
        self._below = below
        self._own = {
            name: Cluster(name, data, below.get(name), assumed_manufacturer=assumed_manufacturer)
            for name, data in own.items()
        }
        self._ids = {cluster.id for cluster in self._own.values()}
        self._found: dict[tuple[int, int | None], Cluster] = {}

    def get(self, name: str) -> Cluster | None:
        """Return the cluster of a name, None when there is none."""
        return self._own.get(name) or self._below.get(name)

    def find(self, cluster_id: int, manufacturer: int | None = None) -> Cluster:
        """Return the cluster of an id: the manufacturer's own, one of nobody's, any own, the table's."""
        if cluster_id not in self._ids:
            return self._below.find(cluster_id, manufacturer)
        found = self._found.get((cluster_id, manufacturer))
        if found is None:
            found = self._found[cluster_id, manufacturer] = self._choose(cluster_id, manufacturer)
        return found

    def _choose(self, cluster_id: int, manufacturer: int | None) -> Cluster:
        candidates = [cluster for cluster in self._own.values() if cluster.id == cluster_id]
        suited = (cluster for cluster in candidates if cluster.manufacturer in {None, manufacturer})
        return next(suited, candidates[0])


def _definitions(build: Callable[[str, Any], _Definition], data: Mapping[str, Any]) -> dict[str, _Definition]:
    return {name: build(name, fact) for name, fact in data.items()}


def _first_by_id(commands: Mapping[str, CommandDefinition]) -> dict[int, CommandDefinition]:
    return {command.id: command for command in reversed(list(commands.values()))}


CLUSTERS = CommonClusters()
"""The common table."""
