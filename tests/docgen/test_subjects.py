"""Which devices there are pages of, and how they are called."""

from dataclasses import replace

import pytest

from zigwire.devices.herdsman import Package
from zigwire.devices.portrait import Label
from zigwire.docgen import UnknownModel, all_subjects, chosen
from zigwire.herdsman_library import Versions, default_folder

LIKE = "ZNQBCZ11LM, QBCZ11LM, ZNCZ15LM, ZNCZ12LM, QBCZ15LM"
NATIVE = all_subjects(None)
ODD = replace(NATIVE[0], vendor="Acme", model="A/b c")


@pytest.mark.parametrize("name", ["A/b c", "a/B C", "Acme/A/b c", "A_b_c"])
def test_a_device_goes_by_several_names(name):
    assert chosen([*NATIVE, ODD], [name, name]) == [ODD]


def test_a_device_goes_by_the_names_that_it_is_sold_under_too():
    first, second = (replace(ODD, model=model, labels=[Label("Bcme", "D1"), Label("Bcme", model)]) for model in "xy")
    assert chosen([first, second], ["bcme/d1"]) == [first, second]
    assert chosen([first, second], ["D1", "x", "Bcme/y"]) == [first, second]
    assert chosen([first, second], ["Y"]) == [second]


def test_no_name_is_all():
    assert chosen(NATIVE, []) == NATIVE


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ZNQBCZ11", f'no device has the model "ZNQBCZ11"; these are like it: {LIKE}'),
        ("§§§§§", 'no device has the model "§§§§§"'),
        ("", 'no device has the model ""'),
    ],
)
def test_an_unknown_name_is_refused(name, text):
    with pytest.raises(UnknownModel) as refused:
        chosen(NATIVE, ["ZNCZ02LM", name])
    assert str(refused.value) == text


def test_our_own_definitions_go_before_the_librarys():
    modules = Versions(default_folder()).node_modules
    if modules is None:
        pytest.skip("no library of definitions (`zigwire library fetch` gets it)")
    subjects = all_subjects(Package.at(modules))
    assert subjects[: len(NATIVE)] == NATIVE
    models = [one.model for one in subjects]
    assert len(models) == len(set(models))
    assert "9290012573A" in models
