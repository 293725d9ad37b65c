from hypothesis import given
from hypothesis import strategies as st

from zigwire.bridge.states import States


class Store:
    def __init__(self, states=None):
        self.states = dict(states or {})

    def load_states(self):
        return dict(self.states)

    def put_state(self, key, state):
        self.states[key] = dict(state)

    def remove_state(self, key):
        self.states.pop(key, None)


def test_changes_are_merged_and_kept():
    store = Store({"0x1": {"power": 3}})
    states = States(store)
    assert states.update("0x1", {"state": "ON"}) == {"power": 3, "state": "ON"}
    assert store.states == {"0x1": {"power": 3, "state": "ON"}}
    states.remove("0x1")
    assert store.states == {}
    assert states.get("0x1") == {}


def test_momentary_and_filtered_properties_are_published_but_not_kept():
    states = States(None)
    assert states.update(
        "0x1", {"action": "single", "action_group": 3, "state": "ON", "step_size": 1}, ["power.*"]
    ) == {
        "action": "single",
        "action_group": 3,
        "state": "ON",
        "step_size": 1,
    }
    states.update("0x1", {"power": 1, "power_factor": 2, "overpower": 3}, ["power.*"])
    assert states.get("0x1") == {"state": "ON", "overpower": 3}


@given(st.lists(st.dictionaries(st.sampled_from(["state", "power", "action", "energy"]), st.integers())))
def test_the_store_always_has_what_the_cache_has(updates):
    store = Store()
    states = States(store)
    for changes in updates:
        states.update("0x1", changes)
        assert store.states.get("0x1", {}) == states.get("0x1")
