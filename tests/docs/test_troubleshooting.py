"""Troubleshooting: what it quotes is what the program says."""

import ast
import re
from functools import cache

import pytest
from support.documents import ROOT, text

SYMPTOMS = re.findall(r"^\| ([^|]+) \|", text(ROOT / "docs/troubleshooting.md"), re.MULTILINE)
QUOTED = [quoted for symptom in SYMPTOMS for quoted in re.findall(r"`([^`]+)`", symptom)]
PLACEHOLDER = re.compile(r"%[-.\d]*[a-z]|\{[^{}]*\}")


@cache
def said():
    """Everything that the program can say, with `…` where something is put in."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "zigwire").rglob("*.py"))
    said = "\n".join(phrase for tree in trees for node in ast.walk(tree) for phrase in phrases(node))
    return re.sub(r"…( …)+", "…", said)


def phrases(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield PLACEHOLDER.sub("…", node.value)
    if isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)


@pytest.mark.parametrize("quoted", QUOTED)
def test_it_is_said(quoted):
    words = quoted.strip("…: ")
    assert len(words) > len("missing")
    assert words in said()
