"""CPU, memory and start time beside Zigbee2MQTT, in one run on one machine.

    python benchmarks/beside_zigbee2mqtt.py --rig ../shared/rig --z2m DIR [--devices 50 200]

Plays the rig's bench.py with both bridges in turn and prints the figures with their ratios. DIR is a folder where
`npm install zigbee2mqtt@2.14.1` was run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def play(rig: Path, target: str, name: str, devices: list[int], out: Path, environment: dict[str, str]) -> None:
    """Run the bench once."""
    command = [sys.executable, rig / "bench.py", "--target", f"sh {rig}/targets/{target}", "--name", name, "--out", out]
    counts = map(str, devices)
    arguments = [*command, "--devices", *counts, "--rates", "200", "--seconds", "8", "--messages", "3000"]
    subprocess.run(arguments, check=True, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)


def figures(run: dict[str, Any]) -> dict[str, float]:
    """Pick the figures that are compared."""
    rate = run["rates"][0]
    saturated = {str(each["window"]): each["messages_per_s"] for each in run["saturation"]}
    return {
        "ready after start (s)": run["ready_s"],
        "CPU of the start (s)": run["startup_cpu_s"],
        "memory at rest (MB)": run["rss_idle_mb"],
        "memory after load (MB)": run["rss_after_mb"],
        "CPU per message at 200/s (ms)": rate["cpu_s_per_1000"],
        "radio to MQTT, median (ms)": rate["p50_ms"],
        "radio to MQTT, 99 % (ms)": rate["p99_ms"],
        "messages/s, 16 unanswered": saturated["16"],
        "messages/s, all at once": saturated["None"],
        "set to air, median (ms)": run["commands"]["latency"]["p50_ms"],
        "CPU per command (ms)": run["commands"]["cpu_s_per_1000"],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rig", type=Path, required=True)
    parser.add_argument("--z2m", type=Path, required=True)
    parser.add_argument("--devices", type=int, nargs="+", default=[200])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "bench.json"
        zigwire = str(ROOT / ".venv" / "bin" / "zigwire")
        play(arguments.rig, "zigwire.sh", "zigwire", arguments.devices, out, {"ZIGWIRE": zigwire})
        play(arguments.rig, "z2m.sh", "zigbee2mqtt", arguments.devices, out, {"Z2M_DIR": str(arguments.z2m.resolve())})
        results = json.loads(out.read_text())
    for ours, theirs in zip(results["zigwire"]["runs"], results["zigbee2mqtt"]["runs"], strict=True):
        print(f"{ours['devices']} devices{'':24} Zigwire  Zigbee2MQTT    ratio")
        other = figures(theirs)
        for name, value in figures(ours).items():
            print(f"  {name:32} {value:8.2f} {other[name]:12.2f} {value / other[name]:8.2f}")


if __name__ == "__main__":
    main()
