"""The defaults as plain data, and what must not be published."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from zigwire.settings.errors import HIDDEN
from zigwire.settings.model import Configuration, Option
from zigwire.settings.shapes import Section, section_of

__all__ = ["published_defaults", "with_users", "without_secrets"]


@cache
def published_defaults() -> Mapping[str, Any]:
    """Return the defaults that bridge/info shows; treat them as read-only."""
    return _defaults(section_of(Configuration))


def without_secrets(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy that lacks the secret keys, and users and passwords in URLs."""
    result = copy.deepcopy(dict(document))
    for name, key in _keys(lambda option: option.secret):
        result.get(name, {}).pop(key, None)
    for name, key in _keys(lambda option: option.address):
        section = result.get(name, {})
        if section.get(key) is not None:
            section[key] = _without_user(section[key])
    return result


def with_users(change: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a change in which URLs that came back as they were published are those of the document."""
    result = copy.deepcopy(dict(change))
    for name, key in _keys(lambda option: option.address):
        section, current = result.get(name), document.get(name, {}).get(key)
        if isinstance(section, dict) and current is not None and section.get(key) == _without_user(current):
            section[key] = current
    return result


def _without_user(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return HIDDEN
    _, user, place = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=place)) if user else url


def _defaults(section: Section) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, field in section.fields.items():
        if isinstance(field.shape, Section):
            result[name] = _defaults(field.shape)
        elif field.option.published and field.default is not None:
            result[name] = list(field.default) if isinstance(field.default, bytes | tuple) else field.default
    return result


def _keys(chosen: Callable[[Option], bool]) -> Iterator[tuple[str, str]]:
    for name, section in section_of(Configuration).fields.items():
        if isinstance(section.shape, Section):
            yield from ((name, key) for key, field in section.shape.fields.items() if chosen(field.option))
