"""Converters over MQTT: what is answered, what is published, and that devices follow."""

from __future__ import annotations

import pytest
from support.home import Home
from support.waiting import until

from zigwire.bridge import converter_requests
from zigwire.devices.external import Converters, Python, Unavailable

CODE = """
from zigwire.devices import Definition
from zigwire.devices.blocks.on_off import on_off

DEFINITION = Definition(
    models=["lumi.plug"], vendor="Me", model="My plug", description="Made here", features=[on_off()],
)
"""
CLOSED = {".js": "scripts are off"}


@pytest.fixture
async def make(tmp_path, monkeypatch):
    monkeypatch.setattr(converter_requests, "LOOK_EVERY", 0.02)
    homes = []

    async def make(closed=CLOSED, paired=True, **document):
        converters = Converters(tmp_path / "external_converters", Python(), Unavailable("scripts are off"), closed)
        converters.refresh()
        home = Home(tmp_path, document, converters=converters)
        homes.append(home)
        await home.start()
        if paired:
            await home.pair()
        return home

    yield make
    for home in homes:
        await home.stop()


async def ask(home, name, payload):
    before = len(home.sent.of(f"bridge/response/{name}"))
    home.say(f"bridge/request/{name}", payload)
    await until(lambda: len(home.sent.of(f"bridge/response/{name}")) > before)
    assert len(home.sent.of(f"bridge/response/{name}")) == before + 1
    return home.sent.of(f"bridge/response/{name}")[-1]


def definition(home):
    return home.sent.of("bridge/devices")[-1][1]["definition"]


def is_own(home) -> bool:
    home.bridge.info.flush()
    return definition(home)["source"] == "external"


async def test_a_saved_converter_is_used_at_once_and_listed(make):
    home = await make()
    assert definition(home)["model"] == "ZNCZ02LM"
    assert await ask(home, "converter/save", {"name": "x.py", "code": CODE, "transaction": 1}) == {
        "data": {},
        "status": "ok",
        "transaction": 1,
    }
    assert home.sent.of("bridge/converters")[-1] == [{"name": "x.py", "code": CODE}]
    assert is_own(home)
    assert definition(home)["model"] == "My plug"
    assert await ask(home, "converter/remove", {"name": "x.py"}) == {"data": {}, "status": "ok"}
    assert home.sent.of("bridge/converters")[-1] == []
    assert not is_own(home)


async def test_a_device_that_means_something_else_is_set_up_for_it(make):
    home = await make()
    code = CODE.replace("on_off()", "on_off(), Feature(setup=lambda place: (Bind(place.endpoint, 'genOnOff'),))")
    code = f"from zigwire.devices.feature import Bind, Feature\n{code}"
    await ask(home, "converter/save", {"name": "x.py", "code": code})
    await until(lambda: any(binding.cluster == 6 for binding in home.device.endpoints[1].bindings))


async def test_changes_in_the_folder_are_followed(make, tmp_path):
    home = await make()
    folder = tmp_path / "external_converters"
    folder.mkdir()
    (folder / "x.py").write_text(CODE)
    await until(lambda: is_own(home))
    assert home.sent.of("bridge/converters")[-1] == [{"name": "x.py", "code": CODE}]
    (folder / "x.py").unlink()
    await until(lambda: not is_own(home))


async def test_bad_code_is_put_aside(make, tmp_path):
    home = await make(paired=False)
    await ask(home, "converter/save", {"name": "x.py", "code": CODE})
    listed = len(home.sent.of("bridge/converters"))
    answer = await ask(home, "converter/save", {"name": "x.py", "code": "not valid ("})
    assert answer["error"].startswith("x.py contains invalid code: SyntaxError")
    assert (tmp_path / "external_converters" / "x.py.invalid").read_text() == "not valid ("
    assert (tmp_path / "external_converters" / "x.py").read_text() == CODE
    assert len(home.sent.of("bridge/converters")) == listed


@pytest.mark.parametrize(
    ("request_", "payload", "error"),
    [
        ("save", {"name": "x.py"}, "Invalid payload"),
        ("save", {"code": "1"}, "Invalid payload"),
        ("save", {"name": "x.py", "code": ""}, "Invalid payload"),
        ("save", {"name": "x.py", "code": 3}, "Invalid payload"),
        ("save", {"name": ["x.py"], "code": "1"}, "Invalid payload"),
        ("save", "x.py", "Invalid payload"),
        ("save", "", "Invalid payload"),
        ("save", {"name": "x.txt", "code": "1"}, "JavaScript file must have '.mjs', '.js' or '.cjs' extension"),
        ("save", {"name": "../x.py", "code": "1"}, "name is '../x.py'; a file name without a path is allowed"),
        ("save", {"name": ".x.py", "code": "1"}, "name is '.x.py'; a file name without a path is allowed"),
        ("save", {"name": "x.js", "code": "1"}, "x.js is not taken over MQTT: scripts are off"),
        ("remove", {"name": "x.js"}, "x.js is not taken over MQTT: scripts are off"),
        ("remove", {}, "Invalid payload"),
        ("remove", {"name": "../configuration.yaml.py"}, "name is '../configuration.yaml.py'; a file name"),
    ],
)
async def test_nonsense_is_refused_and_changes_nothing(make, tmp_path, request_, payload, error):
    home = await make(paired=False)
    answer = await ask(home, f"converter/{request_}", payload)
    assert answer["status"] == "error"
    assert answer["error"].startswith(error)
    assert not (tmp_path / "external_converters").exists()


