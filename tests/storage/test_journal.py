"""States between two flushes."""

from __future__ import annotations

import logging
import os

from hypothesis import given
from hypothesis import strategies as st

from zigwire.storage.database import Database
from zigwire.storage.journal import Journal

json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
    max_leaves=8,
)
states = st.dictionaries(st.text(st.characters(codec="utf-8")), json, max_size=4)


@given(notes=st.lists(st.tuples(st.sampled_from("abc"), st.none() | states), max_size=10), cut=st.integers(0, 30))
def test_the_newest_of_each_comes_back_whatever_is_cut_off_the_last(tmp_path_factory, notes, cut):
    path = tmp_path_factory.mktemp("journal") / "states"
    journal = Journal(path)
    for entity, state in notes:
        journal.append(entity, state)
    assert journal.replay() == dict(notes)
    if notes:
        last = path.read_bytes().splitlines()[-1]
        os.truncate(path, path.stat().st_size - 1 - min(cut, len(last) - 1))
        known = journal.replay()
        assert known in (dict(notes), dict(notes[:-1]))
    journal.clear()
    assert journal.replay() == {}
    journal.close()


def test_states_survive_without_a_flush(tmp_path):
    path = tmp_path / "zigwire.db"
    killed = Database(path)
    killed.put_state("a", {"state": "ON"})
    killed.flush()
    killed.put_state("a", {"state": "OFF"})
    killed.put_state("b", {"power": 3})
    killed.put_state("c", {"power": 4})
    killed.remove_state("c")
    with Database(path) as again:
        assert again.load_states() == {"a": {"state": "OFF"}, "b": {"power": 3}}
    with Database(path) as again:
        assert again.load_states() == {"a": {"state": "OFF"}, "b": {"power": 3}}


def test_a_journal_that_can_not_be_written_is_told_once(tmp_path, caplog, monkeypatch):
    journal = Journal(tmp_path / "states")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with caplog.at_level(logging.ERROR):
        journal.append("a", {})
        journal.append("a", {})
    monkeypatch.undo()
    assert len(caplog.records) == 1
    journal.append("a", {"n": 1})
    assert journal.replay() == {"a": {"n": 1}}
