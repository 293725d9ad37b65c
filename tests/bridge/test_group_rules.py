"""Whatever happens in whatever order: a group is on exactly while one of its members is."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from zigwire.bridge.entities import DeviceEntity, GroupEntity
from zigwire.bridge.group_states import GroupStates
from zigwire.bridge.states import States
from zigwire.settings import DeviceOptions, GroupOptions
from zigwire.zigbee.model import Device, Group, Member

STATE = {"type": "binary", "name": "state", "value_on": "ON", "value_off": "OFF"}
BEHAVIOUR = SimpleNamespace(
    exposes=lambda _: [{"type": "switch", "features": [STATE]}], properties=("state",), endpoint_names={}
)
DEVICES = ("a", "b", "c")
GROUPS = {1: ("a", "b"), 2: ("b", "c"), 3: ("a", "b", "c")}


class House:
    """Devices and groups that share them; takes the places of entities and publisher."""

    def __init__(self):
        self.devices = {
            name: DeviceEntity(Device(name, 1), name, DeviceOptions(friendly_name=name), BEHAVIOUR) for name in DEVICES
        }
        self.all_groups = [
            GroupEntity(
                Group(number, [Member(name, 1) for name in names]), str(number), GroupOptions(friendly_name="x")
            )
            for number, names in GROUPS.items()
        ]
        self.states = States(None)
        self.published = 0
        self.rules = GroupStates(self, self, self.states)

    def groups(self):
        return iter(self.all_groups)

    def members(self, group):
        return ((self.devices[member.ieee], member.endpoint) for member in group.group.members)

    def publish(self, entity, changes):
        self.published += 1
        self.states.update(entity.key, changes)
        self.rules.changed(entity, changes, changes)

    def state(self, name):
        return self.states.get(name).get("state")


steps = st.lists(st.tuples(st.sampled_from([*DEVICES, *GROUPS]), st.sampled_from(["ON", "OFF"])), max_size=12)


@given(steps)
def test_a_group_is_on_while_a_member_is(sequence):
    house = House()
    for device in house.devices.values():
        house.publish(device, {"state": "OFF"})
    for name, state in sequence:
        before = house.published
        entity = house.devices.get(name) or house.all_groups[name - 1]
        house.publish(entity, {"state": state})
        assert house.published - before <= 1 + len(DEVICES) + len(GROUPS)
        for number, members in GROUPS.items():
            lit = any(house.state(member) == "ON" for member in members)
            assert house.state(str(number)) == ("ON" if lit else "OFF")
        if name in GROUPS:
            assert {house.state(member) for member in GROUPS[name]} == {state}
