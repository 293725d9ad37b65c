"""States between two flushes."""

from __future__ import annotations

import contextlib
import logging
import os
import resource
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import orjson
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


def encoded(state):
    return None if state is None else orjson.dumps(state)


@given(notes=st.lists(st.tuples(st.sampled_from("abc"), st.none() | states), max_size=10), cut=st.integers(0, 30))
def test_the_newest_of_each_comes_back_whatever_is_cut_off_the_last(tmp_path_factory, notes, cut):
    path = tmp_path_factory.mktemp("journal") / "states"
    notes = [(entity, encoded(state)) for entity, state in notes]
    journal = Journal(path)
    for entity, state in notes:
        journal.append(entity, state)
    assert journal.replay() == dict(notes)
    journal.close()
    known = dict(notes)
    if notes:
        last = path.read_bytes().splitlines()[-1]
        os.truncate(path, path.stat().st_size - 1 - min(cut, len(last) - 1))
        known = Journal(path).replay()
        assert known in (dict(notes), dict(notes[:-1]))
    journal = Journal(path)
    journal.append("d", b"{}")  # not glued to what is left of the last
    assert journal.replay() == known | {"d": b"{}"}
    journal.clear()
    assert journal.replay() == {}
    journal.close()


@given(
    notes=st.lists(st.tuples(st.sampled_from("abc"), st.none() | states), max_size=40), compact_at=st.integers(1, 200)
)
def test_compacting_keeps_the_newest_of_each(tmp_path_factory, notes, compact_at):
    path = tmp_path_factory.mktemp("journal") / "states"
    journal = Journal(path, compact_at=compact_at)
    for entity, state in notes:
        journal.append(entity, encoded(state))
    assert journal.replay() == {entity: encoded(state) for entity, state in notes}
    journal.close()
    assert [file.name for file in path.parent.iterdir()] == ["states"]


def test_a_journal_that_is_never_emptied_does_not_grow(tmp_path):
    path = tmp_path / "states"
    journal = Journal(path, compact_at=10_000)
    largest = 0
    for number in range(10_000):
        journal.append(f"{number % 10}", b'{"n":%d}' % number)
        largest = max(largest, path.stat().st_size)
    assert largest < 10_100
    assert journal.replay() == {f"{number % 10}": b'{"n":%d}' % number for number in range(9990, 10_000)}
    assert path.stat().st_mode & 0o077 == 0
    journal.close()


def test_many_entities_are_not_compacted_each_time(tmp_path, monkeypatch):
    journal = Journal(tmp_path / "states", compact_at=1000)
    replayed = []
    replay = journal.replay
    monkeypatch.setattr(journal, "replay", lambda: replayed.append(1) or replay())
    for number in range(1000):
        journal.append(str(number), b"{}")
    assert 1 <= len(replayed) < 10
    journal.close()


def test_a_journal_that_can_not_be_compacted_goes_on(tmp_path, caplog, monkeypatch):
    journal = Journal(tmp_path / "states", compact_at=100)

    def refused(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refused)
    for number in range(40):  # 590 bytes
        journal.append("a", b'{"n":%d}' % number)
    assert journal.replay() == {"a": b'{"n":39}'}
    assert len(caplog.records) == 5  # once for each hundred bytes
    assert [file.name for file in tmp_path.iterdir()] == ["states"]
    monkeypatch.undo()
    for number in range(9):
        journal.append("a", b'{"n":%d}' % number)
    assert (tmp_path / "states").stat().st_size < 100
    assert journal.replay() == {"a": b'{"n":8}'}
    journal.close()


KILLED = textwrap.dedent("""
    import os, signal, sys
    from pathlib import Path
    from zigwire.storage.database import Database
    database = Database(Path(sys.argv[1]))
    database.put_state("a", {"state": "ON"})
    database.flush()
    database.put_state("a", {"state": "OFF"})
    database.put_state("b", {"power": 3})
    database.put_state("c", {"power": 4})
    database.remove_state("c")
    os.kill(os.getpid(), signal.SIGKILL)
""")


def test_states_survive_without_a_flush(tmp_path):
    path = tmp_path / "zigwire.db"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    killed = subprocess.run([sys.executable, "-c", KILLED, str(path)], env=environment, check=False)
    assert killed.returncode == -signal.SIGKILL
    for _ in range(2):
        with Database(path) as again:
            assert again.load_states() == {"a": {"state": "OFF"}, "b": {"power": 3}}


@contextlib.contextmanager
def room_for(size):
    """Let no file grow beyond a size: a write that crosses it is cut short, the next one fails."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_journal_that_can_not_be_written_is_told_once(tmp_path, caplog):
    journal = Journal(tmp_path / "states")
    journal.append("a", b'{"n":1}')
    with caplog.at_level(logging.ERROR):
        with room_for(20):
            journal.append("b", b'{"n":2}')  # cut short
            journal.append("b", b'{"n":3}')
        assert len(caplog.records) == 1
        journal.append("c", b'{"n":4}')
        assert journal.replay() == {"a": b'{"n":1}', "c": b'{"n":4}'}
        with room_for(30):
            journal.append("d", b'{"n":5}')
    assert [record.levelname for record in caplog.records if "can't be written" in record.getMessage()] == ["ERROR"] * 2
    journal.close()


def test_what_is_no_state_is_left_out(tmp_path):
    path = tmp_path / "states"
    path.write_bytes(b'5\n\n[1,{}]\n["a",2]\n["a",{},1]\n\x00\x00\n\xff\n["b",{"n":1}]\n["c",')
    journal = Journal(path)
    assert journal.replay() == {"b": b'{"n":1}'}
    journal.close()
