"""The index: which entries are read, which image is whose, and why none is."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.ota_files import image_file, index_row

from zigwire.ota.errors import IndexFault
from zigwire.ota.index import Entry, Identity, find, parse_index, why_none
from zigwire.ota.values import Current

WEB = "https://example.org/ota/index.json"
ROW = index_row(image_file(), "https://example.org/ota/lamp.ota")
CURRENT = Current(0x117C, 0x4203, 0x11)
LAMP = Identity("LAMP", "Maker")


def parsed(row, origin=WEB):
    return parse_index(orjson.dumps([row]), origin)


def test_all_fields_of_the_project():
    more = {
        "modelId": "LAMP",
        "manufacturerName": ["Maker", "Other"],
        "hardwareVersionMin": 1,
        "hardwareVersionMax": 3,
        "minFileVersion": 5,
        "maxFileVersion": 17,
        "force": True,
        "releaseNotes": "Brighter",
        "originalUrl": "http://maker.example",
    }
    entries, faults = parsed(ROW | more)
    assert faults == []
    assert entries == [
        Entry(
            url=ROW["url"],
            origin=WEB,
            manufacturer_code=0x117C,
            image_type=0x4203,
            file_version=0x12,
            file_size=70,
            sha512=ROW["sha512"],
            header_string="a lamp",
            model_id="LAMP",
            manufacturer_names=("Maker", "Other"),
            hardware_min=1,
            hardware_max=3,
            version_min=5,
            version_max=17,
            force=True,
            release_notes="Brighter",
        )
    ]


def test_a_hash_in_capitals_is_the_same():
    assert parsed(ROW | {"sha512": ROW["sha512"].upper()})[0][0].sha512 == ROW["sha512"]


def test_null_is_as_if_it_was_not_there():
    (entry,), faults = parsed(ROW | {"modelId": None, "maxFileVersion": None, "force": None})
    assert (entry.model_id, entry.version_max, entry.force, faults) == (None, None, False, [])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"url": None}, "url is missing"),
        ({"url": 5}, "url 5 is no text"),
        ({"url": "ftp://example.org/lamp.ota"}, "is not http or https"),
        ({"url": "file:///etc/passwd"}, "is not http or https"),
        ({"url": "http://[broken/lamp.ota"}, "is none"),
        ({"url": "http:///lamp.ota"}, "is not http or https"),
        ({"manufacturerCode": 0x10000}, "manufacturerCode 65536 is no number from 0 to 65535"),
        ({"manufacturerCode": "4476"}, "manufacturerCode '4476' is no number"),
        ({"imageType": True}, "imageType True is no number"),
        ({"imageType": None}, "imageType, manufacturerCode and fileVersion are needed"),
        ({"fileVersion": -1}, "fileVersion -1 is no number from 0 to 4294967295"),
        ({"fileSize": 0}, "fileSize 0 is no number from 1"),
        ({"fileSize": 2**40}, "fileSize 1099511627776 is no number"),
        ({"sha512": "abc"}, "sha512 'abc' has not 128 hexadecimal digits"),
        ({"sha512": "g" * 128}, "has not 128 hexadecimal digits"),
        ({"modelId": ["LAMP"]}, "modelId ['LAMP'] is no text"),
        ({"manufacturerName": [1]}, "manufacturerName [1] is no list of texts"),
        ({"hardwareVersionMax": 1.5}, "hardwareVersionMax 1.5 is no number"),
        ({"force": "yes"}, "force 'yes' is neither true nor false"),
    ],
)
def test_entries_with_faults_are_left_out_with_a_sentence(change, words):
    entries, faults = parse_index(orjson.dumps([ROW | change, ROW]), WEB)
    assert len(entries) == 1
    assert len(faults) == 1
    assert "entry 1 is left out" in faults[0]
    assert words in faults[0]


@pytest.mark.parametrize("text", [b"", b"{", b"{}", b"5", b'"text"', b"[" * 2000, b"\xff", b"[1,]", b"null"])
def test_what_is_no_list_is_no_index(text):
    with pytest.raises(IndexFault):
        parse_index(text, WEB)


def test_deep_and_long_values_are_told_in_short():
    deep = b"[" * 900 + b"]" * 900
    rows = [b'{"url":' + deep + b"}", deep, b'{"url":"' + b"x" * 10**6 + b'"}', b'{"imageType":' + b"9" * 300 + b"}"]
    entries, faults = parse_index(b"[" + b",".join(rows) + b"]", WEB)
    assert entries == []
    assert len(faults) == 4
    assert all(len(fault) < 200 for fault in faults)


def test_addresses_in_an_index_from_the_network_are_relative_to_it():
    (entry,), _ = parsed(ROW | {"url": "images/lamp.ota"})
    assert entry.url == "images/lamp.ota"
    assert entry.source == "https://example.org/ota/images/lamp.ota"
    (entry,), _ = parsed(ROW | {"url": "/etc/passwd"})
    assert entry.source == "https://example.org/etc/passwd"


def test_an_index_here_may_name_files_and_leave_the_rest_to_them():
    (entry,), faults = parsed({"url": "firmware/lamp.ota"}, None)
    assert (entry.source, entry.complete, faults) == ("firmware/lamp.ota", False, [])
    entries, faults = parsed({"url": "https://example.org/lamp.ota"}, None)
    assert entries == []
    assert "are needed unless the image is a file here" in faults[0]


def entry(**fields):
    codes = {"manufacturer_code": 0x117C, "image_type": 0x4203, "file_version": 0x12}
    return Entry(url="lamp.ota", **(codes | fields))


@pytest.mark.parametrize(
    ("fields", "identity", "current", "why"),
    [
        ({}, LAMP, CURRENT, None),
        ({"image_type": 1}, LAMP, CURRENT, "no image for manufacturer 0x117c and image type 0x4203"),
        ({"model_id": "LAMP"}, LAMP, CURRENT, None),
        (
            {"model_id": "OTHER"},
            LAMP,
            CURRENT,
            "1 image for manufacturer 0x117c and image type 0x4203, but none for model",
        ),
        ({"model_id": "OTHER"}, Identity("LAMP", None, {"modelId": "OTHER"}), CURRENT, None),
        ({"manufacturer_names": ("Maker",)}, LAMP, CURRENT, None),
        ({"manufacturer_names": ("Other",)}, LAMP, CURRENT, "for manufacturer name 'Maker'"),
        ({"manufacturer_names": ("Other",)}, Identity("LAMP", None, {"manufacturerName": "Other"}), CURRENT, None),
        ({"header_string": "a"}, LAMP, CURRENT, None),
        ({"header_string": "a"}, Identity("LAMP", None, {"otaHeaderString": "a"}), CURRENT, None),
        ({"header_string": "a"}, Identity("LAMP", None, {"otaHeaderString": "b"}), CURRENT, "with header string 'b'"),
        ({"version_min": 0x11, "version_max": 0x11}, LAMP, CURRENT, None),
        ({"version_min": 0x12}, LAMP, CURRENT, "for a device that runs version 17"),
        ({"version_max": 0x10}, LAMP, CURRENT, "for a device that runs version 17"),
        ({"hardware_min": 1}, LAMP, CURRENT, "for hardware version unknown"),
        ({"hardware_min": 1, "hardware_max": 3}, LAMP, Current(0x117C, 0x4203, 1, 3), None),
        ({"hardware_min": 1, "hardware_max": 3}, LAMP, Current(0x117C, 0x4203, 1, 4), "for hardware version 4"),
        ({"hardware_min": 2}, LAMP, Current(0x117C, 0x4203, 1, 0), "for hardware version 0"),
        ({"hardware_min": 2}, Identity("LAMP", None, {"hardwareVersionMin": 2}), CURRENT, None),
        ({"hardware_max": 2}, Identity("LAMP", None, {"hardwareVersionMax": "2"}), CURRENT, "for hardware"),
        ({"model_id": "X"}, Identity("LAMP", None, {"modelId": ["X"], "otaHeaderString": {}}), CURRENT, "for model"),
    ],
)
def test_whose_image_it_is(fields, identity, current, why):
    entries = [entry(**fields), entry(image_type=7)]
    found = find(entries, identity, current)
    if why is None:
        assert found is entries[0]
    else:
        assert found is None
        assert why in why_none(entries, identity, current)


def test_the_first_entry_that_fits_is_taken():
    entries = [entry(model_id="OTHER"), entry(file_version=5), entry(file_version=9)]
    assert find(entries, LAMP, CURRENT) is entries[1]


def test_images_are_counted_up_to_the_rule_that_leaves_none():
    entries = [entry(model_id="A"), entry(model_id="LAMP", version_min=99), entry(image_type=1), entry(version_max=1)]
    assert why_none(entries, LAMP, CURRENT) == (
        "the index has 2 images for manufacturer 0x117c and image type 0x4203, "
        "but none for a device that runs version 17"
    )


json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(sorted(ROW)) | st.text(), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*sorted(ROW), "modelId", "manufacturerName", "force", "minFileVersion"]), json))
def test_entries_are_whole_or_left_out(change):
    for origin in (WEB, None):
        entries, faults = parse_index(orjson.dumps([ROW | change]), origin)
        assert len(entries) + len(faults) == 1
        for each in entries:
            assert each.source.startswith(("http://", "https://")) or origin is None
            find(entries, LAMP, CURRENT)
            why_none(entries, LAMP, CURRENT)
