"""What is controlled by binds is reported, and only as long as it is."""

import pytest
from support.lamps import COLOR, COLOR_TEMPERATURE, XY, lamp
from support.waiting import until

from zigwire.simulator.attributes import AttributeKey
from zigwire.simulator.clusters import LEVEL, ON_OFF
from zigwire.zigbee.model import Binding, Member

CONFIGURE_REPORTING = 0x06


def control(home, name, *clusters, group=None):
    """Note binds of the remote that lead to a lamp or a group, as if they had been there before."""
    ieee = home.of(name).ieee
    for cluster in clusters:
        target = Binding(cluster, group=group) if group else Binding(cluster, ieee, 1)
        home.of("remote").endpoints[1].bindings.append(target)


@pytest.mark.parametrize(
    ("capabilities", "colors"),
    [
        (XY, {"currentX": (5, 3600), "currentY": (5, 3600)}),
        (COLOR_TEMPERATURE, {"colorTemperature": (5, 3600)}),
        (0, {}),
    ],
)
async def test_only_colours_that_a_lamp_has_are_reported(make_lit, capabilities, colors):
    home = await make_lit({"lamp": lamp(capabilities)})
    await home.let_in("lamp", "remote")
    control(home, "lamp", COLOR, LEVEL)
    await home.bridge.reporting.setup(home.of("lamp"), 1)
    assert home.reports("lamp") == {"onOff": (0, 300), "currentLevel": (5, 3600), **colors}
    assert {bind.cluster for bind in home.house.device("lamp").node.bindings} == {ON_OFF, LEVEL, COLOR}


async def test_a_lamp_is_asked_once_for_its_colours(make_lit):
    home = await make_lit()
    await home.let_in("lamp", "remote")
    control(home, "lamp", COLOR)
    await home.bridge.reporting.setup(home.of("lamp"), 1)
    home.of("lamp").endpoints[1].reportings.clear()
    home.air.clear()
    await home.bridge.reporting.setup(home.of("lamp"), 1)
    zcl = [frame.data[2] for frame in home.heard_by("lamp") if frame.destination_endpoint]
    assert zcl == [CONFIGURE_REPORTING]


async def test_what_is_reported_already_is_left_alone(make_lit):
    home = await make_lit()
    await home.let_in("lamp", "remote")
    control(home, "lamp", ON_OFF)
    home.air.clear()
    await home.bridge.reporting.setup(home.of("lamp"), 1)
    await home.bridge.reporting.setup(home.of("lamp"), 9)
    assert home.heard_by("lamp") == []
    assert home.reports("lamp") == {"onOff": (0, 300)}


async def test_reports_come(make_lit):
    home = await make_lit()
    await home.let_in("lamp", "remote")
    control(home, "lamp", LEVEL)
    await home.bridge.reporting.setup(home.of("lamp"), 1)
    configured = home.house.device("lamp").reporting.configurations
    assert configured[AttributeKey(1, LEVEL, 0)].minimum == 5
    assert configured[AttributeKey(1, LEVEL, 0)].maximum == 3600


async def test_a_group_keeps_its_members_reporting(make_lit):
    home = await make_lit()
    await home.let_in("lamp", "other", "remote")
    control(home, "lamp", LEVEL, group=7)
    for name in ("lamp", "other"):
        home.network.groups.add_member(7, Member(home.of(name).ieee, 1))
        await home.bridge.reporting.setup(home.of(name), 1)
        assert "currentLevel" in home.reports(name)
    home.network.groups.remove_member(7, Member(home.of("lamp").ieee, 1))
    for name in ("lamp", "other"):
        await home.bridge.reporting.clean_up(home.of(name), 1)
    assert "currentLevel" not in home.reports("lamp")
    assert "currentLevel" in home.reports("other")


async def test_a_definitions_own_reporting_is_set_up_again(make_lit):
    home = await make_lit()
    await home.let_in("lamp", "remote")
    home.air.clear()
    await home.bridge.reporting.clean_up(home.of("lamp"), 1)
    assert home.of("lamp").meta == {}
    await until(lambda: home.is_ready("lamp"))
    assert home.reports("lamp") == {"onOff": (0, 300)}
    assert [bind.cluster for bind in home.house.device("lamp").node.bindings] == [ON_OFF]


async def test_a_lamp_that_refuses_is_named_in_the_log(make_lit, caplog):
    home = await make_lit()
    await home.let_in("lamp", "remote")
    del home.house.device("lamp").attributes[AttributeKey(1, LEVEL, 0)]
    control(home, "lamp", LEVEL)
    await home.bridge.reporting.setup(home.of("lamp"), 1)
    assert "Can't set up reporting of genLevelCtrl of 'lamp', endpoint 1: the device refused" in caplog.text
    assert home.reports("lamp") == {"onOff": (0, 300)}
