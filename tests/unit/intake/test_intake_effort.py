"""What is packed may cost what its size is worth, in time and on the disk, and what lies in it counts for it."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from main_job.made_files import write_ods, write_zip

from importer.errors import SourceError
from importer.intake import UnpackLimits, list_members, unpack_source
from importer.intake.effort import Effort, effort_for
from importer.intake.members import plain_source

LIST = b"email,name\n" + b"ann@example.com,Ann\n" * 200


class Clock:
    """Seconds of the processor, as a test has them."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def source_of(folder: Path, size: int) -> Path:
    path = folder / "book.xlsx"
    path.write_bytes(b"x" * size)
    return path


def test_a_source_may_take_six_seconds_and_three_more_for_each_megabyte(tmp_path: Path) -> None:
    clock = Clock()
    effort = Effort(source_of(tmp_path, 2_000_000), clock=clock)
    clock.seconds = 11.9
    effort.check_time()
    effort.spent_elsewhere(0.2)
    with pytest.raises(
        SourceError, match=r'"book.xlsx" takes more than 12 s to unpack for its 2,000,000 bytes'
    ) as told:
        effort.check_time()
    assert str(told.value).endswith(
        "Save the list alone as CSV UTF-8, without empty rows below it, then import that."
    )


def test_a_workbook_of_a_gigabyte_has_four_times_what_it_needs(tmp_path: Path) -> None:
    """At the 250 s that one of 10 GB of XML takes; made on the disk without its bytes."""
    path = tmp_path / "book.xlsx"
    with path.open("wb") as out:
        out.truncate(1_000_000_000)
    assert Effort(path).allowed_s >= 4 * 250


def test_what_lies_in_a_source_counts_for_it(tmp_path: Path) -> None:
    outer, inner = source_of(tmp_path, 10), tmp_path / "inner"
    inner.write_bytes(b"x")
    with effort_for(outer) as effort, effort_for(inner) as same:
        assert same is effort
    with effort_for(inner) as another:
        assert another is not effort


def test_a_source_that_takes_too_long_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(LIST))
    with pytest.raises(SourceError, match="takes more than 0 s to unpack"):
        unpack_source(path, tmp_path / "plain", limits=UnpackLimits(free_s=0.0, megabyte_s=0.0))
    assert [one.name for one in tmp_path.iterdir()] == ["list.csv.gz"]
    assert unpack_source(path, tmp_path / "plain").path.read_bytes() == LIST  # the control


def test_what_was_unpacked_on_the_way_to_a_refusal_goes_too(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "lists.zip", {"a.csv.gz": gzip.compress(LIST), "b.tar.gz": gzip.compress(LIST)[:-9]})
    with pytest.raises(SourceError, match="damaged"):
        list_members(path)
    assert [one.name for one in tmp_path.iterdir()] == ["lists.zip"]


def test_control_what_is_read_is_kept(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "lists.zip", {"a.csv.gz": gzip.compress(LIST)})
    assert plain_source(path).read_bytes() == LIST
    assert len(list(tmp_path.iterdir())) == 3


def test_a_process_that_reads_a_workbook_has_what_is_left_of_the_time(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "list.ods", {"People": [["email"], ["ann@example.com"]]})
    with effort_for(path) as effort:
        before = effort.left_s
        assert [member.name for member in list_members(path)] == ["People"]
        assert before - effort.left_s > 0.005, "its time is counted"
        effort.spent_elsewhere(before)
        with pytest.raises(SourceError, match="takes more than 6 s to unpack"):
            plain_source(path, "People")


def test_what_was_refused_at_length_is_refused_again_at_once(tmp_path: Path) -> None:
    path = source_of(tmp_path, 10)
    for asked, seconds in (("parts", 9.0), ("quickly", 0.1)):
        with pytest.raises(SourceError, match="no list"), effort_for(path, asked=asked) as effort:
            effort.spent_elsewhere(seconds)
            raise SourceError("It is no list.")
    with pytest.raises(SourceError, match="It is no list"), effort_for(path, asked="parts"):
        pytest.fail("it was looked into again")
    for asked in ("list A", "quickly"):  # the control: another part, and what cost nothing
        with effort_for(path, asked=asked):
            pass
    path.write_bytes(b"mended")
    with effort_for(path, asked="parts"):
        pass


def test_what_lies_in_a_source_is_refused_by_its_own_name(tmp_path: Path) -> None:
    book = write_ods(tmp_path / "list.ods", {"People": [[""]]}).read_bytes()
    for name, members in (("lists.zip", {"empty.ods": book}), ("lists.zip.gz", {"empty.ods": book})):
        path = write_zip(tmp_path / "lists.zip", members)
        if name.endswith(".gz"):
            path = tmp_path / name
            path.write_bytes(gzip.compress((tmp_path / "lists.zip").read_bytes()))
        with pytest.raises(SourceError, match=rf'^"{name}" holds no list: "empty\.ods" holds no sheet with '):
            list_members(path)
