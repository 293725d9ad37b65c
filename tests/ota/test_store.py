"""Files in data/ota: their names, and that nothing else is touched."""

from pathlib import Path

import pytest
from support.ota_files import image_file

from zigwire.ota.errors import ImageError, SourceError
from zigwire.ota.image import LARGEST_FILE, Image
from zigwire.ota.store import UNDER_WAY, Store

IEEE = "0x00158d0001a2b3c4"
IMAGE = image_file()
HELD = Image.parse(IMAGE)


def files(data):
    return sorted(path.read_bytes() for path in (data / "ota").rglob("*") if path.is_file())


def test_a_users_image_is_kept_by_name_until_it_is_dropped(data):
    kept = Store(data)
    path = kept.keep(IMAGE.hex().upper(), "mine.ota", IEEE)
    assert path == data / "ota" / "mine.ota"
    assert path.read_bytes() == IMAGE
    assert kept.keep(b"newer", "mine.ota", IEEE) == path
    assert files(data) == [b"newer"]
    assert kept.is_kept(str(path))
    kept.drop(path)
    kept.drop(path)
    assert files(data) == []


def test_a_data_folder_may_be_relative(data, monkeypatch):
    monkeypatch.chdir(data.parent)
    kept = Store(Path(data.name))
    path = kept.keep(IMAGE, "mine.ota", IEEE)
    assert path == data / "ota" / "mine.ota"
    assert kept.is_kept(str(path))
    kept.drop(path)
    assert files(data) == []


def test_an_image_without_a_name_gets_one(data):
    path = Store(data).keep(IMAGE, None, IEEE)
    assert path.parent == data / "ota"
    assert path.name.startswith(f"{IEEE}_1")


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", ".", "..", ".hidden", "../up", "a/b", "/abs", "a\\b", "C:x", "end.", " lead", "trail ", "a|b"),
        *("what?", "a\0b", "a\nb", "a\u2028b", "\ud800", "nul", "COM1.ota", UNDER_WAY, "x" * 201, "ä" * 101),
    ],
)
def test_names_that_can_be_none(data, name):
    with pytest.raises(SourceError, match="file name"):
        Store(data).keep(IMAGE, name, IEEE)
    assert not (data / "ota").exists()


@pytest.mark.parametrize("name", ["nullius.ota", "x" * 200, "PSoC4_1246-0100 (4CA01CD1).ota", "Lämpchen.ota", "a..b"])
def test_names_that_look_strange_but_are_not(data, name):
    assert Store(data).keep(IMAGE, name, IEEE) == data / "ota" / name


@pytest.mark.parametrize("digits", ["0", "xy", "0x00", "00 1", "é0"])
def test_what_has_no_hexadecimal_digits(data, digits):
    with pytest.raises(ImageError, match="hexadecimal"):
        Store(data).keep(digits, "mine.ota", IEEE)


def test_an_image_that_is_too_big_is_not_kept(data):
    with pytest.raises(ImageError, match="larger than"):
        Store(data).keep(bytes(LARGEST_FILE + 1), None, IEEE)


def test_a_folder_in_the_way_is_told_and_nothing_is_left_behind(data):
    (data / "ota" / "mine.ota").mkdir(parents=True)
    with pytest.raises(SourceError, match=r"mine\.ota can't be written"):
        Store(data).keep(IMAGE, "mine.ota", IEEE)
    assert [path.name for path in (data / "ota").iterdir()] == ["mine.ota"]
    with pytest.raises(SourceError, match=r"mine\.ota can't be removed"):
        Store(data).drop(data / "ota" / "mine.ota")


def test_only_what_was_kept_is_dropped(data):
    kept = Store(data)
    kept.keep(IMAGE, "mine.ota", IEEE)
    outside = [data / "firmware" / "lamp.ota", data.parent / "outside.ota", data / "ota" / "deep" / "x.ota"]
    for path in outside:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(IMAGE)
    for path in [*outside, data / "ota" / ".." / "firmware" / "lamp.ota", data / "ota" / "..", Path("a\0b"), Path()]:
        assert not kept.is_kept(str(path))
        kept.drop(path)
    assert all(path.exists() for path in outside)
    assert (data / "ota" / "mine.ota").exists()


def test_a_link_is_dropped_but_not_what_it_leads_to(data):
    (data / "ota").mkdir()
    (data / "firmware" / "lamp.ota").write_bytes(IMAGE)
    link = data / "ota" / "link.ota"
    link.symlink_to(data / "firmware" / "lamp.ota")
    Store(data).drop(link)
    assert not link.is_symlink()
    assert (data / "firmware" / "lamp.ota").exists()


def test_an_image_is_held_while_a_device_gets_it(data):
    kept = Store(data)
    kept.hold_only([])
    (data / "ota").mkdir()
    digest, other = kept.hold(HELD), kept.hold(Image.parse(image_file(version=0x13)))
    before = (data / "ota" / UNDER_WAY / f"{digest}.ota").stat()
    assert kept.hold(HELD) == digest
    assert (data / "ota" / UNDER_WAY / f"{digest}.ota").stat().st_ino == before.st_ino
    assert kept.held(digest) == HELD
    kept.hold_only([digest])
    with pytest.raises(SourceError, match="can't be read"):
        kept.held(other)
    assert kept.held(digest) == HELD
    kept.hold_only([])
    assert list((data / "ota").iterdir()) == []


def test_what_a_kill_left_in_the_middle_of_a_write_is_removed(data):
    kept = Store(data)
    digest = kept.hold(HELD)
    (data / "ota" / UNDER_WAY / "half.ota.x.new").write_bytes(b"half")
    kept.hold_only([digest])
    assert files(data) == [IMAGE]


def test_an_image_that_is_not_what_it_was_is_not_handed_out(data):
    kept = Store(data)
    digest = kept.hold(HELD)
    (data / "ota" / UNDER_WAY / f"{digest}.ota").write_bytes(IMAGE[:-1])
    with pytest.raises(SourceError, match="is not what it was"):
        kept.held(digest)


def test_what_can_not_be_removed_is_told(data):
    (data / "ota" / UNDER_WAY / "folder").mkdir(parents=True)
    with pytest.raises(SourceError, match="can't be cleared"):
        Store(data).hold_only([])
