from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from collections import defaultdict

import pytest

from zigwire.devices import Definition, NativeSource, Sources, compile_definition, library
from zigwire.devices.convert import Bench
from zigwire.devices.definition import Fingerprint, model_key
from zigwire.zigbee.model import Device

MINE = Definition(vendor="Me", model="Mine", description="Made here", models=["lumi.plug"], source="external")


HOST = Bench()


class OwnSource:
    def find(self, device, host):
        return compile_definition(MINE, device, host) if device.model_id == "own" else None


def test_the_plug_is_known(plug):
    found = NativeSource().definition(plug)
    assert found is not None
    assert (found.vendor, found.model, found.source) == ("Xiaomi", "ZNCZ02LM", "native")


def test_what_nobody_knows_is_unsupported():
    sources = Sources([NativeSource(), OwnSource()])
    assert sources.find(Device("0x1", 1, model_id="nobody.knows"), HOST) is None
    assert sources.find(Device("0x1", 1), HOST) is None


def test_what_takes_time_is_prepared_up_to_the_first_that_is_sure(plug):
    class Slow:
        def __init__(self):
            self.prepared = []

        def prepare(self, device):
            self.prepared.append(device.model_id)
            return False

        def find(self, device, host):
            return None

    before, after = Slow(), Slow()
    sources = Sources([before, OwnSource(), NativeSource(), after])
    for device in (plug, Device("0x1", 1, model_id="nobody.knows")):
        sources.prepare(device)
    assert before.prepared == ["lumi.plug", "nobody.knows"]
    assert after.prepared == ["nobody.knows"]


def test_sources_are_tried_in_order(plug):
    class First:
        def find(self, device, host):
            return compile_definition(MINE, device, host)

    assert Sources([First(), NativeSource()]).find(plug, HOST).definition is MINE
    assert Sources([OwnSource(), NativeSource()]).find(plug, HOST).definition is not MINE


@pytest.mark.parametrize("fault", [ValueError("no cluster of this name"), KeyError("of ours")])
def test_a_source_that_fails_is_passed_over(plug, caplog, fault):
    class Broken:
        def find(self, device, host):
            raise fault

    assert Sources([Broken(), NativeSource()]).find(plug, HOST).definition.model == "ZNCZ02LM"
    assert str(fault) in caplog.text


def test_the_best_of_several_wins(plug, monkeypatch):
    marked = Definition(
        vendor="Me", model="Marked", description="", fingerprints=[Fingerprint(manufacturer_name="LUMI")]
    )
    monkeypatch.setattr(library, "definitions", lambda _: (MINE, marked, MINE))
    assert NativeSource().definition(plug) is marked


def test_the_index_names_every_module_and_model_of_the_library(plug):
    index = defaultdict(tuple)
    for module in pkgutil.iter_modules(library.__path__):
        definitions = importlib.import_module(f"{library.__name__}.{module.name}").DEFINITIONS
        for key in sorted({key for definition in definitions for key in definition.model_keys()}):
            index[key] += (module.name,)
        for definition in definitions:
            compile_definition(definition, plug, HOST)
    assert dict(index) == library.MODULES
    assert all(key == model_key(key) for key in index)


def test_the_library_is_not_imported_before_it_is_needed():
    program = "import sys, zigwire.devices; sys.exit('zigwire.devices.library.xiaomi' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
