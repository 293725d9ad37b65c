"""The page of a device, in the form of the Zigbee2MQTT project's device pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

from zigwire.devices.portrait import Portrait
from zigwire.docgen import exposes, options
from zigwire.docgen.kept import BEGIN, END, Kept
from zigwire.docgen.remarks import remarks, warnings
from zigwire.docgen.wording import cell

__all__ = ["SUFFIX", "file_name", "picture_of", "text"]

SUFFIX = ".md"
PICTURES = "https://www.zigbee2mqtt.io/images/devices"
GENERATED = (
    "<!-- !!!! -->",
    "<!-- ATTENTION: This file is auto-generated through docgen! -->",
    '<!-- You can only edit the "Notes"-Section between the two comment lines "Notes BEGIN" and "Notes END". -->',
    '<!-- Do not use h1 or h2 heading within "## Notes"-Section. -->',
    "<!-- !!!! -->",
)
UPDATES = (
    "## OTA updates",
    "This device supports OTA updates, for more information see [OTA updates](../guide/usage/ota_updates.md).",
    "",
    "",
)


def file_name(model: str) -> str:
    """Return the name of a model's page."""
    return re.sub(r"[/| :]", "_", model) + SUFFIX


def picture_of(model: str) -> str:
    """Return the address of a model's picture."""
    name = re.sub(r"[/: ']", "-", model)
    return f"{PICTURES}/{quote(name, safe='&+,@')}.png"


def text(portrait: Portrait, kept: Kept) -> str:
    """Return the page of a device: what its definition says, and what stays of the page that was there before."""
    name = f"{portrait.vendor} {portrait.model}"
    summary = (
        f"Integrate your {name} via Zigbee2MQTT with whatever smart home infrastructure you are using "
        "without the vendor's bridge or gateway."
    )
    lines = (
        "---",
        f"title: {_quoted(f'{name} control via MQTT')}",
        f"description: {_quoted(summary)}",
        f"addedAt: {kept.added_at}",
        "pageClass: device-page",
        "---",
        "",
        *GENERATED,
        "",
        f"# {name}",
        "",
        *_table(portrait, kept.picture),
        "",
        "",
        *warnings(portrait),
        BEGIN,
        f"{kept.notes}{END}",
        "",
        *remarks(portrait),
        *(UPDATES if portrait.ota else ()),
        *options.section(portrait.options),
        "## Exposes",
        "",
        *(line for expose in portrait.exposes for line in exposes.section(expose, portrait.keys)),
    )
    return "".join(f"{line}\n" for line in lines)


def _table(portrait: Portrait, picture: str) -> Iterator[str]:
    exposed = dict.fromkeys(map(exposes.named, portrait.exposes))
    yield "|     |     |"
    yield "|-----|-----|"
    yield f"| Model | {cell(portrait.model)}  |"
    yield f"| Vendor  | {cell(portrait.vendor)}  |"
    yield f"| Description | {cell(portrait.description)} |"
    yield f"| Exposes | {cell(', '.join(exposed))} |"
    yield f"| Picture | ![{cell(portrait.vendor)} {cell(portrait.model)}]({picture}) |"
    if portrait.labels:
        names = ", ".join(f"{label.vendor} {label.model}" for label in portrait.labels)
        yield f"| White-label | {cell(names)} |"


def _quoted(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
