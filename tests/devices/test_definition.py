from __future__ import annotations

from dataclasses import replace

import pytest

from zigwire.devices.definition import Definition, EndpointPrint, Fingerprint, WhiteLabel, model_key
from zigwire.zigbee.model import DeviceType

ENDPOINTS = [EndpointPrint(id=1, profile=0x0104, device=0x51), EndpointPrint(id=2), EndpointPrint(id=3)]


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("lumi.plug", "lumi.plug"),
        ("Lumi.Plug", "lumi.plug"),
        (" TH01 ", "th01"),
        ("TS0601\0\0rest", "ts0601"),
        (None, ""),
    ],
)
def test_model_ids_are_compared_without_case_blanks_and_what_follows_a_nul(said, key):
    assert model_key(said) == key


@pytest.mark.parametrize(
    ("matching", "other"),
    [
        ({"model_id": "lumi.plug"}, {"model_id": "lumi.plug.mmeu01"}),
        ({"manufacturer_name": "LUMI"}, {"manufacturer_name": "_TZ3000_x"}),
        ({"manufacturer_code": 0x115F}, {"manufacturer_code": 1}),
        ({"type": DeviceType.ROUTER}, {"type": DeviceType.END_DEVICE}),
        ({"power_source": None}, {"power_source": "Battery"}),
        ({"ieee_prefix": "0x00158d"}, {"ieee_prefix": "0x00124b"}),
        ({"zcl_version": None}, {"zcl_version": 8}),
        ({"application_version": None}, {"application_version": 8}),
        ({"stack_version": None}, {"stack_version": 8}),
        ({"hardware_version": None}, {"hardware_version": 8}),
        ({"date_code": None}, {"date_code": "02-28-2017"}),
        ({"software_build_id": None}, {"software_build_id": "1"}),
        ({"endpoints": ENDPOINTS}, {"endpoints": ENDPOINTS[:2]}),
        (
            {"endpoints": [*ENDPOINTS[:2], EndpointPrint(id=3, input_clusters=frozenset({12}))]},
            {"endpoints": [*ENDPOINTS[:2], EndpointPrint(id=3, output_clusters=frozenset({6}))]},
        ),
    ],
)
def test_a_fingerprint_matches_when_all_that_it_names_is_so(plug, matching, other):
    assert Fingerprint(**matching).matches(plug)
    assert not Fingerprint(**other).matches(plug)


def test_fingerprints_go_before_model_ids(plug):
    bare = Definition(vendor="A", model="1", description="", models=["lumi.plug"])
    marked = replace(bare, fingerprints=[Fingerprint(model_id="lumi.plug", priority=-1)])
    stronger = replace(marked, fingerprints=[Fingerprint(model_id="lumi.plug"), Fingerprint(manufacturer_name="LUMI")])
    ranks = [definition.rank(plug) for definition in (bare, marked, stronger)]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == 3
    assert replace(bare, models=["other"]).rank(plug) is None


def test_a_white_label_shows_its_own_name(plug):
    label = WhiteLabel(vendor="B", model="2", fingerprints=[Fingerprint(manufacturer_name="LUMI")])
    definition = Definition(
        vendor="A",
        model="1",
        description="Plug",
        white_labels=[WhiteLabel(vendor="C", model="3"), label],
    )
    assert definition.rank(plug) == (1, 0)
    shown = definition.labelled(plug)
    assert (shown.vendor, shown.model, shown.description) == ("B", "2", "Plug")
    assert definition.labelled(replace(plug, manufacturer_name="other")) is definition


def test_the_keys_by_which_a_definition_is_found():
    definition = Definition(
        vendor="A",
        model="1",
        description="",
        models=["TS0001"],
        fingerprints=[Fingerprint(model_id="TS0601"), Fingerprint(manufacturer_name="x")],
    )
    assert definition.model_keys() == {"ts0001", "ts0601", ""}
