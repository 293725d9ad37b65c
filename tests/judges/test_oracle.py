"""Recorded behaviour of devices that have a native definition; skipped where there are no recordings."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ORACLE = Path(__file__).resolve().parents[3] / "shared" / "oracle"
KINDS = ("device", "decode", "encode", "get", "configure", "devices")
PROGRAM = Path(sys.executable).with_name("zigwire")

pytestmark = pytest.mark.skipif(not ORACLE.is_dir(), reason="no ../shared/oracle")


def test_the_reference_device_is_wholly_as_recorded():
    command = [sys.executable, ORACLE / "score.py", "--half", "public", "--only", "^Xiaomi/ZNCZ02LM$", "--show", "5"]
    scored = subprocess.run(
        [*command, "--command", f"{PROGRAM} convert"], capture_output=True, text=True, check=True, timeout=300
    )
    score = json.loads(scored.stdout)
    assert score["asked"] > 50, scored.stderr
    assert [score[kind] for kind in KINDS] == [1.0] * len(KINDS), scored.stderr
