"""What pages say of options."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from zigwire.devices.exposes import SET, Binary, Composite, Enum, List, Numeric, Text
from zigwire.devices.herdsman.options import faults
from zigwire.devices.options import SHARED
from zigwire.docgen.options import allowed, section

NUMBER = "The value must be a number"


@pytest.mark.parametrize(
    ("option", "rule"),
    [
        (Numeric("a", SET), f"{NUMBER}."),
        (Numeric("a", SET, minimum=1), f"{NUMBER} with a minimum value of `1`"),
        (Numeric("a", SET, maximum=0.5), f"{NUMBER} with a maximum value of `0.5`"),
        (
            Numeric("a", SET, minimum=0, maximum=3),
            f"{NUMBER} with a minimum value of `0` and with a with a maximum value of `3`",
        ),
        (Binary("a", SET), "The value must be `true` or `false`."),
        (Enum("a", SET, ("one", "two")), "The value must be one of the following: `one`, `two`."),
        (List("a", SET, Numeric("b", SET)), "The value must be a list, each item of the type numeric."),
        (Text("a", SET), "The value must be a text."),
    ],
)
def test_rules(option, rule):
    assert section([option.to_dict()])[3:] == [f"* `a`: {rule}", "", ""]


def test_descriptions_are_sentences_on_one_line():
    assert (
        section([Text("a", SET, description="One\n two").to_dict()])[3] == "* `a`: One two. The value must be a text."
    )


def test_no_options_no_section():
    assert section([]) == []


def test_parts_have_rules_and_an_example():
    nested = Composite("button", SET, (Composite("left", SET, (Enum("on", SET, ("x", "y")), Numeric("n", SET))),))
    about = section([nested.to_dict()])
    assert about[3:7] == [
        "* `button`: The value must be an object of one or more of these:",
        "    * `left`: The value must be an object of one or more of these:",
        "        * `on`: The value must be one of the following: `x`, `y`.",
        "        * `n`: The value must be a number.",
    ]
    example = "\n".join(line for line in about[7:] if "```" not in line)
    assert yaml.safe_load(example) == {"button": {"left": {"on": "x", "n": 1}}}


@pytest.mark.parametrize("option", SHARED.values(), ids=SHARED)
def test_examples_are_allowed(option):
    assert option.allows(allowed(option.to_dict()))


@given(low=some.none() | some.integers(-9, 9), high=some.none() | some.integers(9, 20))
def test_example_numbers_are_in_their_range(low, high):
    option = Numeric("a", SET, minimum=low, maximum=high).to_dict()
    assert faults([option], {"a": allowed(option)}) == []
