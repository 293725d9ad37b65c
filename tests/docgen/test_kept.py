"""What pages keep, and pages that are refused so that nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from zigwire.docgen.kept import BEGIN, END, Kept, PageFault, read_kept
from zigwire.docgen.page import text
from zigwire.docgen.subjects import all_subjects

FRESH = Kept("2030-01-01T00:00:00Z", "https://example.org/new.png", "\n")
HEAD = "---\naddedAt: 2020-02-03T04:05:06Z\n---\n| Picture | ![A b](https://example.org/old.jpg) |\n"
PLUG = all_subjects(None)[0]


def page(tmp_path, content):
    path = tmp_path / "page.md"
    path.write_text(content)
    return path


def with_notes(notes):
    return f"{HEAD}{BEGIN}\n{notes}{END}\nand more\n"


def test_a_new_page_has_what_is_given(tmp_path):
    assert read_kept(tmp_path / "none.md", FRESH) is FRESH


def test_date_picture_and_notes_stay(tmp_path):
    kept = read_kept(page(tmp_path, with_notes("\n## Notes\n  mine \n\n")), FRESH)
    assert kept == Kept("2020-02-03T04:05:06Z", "https://example.org/old.jpg", "\n## Notes\n  mine \n\n")


def test_what_an_old_page_lacks_is_given(tmp_path):
    kept = read_kept(page(tmp_path, f"addedAt: soon\n{BEGIN}\n{END}\naddedAt: 2020-02-03T04:05:06Z\n"), FRESH)
    assert kept == Kept(FRESH.added_at, FRESH.picture, "")


@pytest.mark.parametrize("date", ["2019-07-22 20:08:17 ", "2019-07-22T20:08:17Z"])
def test_a_date_stays_however_it_is_written(tmp_path, date):
    kept = read_kept(page(tmp_path, f"addedAt: {date}\n{BEGIN}\n{END}\n"), FRESH)
    assert kept.added_at == date.strip()


@pytest.mark.parametrize(
    "notes",
    [
        "## Notes\n### Pairing\n",
        "\n## Notes \n",
        "#hashtag\n",
        "```sh\n# a comment\n## another\n```\n",
        "~~~~\n```\n# a comment\n~~~~\n",
        "* one\n---\nrest\n",
        "1. one\n---\nrest\n",
        "```sh\n# a comment\n```\n---\nrest\n",
        "```\n```sh\n# a comment\n```\n",
        "| a |\n|---|\n",
        "text\n\n---\n",
    ],
)
def test_notes_that_may_be(tmp_path, notes):
    assert read_kept(page(tmp_path, with_notes(notes)), FRESH).notes == notes


@pytest.mark.parametrize(
    ("notes", "line"),
    [
        ("# Mine\n", 6),
        ("## Pairing\n", 6),
        ("## Notes\n## Notes\n", 7),
        ("text\n## Notes\n", 7),
        ("##\n", 6),
        ("Mine\n====\n", 7),
        ("Mine\n---\n", 7),
        ("```\ncode\n```\n# Mine\n", 9),
        ("```code``` in a line\n# Mine\n", 7),
        ("text <H1>Mine</H1>\n<h2>Mine</h2>\n", 7),
    ],
)
def test_headings_in_notes_are_refused_with_their_line(tmp_path, notes, line):
    path = page(tmp_path, with_notes(notes))
    with pytest.raises(PageFault, match=f"^{path}:{line}: notes have no heading"):
        read_kept(path, FRESH)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (HEAD, ":5: there is no line `<!-- Notes BEGIN`"),
        (f"{BEGIN}\nmine\n", ":3: there is no line `<!-- Notes END`"),
        (f"{END}\n", ":2: there is no line `<!-- Notes BEGIN`"),
        (with_notes("") + with_notes(""), ":12: this is a second line `<!-- Notes BEGIN`"),
        (with_notes(f"{END}\n"), ":7: this is a second line `<!-- Notes END`"),
        (f"{END}\n{BEGIN}\n", ":1: `<!-- Notes END` stands before"),
    ],
)
def test_comments_that_are_no_pair_are_refused(tmp_path, content, fault):
    with pytest.raises(PageFault) as refused:
        read_kept(page(tmp_path, content), FRESH)
    assert fault in str(refused.value)


def test_another_encoding_is_refused(tmp_path):
    path = tmp_path / "page.md"
    path.write_bytes(b"---\n" + "21 °C".encode("latin-1"))
    with pytest.raises(PageFault, match=":2: it is not in UTF-8"):
        read_kept(path, FRESH)


@given(some.text(some.characters(exclude_characters="#<=-`~\r", codec="utf-8")))
def test_notes_come_back_to_the_letter(tmp_path_factory, notes):
    kept = Kept(FRESH.added_at, FRESH.picture, f"{notes}\n")
    path = page(tmp_path_factory.mktemp("page"), text(PLUG, kept))
    assert read_kept(path, FRESH) == kept