async def test_removing_what_is_not_there(make, tmp_path):
    home = await make(paired=False)
    answer = await ask(home, "converter/remove", {"name": "ghost.py"})
    assert answer["error"] == f"ghost.py ({tmp_path}/external_converters/ghost.py) doesn't exists"


async def test_a_file_that_can_not_be_written_is_an_error(make, tmp_path):
    (tmp_path / "external_converters").write_text("no folder")
    home = await make(paired=False)
    answer = await ask(home, "converter/save", {"name": "x.py", "code": CODE})
    assert answer["error"].startswith("x.py can't be written")


async def test_python_is_closed_unless_it_is_opened(make):
    home = await make(closed={".py": "it can do everything"}, paired=False)
    answer = await ask(home, "converter/save", {"name": "x.py", "code": CODE})
    assert answer["error"] == "x.py is not taken over MQTT: it can do everything"


async def test_a_definition_can_be_made_of_a_device(make):
    home = await make()
    answer = await ask(home, "device/generate_external_definition", {"id": home.plug.ieee})
    assert answer["data"]["id"] == home.plug.ieee
    assert "lumi.plug" in answer["data"]["source"]
    saved = await ask(home, "converter/save", {"name": "plug.py", "code": answer["data"]["source"]})
    assert saved["status"] == "ok"
    assert is_own(home)
    answer = await ask(home, "device/generate_external_definition", {"id": "ghost"})
    assert answer["error"] == "Device 'ghost' does not exist"
    assert (await ask(home, "device/generate_external_definition", ""))["error"] == "Invalid payload"


async def test_extensions_are_refused(make, tmp_path):
    home = await make(paired=False)
    answer = await ask(home, "extension/save", {"name": "x.js", "code": "not valid ("})
    assert answer["error"].startswith("x.js contains invalid code: Zigwire runs no extensions")
    answer = await ask(home, "extension/remove", {"name": "ghost.js"})
    assert answer["error"] == f"ghost.js ({tmp_path}/external_extensions/ghost.js) doesn't exists"
    assert home.sent.of("bridge/extensions")[-1] == []


async def test_an_extension_that_lies_about_is_named_and_can_be_removed(make, tmp_path, caplog):
    (tmp_path / "external_extensions").mkdir()
    (tmp_path / "external_extensions" / "old.js").write_text("class Old {}")
    home = await make(paired=False)
    assert "old.js" in caplog.text
    assert (await ask(home, "extension/remove", {"name": "old.js"}))["status"] == "ok"
    assert not (tmp_path / "external_extensions" / "old.js").exists()


async def choose(home, name):
    return await ask(home, "device/options", {"id": home.plug.ieee, "options": {"definition": name}})


async def test_a_definition_can_be_chosen(make):
    home = await make()
    other = CODE.replace('models=["lumi.plug"], ', "")
    await ask(home, "converter/save", {"name": "x.py", "code": other})
    assert not is_own(home)
    answer = await choose(home, "Me/My plug")
    assert answer["data"]["to"] == {"definition": "Me/My plug"}
    assert is_own(home)
    home.bridge.info.flush()
    assert home.sent.of("bridge/info")[-1]["config"]["devices"][home.plug.ieee]["definition"] == "Me/My plug"
    await choose(home, None)
    assert not is_own(home)


async def test_a_definition_that_nobody_has_is_refused(make):
    home = await make()
    answer = await choose(home, "Xiaomi/ZNCZ02L")
    assert answer["error"].startswith('no definition is named "Xiaomi/ZNCZ02L"; these are like it: Xiaomi/ZNCZ02LM')
    answer = await choose(home, "")
    assert "Vendor/Model" in answer["error"]
    answer = await choose(home, 3)
    assert answer["status"] == "error"
    assert home.settings.devices[home.plug.ieee].definition is None


async def test_a_chosen_definition_that_is_gone_is_named_and_the_fitting_one_serves(make, caplog):
    home = await make()
    await ask(home, "converter/save", {"name": "x.py", "code": CODE.replace('models=["lumi.plug"], ', "")})
    await choose(home, "Me/My plug")
    await ask(home, "converter/remove", {"name": "x.py"})
    assert not is_own(home)
    assert "no definition is named" in caplog.text
    assert definition(home)["model"] == "ZNCZ02LM"
