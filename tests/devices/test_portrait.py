"""What a definition says of its devices without one of them."""

from zigwire.devices.blocks.on_off import on_off
from zigwire.devices.definition import Definition, Fingerprint, WhiteLabel
from zigwire.devices.exposes import SET, Text
from zigwire.devices.library import all_definitions
from zigwire.devices.portrait import Label, Portrait, native_portrait

BARE = {"description": "A thing", "ota": False, "exposes": (), "options": (), "keys": frozenset()}


def names(items):
    return [item["name"] for item in items]


def test_a_native_definition():
    portrait = native_portrait(
        Definition(
            vendor="A",
            model="b",
            description="A plug",
            features=[on_off().at("left", "right")],
            options=[Text("note", SET)],
            endpoint_names={"left": 1, "right": 2},
            ota=True,
            white_labels=[
                WhiteLabel(vendor="C", model="d"),
                WhiteLabel(vendor="E", model="f", description="Other", fingerprints=[Fingerprint(model_id="g")]),
            ],
        )
    )
    assert (portrait.vendor, portrait.model, portrait.description, portrait.ota) == ("A", "b", "A plug", True)
    assert [item.get("endpoint") or item["name"] for item in portrait.exposes] == ["left", "right", "linkquality"]
    assert names(portrait.options) == ["state_action", "note"]
    assert {"state_left", "state_right", "on_time"} <= portrait.keys
    assert portrait.labels == [Label("C", "d"), Label("E", "f", "Other", told_apart=True)]


def test_options_are_all_that_work():
    plug = next(one for one in all_definitions() if one.model == "ZNCZ02LM")
    assert names(native_portrait(plug).options) == [
        "power_precision",
        "power_calibration",
        "energy_precision",
        "energy_calibration",
        "device_temperature_precision",
        "device_temperature_calibration",
        "state_action",
    ]


def test_settings_are_not_measured_so_that_there_is_nothing_to_calibrate():
    outlet = next(one for one in all_definitions() if one.model == "WP-P01D")
    portrait = native_portrait(outlet)
    settings = {one["name"] for one in portrait.exposes if one["type"] == "numeric" and one["access"] & SET}
    assert settings == {"overload_protection", "charging_limit"}
    options = {name.rpartition("_")[0] for name in names(portrait.options)}
    assert "power" in options
    assert settings.isdisjoint(options)


def test_it_shows_itself_under_each_name_that_can_be_told_apart():
    own, told_apart = Label("A", "own"), Label("B", "apart", "Another thing", told_apart=True)
    elsewhere, same = Label("C", "elsewhere", of="apart"), Label("D", "same", told_apart=True, of="thing")
    portrait = Portrait(vendor="A", model="thing", labels=[own, told_apart, elsewhere, same], **BARE)
    assert [(one.vendor, one.model, one.description, one.relabelled, one.labels) for one in portrait.each()] == [
        ("A", "thing", "A thing", False, (own, told_apart, same)),
        ("B", "apart", "Another thing", True, (elsewhere,)),
        ("D", "same", "A thing", True, ()),
    ]
