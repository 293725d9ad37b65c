from hashlib import md5

import pytest

from zigwire.settings import SettingsError, load
from zigwire.settings.icons import embedded_icon

LAMP = "0x00158d0001a00000"


@pytest.mark.parametrize("value", [None, 5, "", "device_icons/a.png", "https://a/b.png", "image/png;base64,aGk="])
def test_places_are_no_pictures(value):
    assert embedded_icon(value) is None


@pytest.mark.parametrize(
    ("kind", "extension"),
    [("png", "png"), ("PNG", "png"), ("jpeg", "jpeg"), ("svg+xml", "svg"), ("x-icon", "ico"), ("webp", "webp")],
)
def test_pictures_are_named_by_their_text(kind, extension):
    icon = embedded_icon(f"data:image/{kind};base64,aGVsbG8=")
    assert icon.content == b"hello"
    assert icon.place == f"device_icons/{md5(b'aGVsbG8=').hexdigest()}.{extension}"


@pytest.mark.parametrize("text", ["aGVsbG8=", "aGVsbG8", "aGVs\nbG8=", "aGVs bG8"])
def test_white_space_and_missing_padding_do_no_harm(text):
    assert embedded_icon(f"data:image/png;base64,{text}").content == b"hello"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("data:image/../../x;base64,aGk=", "no kind of picture"),
        ("data:image/x/../../x;base64,aGk=", "no kind of picture"),
        ("data:image/php;base64,aGk=", "no kind of picture"),
        ("data:image/;base64,aGk=", "no kind of picture"),
        ("data:image/png;base64,", "must be a URL"),
        ("data:image/png,aGk=", "must be a URL"),
        ("data:text/html;base64,aGk=", "must be a URL"),
        ("data:image/png;base64,a$k=", "is not base64"),
        ("data:image/png;base64,a", "is not base64"),
        ("data:image/png;base64,ü", "is not base64"),
    ],
)
def test_others_are_refused(value, reason):
    with pytest.raises(SettingsError, match=reason):
        embedded_icon(value)


@pytest.fixture
def settings(tmp_path):
    path = tmp_path / "configuration.yaml"
    path.write_text(
        "version: 5\nmqtt:\n  server: mqtt://a\n"
        f"devices:\n  '{LAMP}':\n    friendly_name: lamp\n    icon: device_icons/a.png\n"
    )
    return load(path, {})


def test_an_option_becomes_a_file(settings, tmp_path):
    settings.set_device_options("lamp", {"icon": "data:image/png;base64,aGVsbG8="})
    assert (tmp_path / settings.devices[LAMP].icon).read_bytes() == b"hello"
    assert settings.devices[LAMP].icon.startswith("device_icons/")


@pytest.mark.parametrize("icon", ["data:image/../../x;base64,aGk=", "/etc/passwd", 5])
def test_an_option_that_is_refused_changes_nothing(settings, tmp_path, icon):
    with pytest.raises(SettingsError, match="icon"):
        settings.set_device_options("lamp", {"icon": icon})
    assert settings.devices[LAMP].icon == "device_icons/a.png"
    assert [file.name for file in tmp_path.iterdir()] == ["configuration.yaml"]


def test_null_takes_it_away(settings):
    settings.set_device_options("lamp", {"icon": None})
    assert settings.devices[LAMP].icon is None
