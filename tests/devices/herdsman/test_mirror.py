import json

from zigwire.devices.herdsman.mirror import Mirror
from zigwire.zigbee.model import NULL, Binding, ConfiguredReporting, Device, DeviceType, Endpoint, Scene


def a_device() -> Device:
    endpoint = Endpoint(
        1,
        input_clusters=[6],
        bindings=[Binding(6, ieee="0x01", endpoint=1)],
        reportings=[ConfiguredReporting(6, 0, 1, 60)],
        scenes=[Scene(2, 7, "evening", {"state": "ON"})],
        attributes={"genOnOff": {"onOff": 1}},
    )
    return Device("0x00158d0001a00001", 1, meta={"configured": 1}, endpoints={1: endpoint})


def kept(mirror_facts: str, **changes):
    """What the engine would want kept if it changed nothing but `changes` of the endpoint."""
    facts = json.loads(mirror_facts)
    endpoint = {name: facts["endpoints"][0][name] for name in ("meta", "binds", "reportings", "clusters")} | changes
    nature = {"type": facts["type"], "powerSource": facts["powerSource"]}
    return {"saved": True, "meta": facts["meta"], "basic": {}, "nature": nature, "endpoints": {"1": endpoint}}


def test_facts():
    facts = json.loads(Mirror(a_device()).facts())
    (endpoint,) = facts["endpoints"]
    assert endpoint["binds"] == [{"cluster": 6, "ieee": "0x01", "endpoint": 1}]
    assert endpoint["reportings"] == [{"cluster": 6, "attribute": 0, "minimum": 1, "maximum": 60}]
    assert endpoint["meta"] == {"scenes": {"2_7": {"name": "evening", "state": {"state": "ON"}}}}
    assert endpoint["clusters"] == {"genOnOff": {"attributes": {"onOff": 1}}}


def test_a_change_that_is_null_stays_so_both_ways():
    device = a_device()
    mirror = Mirror(device)
    facts = mirror.facts()
    null = {"cluster": 6, "attribute": 1, "minimum": 1, "maximum": 60, "change": None}
    (known,) = json.loads(facts)["endpoints"][0]["reportings"]
    mirror.keep(kept(facts, reportings=[known, null]))
    assert [one.change for one in device.endpoints[1].reportings] == [None, NULL]
    assert json.loads(Mirror(device).facts())["endpoints"][0]["reportings"] == [known, null]


def test_news_are_told_once():
    device = a_device()
    mirror = Mirror(device)
    mirror.facts()
    assert mirror.news() is None
    device.network_address = 2
    assert json.loads(mirror.news())["networkAddress"] == 2
    assert mirror.news() is None


def test_what_changes_nothing_keeps_all_as_it_was():
    device = a_device()
    mirror = Mirror(device)
    mirror.keep(kept(mirror.facts()))
    assert device == a_device()
    assert mirror.news() is None


def test_changes_of_the_image_are_taken_over():
    device = a_device()
    mirror = Mirror(device)
    changed = kept(
        mirror.facts(),
        binds=[{"cluster": 8, "group": 5}],
        reportings=[],
        meta={"note": 1, "scenes": {"3_0": {"name": "night"}}},
        clusters={"genOnOff": {"attributes": {"onOff": 0}}},
    )
    mirror.keep({**changed, "meta": {"other": 2}, "basic": {"softwareBuildID": "1.2"}})
    endpoint = device.endpoints[1]
    assert endpoint.bindings == [Binding(8, group=5)]
    assert endpoint.reportings == []
    assert endpoint.scenes == [Scene(3, 0, "night")]
    assert endpoint.meta == {"note": 1}
    assert endpoint.attributes == {"genOnOff": {"onOff": 0}}
    assert device.meta == {"other": 2}
    assert device.software_build_id == "1.2"


def test_what_a_definition_knows_better_of_a_device_is_taken_over():
    device = a_device()
    mirror = Mirror(device)
    changed = kept(mirror.facts())
    mirror.keep({**changed, "nature": {"type": "EndDevice", "powerSource": "Mains (single phase)"}})
    assert device.type is DeviceType.END_DEVICE
    assert device.power_source == "Mains (single phase)"
    assert mirror.news() is None


def test_what_was_changed_here_meanwhile_stays():
    device = a_device()
    mirror = Mirror(device)
    facts = mirror.facts()
    device.meta["configured"] = 2
    device.endpoints[1].bindings.append(Binding(8, group=5))
    mirror.keep(kept(facts, meta={"note": 1}))
    assert device.meta == {"configured": 2}
    assert len(device.endpoints[1].bindings) == 2
    assert json.loads(mirror.news())["meta"] == {"configured": 2}
