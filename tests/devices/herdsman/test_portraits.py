"""What the library's definitions say of their devices."""

import pytest

from zigwire.devices.herdsman import Package, ScriptError
from zigwire.devices.herdsman.portraits import portraits
from zigwire.devices.portrait import Label

THING = """
    description: "A thing", ota: true,
    fromZigbee: [],
    toZigbee: [{key: ["a", "b"]}, {}],
    exposes: (device, options) => [e.numeric("level", 1).withDescription(String(device.isDummyDevice))],
    options: [e.text("note", 2)],
    whiteLabel: [{model: "U"}, {vendor: "V", model: "W", description: "Another", fingerprint: [{modelID: "w"}]},
        {vendor: "X", model: "Y", whiteLabelOf: "W"}],
"""
BROKEN = 'fromZigbee: [], toZigbee: [], exposes: () => { throw new Error("no exposes"); }'


def test_a_definition_with_exposes_that_depend_on_the_device(library):
    (portrait,) = portraits(library(thing=THING))
    assert (portrait.vendor, portrait.model, portrait.description, portrait.ota) == ("Test", "thing", "A thing", True)
    assert [one["name"] for one in portrait.exposes] == ["level", "linkquality"]
    assert portrait.exposes[0]["description"] == "true"
    assert "note" in [one["name"] for one in portrait.options]
    assert {"a", "b"} <= portrait.keys
    assert portrait.labels == [
        Label("Test", "U"),
        Label("V", "W", "Another", told_apart=True),
        Label("X", "Y", of="W"),
    ]


def test_a_definition_that_fails_is_named(library):
    with pytest.raises(ScriptError, match=r"^thing\.js: .*no exposes"):
        list(portraits(library(thing=BROKEN)))


def test_all_of_the_library(modules):
    every = list(portraits(Package.at(modules)))
    assert len(every) > 4000
    assert len({(one.vendor, one.model) for one in every}) == len(every)
    assert {one["type"] for portrait in every for one in portrait.exposes} >= {
        *("binary", "climate", "composite", "cover", "enum", "fan"),
        *("light", "list", "lock", "numeric", "switch", "text"),
    }
