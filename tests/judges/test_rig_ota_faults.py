"""Updates of devices with faults on the rig: each ends updated, or with its true reason."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RIG = ROOT.parent / "shared" / "rig"

pytestmark = pytest.mark.skipif(not RIG.is_dir(), reason="no ../shared/rig")


async def test_each_update_ends_with_the_new_firmware_or_its_reason(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(RIG))
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    from ota_faults import CASES, SETTINGS, run
    from scenario import Rig

    monkeypatch.setenv("ZIGWIRE", str(Path(sys.executable).with_name("zigwire")))
    async with Rig(f"sh {RIG}/targets/zigwire.sh", tmp_path, SETTINGS) as rig:
        await run(rig)
    ends = {fact["name"]: fact["value"] for step in rig.steps for fact in step.get("facts", [])}
    wrong = {case.name: faults for case in CASES if (faults := [*found(case, ends[case.name])])}
    assert not wrong, f"{len(wrong)} of {len(CASES)}"


def found(case, end):
    """Say what is not as it is to be."""
    reply, is_new = end["reply"], end["file_version"] == end["offered"]
    if end["violations"]:
        yield end["violations"]
    if is_new is bool(case.error):
        yield f"runs {end['file_version']:#x}, {end['offered']:#x} was offered: {end['result']}"
    if not case.error and reply["status"] != "ok":
        yield reply
    if case.error and not re.search(case.error, reply.get("error", "")):
        yield reply
