"""Which pages are ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigwire.web.origins import Authority, foreign, is_local

PROXY = {"X-Forwarded-For": "1.2.3.4"}


@pytest.mark.parametrize(
    ("origin", "host", "others"),
    [
        (None, "192.168.1.5:8080", {}),
        ("http://192.168.1.5:8080", "192.168.1.5:8080", {}),
        ("http://[fe80::1]:8080", "[fe80::1]:8080", {}),
        ("http://LocalHost:8080", "localhost:8080", {}),
        ("http://raspberrypi", "raspberrypi", {}),
        ("http://raspberrypi", "raspberrypi:80", {}),
        ("https://pi.local", "pi.local:443", {}),
        ("https://pi.local:8443", "pi.local", {}),
        ("http://pi.fritz.box:8080", "pi.fritz.box:8080", {}),
        ("https://house.example.org", "house.example.org", PROXY),
        ("https://house.example.org", "127.0.0.1:8080", {"X-Forwarded-Host": "house.example.org"}),
        ("https://house.example.org", "127.0.0.1:8080", {"X-Forwarded-Host": "house.example.org:443, inner"}),
    ],
)
def test_ours(origin, host, others):
    headers = {"Host": host, **others} | ({"Origin": origin} if origin else {})
    assert foreign(headers, None) is None


@pytest.mark.parametrize(
    ("origin", "host", "word"),
    [
        ("http://evil.example", "192.168.1.5:8080", "evil.example"),
        ("http://evil.example:8080", "192.168.1.5:8080", "evil.example"),
        ("http://192.168.1.5:3000", "192.168.1.5:8080", "3000"),
        ("http://192.168.1.50", "192.168.1.5", "another site"),
        ("https://pi.local.evil.example", "pi.local", "evil.example"),
        ("null", "192.168.1.5:8080", "null"),
        ("", "192.168.1.5:8080", "another site"),
        ("http://", "192.168.1.5:8080", "another site"),
        ("http://[", "[", "another site"),
        ("http://a:99999999", "a:99999999", "another site"),
        ("http://rebound.example:8080", "rebound.example:8080", "anybody"),
        ("http://pi.local.evil.example", "pi.local.evil.example", "anybody"),
    ],
)
def test_foreign(origin, host, word):
    assert word in foreign({"Origin": origin, "Host": host}, None)


@pytest.mark.parametrize(
    ("url", "origin", "ours"),
    [
        ("https://house.example.org", "https://house.example.org", True),
        ("https://house.example.org/zigbee/", "https://house.example.org:443", True),
        ("https://house.example.org", "http://house.example.org", False),
        ("https://house.example.org", "https://other.example.org", False),
        ("http://house.example.org:8080", "http://house.example.org:8080", True),
    ],
)
def test_the_address_that_the_settings_name(url, origin, ours):
    headers = {"Origin": origin, "Host": "10.0.0.1:8080"}
    assert (foreign(headers, Authority.of(url)) is None) is ours


@given(st.text(), st.text(), st.text())
def test_nonsense_is_foreign_and_raises_nothing(origin, host, forwarded):
    fault = foreign({"Origin": origin, "Host": host, "X-Forwarded-Host": forwarded}, None)
    assert fault or Authority.of(origin)


@pytest.mark.parametrize("name", ["10.0.0.1", "::1", "pi", "pi.local", "pi.local.", "x.home.arpa"])
def test_local(name):
    assert is_local(name)


@pytest.mark.parametrize("name", ["example.org", "local.example.org", "evil-local.org"])
def test_not_local(name):
    assert not is_local(name)
