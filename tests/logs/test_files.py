"""The log in files."""

import logging

import pytest

from zigwire.logs import files


def stamped(parent, count, form="2020-01-01.00-00-{:02}"):
    """Make old log directories with something below them."""
    for number in range(count):
        (parent / form.format(number) / "below").mkdir(parents=True)
        (parent / form.format(number) / "log.log").touch()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("directory", "parent", "form"),
    [
        (None, "log", "2020-01-01.00-00-{:02}"),
        ("zigwire-%TIMESTAMP%.d", ".", "zigwire-2020-01-01.00-00-{:02}.d"),
        ("logs/%TIMESTAMP%/of/zigwire", "logs", "2020-01-01.00-00-{:02}"),
    ],
)
def test_old_directories_go_with_all_that_is_in_them(configure, tmp_path, directory, parent, form):
    stamped(tmp_path / parent, 8, form)
    (tmp_path / parent / "2020-01-01").mkdir()
    setting = {} if directory is None else {"log_directory": str(tmp_path / directory)}
    configure(log_output=["file"], log_directories_to_keep=5, **setting)
    logging.getLogger("zigwire.test").warning("hello")
    left = [path for path in (tmp_path / parent).iterdir() if "2020-01-01.00" in path.name]
    assert sorted(path.name for path in left) == [form.format(number) for number in (4, 5, 6, 7)]
    assert (tmp_path / parent / "2020-01-01").is_dir()
    (written,) = [path for path in tmp_path.rglob("log.log") if "2020-01-01" not in str(path)]
    assert "hello" in written.read_text()


def test_what_is_in_use_stays_though_its_time_is_the_oldest(configure, tmp_path):
    stamped(tmp_path / "log", 6, "2999-01-01.00-00-{:02}")
    configure(log_output=["file"], log_directories_to_keep=5)
    kept = names(tmp_path / "log")
    assert len(kept) == 5
    assert not kept[0].startswith("2999")


def test_a_link_to_the_directory_in_use(configure, tmp_path):
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "current").symlink_to("gone")
    configure(log_output=["file"], log_symlink_current=True)
    logging.getLogger("zigwire.test").warning("hello")
    assert "hello" in (tmp_path / "log" / "current" / "log.log").read_text()
    assert not (tmp_path / "log" / "current").readlink().is_absolute()


def test_a_link_that_cannot_be_made_is_named(configure, tmp_path, capsys):
    (tmp_path / "log" / "current").mkdir(parents=True)
    configure(log_output=["console", "file"], log_symlink_current=True)
    assert "log_symlink_current" in capsys.readouterr().out


def test_a_file_that_cannot_be_written_is_named_and_the_house_goes_on(configure, tmp_path, capsys):
    (tmp_path / "taken").touch()
    configure(log_output=["console", "file"], log_directory=str(tmp_path / "taken" / "log"))
    assert "The log goes to no file" in capsys.readouterr().out
    (tmp_path / "log.log").mkdir()
    configure(log_output=["console", "file"], log_directory=str(tmp_path))
    assert "log.log" in capsys.readouterr().out


def test_three_files_at_most(configure, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "FILE_BYTES", 1000)
    configure(log_output=["file"], log_directory=str(tmp_path / "log"), log_file="of-%TIMESTAMP%.txt")
    for number in range(100):
        logging.getLogger("zigwire.test").warning("message %d with some words in it", number)
    written = names(tmp_path / "log")
    assert [name.rpartition(".txt")[2] for name in written] == ["", ".1", ".2"]
    assert "message 99" in (tmp_path / "log" / written[0]).read_text()


def test_one_file_without_rotation(configure, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "FILE_BYTES", 1000)
    configure(log_output=["file"], log_directory=str(tmp_path / "log"), log_rotation=False)
    for number in range(100):
        logging.getLogger("zigwire.test").warning("message %d", number)
    assert names(tmp_path / "log") == ["log.log"]
