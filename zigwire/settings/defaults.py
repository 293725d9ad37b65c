"""The defaults as plain data, and what must not be published."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from zigwire.settings.model import Configuration
from zigwire.settings.shapes import Section, section_of

__all__ = ["published_defaults", "without_secrets"]


@cache
def published_defaults() -> Mapping[str, Any]:
    """Return the defaults that bridge/info shows; treat them as read-only."""
    return _defaults(section_of(Configuration))


def without_secrets(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy that lacks the secret keys."""
    result = copy.deepcopy(dict(document))
    for section, key in _secret_keys():
        result.get(section, {}).pop(key, None)
    return result


def _defaults(section: Section) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, field in section.fields.items():
        if isinstance(field.shape, Section):
            result[name] = _defaults(field.shape)
        elif field.option.published and field.default is not None:
            result[name] = list(field.default) if isinstance(field.default, bytes | tuple) else field.default
    return result


def _secret_keys() -> Iterator[tuple[str, str]]:
    for name, section in section_of(Configuration).fields.items():
        if isinstance(section.shape, Section):
            yield from ((name, key) for key, field in section.shape.fields.items() if field.option.secret)
