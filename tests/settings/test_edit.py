import copy

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from zigwire.settings import SettingsError
from zigwire.settings.edit import dump, edit, same
from zigwire.settings.parse import parse

FILE = """\
# my house
version: 5   # keep

mqtt:
    base_topic: "zigbee2mqtt" # quoted
    server: mqtt://localhost
    # user: me

blocklist:
- '0x01'  # noisy
# the next one bites
- '0x02'
devices: # mine
  '0x0a': # lamp
    friendly_name: lamp
    filtered_attributes: [a, b]   # both

  # kettle
  '0x0b':
    friendly_name: kettle
    description: |
      on the
      shelf

# all groups
groups: {} # none yet
serial:
advanced: {channel: 11, pan_id: 5}
"""


def changed(change):
    before = parse(FILE, "")
    after = copy.deepcopy(before)
    change(after)
    text = edit(FILE, before, after)
    assert same(parse(text, ""), after)
    return text


@pytest.mark.parametrize(
    ("change", "old", "new"),
    [
        (lambda d: d["mqtt"].update(base_topic="home"), '"zigbee2mqtt" # quoted', "home # quoted"),
        (lambda d: d["mqtt"].update(user="me"), "    # user: me", "    user: me\n    # user: me"),
        (
            lambda d: d["devices"].update({"0x0c": {"friendly_name": "toaster"}}),
            "      shelf\n",
            "      shelf\n  '0x0c':\n    friendly_name: toaster\n",
        ),
        (
            lambda d: d["devices"]["0x0a"].update(retain=True),
            "   # both\n",
            "   # both\n    retain: true\n",
        ),
        (lambda d: d["devices"].pop("0x0a"), FILE[FILE.index("  '0x0a'") : FILE.index("\n  # kettle")], ""),
        (lambda d: d["devices"].pop("0x0b"), FILE[FILE.index("  '0x0b'") : FILE.index("\n# all groups")], ""),
        (lambda d: d["devices"]["0x0a"].update(filtered_attributes=[]), "[a, b]", "[]"),
        (
            lambda d: d["devices"]["0x0b"].update(description="here"),
            "description: |\n      on the\n      shelf\n",
            "description: here\n",
        ),
        (
            lambda d: d["groups"].update({"1": {"friendly_name": "all"}}),
            "groups: {} # none yet",
            "groups:\n  '1':\n    friendly_name: all # none yet",
        ),
        (lambda d: d["groups"].update({"a": [1, 2]}), "groups: {} # none yet", "groups:\n  a: [1, 2] # none yet"),
        (lambda d: d.update(serial={"port": "sim://"}), "serial:\n", "serial:\n  port: sim://\n"),
        (lambda d: d.update(serial="x"), "serial:\n", "serial: x\n"),
        (lambda d: d["advanced"].update(channel=12), "{channel: 11, pan_id: 5}", "{channel: 12, pan_id: 5}"),
        (lambda d: d["blocklist"].append("0x03"), "- '0x02'\n", "- '0x02'\n- '0x03'\n"),
        (lambda d: d["blocklist"].remove("0x01"), "- '0x01'  # noisy\n", ""),
        (lambda d: d.update(version=6), "version: 5   #", "version: 6   #"),
        (lambda d: d.update(health={"interval": 5}), "pan_id: 5}\n", "pan_id: 5}\nhealth:\n  interval: 5\n"),
        (lambda d: d.pop("version"), "version: 5   # keep\n", ""),
    ],
)
def test_only_what_changed_changes(change, old, new):
    assert FILE.count(old) == 1
    assert changed(change) == FILE.replace(old, new)


def test_emptied_object_keeps_the_comment_of_its_line():
    assert "devices: {} # mine\n\n# all groups" in changed(lambda d: d.update(devices={}))


def test_replaced_list():
    assert "blocklist:\n  - x\n  - 0x\ndevices" in changed(lambda d: d.update(blocklist=["x", "0x"]))


def test_several_changes_at_one_place():
    def change(document):
        del document["devices"]["0x0b"]
        document["devices"]["0x0c"] = {"friendly_name": "toaster"}
        document["devices"]["0x0a"]["retain"] = True

    text = changed(change)
    assert "# both\n    retain: true\n\n  # kettle\n  '0x0c':\n    friendly_name: toaster\n\n# all groups" in text


def test_line_ends_and_a_missing_last_one_are_kept():
    assert edit("a: 1\r\nb: 2", {"a": 1, "b": 2}, {"a": 1, "b": 2, "c": {"d": 1}}) == "a: 1\r\nb: 2\r\nc:\r\n  d: 1\r\n"


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("# mine\na: &x {k: 1}\nb: *x\n", {"b": {"k": 2}}),
        ("# mine\na: &x {k: 1}\nb: *x\n", {"a": {"k": 2}}),
        ("# mine\na: &x\n  k: 1\nb: *x\n", {"a": {"k": 2}}),
        ("# mine\n{a: 1, b: 2}\n", {"b": 3}),
        ("# mine\n? a\n: 1\n", {"a": 2}),
        ("# mine\na:\n  - k: 1\n    l: 2\n", {"a": [{"l": 2}]}),
        ("# mine\na: |+\n  x\n\n\n", {"b": 1}),
        ("# mine\n---\na: 1\n...\n", {"b": 1}),
        ("# mine\na: !!str 5\n", {"a": 6}),
        ("# mine\n'a': 'multi\n  line'\n", {"a": "b"}),
        ("# mine\na:\n", {"a": {"b": {"c": []}}}),
        ("# mine\na: 1\n", {"a": True}),
    ],
)
def test_the_result_means_what_it_shall(text, change):
    before = parse(text, "")
    after = before | change
    result = edit(text, before, after)
    assert same(parse(result, ""), after)
    assert result.startswith("# mine\n")


def test_what_yaml_can_not_say_is_refused():
    with pytest.raises(SettingsError):
        edit("a: 1\n", {"a": 1}, {"a": "\ud800"})


KEYS = st.text(alphabet="abc01x_ -#'é", min_size=1, max_size=6)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=12)
    | st.sampled_from(["on", "0x12", "0o17", "017", "08", "1e3", "~", "null", "a: b", "# x", "2024-01-01", "- a", "<<"])
)
DATA = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
DOCUMENTS = st.dictionaries(KEYS, DATA, min_size=1, max_size=5)


@given(DOCUMENTS)
def test_data_survives_text(data):
    assert same(parse(dump(data), ""), data)


@st.composite
def edits(draw):
    """A document, and the same with some keys replaced, removed and added, at any depth."""
    before = draw(DOCUMENTS)

    def mutate(value):
        if not isinstance(value, dict):
            return draw(DATA)
        result = {}
        for key, inner in value.items():
            match draw(st.integers(0, 3)):
                case 0:
                    result[key] = mutate(inner)
                case 1 | 2:
                    result[key] = inner
        return result | draw(st.dictionaries(KEYS, DATA, max_size=2))

    return before, mutate(before)


@given(edits())
@settings(max_examples=300)
def test_any_edit_gives_the_data_that_was_wanted(pair):
    before, after = pair
    assert same(parse(edit(dump(before), before, after), ""), after)


@given(edits())
def test_comments_before_kept_keys_survive(pair):
    before, after = pair
    assume(after)
    text = "".join(f"# about {number}\n{dump({key: value})}" for number, (key, value) in enumerate(before.items()))
    result = edit(text, before, after)
    assert same(parse(result, ""), after)
    lines = result.splitlines()
    for number in range(len(before)):
        assert f"# about {number}" in lines
