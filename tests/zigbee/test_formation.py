"""When a network is formed, resumed or refused."""

from __future__ import annotations

import itertools

import pytest

from zigwire.zigbee.errors import NetworkRefusedError
from zigwire.zigbee.formation import (
    DEFAULT_EXTENDED_PAN_ID,
    FAR_ABOVE,
    Plan,
    Situation,
    differences,
    plan,
    resolved,
    to_form,
)
from zigwire.zigbee.radio import NetworkParameters
from zigwire.zigbee.store import NetworkRecord

COORDINATOR, OTHER = "0x00124b0012345678", "0x00124b00ffffffff"
KEY, OTHER_KEY = bytes(range(16)), bytes(16)
OURS = NetworkParameters(6754, COORDINATOR, 11, KEY)
ANOTHER = NetworkParameters(6754, OTHER, 11, KEY)
REKEYED = NetworkParameters(6754, COORDINATOR, 11, OTHER_KEY)
MOVED = NetworkParameters(6754, COORDINATOR, 25, KEY)
WANTED = NetworkParameters(6754, None, 11, KEY)
RECORD = NetworkRecord(OURS, COORDINATOR)


@pytest.mark.parametrize(
    ("held", "record", "devices", "expected"),
    [
        (None, None, 0, Plan.FORM),
        (None, RECORD, 0, None),
        (None, RECORD, 3, None),
        (None, None, 3, None),
        (OURS, None, 0, Plan.RESUME),
        (OURS, None, 3, Plan.RESUME),
        (OURS, RECORD, 3, Plan.RESUME),
        (MOVED, RECORD, 3, Plan.RESUME),
        (ANOTHER, RECORD, 3, None),
        (REKEYED, RECORD, 3, None),
        (ANOTHER, RECORD, 0, Plan.RESUME),
    ],
)
def test_without_the_users_word(held, record, devices, expected):
    situation = Situation(held, record, devices, WANTED)
    if expected is not None:
        assert plan(situation) is expected
        return
    with pytest.raises(NetworkRefusedError, match="--form-new-network") as refused:
        plan(situation)
    assert KEY.hex() not in str(refused.value)


def test_a_new_network_only_ever_replaces_nothing_or_is_wanted():
    for held, record, devices in itertools.product((None, OURS, ANOTHER, REKEYED), (None, RECORD), (0, 1)):
        try:
            decided = plan(Situation(held, record, devices, WANTED))
        except NetworkRefusedError:
            continue
        assert decided is Plan.RESUME or (held is None and record is None and not devices)


def test_the_users_word_counts_once():
    other = NetworkParameters(1, None, 20, OTHER_KEY)
    assert plan(Situation(OURS, RECORD, 3, other, form_new=True)) is Plan.FORM
    formed = resolved(other, COORDINATOR)
    assert plan(Situation(formed, NetworkRecord(formed, COORDINATOR), 3, other, form_new=True)) is Plan.RESUME
    assert plan(Situation(None, RECORD, 3, WANTED, form_new=True)) is Plan.FORM


def test_no_extended_pan_id_is_the_coordinators_address():
    assert resolved(WANTED, COORDINATOR) == OURS
    assert resolved(ANOTHER, COORDINATOR) == ANOTHER
    assert plan(Situation(WANTED, RECORD, 3, WANTED)) is Plan.RESUME


@pytest.mark.parametrize("configured", [None, DEFAULT_EXTENDED_PAN_ID])
@pytest.mark.parametrize("held", [COORDINATOR, DEFAULT_EXTENDED_PAN_ID])
def test_the_default_may_become_either(configured: str | None, held: str):
    wanted, in_force = (NetworkParameters(6754, extended, 11, KEY) for extended in (configured, held))
    assert differences(wanted, in_force, COORDINATOR) == []


def test_differences_never_show_a_key():
    assert differences(OURS, OURS, COORDINATOR) == []
    found = differences(NetworkParameters(1, OTHER, 15, OTHER_KEY), OURS, COORDINATOR)
    assert len(found) == 4
    assert not any(KEY.hex() in text or OTHER_KEY.hex() in text for text in found)


def test_the_text_of_one_device():
    with pytest.raises(NetworkRefusedError, match="1 device is known"):
        plan(Situation(None, None, 1, WANTED))


def test_a_network_of_another_program_is_not_formed_over():
    evidence = "database.db of Zigbee2MQTT knows 12 devices"
    with pytest.raises(NetworkRefusedError, match=rf"{evidence}\. .*--form-new-network"):
        plan(Situation(None, None, 0, WANTED, known_elsewhere=evidence))
    assert plan(Situation(OURS, None, 0, WANTED, known_elsewhere=evidence)) is Plan.RESUME
    assert plan(Situation(None, None, 0, WANTED, form_new=True, known_elsewhere=evidence)) is Plan.FORM


@pytest.mark.parametrize(
    ("held", "record", "reused"),
    [
        (None, None, False),
        (None, RECORD, True),
        (OURS, None, True),
        (REKEYED, None, False),
        (None, NetworkRecord(REKEYED, COORDINATOR), False),
    ],
)
def test_a_key_that_was_in_use_is_counted_on_from_far_above(held, record, reused):
    formed = to_form(Situation(held, record, 0, WANTED, form_new=True))
    assert formed == WANTED
    assert formed.frame_counter == (FAR_ABOVE if reused else 0)
