"""Who may set Zigwire up."""

from __future__ import annotations

import pytest
from yarl import URL

from zigwire.onboarding.server import _own_address

OTHERS = [
    {"X-Forwarded-For": "192.168.1.7"},
    {"Host": "evil.example"},
    {"Host": "192.168.1.7:8080"},
]
GUARDED = ["/api/state", "/api/radios", "/data", "/all/data"]


@pytest.mark.parametrize("headers", OTHERS)
@pytest.mark.parametrize("path", GUARDED)
async def test_from_elsewhere_the_code_is_needed(onboarding, path, headers):
    assert (await onboarding.get(path, headers=headers))[0] == 401


@pytest.mark.parametrize("path", ["/api/start", "/api/archive", "/api/folder", "/submit", "/submit-zip", "/all/submit"])
async def test_nothing_is_changed_without_it(onboarding, path):
    status, _ = await onboarding.post(path, data=b"{}", headers={"Host": "zigwire.example"})
    assert status == 401
    assert not onboarding.folder.exists()


async def test_by_this_machines_own_address_too(onboarding):
    address = _own_address()
    if address is None:
        pytest.skip("this machine has no other address")
    assert (await onboarding.get(f"http://{address}:{onboarding.port}/api/state"))[0] == 401


async def test_a_page_behind_two_proxies_is_not_a_foreign_one(onboarding):
    headers = {"Origin": "https://house.example.org", "X-Forwarded-Host": "house.example.org:443, inner"}
    assert (await onboarding.get("/", headers=headers))[0] == 200
    assert (await onboarding.get("/", headers={**headers, "Origin": "https://evil.example"}))[0] == 403


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "127.8.9.10", "[::1]"])
async def test_at_this_machine_it_is_not(onboarding, name):
    assert (await onboarding.get("/api/state", headers={"Host": f"{name}:{onboarding.port}"}))[0] == 200


async def test_the_page_itself_is_for_all(onboarding):
    status, text = await onboarding.get("/", headers=OTHERS[0])
    assert status == 200
    assert "Set up Zigwire" in text
    assert (await onboarding.get("/page/setup.js", headers=OTHERS[0]))[0] == 200
    assert (await onboarding.get("/style/page.css", headers=OTHERS[0]))[0] == 200


@pytest.mark.parametrize("path", ["/page/../form.py", "/page/%2e%2e/form.py", "/style/..%2f..%2fserver.py"])
async def test_no_path_leads_out_of_the_folders(onboarding, path):
    status, _ = await onboarding.get(URL(path, encoded=True))
    assert status in {403, 404}


@pytest.mark.parametrize("change", [str, str.lower, lambda code: code.replace("-", " ")])
async def test_the_code_opens_the_door_for_this_browser(onboarding, change):
    headers = OTHERS[0]
    assert (await onboarding.post("/code", json={"code": change(onboarding.code)}, headers=headers))[0] == 200
    assert (await onboarding.get("/api/state", headers=headers))[1]["elsewhere"]
    cookie = next(iter(onboarding.http.cookie_jar))
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"


async def test_the_code_in_the_address_leaves_it_at_once(onboarding):
    async with onboarding.http.get("/", params={"code": onboarding.code}, headers=OTHERS[0]) as response:
        assert str(response.url).rstrip("/") == onboarding.url
    assert (await onboarding.get("/api/state", headers=OTHERS[0]))[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_other_sites_may_not_act(onboarding, headers):
    status, _ = await onboarding.post("/api/folder", json={"path": "/"}, headers=headers)
    assert status == 403


async def test_a_name_that_its_owner_lets_point_here(onboarding):
    headers = {"Host": "rebound.example", "Origin": "http://rebound.example", "Sec-Fetch-Site": "same-origin"}
    assert (await onboarding.post("/api/folder", json={"path": "/"}, headers=headers))[0] == 401


async def test_every_answer_says_what_browsers_may_do_with_it(onboarding):
    for path in ("/", "/api/state", "/none"):
        async with onboarding.http.get(path) as response:
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
            assert response.headers["Referrer-Policy"] == "no-referrer"
