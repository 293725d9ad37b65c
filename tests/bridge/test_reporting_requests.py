"""device/reporting/configure and device/reporting/read."""

import pytest

from zigwire.simulator.attributes import AttributeKey
from zigwire.simulator.clusters import LEVEL

LEVEL_REPORT = {
    "id": "lamp",
    "endpoint": 1,
    "cluster": "genLevelCtrl",
    "attribute": "currentLevel",
    "minimum_report_interval": 5,
    "maximum_report_interval": 3600,
    "reportable_change": 1,
}
KEY = AttributeKey(1, LEVEL, 0)


@pytest.fixture
async def home(make_lit):
    home = await make_lit()
    await home.let_in("lamp")
    return home


def configured(home):
    found = home.house.device("lamp").reporting.configurations.get(KEY)
    return found and (found.minimum, found.maximum, found.change)


@pytest.mark.parametrize("name", ["device/reporting/configure", "device/configure_reporting"])
async def test_a_reporting_is_configured_and_read(home, name):
    response = await home.ask(name, {**LEVEL_REPORT, "options": {}})
    assert response == {"data": LEVEL_REPORT, "status": "ok"}
    assert configured(home) == (5, 3600, 1)
    assert LEVEL in [bind.cluster for bind in home.house.device("lamp").node.bindings]
    home.bridge.info.flush()
    shown = home.sent.of("bridge/devices")[-1][1]["endpoints"]["1"]["configured_reportings"][-1]
    assert shown == {key: LEVEL_REPORT[key] for key in LEVEL_REPORT if key not in ("id", "endpoint")}


@pytest.mark.parametrize("attribute", [0, {"ID": 0, "type": 0x20}])
async def test_an_attribute_may_be_a_number(home, attribute):
    response = await home.ask("device/reporting/configure", {**LEVEL_REPORT, "attribute": attribute, "cluster": LEVEL})
    assert response["status"] == "ok"
    assert response["data"]["attribute"] == attribute
    assert configured(home) == (5, 3600, 1)


async def test_what_a_device_tells_is_noted(home):
    asked = {"id": "lamp", "endpoint": "default", "cluster": "genOnOff", "configs": [{"attribute": "onOff"}]}
    home.of("lamp").endpoints[1].reportings.clear()
    response = await home.ask("device/reporting/read", asked)
    told = {"status": 0, "direction": 0, "attrId": 0, "dataType": 0x10, "minRepIntval": 0, "maxRepIntval": 300}
    assert response == {"data": {**asked, "configs": [told]}, "status": "ok"}
    assert home.reports("lamp") == {"onOff": (0, 300)}


async def test_what_is_set_anew_or_told_keeps_its_place(home):
    await home.ask("device/reporting/configure", LEVEL_REPORT)
    asked = {"id": "lamp", "endpoint": 1, "cluster": "genOnOff", "configs": [{"attribute": "onOff"}]}
    await home.ask("device/reporting/read", asked)
    assert list(home.reports("lamp")) == ["onOff", "currentLevel"]
    home.bridge.info.flush()
    shown = home.sent.of("bridge/devices")[-1][1]["endpoints"]["1"]["configured_reportings"]
    assert "reportable_change" not in shown[0], "the device did not tell it"


async def test_what_is_not_reported_is_an_answer_too(home):
    asked = {"id": "lamp", "endpoint": 1, "cluster": "genLevelCtrl", "configs": [{"attribute": 0, "direction": 0}]}
    response = await home.ask("device/reporting/read", asked)
    assert response["data"]["configs"] == [{"status": 139, "direction": 0, "attrId": 0}]
    asked = {**asked, "configs": [{"attribute": {"ID": 0x4000}}], "manufacturer_code": 0x100B}
    response = await home.ask("device/reporting/read", asked)
    assert response["data"]["manufacturer_code"] == 0x100B
    assert response["data"]["configs"][0]["status"] == 134


async def test_no_reports_any_more(home):
    await home.ask("device/reporting/configure", LEVEL_REPORT)
    await home.ask("device/reporting/configure", {**LEVEL_REPORT, "maximum_report_interval": 0xFFFF})
    assert configured(home) is None
    assert home.reports("lamp") == {"onOff": (0, 300)}


