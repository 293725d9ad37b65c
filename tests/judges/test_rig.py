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

SCENARIOS = ("lumi_plug", "light", "sensors", "bridge", "ota")

WANTED = {"mqtt": 0.95, "retained": 0.97, "air": 0.95, "facts": 1.0}
"""Shares of what Zigbee2MQTT did; of the frames on air those after the first join."""

UPDATES_WANTED = 0.9
"""Share of all that Zigbee2MQTT published about updates, whatever differs on purpose."""

WHY_NONE = "the response says why there is no image"
SUPPORTED = "the field's library knows by now that this plug can be updated"
RESUMED = "the update that was interrupted goes on, so that there is none to do after it"

DRAWN = "a drawing has the plug's description, which is that of its device page"

STEPS = {
    "lumi_plug": {"bad: memory as string": "'yes' is refused"},
    "bridge": {
        "06 permit_join": "a time that is no number is refused",
        "41 device/generate_external_definition": "made of what is known, without questions to the device",
        "46 networkmap": DRAWN,
        "47 networkmap": DRAWN,
    },
    "ota": {
        **dict.fromkeys(
            (
                "check, running version too new for it",
                "check, other model",
                "check, index without the device",
                "check, index missing",
                "update, hex of no image",
                "update, no such file",
                "update, no such url",
                "update, damaged magic",
                "update, damaged size",
                "update, damaged truncated",
                "update, wrong sha512",
            ),
            WHY_NONE,
        ),
        **dict.fromkeys(
            ("check, client cluster only", "update, client cluster only", "schedule, client cluster only"), SUPPORTED
        ),
        "abort, nothing running": "answered as what it is, a request to abort",
        "update": "says the date code though the plug has no build id",
        "update with other requests meanwhile": "tells each second how far it is",
        "update, image of another manufacturer": "is not offered",
        "restart while scheduled": "the link quality outlives a restart",
        "device asks, still scheduled": "a schedule without an image is over",
        "unschedule, nothing newer": "follows from the look-up before",
        "restart during update": RESUMED,
        "update after restart": RESUMED,
    },
}
"""Steps that are not compared, for docs/differences.md says that they differ on purpose, and why."""

PROPERTIES = {"lumi_plug": {"power_outage_memory": "shows what the plug has, not what somebody asked for"}}
"""Values of states that are not compared, likewise."""

RENEWED = {"SP 120": {"supports_ota": SUPPORTED}}
"""Values of definitions that a newer version of the field's library has otherwise, by model."""


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


def without_renewed(value):
    """Leave out what depends on the version of the field's library."""
    if isinstance(value, list):
        return [without_renewed(one) for one in value]
    if not isinstance(value, dict):
        return value
    model = value.get("model")
    renewed = RENEWED.get(model, {}) if isinstance(model, str) else {}
    return {name: "<newer>" if name in renewed else without_renewed(one) for name, one in value.items()}


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
    golden = without_renewed(json.loads((RIG / "golden" / f"{scenario}.json").read_text()))
    played = without_renewed(play(scenario, tmp_path))
    assert played["error"] is None
    transcripts = without_start(golden), without_start(played)
    whole = compare(*transcripts, tmp_path)
    print(scenario, "all:", whole)
    assert scenario != "ota" or whole["mqtt"] >= UPDATES_WANTED
    for name in STEPS.get(scenario, {}):
        alone = compare(*(steps_of(transcript, name) for transcript in transcripts), tmp_path)
        assert alone["mqtt"] < 1 or alone.get("facts", 1.0) < 1, f"{name} does not differ any more: compare it"
    shares = compare(*map(without_purpose, transcripts), tmp_path)
    print(scenario, "without what differs on purpose:", shares)
    for kind, wanted in WANTED.items():
        share = shares.get(kind, 1.0)
        assert share >= wanted, f"{kind}: {share} of what Zigbee2MQTT did, {wanted} is wanted"
