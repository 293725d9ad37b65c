"""The dashboard has what Grafana needs of it."""

import re

import pytest
from support.dashboard import DASHBOARD, expressions, panels


def test_the_dashboard_is_one():
    assert DASHBOARD["schemaVersion"] >= 38  # of Grafana 10
    assert DASHBOARD["uid"]
    variables = {variable["name"]: variable for variable in DASHBOARD["templating"]["list"]}
    assert (variables["datasource"]["type"], variables["datasource"]["query"]) == ("datasource", "prometheus")
    rows = [panel["title"] for panel in DASHBOARD["panels"] if panel["type"] == "row"]
    assert rows == ["Overview", "Radio", "Devices", "Latency", "Queues", "Updates"]
    numbers = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(numbers)) == len(numbers)
    for panel in panels():
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["targets"]


def test_the_dashboard_covers_no_panel_with_another():
    taken = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        columns, lines = range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"])
        cells = {(x, y) for x in columns for y in lines}
        assert max(columns) < 24
        assert not cells & taken, panel["title"]
        taken |= cells


@pytest.mark.parametrize("variable", ["instance", "device"])
def test_the_dashboard_uses_its_variables(variable):
    known = {one["name"] for one in DASHBOARD["templating"]["list"]}
    used = {name for expression in expressions() for name in re.findall(r"\$\{?(\w+)", expression)}
    assert variable in used
    assert used - known == {"__rate_interval"}
