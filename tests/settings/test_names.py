import pytest

from zigwire.settings import NameFault, check_name, name_faults


@pytest.mark.parametrize(
    "name",
    [
        "lamp",
        "kitchen/lamp",
        "Küche 🍳",
        "0x00158d0001a00000",
        "a/1b",
        "a/b/c",
        "1",
        " ",
        "bridges",
        "a/bridge",
        "set/a/b",
        "a/b/c/d/e/f/g",
    ],
)
def test_allowed(name):
    assert name_faults(name) == []
    check_name(name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty"),
        ("/lamp", "slash"),
        ("lamp/", "slash"),
        ("a\nb", "control"),
        ("a\x7fb", "control"),
        ("a\ud800b", "control"),
        ("a\uffffb", "control"),
        ("lamp/1", "endpoint"),
        ("a/b/22", "endpoint"),
        ("a+b", "wildcard"),
        ("a#", "wildcard"),
        ("bridge", "begin with 'bridge'"),
        ("bridge/lamp", "begin with 'bridge'"),
        ("set", "commands"),
        ("lamp/set", "commands"),
        ("lamp/get", "commands"),
        ("lamp/set/state", "commands"),
        ("lamp/get/state", "commands"),
        ("lamp/availability", "availability"),
        ("a/b/c/d/e/f/g/h", "more than 7 parts"),
    ],
)
def test_refused(name, reason):
    assert [fault for fault in name_faults(name) if reason in fault]
    with pytest.raises(NameFault, match=reason):
        check_name(name)


def test_wildcard_sentence_is_that_of_the_interface():
    with pytest.raises(NameFault) as caught:
        check_name("a/+/b")
    assert str(caught.value) == "MQTT wildcard (+ and #) not allowed in friendly_name ('a/+/b')"


def test_all_reasons_are_listed():
    assert len(name_faults("/+\n/")) == 3
    assert len(name_faults("bridge/2/3/4/5/6/set/availability")) == 4
