"""The dashboard for Grafana."""

from __future__ import annotations

import json
from typing import Any

from .documents import ROOT

DASHBOARD: dict[str, Any] = json.loads((ROOT / "docs" / "grafana-dashboard.json").read_text(encoding="utf-8"))


def panels() -> list[dict[str, Any]]:
    """What shows something."""
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def expressions() -> list[str]:
    """All that is asked of Prometheus."""
    return [target["expr"] for panel in panels() for target in panel["targets"]]
