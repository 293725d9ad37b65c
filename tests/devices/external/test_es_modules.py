from __future__ import annotations

import pytest
import quickjs

from zigwire.devices.external import es_modules

MODULES = {"lib": {"a": 1, "b": 2}, "other": {"a": 10}}


def default(code: str):
    """Run a rewritten module and return what it exports by default."""
    context = quickjs.Context()
    context.set("code", es_modules.rewritten(code))
    context.set("modules", context.parse_json(__import__("json").dumps(MODULES)))
    return context.eval(
        "const exports = {}; (0, eval)(`(function (require, exports) {${code}\n})`)((n) => modules[n], exports);"
        "JSON.stringify(exports.default)"
    )


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("import * as m from 'lib';\nexport default m.a + m.b;", "3"),
        ('import {a, b as c} from "lib"\nexport default [a, c];', "[1,2]"),
        ("import {\n  a,\n  b,\n} from 'lib';\nexport default [a, b];", "[1,2]"),
        ("import m from 'lib';\nexport default m.b;", "2"),
        ("import m, {a} from 'lib';\nimport * as o from 'other';\nexport default [m.b, a, o.a];", "[2,1,10]"),
        ("import m, * as all from 'lib';\nexport default [m.a, all.b];", "[1,2]"),
        ("import 'lib';\nexport default 1;", "1"),
        ("const x = {p: 1};\nexport {x as default};", '{"p":1}'),
        ("export {x as default};\nconst x = 5;", "5"),
        ("export const y = 2;\nexport function f() { return y; }\nexport default f();", "2"),
        ("export default {\n  x: 'import a from b',\n};", '{"x":"import a from b"}'),
    ],
)
def test_modules_mean_what_they_meant(code, value):
    assert es_modules.is_module(code)
    assert default(code) == value


def test_lines_stay_where_they_were():
    code = "import {\n  a,\n} from 'lib';\nthrow new Error('here');"
    lines = es_modules.rewritten(code).split("\n")
    assert lines[3] == "throw new Error('here');"


@pytest.mark.parametrize(
    "code", ["const m = require('lib');", "// import x from 'y'\nmodule.exports = 1", "  important(1)"]
)
def test_common_js_is_none(code):
    assert not es_modules.is_module(code)


def test_required_names_are_found():
    code = "const a = require('lib'), b = require( \"x/y\" ); require('lib'); require(name);"
    assert es_modules.required(code) == ["lib", "x/y"]
