import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.settings import SettingsError
from zigwire.settings.parse import parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("True", True),
        ("~", None),
        ("NULL", None),
        ("0x1A", 26),
        ("0o17", 15),
        ("017", 17),
        ("08", 8),
        ("1_000", "1_000"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("+1", 1),
        ("-0x1", "-0x1"),
        ("-.inf", -math.inf),
        ("2024-01-01", "2024-01-01"),
        ("12:30", "12:30"),
        ("1e", "1e"),
        ("=", "="),
        ("<<: {a: 1}", {"<<": {"a": 1}}),
        ("0x00158d0001a00000: x", {"0x00158d0001a00000": "x"}),
        ("1: x", {"1": "x"}),
        ("'5'", "5"),
        ("!!str 5", "5"),
        ("!secret password", "!secret password"),
        ("!secret", "!secret"),
        ("[&a x, *a]", ["x", "x"]),
        ("&a x: 1", {"x": 1}),
        ("a: |\n  x\n  y\n", {"a": "x\ny\n"}),
        ("", None),
        ("# nothing\n", None),
        ("9" * 5000, "9" * 5000),
    ],
    ids=lambda value: str(value)[:30],
)
def test_values(text, value):
    result = parse(text, "file.yaml")
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [1,\nb: 2\n", "line 3, column 1 is not YAML: "),
        ("a: 1\n b: 2", "line 2, column 3"),
        ("a: 1\nb: 1\na: 2", "line 3, column 1"),
        ("a: 1\n---\nb: 2", "line 2, column 1"),
        ("a: 1\nb: *x", "line 2, column 4"),
        ("? [a]\n: 1", "line 1, column 3"),
        ("a: \x00", "line 1, column 4"),
        ("a:\n  b: '\x01'", "line 2, column 7"),
        ("a: &x [*x]", "line 1, column 8"),
        ("a: " + "[" * 100, "line 1, column 54"),
        ("- " * 100_000, "line 1"),
    ],
    ids=lambda value: value[:20],
)
def test_faults_name_line_and_column(text, place):
    with pytest.raises(SettingsError) as caught:
        parse(text, "file.yaml")
    assert str(caught.value).startswith(f"file.yaml: {place}")


def test_a_text_that_grows_by_references_is_refused():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(SettingsError, match="too large"):
        parse("\n".join(lines), "file.yaml")


@pytest.mark.parametrize("text", ["password: *hunter2", "password: !hunter2 [", "password: 'hunter2\n"])
def test_faults_do_not_quote_the_file(text):
    with pytest.raises(SettingsError) as caught:
        parse(text, "file.yaml")
    assert "hunter2" not in str(caught.value)


@given(st.text() | st.text(alphabet="ab:-[]{}#&*!|>'\"%@ \n\t?,0x"))
def test_any_text_gives_data_or_a_settings_error(text):
    try:
        parse(text, "file.yaml")
    except SettingsError as error:
        assert str(error).startswith("file.yaml: ")
