"""The recorded cases that are part of the program."""

from __future__ import annotations

import pytest

from zigwire.cli.checking import converted
from zigwire.herdsman_library import Versions, default_folder
from zigwire.herdsman_library.cases import Case, different, recorded
from zigwire.herdsman_library.versions import pinned_version


def test_there_are_some_hundred_of_all_kinds():
    kinds = [case.line["kind"] for case in recorded()]
    assert {kind: kinds.count(kind) >= 50 for kind in ("device", "decode", "encode", "get")} == dict.fromkeys(
        ("device", "decode", "encode", "get"), True
    )


def test_the_pinned_version_gives_the_recorded_answers():
    modules = Versions(default_folder()).folder / pinned_version() / "node_modules"
    if not modules.is_dir():
        pytest.skip("the pinned version is not here (`zigwire library fetch` gets it)")
    cases = recorded()
    assert list(different(cases, converted((case.line for case in cases), modules, ("herdsman",)))) == []


def test_an_answer_that_says_otherwise_is_told_with_its_device():
    cases = [
        Case({"kind": "device", "id": "lamp"}, {"model": "x"}),
        Case({"kind": "decode"}, {"payload": {"state": "ON"}}),
        Case({"kind": "decode"}, {"payload": {"state": "OFF"}}),
    ]
    answers = [{"model": "x", "exposes": []}, {"payload": {"state": "ON"}}, {"error": "no"}]
    assert list(different(cases, answers)) == [("lamp", cases[2])]
