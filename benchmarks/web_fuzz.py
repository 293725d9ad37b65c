"""Nonsense against the web server for as long as you like: the cases of tests/web/test_fuzz.py, with other seeds.

    python benchmarks/web_fuzz.py [--cases 20000] [--seed 1]

Ends with status 0 when nothing broke and nobody got in.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Run the tests with more cases, and return their exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    environment = {**os.environ, "FUZZ_CASES": str(arguments.cases), "FUZZ_SEED": str(arguments.seed)}
    command = [sys.executable, "-m", "pytest", "-q", ROOT / "tests" / "web" / "test_fuzz.py"]
    return subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
