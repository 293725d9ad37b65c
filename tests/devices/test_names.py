from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from zigwire.devices import Definition, NativeSource, Sources
from zigwire.devices.convert import Bench
from zigwire.devices.definition import Fingerprint, WhiteLabel
from zigwire.devices.names import has_name, names_of, near, under_name
from zigwire.zigbee.model import Device, Endpoint

LABEL = WhiteLabel(vendor="You", model="Yours", fingerprints=[Fingerprint(manufacturer_name="You")])
MINE = Definition(vendor="Me / We", model="a/b", description="Mine", white_labels=[LABEL])
ANY = Device("0x1", 1, model_id="any", endpoints={1: Endpoint(1)})


def test_a_definition_goes_by_all_its_names():
    assert list(names_of(MINE)) == ["Me / We/a/b", "You/Yours"]
    assert has_name(MINE, "me / WE/A/b")
    assert not has_name(MINE, "Me/a/b")
    assert under_name(MINE, "you/yours").vendor == "You"
    assert under_name(MINE, "Me / We/a/b").labelled(Device("0x1", 1, manufacturer_name="You")).vendor == "Me / We"


def test_near_names_come_in_the_order_of_likeness():
    known = ["Tuya/TS0601_switch", "Tuya/TS0601_switch_10", "IKEA/E1743", "Tuya/TS0601_soil"]
    assert near("Tuya/TS0601_swich", known)[0] == "Tuya/TS0601_switch"
    assert near("e1743", known) == ["IKEA/E1743"]
    assert near("", known) == near("qqqqqqqqqqqqqqq", known) == []


@given(st.text(max_size=30), st.lists(st.text(max_size=30), max_size=8))
def test_near_names_are_known_ones(name, known):
    found = near(name, known)
    assert set(found) <= set(known)
    assert len(found) <= 5


def test_a_native_definition_is_chosen_for_a_device_that_it_does_not_know():
    sources = Sources([NativeSource()])
    assert sources.find(ANY, Bench()) is None
    assert sources.named("xiaomi/zncz02lm", ANY, Bench()).definition.model == "ZNCZ02LM"
    assert sources.missing("Xiaomi/ZNCZ02LM") is None


def test_a_choice_that_nobody_has_leaves_the_one_that_fits(caplog):
    plug = Device("0x1", 1, model_id="lumi.plug", endpoints={1: Endpoint(1)})
    assert Sources([NativeSource()]).named("Nobody/Nothing", plug, Bench()).definition.model == "ZNCZ02LM"
    assert 'no definition is named "Nobody/Nothing"' in caplog.text


def test_a_source_without_names_is_passed_over():
    class Plain:
        def find(self, device, host):
            return None

    assert "no definition is named" in (Sources([Plain()]).missing("a/b") or "")
