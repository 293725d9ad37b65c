"""Protection of Green Power frames and keys, by the specification's examples and beside another implementation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zigpy.zgp import crypto
from zigpy.zgp.types import SecurityLevel

from zigwire.zcl.greenpower_security import (
    AUTHENTICATED,
    ENCRYPTED,
    SecurityError,
    header,
    protect,
    unprotect,
    unwrap_key,
    wrap_key,
)

KEY = bytes(range(0xC0, 0xD0))
SOURCE = 0x87654321

keys = st.binary(min_size=16, max_size=16)
sources = counters = st.integers(0, 2**32 - 1)
levels = st.sampled_from([AUTHENTICATED, ENCRYPTED])
contents = st.binary(min_size=1, max_size=50)


@pytest.mark.parametrize(
    ("level", "head", "content", "mic"),
    [
        (AUTHENTICATED, "8c30 21436587 02000000", "20", "ad69a978"),  # Green Power H.3.3
        (ENCRYPTED, "8c38 21436587 02000000", "83", "5f1a3034"),  # H.3.4
    ],
)
def test_the_examples_of_the_specification(level, head, content, mic):
    expected = bytes.fromhex(content), int.from_bytes(bytes.fromhex(mic), "little")
    assert header(SOURCE, 2, level, individual=True) == bytes.fromhex(head)
    assert protect(KEY, SOURCE, 2, level, bytes.fromhex(head), b"\x20") == expected
    assert unprotect(KEY, SOURCE, 2, level, bytes.fromhex(head), *expected) == b"\x20"


@given(keys, sources, counters, levels, contents, st.booleans())
def test_what_was_protected_can_be_read(key, source, counter, level, content, listens):
    head = header(source, counter, level, individual=False, rx_after_tx=listens)
    hidden, mic = protect(key, source, counter, level, head, content)
    assert unprotect(key, source, counter, level, head, hidden, mic) == content
    theirs = crypto.encrypt_payload(source, counter, key, content, header=head, security_level=SecurityLevel(level))
    assert theirs == (hidden, mic.to_bytes(4, "little"))


@given(keys, sources, counters, levels, contents, st.data())
def test_a_changed_frame_is_refused(key, source, counter, level, content, data):
    head = header(source, counter, level, individual=True)
    hidden, mic = protect(key, source, counter, level, head, content)
    frame = bytearray(hidden + mic.to_bytes(4, "little"))
    frame[data.draw(st.integers(0, len(frame) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SecurityError, match="MIC"):
        unprotect(key, source, counter, level, head, bytes(frame[:-4]), int.from_bytes(frame[-4:], "little"))


@given(sources, keys)
def test_keys_are_wrapped_as_others_do(source, key):
    wrapped, mic = wrap_key(source, key)
    assert crypto.encrypt_security_key(source, key) == (wrapped, mic.to_bytes(4, "little"))
    assert unwrap_key(source, wrapped, mic) == unwrap_key(source, wrapped, None) == key


def test_a_changed_key_is_refused():
    wrapped, mic = wrap_key(SOURCE, KEY)
    with pytest.raises(SecurityError, match="key"):
        unwrap_key(SOURCE, wrapped, mic ^ 1)