CONFIGURE_FAULTS = [
    ({"id": None}, "Device 'null' does not exist", ""),
    ({"id": "nope"}, "Device 'nope' does not exist", ""),
    ({"endpoint": 7}, "Device '0x00158d0000000000' does not have endpoint '7'", "it has 1"),
    ({"endpoint": [1]}, "Invalid payload", "endpoint is [1]"),
    ({"cluster": "genFoo"}, "'genFoo' is no cluster: a name such as genOnOff, or a number, is", ""),
    ({"cluster": 70000}, "Invalid payload", "cluster is 70000"),
    ({"attribute": None}, "Invalid payload", "attribute is null"),
    ({"attribute": {"ID": 1}}, "Invalid payload", "attribute is"),
    ({"minimum_report_interval": -1}, "Invalid payload", "minimum_report_interval is -1; a whole number of seconds"),
    ({"minimum_report_interval": 1.5}, "Invalid payload", "minimum_report_interval is 1.5"),
    ({"maximum_report_interval": 65536}, "Invalid payload", "maximum_report_interval is 65536"),
    ({"maximum_report_interval": "60"}, "Invalid payload", "maximum_report_interval is '60'"),
    ({"maximum_report_interval": True}, "Invalid payload", "maximum_report_interval is true"),
    ({"maximum_report_interval": 4}, "Invalid payload", "at most maximum_report_interval (4) is allowed"),
    ({"reportable_change": None}, "Invalid payload", "reportable_change is null"),
    ({"reportable_change": -1}, "Invalid payload", "reportable_change is -1"),
    ({"options": {"manufacturerCode": "x"}}, "Invalid payload", "options.manufacturerCode is 'x'"),
    ({"options": {"direction": 1}}, "Invalid payload", "an object with manufacturerCode is allowed"),
]


async def test_faults_of_configure_name_field_and_value(home, caplog):
    home.air.clear()
    for changes, error, detail in CONFIGURE_FAULTS:
        caplog.clear()
        response = await home.ask("device/reporting/configure", {**LEVEL_REPORT, **changes})
        assert (response["status"], response["error"]) == ("error", error), changes
        assert detail in caplog.text, changes
    for missing in LEVEL_REPORT.keys() - {"reportable_change"}:
        asked = {key: value for key, value in LEVEL_REPORT.items() if key != missing}
        assert (await home.ask("device/reporting/configure", asked))["error"] == "Invalid payload"
    for changes in ({"attribute": "nonsense"}, {"attribute": 0x7000}, {"reportable_change": 300}):
        assert (await home.ask("device/reporting/configure", {**LEVEL_REPORT, **changes}))["status"] == "error"
    assert home.heard_by("lamp") == []


async def test_zero_and_the_largest_maximum_are_no_limits(home):
    for maximum in (0, 0xFFFF):
        asked = {**LEVEL_REPORT, "minimum_report_interval": 10, "maximum_report_interval": maximum}
        assert (await home.ask("device/reporting/configure", asked))["status"] == "ok"


READ_FAULTS = [
    ({"configs": []}, "configs is []"),
    ({"configs": ["onOff"]}, "each must be an object"),
    ({"configs": [{"attribute": "nonsense"}]}, "the name of an attribute of genOnOff or a number is allowed"),
    ({"configs": [{"attribute": "onOff", "direction": 1}]}, "direction is 1"),
    ({"manufacturer_code": -4}, "manufacturer_code is -4"),
    ({"manufacturer_code": False}, "manufacturer_code is false"),
]


async def test_faults_of_read_name_field_and_value(home, caplog):
    asked = {"id": "lamp", "endpoint": 1, "cluster": "genOnOff", "configs": [{"attribute": "onOff"}]}
    home.air.clear()
    for changes, detail in READ_FAULTS:
        caplog.clear()
        response = await home.ask("device/reporting/read", {**asked, **changes})
        assert (response["status"], response["error"]) == ("error", "Invalid payload"), changes
        assert detail in caplog.text, changes
    assert home.heard_by("lamp") == []
