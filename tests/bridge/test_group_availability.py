"""Groups are online as long as one member is."""

import pytest

from zigwire.zigbee.model import Member

ONLINE, OFFLINE = {"state": "online"}, {"state": "offline"}
WATCHED = {"availability": {"enabled": True}}


def said(home, name="lights"):
    """Return what was published of a group's availability."""
    kept = [
        (payload, qos, retain) for topic, payload, qos, retain in home.sent.messages if topic == f"{name}/availability"
    ]
    assert {(qos, retain) for _, qos, retain in kept} <= {(1, True)}
    return [payload for payload, *_ in kept]


@pytest.fixture
def make_grouped(make_lit):
    async def make(**document):
        home = await make_lit(groups={"7": {"friendly_name": "lights"}}, **document)
        await home.let_in("lamp", "other")
        home.network.groups.add(7)
        for name in ("lamp", "other"):
            home.network.groups.add_member(7, Member(home.of(name).ieee, 1))
        home.sent.messages.clear()
        return home

    return make


def follow(home, name, *, online):
    entity = home.bridge.entities.of(home.of(name))
    watch = home.bridge.availability._watches[entity.key]
    watch.online = not online
    if online:
        home.bridge.availability.seen(entity)
    else:
        watch.online = True
        home.bridge.availability._went_offline(entity, watch)


async def test_a_group_is_online_while_a_member_is(make_grouped):
    home = await make_grouped(**WATCHED)
    home.bridge._group_availability.start()
    assert said(home) == [ONLINE]
    follow(home, "lamp", online=False)
    assert said(home) == [ONLINE]
    follow(home, "other", online=False)
    assert said(home) == [ONLINE, OFFLINE]
    follow(home, "other", online=True)
    assert said(home) == [ONLINE, OFFLINE, ONLINE]


async def test_all_members_must_be_watched(make_grouped):
    other = "0x00158d0000000001"
    home = await make_grouped(**WATCHED, devices={other: {"friendly_name": "other", "availability": False}})
    home.bridge._group_availability.start()
    assert said(home) == [None], "what it was while it was empty is cleared"
    home.network.groups.remove_member(7, Member(other, 1))
    home.sent.messages.clear()
    home.bridge._group_availability.members_changed(home.bridge.entities.find("lights"))
    assert said(home) == [ONLINE]


async def test_a_group_that_is_watched_no_more_is_not_shown_any_more(make_grouped):
    home = await make_grouped(**WATCHED)
    home.bridge._group_availability.start()
    await home.ask("device/options", {"id": home.of("other").ieee, "options": {"disabled": True}})
    home.bridge._group_availability.publish(home.bridge.entities.find("lights"))
    assert said(home) == [ONLINE, None]


@pytest.mark.parametrize(("enabled", "expected"), [(True, [OFFLINE]), (False, [])])
async def test_an_empty_group_is_offline(make_lit, enabled, expected):
    home = await make_lit(groups={"7": {"friendly_name": "lights"}}, availability={"enabled": enabled})
    home.network.groups.add(7)
    home.sent.messages.clear()
    home.bridge._group_availability.start()
    assert said(home) == expected


async def test_it_follows_a_new_name_and_stays_when_the_group_is_gone(make_grouped):
    home = await make_grouped(**WATCHED)
    home.bridge._group_availability.start()
    assert (await home.ask("group/rename", {"from": "lights", "to": "lamps"}))["status"] == "ok"
    assert said(home) == [ONLINE, None]
    assert said(home, "lamps") == [ONLINE]
    assert (await home.ask("group/remove", {"id": "lamps", "force": True}))["status"] == "ok"
    assert said(home, "lamps") == [ONLINE]
