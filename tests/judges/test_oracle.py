"""Recorded behaviour of devices that have a native definition; skipped where there are no recordings."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from zigwire.herdsman_library import Versions, default_folder

ORACLE = Path(__file__).resolve().parents[3] / "shared" / "oracle"
TUYA = "^Tuya/(TS0601_(soil|co2_temperature_humidity_sensor|2gang_switch|stairwell_switch)|PJ-MGW1203)$"
KINDS = ("device", "decode", "encode", "get", "configure", "devices")
PROGRAM = Path(sys.executable).with_name("zigwire")

pytestmark = pytest.mark.skipif(not ORACLE.is_dir(), reason="no ../shared/oracle")


# share of what the library itself was recorded to do; what is missing comes from its caches between cases
WANTED = {"device": 0.999, "decode": 0.999, "encode": 0.998, "get": 0.999, "configure": 0.995, "devices": 0.985}


@pytest.mark.parametrize("sources", ["herdsman", "native --source herdsman"], ids=["herdsman", "all"])
@pytest.mark.skipif(Versions(default_folder()).node_modules is None, reason="no library of definitions")
def test_a_sample_of_all_devices_is_as_recorded(sources):
    command = [sys.executable, ORACLE / "score.py", "--half", "public", "--sample", "0.05", "--show", "5"]
    scored = subprocess.run(
        [*command, "--command", f"{PROGRAM} convert --source {sources}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    score = json.loads(scored.stdout)
    assert score["asked"] > 5000, scored.stderr
    assert {kind: share for kind, share in WANTED.items() if score[kind] < share} == {}, (score, scored.stderr)


@pytest.mark.parametrize("only", ["^Xiaomi/ZNCZ02LM$", "^Aqara/(SP-EUC01|QBCZ1|ZNQBCZ11|WP-P01D)", TUYA, "^generated/"])
def test_these_are_wholly_as_recorded(only):
    command = [sys.executable, ORACLE / "score.py", "--half", "public", "--only", only, "--show", "5"]
    scored = subprocess.run(
        [*command, "--command", f"{PROGRAM} convert --source native --source generic"],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    score = json.loads(scored.stdout)
    assert score["asked"] > 50, scored.stderr
    assert {kind: score[kind] for kind in KINDS if score.get(kind, 1.0) != 1.0} == {}, scored.stderr
