"""Plain HTTP: the page, pictures, redirects, headers."""

import asyncio

import pytest
from aiohttp import web
from support.site import STATE, told

SECRET = "the network key"


@pytest.fixture
def icons(tmp_path):
    folder = tmp_path / "device_icons"
    folder.mkdir()
    (folder / "lamp.png").write_bytes(b"png")
    (folder / "lamp.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    (folder / "page.html").write_text(SECRET)
    (tmp_path / "secret.png").write_text(SECRET)
    (folder / "way.png").symlink_to(tmp_path / "secret.png")
    return folder


async def test_the_page(site):
    response = await site.get()
    assert (response.status, await response.text()) == (200, "<title>page</title>")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Server"] == "Zigwire"
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert "frame-ancestors" not in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("package", "may"), [("zigbee2mqtt-windfront", False), ("zigbee2mqtt-frontend", True)])
async def test_who_may_compile_scripts(make_site, package, may):
    site = await make_site(package=package)
    policy = (await site.get()).headers["Content-Security-Policy"]
    assert ("'unsafe-eval'" in policy) is may


@pytest.mark.parametrize(
    ("accepted", "body", "encoding"),
    [("gzip, br", b"packed", "br"), ("gzip", b"plain", None), ("", b"plain", None)],
)
async def test_compressed_files(site, accepted, body, encoding):
    async with site.client.get(
        f"{site.url}/assets/index-AbCd1234.js", headers={"Accept-Encoding": accepted}, auto_decompress=False
    ) as response:
        assert await response.read() == body
        assert response.headers.get("Content-Encoding") == encoding
        assert response.headers["Content-Type"].startswith("text/javascript")
        assert "immutable" in response.headers["Cache-Control"]


async def test_what_a_browser_has_already(site):
    first = await site.get("/assets/site.webmanifest")
    assert first.headers["Content-Type"] == "application/manifest+json"
    assert first.headers["Cache-Control"] == "no-cache"
    again = await site.get("/assets/site.webmanifest", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304


async def test_head(site):
    async with site.client.head(f"{site.url}/") as response:
        assert response.status == 200
        assert response.headers["Content-Length"] == "19"
        assert await response.read() == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
async def test_other_methods(site, method):
    async with site.client.request(method, f"{site.url}/") as response:
        assert response.status == 405
        assert response.headers["Allow"] == "GET,HEAD"


@pytest.mark.parametrize(
    "path",
    [
        "/nope",
        "/assets",
        "/assets/",
        "/assets/index-AbCd1234.js.br",
        "//",
        "/index.html/",
        "/INDEX.HTML",
        "/device_icons",
        "/device_icons/",
        "/api/",
        "/%00",
        "/" + "a" * 5000,
    ],
)
async def test_what_is_not_there(site, path):
    response = await site.get(path)
    assert response.status == 404
    assert "a" * 100 not in await response.text()


# --- pictures ---


async def test_pictures(site, icons):
    response = await site.get("/device_icons/lamp.png")
    assert (response.status, await response.text(), response.content_type) == (200, "png", "image/png")


async def test_drawings_run_nothing(site, icons):
    response = await site.get("/device_icons/lamp.svg")
    assert response.status == 200
    assert response.content_type == "image/svg+xml"
    policy = response.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    [
        "page.html",
        "nope.png",
        "way.png",
        "../configuration.yaml",
        "../secret.png",
        "..%2Fsecret.png",
        "%2e%2e/secret.png",
        "%2e%2e%2fsecret.png",
        "..%5Csecret.png",
        "lamp.png/../../secret.png",
        "lamp.png%00.png",
        "%00",
        "a" * 300 + ".png",
        "lamp.png/x.png",
        ".png",
    ],
)
async def test_what_is_no_picture(site, icons, name):
    """Asked for with a client that changes nothing of the path."""
    assert SECRET.encode() not in await raw(site, f"/device_icons/{name}")


async def test_an_absolute_path_is_no_picture(site, icons, tmp_path):
    assert SECRET.encode() not in await raw(site, f"/device_icons/{tmp_path}/secret.png")
    assert SECRET.encode() not in await raw(site, f"/{tmp_path}/secret.png")


async def raw(site, path):
    host, port = site.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    async with asyncio.timeout(8):
        answer = await reader.read()
    writer.close()
    assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 400")), answer[:200]
    return answer


# --- below a path ---


@pytest.mark.parametrize("base_url", ["/zigbee", "/zigbee/", "/a/zigbee", "/a b/{zigbee}"])
async def test_base_url(make_site, base_url):
    site = await make_site(base_url=base_url)
    site.publish_state()
    assert (await site.get("/")).status == 200
    assert (await site.get("/assets/index-AbCd1234.js")).status == 200
    assert await told(await site.connect()) == [STATE]


@pytest.mark.parametrize(
    ("path", "location"),
    [("/a/zigbee", "zigbee/"), ("/a/zigbee?token=x%26y&b=1", "zigbee/?token=x%26y&b=1")],
)
async def test_the_way_to_the_folder_is_relative(make_site, path, location):
    site = await make_site(base_url="/a/zigbee")
    site.url = site.url.removesuffix("/a/zigbee")
    response = await site.get(path)
    assert response.status == 302
    assert response.headers["Location"] == location


async def test_outside_of_the_base_url(make_site):
    site = await make_site(base_url="/zigbee")
    site.url = site.url.removesuffix("/zigbee")
    for path in ("/", "/api", "/zigbeex/", "/index.html", "/zigbe"):
        assert (await site.get(path)).status == 404


async def test_the_websocket_only(make_site, icons):
    site = await make_site(disable_ui_serving=True, auth_token="secret")
    site.publish_state()
    assert (await site.get("/")).status == 404
    assert (await site.get("/device_icons/lamp.png")).status == 404
    assert await told(await site.connect("?token=secret")) == [STATE]
    assert (await (await site.connect()).receive(8)).data == 4401


# --- what others add ---


async def figures(_):
    return web.Response(text="42")


@pytest.mark.parametrize(
    ("headers", "status"),
    [({}, 401), ({"Authorization": "Bearer wrong"}, 401), ({"Authorization": "Bearer secret"}, 200)],
)
async def test_other_routes_need_the_token(make_site, headers, status):
    site = await make_site(routes={"metrics": figures}, auth_token="secret")
    assert (await site.get("/metrics", headers=headers)).status == status


async def test_other_routes_without_a_token(make_site):
    site = await make_site(routes={"metrics": figures})
    assert await (await site.get("/metrics")).text() == "42"
    assert (await site.get("/metrics", headers={"Origin": "http://evil.example"})).status == 403


async def test_nothing_of_the_token_is_logged(make_site, caplog):
    caplog.set_level("DEBUG")
    site = await make_site(auth_token="secret")
    await site.get("/?token=secret")
    await site.get("/nope?token=secret")
    site.publish_state()
    await told(await site.connect("?token=secret"))
    assert "secret" not in "\n".join(record.getMessage() for record in caplog.records if record.name != "asyncio")
