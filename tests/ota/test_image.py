"""The image format: what is read, what is refused, and that nothing else happens."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.ota_files import IMAGE_TYPE, MANUFACTURER, VERSION, image_file

from zigwire.ota.errors import ImageError
from zigwire.ota.image import Image

EVERYTHING = {"control": 7, "optional": struct.pack("<BQHH", 2, 0x00158D0001A2B3C4, 1, 3)}


def test_a_plain_image():
    content = image_file(elements=((0, b"firmware"), (3, bytes(16))))
    image = Image.parse(content)
    header = image.header
    assert (header.manufacturer_code, header.image_type, header.file_version) == (MANUFACTURER, IMAGE_TYPE, VERSION)
    assert (header.stack_version, header.header_string, header.header_length) == (2, "a lamp", 56)
    assert (header.security_credential_version, header.destination, header.hardware_min) == (None, None, None)
    assert [(element.tag, element.data) for element in image.elements] == [(0, b"firmware"), (3, bytes(16))]
    assert image.data == content
    assert header.total_size == len(content)


def test_the_optional_fields():
    header = Image.parse(image_file(**EVERYTHING)).header
    assert header.security_credential_version == 2
    assert header.destination == "0x00158d0001a2b3c4"
    assert (header.hardware_min, header.hardware_max) == (1, 3)
    assert header.header_length == 69


def test_what_stands_around_an_image_is_left_out():
    content = image_file()
    assert Image.parse(b"NGIS" + bytes(60) + content + b"checksum").data == content


@pytest.mark.parametrize("information", [b"", b"\1\2"], ids=["ordinary", "Telink's"])
def test_both_meanings_of_tag_f000(information):
    body = struct.pack("<HI", 0, 4) + b"boot" + struct.pack("<HI", 0xF000, 16) + information + bytes(range(16))
    image = Image.parse(image_file(body=body + struct.pack("<HI", 3, 1) + b"!"))
    assert [(element.tag, element.data) for element in image.elements] == [
        (0, b"boot"),
        (0xF000, bytes(range(16))),
        (3, b"!"),
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["identifier", "1ef1ee0b", "0 bytes"]),
        (b"\0" * 500, ["identifier", "nowhere", "500 bytes"]),
        (image_file()[:55], ["55 bytes", "56"]),
        (image_file(**EVERYTHING)[:60], ["60 bytes", "69"]),
        (image_file(header_version=0x0101), ["header version", "0x0101", "0x0100"]),
        (image_file(header_length=60), ["header length", "60", "56", "0x0000"]),
        (image_file(header_length=55), ["header length", "55"]),
        (image_file(control=4), ["header length", "56", "60", "0x0004"]),
        (image_file(control=8), ["field control", "0x0008", "0x0007"]),
        (image_file(control=4, optional=struct.pack("<HH", 3, 2)), ["hardware versions", "3 to 2"]),
        (image_file(more_size=10), ["image size", "80", "57 to 70"]),
        (image_file()[:-1], ["image size", "70", "57 to 69"]),
        (image_file(elements=()), ["image size", "56"]),
        (image_file(body=b"\0\0\4\0\0\0abc"), ["element 0x0000 at 56", "size 4", "3 bytes"]),
        (image_file(body=b"\0\0\2\0\0\0abc"), ["1 bytes at 64", "no element"]),
        (image_file(body=b"\x2a\0\1\0\xff\xffwhatever"), ["element 0x002a at 56", "size 4294901761"]),
        (image_file(elements=[(0, b"")] * 1001), ["more than 1000 elements"]),
    ],
)
def test_what_is_no_image_is_refused_in_words(content, words):
    with pytest.raises(ImageError) as raised:
        Image.parse(content)
    assert [word for word in words if word not in str(raised.value)] == []


def test_a_manufacturers_own_division_is_taken_when_a_hash_vouches_for_it():
    content = image_file(body=b"\x2a\0\1\0\xff\xffwhatever")
    image = Image.parse_vouched(content)
    assert image.data == content
    assert image.elements == ()


@pytest.mark.parametrize("content", [image_file(more_size=1), image_file(control=4), image_file()[:-1], b"nothing"])
def test_no_hash_vouches_for_a_wrong_header(content):
    with pytest.raises(ImageError):
        Image.parse_vouched(content)


def test_an_image_is_shown_to_people():
    image = Image.parse(image_file(elements=((0, b"firmware"), (0xF001, b"x"), (9, b""))))
    assert str(image) == "version 18 (0x00000012) for manufacturer 0x117c and image type 0x4203, 83 bytes"
    assert [str(element) for element in image.elements] == [
        "0x0000 upgrade image, 8 bytes",
        "0xf001 manufacturer's own, 1 bytes",
        "0x0009 reserved, 0 bytes",
    ]


elements = st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=40)), min_size=1, max_size=6)


@given(elements, st.binary(max_size=20), st.binary(max_size=20))
def test_any_image_is_read_as_it_was_built(parts, before, after):
    content = image_file(elements=parts, **EVERYTHING)
    image = Image.parse(before.replace(b"\x1e", b"") + content + after)
    assert image.data == content
    assert [(element.tag, element.data) for element in image.elements] == parts


@given(elements, st.data())
def test_a_damaged_image_is_refused_or_consistent(parts, data):
    content = bytearray(image_file(elements=parts, **EVERYTHING))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    for damaged in (bytes(content), bytes(content[:cut])):
        try:
            image = Image.parse(damaged)
        except ImageError:
            continue
        assert len(image.data) == image.header.total_size
        assert image.data.startswith(b"\x1e\xf1\xee\x0b")
        assert image.data in damaged
