"""Secrets in every form that a log may show them in."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.confidential import HIDDEN, Secrets

KEYS = st.binary(min_size=16, max_size=16)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=6, max_size=30).filter(
    lambda word: HIDDEN not in word
)
AROUND = st.text(st.sampled_from("ghxyz _.,:;<>=()"), max_size=20)

FORMS = {
    "hex": bytes.hex,
    "HEX": lambda key: key.hex().upper(),
    "hex with colons": lambda key: key.hex(":"),
    "hex with spaces": lambda key: key.hex(" "),
    "hex with dashes": lambda key: key.hex("-").upper(),
    "hex in pairs of bytes": lambda key: key.hex(" ", 2),
    "list": lambda key: str(list(key)),
    "JSON": lambda key: json.dumps(list(key), separators=(",", ":")),
    "tuple": lambda key: str(tuple(key)),
    "YAML": lambda key: "".join(f"- {number}\n" for number in key).replace("- ", " ").replace("\n", ";"),
    "hex numbers": lambda key: ", ".join(map(hex, key)),
    "hex numbers of two digits": lambda key: " ".join(f"0x{number:02X}" for number in key),
    "one number": lambda key: f"0x{key.hex()}",
    "bytes": repr,
    "bytes within": lambda key: repr(b"\x01'" + key + b'"'),
    "bytearray": lambda key: repr(bytearray(key)),
    "escapes": lambda key: "".join(f"\\x{number:02x}" for number in key),
    "base64": lambda key: base64.b64encode(key).decode(),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(key=KEYS, before=AROUND, after=AROUND)
def test_a_key_in_any_form(form, key, before, after):
    secrets = Secrets()
    secrets.add(key)
    shown = form(key)
    text = secrets.redact(f"{before} <{shown}> {after}")
    assert HIDDEN in text
    assert shown not in text
    assert text.startswith(before)
    assert text.endswith(f" {after}")


@given(key=KEYS, length=st.integers(6, 15))
def test_the_beginning_of_a_key_is_hidden_too(key, length):
    secrets = Secrets()
    secrets.add(key)
    for form in (FORMS["hex"], FORMS["list"], FORMS["hex with colons"]):
        assert secrets.redact(f"{form(key[:length]).rstrip(']')}…").strip("[…") == HIDDEN


@given(word=WORDS, before=AROUND, after=AROUND)
def test_a_password_in_any_form(word, before, after):
    secrets = Secrets()
    secrets.add(word)
    for shown in (word, repr(word), json.dumps(word), quote(word, safe=""), repr(word.encode())):
        assert shown.strip("'\"b") not in secrets.redact(f"{before}{shown}{after}") or not shown.strip("'\"b")


@given(word=st.text(st.sampled_from("abcdef0123456789"), min_size=1, max_size=5))
def test_a_short_password_is_hidden_where_it_stands_alone(word):
    secrets = Secrets()
    secrets.add(word)
    assert secrets.redact(f"password '{word}', word_{word}x {word}") == f"password '{HIDDEN}', word_{word}x {HIDDEN}"


@pytest.mark.parametrize(
    "text",
    [
        "0x00158d0001a00000 sent 18010a0000 to endpoint 1",
        "ieee=00:15:8d:00:01:a0:00:00",
        '{"state":"ON","power":12.5,"linkquality":255}',
        "md5 d41d8cd98f00b204e9800998ecf8427e",
    ],
)
def test_all_else_stays(text):
    secrets = Secrets()
    secrets.add(bytes(range(100, 116)), "password", "on", "", None)
    assert secrets.redact(text) == text


def test_what_nobody_reported():
    code = "G$M:69775$S:680S00003915$D:0000000017B2335C%Z$A:04CF8CDF3C3C3C3C$I:83FED3407A939723A5C639B26916D505C3B5"
    assert "83FED3407A" not in Secrets().redact(code)
    assert "04CF8CDF3C3C3C3C" in Secrets().redact(code)
    assert Secrets().redact(f"key={bytes(range(16)).hex(':')}, 1") == f"key={HIDDEN}, 1"


def test_a_password_that_begins_with_another():
    secrets = Secrets()
    secrets.add("secret", "secret-and-more")
    assert secrets.redact("secret-and-more secret") == f"{HIDDEN} {HIDDEN}"
