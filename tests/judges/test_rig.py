"""The rig's scenarios on the real coordinator wire, beside what Zigbee2MQTT did in them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RIG = ROOT.parent / "shared" / "rig"
LIBRARY = ROOT / ".venv" / "share" / "zigwire" / "library"

pytestmark = [
    pytest.mark.skipif(not RIG.is_dir(), reason="no ../shared/rig"),
    pytest.mark.skipif(not LIBRARY.is_dir(), reason="no library of definitions: `zigwire library fetch` gets it"),
]

SCENARIOS = ("lumi_plug", "light", "sensors", "bridge")

WANTED = {"mqtt": 0.95, "retained": 0.97, "air": 0.95}
"""Shares of what Zigbee2MQTT did; of the frames on air those after the first join."""

LATER = "firmware updates are not there yet"

DRAWN = "a drawing has the plug's description, which is that of its device page"

STEPS = {
    "lumi_plug": {"bad: memory as string": "'yes' is refused"},
    "bridge": {
        "06 permit_join": "a time that is no number is refused",
        "41 device/generate_external_definition": "made of what is known, without questions to the device",
        "46 networkmap": DRAWN,
        "47 networkmap": DRAWN,
        "42 device/ota_update/check": LATER,
        "43 device/ota_update/update": LATER,
        "44 device/ota_update/check": LATER,
    },
}
"""Steps that are not compared, for docs/differences.md says that they differ on purpose, and why."""

PROPERTIES = {"lumi_plug": {"power_outage_memory": "shows what the plug has, not what somebody asked for"}}
"""Values of states that are not compared, likewise."""


def play(scenario, out):
    """Play a scenario with the program that is installed; returns the transcript."""
    subprocess.run(
        [sys.executable, RIG / "run.py", "--target", f"sh {RIG}/targets/zigwire.sh", "--out", out, scenario],
        check=True,
        timeout=600,
        env={"PATH": "/usr/sbin:/usr/bin:/bin", "ZIGWIRE": str(ROOT / ".venv" / "bin" / "zigwire")},
    )
    return json.loads((out / f"{scenario}.json").read_text())


def compare(golden, played, folder):
    """Return the shares of messages, retained topics and frames in which two transcripts agree."""
    paths = []
    for name, transcript in (("golden", golden), ("played", played)):
        paths.append(folder / f"{name}.json")
        paths[-1].write_text(json.dumps(transcript))
    summary = subprocess.run([sys.executable, RIG / "diff.py", *paths, "--summary"], capture_output=True, check=False)
    return json.loads(summary.stdout)


def without_start(transcript):
    """Leave out what goes on air up to the first join: the coordinator's own start and the interview."""
    names = [step["name"] for step in transcript["steps"]]
    joined = next(index for index, name in enumerate(names) if name.startswith("join "))
    steps = [{**step, "air": []} if index <= joined else step for index, step in enumerate(transcript["steps"])]
    return {**transcript, "steps": steps}


def without_purpose(transcript):
    """Leave out what differs on purpose."""
    left_out = STEPS.get(transcript["scenario"], {})
    properties = dict.fromkeys(PROPERTIES.get(transcript["scenario"], {}), "<on purpose>")

    def masked(message):
        payload = message["payload"]
        if not isinstance(payload, dict) or not properties.keys() & payload.keys():
            return message
        return {**message, "payload": {**payload, **properties}}

    steps = [
        {**step, "mqtt": [masked(message) for message in step["mqtt"]]}
        for step in transcript["steps"]
        if step["name"] not in left_out
    ]
    return {**transcript, "steps": steps}


def steps_of(transcript, name):
    return {**transcript, "steps": [step for step in transcript["steps"] if step["name"] == name]}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(scenario, tmp_path):
    golden = json.loads((RIG / "golden" / f"{scenario}.json").read_text())
    played = play(scenario, tmp_path)
    assert played["error"] is None
    transcripts = without_start(golden), without_start(played)
    print(scenario, "all:", compare(*transcripts, tmp_path))
    for name in STEPS.get(scenario, {}):
        alone = compare(*(steps_of(transcript, name) for transcript in transcripts), tmp_path)
        assert alone["mqtt"] < 1, f"{name} does not differ any more: compare it"
    shares = compare(*map(without_purpose, transcripts), tmp_path)
    print(scenario, "without what differs on purpose:", shares)
    for kind, wanted in WANTED.items():
        assert shares[kind] >= wanted, f"{kind}: {shares[kind]} of what Zigbee2MQTT did, {wanted} is wanted"
