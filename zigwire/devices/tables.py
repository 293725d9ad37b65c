"""Look-up tables made of a definition: from messages to decoders, from keys to encoders and readers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from zigwire.devices.definition import Definition
from zigwire.devices.exposes import Action, singles
from zigwire.devices.feature import Call, Decoder, Encoded, Feature, Later, Reading, Received
from zigwire.zcl.clusters import CLUSTERS

__all__ = ["Command", "Decode", "Tables", "named_keys"]

Result = TypeVar("Result", Encoded, Reading)
Route: TypeAlias = tuple[int | None, int, int | str]
Run: TypeAlias = tuple[tuple[str, ...], Callable[[Call], Result]]


@dataclass(frozen=True, slots=True)
class Decode:
    """A decoder at its rank in the definition.

    Attributes:
        rank: Its place in the definition.
        run: What it does.
        later: What comes about by itself after it.
        named: Keys that get the endpoint's name behind them.
        placed: Whether it is on named endpoints.
    """

    rank: int
    run: Callable[[Received], Mapping[str, Any]]
    later: Callable[[Received], tuple[Later, ...]]
    named: frozenset[str]
    placed: bool


@dataclass(frozen=True, slots=True)
class Command(Generic[Result]):
    """An encoder or reader.

    Attributes:
        key: The key without the endpoint's name.
        claim: The first of the keys that it handles together.
        endpoint: Name of the endpoint that it is on.
        run: What it does.
        named: Keys that get the endpoint's name behind them.
    """

    key: str
    claim: str
    endpoint: str | None
    run: Callable[[Call], Result]
    named: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of one definition.

    Attributes:
        decoders: By endpoint, cluster id, and attribute id or message type; endpoint None stands for all others.
        encoders: By key.
        readers: By key.
        facts: Names of attributes that are kept with the endpoint, by cluster id.
    """

    decoders: Mapping[Route, tuple[Decode, ...]]
    encoders: Mapping[str, Command[Encoded]]
    readers: Mapping[str, Command[Reading]]
    facts: Mapping[int, frozenset[str]]

    @classmethod
    def of(cls, definition: Definition) -> Tables:
        """Make the tables of a definition."""
        return cls(
            decoders=_decoders(definition),
            encoders=_companions(definition)
            | _commands(definition, lambda feature: ((one.keys, one.encode) for one in feature.encoders)),
            readers=_commands(definition, lambda feature: ((one.keys, one.read) for one in feature.readers)),
            facts=_facts(definition),
        )

    def find(self, endpoint: int, cluster: int, keys: Iterable[int | str]) -> list[Decode]:
        """Return the decoders for attribute ids or a message type of a cluster, in the order of the definition."""
        found = {
            decode.rank: decode
            for key in keys
            for decode in self.decoders.get((endpoint, cluster, key)) or self.decoders.get((None, cluster, key), ())
        }
        return [found[rank] for rank in sorted(found)]


def _decoders(definition: Definition) -> dict[Route, tuple[Decode, ...]]:
    table: defaultdict[Route, list[Decode]] = defaultdict(list)
    pairs = ((feature, decoder) for feature in definition.features for decoder in feature.decoders)
    for rank, (feature, decoder) in enumerate(pairs):
        decode = Decode(rank, decoder.decode, decoder.later, named_keys(feature), bool(feature.endpoints))
        for endpoint in _endpoints(feature, definition):
            for cluster, key in _keys(decoder):
                table[endpoint, cluster, key].append(decode)
    return {
        (endpoint, cluster, key): tuple(decodes if endpoint is None else decodes + table.get((None, cluster, key), []))
        for (endpoint, cluster, key), decodes in table.items()
    }


def _keys(decoder: Decoder) -> Iterator[tuple[int, int | str]]:
    """Yield cluster id, and attribute id or message type.

    Raises:
        ValueError: No table knows the cluster or an attribute by this name.
    """
    cluster = CLUSTERS.resolve(decoder.cluster)
    for key in decoder.attributes:
        attribute = cluster.attribute(key)
        if attribute is None and isinstance(key, str):
            raise ValueError(f"{key} is no attribute of {cluster.name}")
        yield cluster.id, attribute.id if attribute else key
    for command in decoder.commands:
        yield cluster.id, command


def _endpoints(feature: Feature, definition: Definition) -> list[int] | list[None]:
    for name in feature.endpoints:
        if name not in definition.endpoint_names:
            raise ValueError(f"{name} is no endpoint of {definition.vendor} {definition.model}")
    return [definition.endpoint_names[name] for name in feature.endpoints] or [None]


def named_keys(feature: Feature) -> frozenset[str]:
    """Return the keys of a feature that get the endpoint's name behind them."""
    if not feature.endpoints:
        return frozenset()
    listed = (expose.key for expose in singles(feature.exposes) if not isinstance(expose, Action))
    return frozenset((*listed, *feature.unlisted))


def _companions(definition: Definition) -> dict[str, Command[Encoded]]:
    """Return keys that do nothing themselves; they have no endpoint's name behind them."""
    keys = (key for feature in definition.features for key in feature.companions)
    return {key: Command(key, key, None, lambda _: Encoded(), frozenset()) for key in keys}


def _facts(definition: Definition) -> dict[int, frozenset[str]]:
    kept: defaultdict[int, frozenset[str]] = defaultdict(frozenset)
    for feature in definition.features:
        for name, attributes in feature.facts.items():
            kept[CLUSTERS.resolve(name).id] |= frozenset(attributes)
    return dict(kept)


def _commands(definition: Definition, choose: Callable[[Feature], Iterable[Run[Result]]]) -> dict[str, Command[Result]]:
    """Return commands by their keys; where a single endpoint knows a key, it needs no name behind it."""
    commands: dict[str, Command[Result]] = {}
    named: defaultdict[str, list[Command[Result]]] = defaultdict(list)
    for feature in definition.features:
        for keys, run in choose(feature):
            for endpoint in feature.endpoints or (None,):
                ending = f"_{endpoint}" if endpoint else ""
                for key in keys:
                    command = Command(key, keys[0] + ending, endpoint, run, named_keys(feature))
                    commands[key + ending] = command
                    named[key].append(command)
    return {key: every[0] for key, every in named.items() if len(every) == 1} | commands
