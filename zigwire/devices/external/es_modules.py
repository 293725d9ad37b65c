"""ES module syntax rewritten with `require` and `exports`, which is what the script engine loads. Lines stay lines."""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["is_module", "required", "rewritten"]

Match = re.Match[str]

FROM = r"""(?P<quote>['"])(?P<module>[^'"\n\\]+)(?P=quote)[ \t]*;?"""
IMPORT = re.compile(rf"^import\s+(?P<what>[^'\"()]+?)\s*from\s*{FROM}", re.MULTILINE)
IMPORT_ONLY = re.compile(rf"^import\s*{FROM}", re.MULTILINE)
EXPORT_LIST = re.compile(r"^export\s*\{(?P<names>[^}]*)\}[ \t]*;?", re.MULTILINE)
EXPORT_DEFAULT = re.compile(r"^export\s+default\b", re.MULTILINE)
EXPORT_DECLARED = re.compile(r"^export\s+(?=(?:const|let|var|class|async|function)\b)", re.MULTILINE)
SYNTAX = (IMPORT, IMPORT_ONLY, EXPORT_LIST, EXPORT_DEFAULT, EXPORT_DECLARED)
REQUIRE = re.compile(r"""\brequire\s*\(\s*(['"])(?P<module>[^'"\n\\]+)\1\s*\)""")


def is_module(code: str) -> bool:
    """Whether a script uses the syntax of ES modules: a line begins with an import or export."""
    return any(pattern.search(code) for pattern in SYNTAX)


def required(code: str) -> list[str]:
    """Return the names of the modules that a CommonJS script requires, each once."""
    return list(dict.fromkeys(match["module"] for match in REQUIRE.finditer(code)))


def rewritten(code: str) -> str:
    """Return an ES module as a CommonJS module; what it exports by default is `exports.default`."""
    last: list[str] = []
    rules: tuple[tuple[re.Pattern[str], Callable[[Match], str]], ...] = (
        (IMPORT, _imported),
        (IMPORT_ONLY, lambda match: f"require('{match['module']}');"),
        (EXPORT_LIST, lambda match: _listed(match, last)),
        (EXPORT_DEFAULT, lambda _: "exports.default ="),
        (EXPORT_DECLARED, lambda _: ""),
    )
    for pattern, write in rules:
        code = _replaced(code, pattern, write)
    return f'"use strict"; {code}\n{"".join(last)}'


def _replaced(code: str, pattern: re.Pattern[str], write: Callable[[Match], str]) -> str:
    return pattern.sub(lambda match: write(match) + "\n" * match[0].count("\n"), code)


def _imported(match: Match) -> str:
    """Return declarations for `a`, `* as b`, `{c, d as e}`, or the first with one of the others."""
    first, _, second = match["what"].partition(",")
    parts = (match["what"],) if first.lstrip().startswith("{") else (first, second)
    declared = (f"{_target(part.strip())} = require('{match['module']}')" for part in parts if part.strip())
    return f"const {', '.join(declared)};"


def _target(part: str) -> str:
    if part.startswith("{"):
        return "{" + ", ".join(f"{theirs}: {ours}" for theirs, ours in _pairs(part.strip("{}"))) + "}"
    return part.rsplit(maxsplit=1)[-1]


def _listed(match: Match, last: list[str]) -> str:
    """Let the default one of a list be exported at the end, where it has its value."""
    last.extend(f"exports.default = {ours};" for ours, theirs in _pairs(match["names"]) if theirs == "default")
    return ""


def _pairs(names: str) -> list[tuple[str, str]]:
    """Return the two names of each entry of `a, b as c`; both are the same without `as`."""
    entries = (entry.split() for entry in names.split(",") if entry.strip())
    return [(words[0], words[-1]) for words in entries]
