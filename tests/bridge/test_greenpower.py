"""A Green Power switch as the MQTT side sees it."""

from support.waiting import until

IEEE = "0x0000000001719697"


async def test_it_is_named_shown_and_removed(make_home):
    home = await make_home()
    await home.pair()
    home.say("bridge/request/permit_join", {"time": 60})
    await until(home.house.green_power._is_commissioning)
    home.house.green_power.pair("kinetic")
    await until(lambda: IEEE in home.network.devices)
    assert IEEE in home.settings.devices
    events = [(event["type"], event["data"].get("status")) for event in home.sent.of("bridge/event")[-2:]]
    assert events == [("device_joined", None), ("device_interview", "successful")]
    shown = home.sent.of("bridge/devices")[-1][-1]
    assert (shown["type"], shown["model_id"], shown["ieee_address"]) == ("GreenPower", "GreenPower_2", IEEE)
    assert shown["interview_state"] == "SUCCESSFUL"
    assert list(shown["endpoints"]) == ["242"]
    home.say("bridge/request/device/remove", {"id": IEEE})
    await until(lambda: home.sent.of("bridge/response/device/remove"))
    assert home.sent.of("bridge/response/device/remove")[-1]["status"] == "ok"
    assert IEEE not in home.network.devices
