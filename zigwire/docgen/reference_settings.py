"""The page of all keys of configuration.yaml, made from the model of the settings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from inspect import getdoc
from typing import Any

from zigwire.devices.options import SHARED
from zigwire.docgen.wording import cell, code
from zigwire.settings.model import Configuration, DeviceOptions, GroupOptions, Option
from zigwire.settings.shapes import (
    Anything,
    Choice,
    Either,
    Field,
    Flag,
    Items,
    Leaf,
    Number,
    Octets,
    Section,
    Shape,
    Table,
    Text,
    section_of,
)

__all__ = ["page"]

HEAD = """\
<!-- Made from zigwire/settings/model.py: `make reference` writes this page. -->

# Configuration

Every key of `configuration.yaml` in the data folder. Only `mqtt.server` has to be there, and `version: 5`: a file of an
older version, or without one, is brought to it at the start. All faults of a file are listed at once, and a file with
faults is not used. For example:

```yaml
version: 5
mqtt:
  server: mqtt://localhost:1883
serial:
  port: /dev/serial/by-id/usb-ITead_Sonoff_Zigbee_3.0_USB_Dongle_Plus-if00
  adapter: zstack
advanced:
  network_key: GENERATE
  pan_id: GENERATE
  ext_pan_id: GENERATE
```

- **By hand.** Edit the file and restart: `zigwire request restart`. Comments and order stay when Zigwire writes to it.
- **Over MQTT.** [`bridge/request/options`](mqtt.md#options) changes any key; null sets it back. What has no *restart*
  below takes effect at once; after other changes the answer, and `bridge/info`, have `restart_required: true`.
- **By the environment.** `ZIGWIRE_CONFIG_MQTT_SERVER`, or `ZIGBEE2MQTT_CONFIG_MQTT_SERVER`, sets `mqtt.server`, and so
  on. Lists and objects are written as JSON.
- **From another file.** `'!secret password'` stands for the key `password` of `secret.yaml`, `'!other.yaml key'` for a
  key of that file, where *reference* is said below. `devices` and `groups` may be names of files, or lists of them.
- `GENERATE` stands for a random value, which takes its place at the first start.

| Section | |
| --- | --- |
{sections}
"""

TOP = "Top of the file"
TOP_SENTENCE = "Who may join, and options for all devices."
OPTIONS = """
## Options of definitions

Definitions share these options; a [device's page](supported-devices/index.md) says which of them it has, beside its
own. Any measured value has an option with the ending `_calibration` and one with `_precision` (digits after the point).
They stand beside [what is set for a device](#devices).

| Option | Value | Meaning |
| --- | --- | --- |
{rows}
"""

COLUMNS = """
## {name}

{sentence}

| Key | Value | Default | Restart | Meaning |
| --- | --- | --- | --- | --- |
{rows}
"""

ENTRIES: Mapping[str, tuple[type, str]] = {
    "devices": (DeviceOptions, "Keys are IEEE addresses."),
    "groups": (GroupOptions, "Keys are numbers from 1 to 65527."),
}
"""What one of them is, and what they are called."""

IMPOSSIBLE: Mapping[type, Any] = {Number: -1, Text: "(+#"}
"""A value of each kind that no rule accepts."""

REFERENCE = "*reference*"


def page() -> str:
    """Return the page."""
    top, parts = [], []
    for name, field in section_of(Configuration).fields.items():
        if isinstance(field.shape, Section):
            parts.append((name, _sentence(field.shape.type), list(_rows(field.shape))))
        elif name in ENTRIES:
            entry, keyed = ENTRIES[name]
            parts.append((name, f"{_sentence(entry)} {keyed}", list(_rows(section_of(entry)))))
        else:
            top.append(_row(name, field, restart=field.option.restart))
    parts.append((TOP, TOP_SENTENCE, top))
    table = "\n".join(f"| [{name}](#{_anchor(name)}) | {sentence} |" for name, sentence, _ in parts)
    return HEAD.format(sections=table) + "".join(_part(*part) for part in parts) + _options()


def _part(name: str, sentence: str, rows: Iterable[str]) -> str:
    return COLUMNS.format(name=name, sentence=sentence, rows="\n".join(rows))


def _rows(section: Section, path: str = "", *, restart: bool = False) -> Iterator[str]:
    """Yield the rows of a section; those of sections in it have their whole path, and its need of a restart."""
    for name, field in section.fields.items():
        needed = restart or field.option.restart
        if isinstance(field.shape, Section) and not field.shape.whole:
            yield from _rows(field.shape, f"{path}{name}.", restart=needed)
        else:
            yield _row(f"{path}{name}", field, restart=needed)


def _row(name: str, field: Field, *, restart: bool) -> str:
    said = ("restart" if restart else "", cell(field.option.description))
    return f"| `{name}` | {_allowed(field)} | {_default(field)} | {' | '.join(said)} |"


def _allowed(field: Field) -> str:
    option = field.option
    said = [_shape(field.shape, option)]
    if option.generate:
        said.append("`GENERATE`")
    if option.reference:
        said.append(REFERENCE)
    if option.null and field.optional:
        said.append("`null`")
    return ", or ".join(said)


def _shape(shape: Shape, option: Option) -> str:
    match shape:
        case Items(item):
            return f"list of: {_shape(item, option)}"
        case Table():
            return f"object such as {_example(option)}" if option.examples else "object"
        case Either(shapes):
            return ", or ".join(_shape(one, option) for one in shapes)
        case Section():
            return f"object with {', '.join(map(code, shape.fields))}"
        case Anything():
            return "anything"
    return _rule(shape, option) or _leaf(shape, option)


def _leaf(shape: Leaf, option: Option) -> str:
    match shape:
        case Flag():
            return "`true`, `false`"
        case Number(whole):
            return f"{'whole number' if whole else 'number'}{_range(option)}"
        case Text():
            return f"text{_pattern(option)}"
        case Choice(values):
            return ", ".join(map(code, values))
        case Octets():
            return f"list of {option.length} bytes"


def _rule(shape: Leaf, option: Option) -> str:
    """Return what the rule of a key says to a value that it refuses."""
    said = option.rule(IMPOSSIBLE[type(shape)]) if option.rule else None
    return cell(said.removeprefix("must be ").partition(": ")[0]) if said else ""


def _range(option: Option) -> str:
    low, high = option.minimum, option.maximum
    if low is None:
        return "" if high is None else f" up to {high}"
    return f" from {low}" if high is None else f" from {low} to {high}"


def _pattern(option: Option) -> str:
    return "" if option.pattern is None else f" that matches {cell(code(option.pattern))}"


def _example(option: Option) -> str:
    return code(json.dumps(option.examples[0]))


def _default(field: Field) -> str:
    """Return the default; nothing where a key that is absent just is not set."""
    default = field.default
    if field.option.required and default is None:
        return "**required**"
    if default is None or isinstance(field.shape, Section | Table):
        return ""
    if isinstance(default, str):
        return code(default) if default else "`''`"
    return code(json.dumps(list(default) if isinstance(default, bytes | tuple) else default))


def _sentence(model: type) -> str:
    return cell((getdoc(model) or "").split("\n\n")[0])


def _anchor(name: str) -> str:
    return name.lower().replace(" ", "-")


def _options() -> str:
    rows = [f"| `{one.name}` | {cell(one.allowed)} | {cell(one.description or '')} |" for one in SHARED.values()]
    return OPTIONS.format(rows="\n".join(rows))
