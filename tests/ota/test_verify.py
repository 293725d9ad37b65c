"""Images against the entries that tell of them."""

import hashlib

import pytest
from support.ota_files import image_file

from zigwire.ota.errors import ImageError
from zigwire.ota.index import Entry
from zigwire.ota.verify import verified

IMAGE = image_file()
OWN_WAY = image_file(body=b"\x2a\0\1\0\xff\xffwhatever")
WHOLE = {"manufacturer_code": 0x117C, "image_type": 0x4203, "file_version": 0x12, "file_size": 70}


def entry(content=IMAGE, **fields):
    return Entry(url="lamp.ota", sha512=hashlib.sha512(content).hexdigest(), **fields)


def test_what_an_entry_tells_of():
    assert verified(entry(**WHOLE), IMAGE).data == IMAGE
    assert verified(Entry(url="lamp.ota"), IMAGE).data == IMAGE


@pytest.mark.parametrize(
    ("told", "content", "words"),
    [
        (Entry(url="lamp.ota"), b"nothing", "nowhere in the file"),
        (entry(b"nothing"), b"nothing", "nowhere in the file"),
        (Entry(url="lamp.ota"), IMAGE[:-3], "image size 70"),
        (entry(IMAGE[:-3]), IMAGE[:-3], "image size 70"),
        (entry(), IMAGE[:-3], "SHA-512 of the file"),
        (entry(**WHOLE | {"file_size": 71}), IMAGE, "70 bytes, its image 70; the index says 71"),
        (entry(**WHOLE | {"manufacturer_code": 1}), IMAGE, "manufacturer 0x117c; the index says 0x0001"),
        (entry(**WHOLE | {"image_type": 1}), IMAGE, "type 0x4203; the index says 0x0001"),
        (Entry(url="lamp.ota"), OWN_WAY, "element 0x002a"),
    ],
)
def test_what_is_something_else_is_refused(told, content, words):
    with pytest.raises(ImageError, match=words):
        verified(told, content)


def test_a_hash_vouches_for_a_manufacturers_own_division():
    assert verified(entry(OWN_WAY), OWN_WAY).data == OWN_WAY


@pytest.mark.parametrize("size", [70, 82])
def test_a_size_may_be_the_files_or_the_images(size):
    content = b"NGIS" + IMAGE + b"checksum"
    assert verified(entry(content, file_size=size), content).data == IMAGE


def test_the_version_in_the_file_decides(caplog):
    assert verified(entry(**WHOLE | {"file_version": 0x99}), IMAGE).header.file_version == 0x12
    assert "holds version 18; the index says 153" in caplog.text
