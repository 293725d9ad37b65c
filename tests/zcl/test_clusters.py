"""The table of clusters, and a device's own clusters over it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from zigwire.zcl import clusters
from zigwire.zcl.clusters import CLUSTERS
from zigwire.zcl.errors import EncodeError


@pytest.mark.parametrize(
    ("name", "cluster_id", "attribute", "attribute_id", "type_name"),
    [
        ("genBasic", 0x0000, "modelId", 0x0005, "CHAR_STR"),
        ("genOnOff", 0x0006, "onOff", 0x0000, "BOOLEAN"),
        ("genAnalogInput", 0x000C, "presentValue", 0x0055, "SINGLE_PREC"),
        ("hvacThermostat", 0x0201, "occupiedHeatingSetpoint", 0x0012, "INT16"),
        ("lightingColorCtrl", 0x0300, "colorTemperature", 0x0007, "UINT16"),
        ("msTemperatureMeasurement", 0x0402, "measuredValue", 0x0000, "INT16"),
        ("ssIasZone", 0x0500, "zoneStatus", 0x0002, "BITMAP16"),
        ("seMetering", 0x0702, "currentSummDelivered", 0x0000, "UINT48"),
        ("haElectricalMeasurement", 0x0B04, "activePower", 0x050B, "INT16"),
    ],
)
def test_facts(name, cluster_id, attribute, attribute_id, type_name):
    cluster = CLUSTERS.get(name)
    assert cluster is CLUSTERS.find(cluster_id)
    assert cluster.name == name
    definition = cluster.attribute(attribute)
    assert definition is cluster.attribute(attribute_id)
    assert (definition.id, definition.name, definition.type.name) == (attribute_id, attribute, type_name)


def test_commands_by_name_id_and_direction():
    cluster = CLUSTERS.get("genGroups")
    assert cluster.command("add") is cluster.command(0)
    assert cluster.command("add").response == 0
    assert cluster.command(0, to_client=True).name == "addRsp"
    assert cluster.command("addRsp") is None
    assert cluster.command("viewRsp", to_client=True).type == "commandViewRsp"
    assert cluster.command(0x77) is None


def test_every_line_can_be_used():
    names = list(CLUSTERS)
    assert len(names) == len(set(names)) > 120
    ids = [CLUSTERS.get(name).id for name in names]
    assert len(set(ids)) == len(ids)
    assert sum(len(CLUSTERS.get(name).attributes) for name in names) > 1300


def test_a_line_holds_a_cluster():
    lines = Path(clusters.__file__).with_name("clusters.json").read_text().splitlines()
    assert (lines[0], lines[-1]) == ("{", "}")
    assert len(json.loads("".join(lines))) == len(lines) - 2 == len(list(CLUSTERS))


def test_unknown_clusters_have_a_name_and_nothing_else():
    cluster = CLUSTERS.find(0xFEDC)
    assert (cluster.id, cluster.name, cluster.attributes) == (0xFEDC, "65244", {})
    assert CLUSTERS.get("genNothing") is None
    with pytest.raises(EncodeError, match="'genNothing' is no cluster"):
        CLUSTERS.resolve("genNothing")


def test_import_reads_no_table():
    script = (
        "from zigwire.zcl.clusters import CLUSTERS; print(len(vars(CLUSTERS)['_by_id']), '_lines' in vars(CLUSTERS))"
    )
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert output.split() == ["0", "False"]


LUMI = {
    "manuSpecificLumi": {
        "id": 0xFCC0,
        "manufacturer": 0x115F,
        "attributes": {"mode": {"id": 9, "type": "UINT8", "manufacturer": 0x115F}},
        "commands": {"start": {"id": 0, "parameters": [{"name": "speed", "type": 0x20}]}},
    },
    "genOnOff": {"id": 6, "attributes": {"switchType": {"id": 0xF000, "type": 0x30}, "onOff": {"id": 0, "type": 0x20}}},
}


def test_own_clusters_lie_over_the_table():
    table = CLUSTERS.extended(LUMI)
    assert table.find(0xFCC0).name == table.get("manuSpecificLumi").name == "manuSpecificLumi"
    assert table.find(8) is CLUSTERS.find(8)
    assert table.get("genLevelCtrl") is CLUSTERS.get("genLevelCtrl")
    assert CLUSTERS.find(0xFCC0).name == "64704"


def test_an_own_cluster_adds_to_the_one_of_its_name():
    own, common = CLUSTERS.extended(LUMI).find(6), CLUSTERS.find(6)
    assert own.attribute(0xF000).name == "switchType"
    assert own.attribute("onOff").type.name == "UINT8"
    assert own.attribute("onTime") is common.attribute("onTime")
    assert own.command("toggle") is common.command("toggle")
    assert common.attribute(0xF000) is None
    assert common.attribute("onOff").type.name == "BOOLEAN"


def test_extensions_can_be_extended():
    twice = CLUSTERS.extended(LUMI).extended(
        {"genOnOff": {"id": 6, "attributes": {"more": {"id": 1, "type": "UINT8"}}}}
    )
    assert twice.get("genOnOff").attribute("switchType")
    assert twice.find(6).attribute("more")


@pytest.mark.parametrize(
    ("manufacturer", "name"), [(0x1021, "legrand"), (0x115F, "lumi"), (None, "lumi"), (0x1234, "lumi")]
)
def test_clusters_that_share_an_id_are_told_apart_by_manufacturer(manufacturer, name):
    table = CLUSTERS.extended(
        {"lumi": {"id": 0xFC01, "manufacturer": 0x115F}, "legrand": {"id": 0xFC01, "manufacturer": 0x1021}}
    )
    assert table.find(0xFC01, manufacturer).name == name
    assert table.find(0xFC01, manufacturer) is table.find(0xFC01, manufacturer)


def test_a_cluster_of_no_manufacturer_goes_before_one_of_another():
    table = CLUSTERS.extended({"a": {"id": 0xFC01, "manufacturer": 0x115F}, "b": {"id": 0xFC01}})
    assert table.find(0xFC01, 0x1234).name == "b"


OWN_ATTRIBUTES = {
    "genOnOff": {
        "id": 6,
        "attributes": {"standard": {"id": 1, "type": 0x20}, "own": {"id": 1, "type": 0x20, "manufacturer": 0x1021}},
    }
}


@pytest.mark.parametrize(
    ("assumed", "manufacturer", "name"),
    [(None, None, "standard"), (None, 0x1021, "own"), (None, 0x115F, "standard"), (0x1021, None, "own")],
)
def test_attributes_that_share_an_id_are_told_apart_by_manufacturer(assumed, manufacturer, name):
    table = CLUSTERS.extended(OWN_ATTRIBUTES, assumed_manufacturer=assumed)
    assert table.find(6).attribute(1, manufacturer).name == name
