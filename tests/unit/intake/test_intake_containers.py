"""Packed lists are read as the list they hold; bombs and damage are refused and leave nothing."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from importer.errors import SourceError
from importer.intake import (
    Stage,
    UnpackLimits,
    build_stage,
    container_kind,
    guess_dialect,
    list_members,
    preview_source,
    unpack_source,
)
from importer.intake.containers import list_entries

LIST = "email,name\r\na@example.com,Zoë\r\nb@example.com,Bob\r\n".encode()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


PACKED = {
    "gzip": gzip.compress(LIST),
    "bzip2": bz2.compress(LIST),
    "xz": lzma.compress(LIST),
    "zip": zipped({"__MACOSX/._list.csv": b"x", "list.csv": LIST}),
    "zstd": pa.compress(LIST, codec="zstd", asbytes=True),
}


@pytest.mark.parametrize("kind", list(PACKED))
def test_a_packed_list_is_read_as_the_list_it_holds(tmp_path: Path, kind: str) -> None:
    source = tmp_path / "source"
    source.write_bytes(PACKED[kind])
    assert container_kind(source) == kind
    guess = guess_dialect(source)
    report = build_stage(source, guess.dialect, tmp_path / "stage")
    stage = Stage.open(tmp_path / "stage")
    assert stage.chunk(0).to_numpy().tolist() == [["a@example.com", "Zoë"], ["b@example.com", "Bob"]]
    assert report.source_sha256 == hashlib.sha256(PACKED[kind]).hexdigest()
    assert report.audit.source_bytes == len(LIST)
    assert report.audit.unaccounted_bytes == 0
    assert dict(stage.raw_records([3])) == {3: b"b@example.com,Bob"}
    assert preview_source(source, guess.dialect).columns == ("email", "name")


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz"])
def test_packed_pieces_one_after_the_other_are_one_list(tmp_path: Path, kind: str) -> None:
    pack = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress}[kind]
    source = tmp_path / "source"
    source.write_bytes(pack(LIST[:20]) + pack(LIST[20:]))
    assert unpack_source(source, tmp_path / "plain").path.read_bytes() == LIST


def test_the_member_of_a_zip_is_chosen(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(zipped({"readme.txt": b"x", "small.csv": b"a,b\n1,2\n", "big.csv": LIST, "logo.png": b"yy"}))
    assert [(member.name, member.is_list) for member in list_members(source)] == [
        ("small.csv", True),
        ("big.csv", True),
        ("readme.txt", False),
        ("logo.png", False),
    ]
    assert guess_dialect(source, "big.csv").dialect.member == "big.csv"
    other = guess_dialect(source, "small.csv").dialect
    assert build_stage(source, other, tmp_path / "stage").columns == ("a", "b")
    with pytest.raises(SourceError, match="no part of that name"):
        unpack_source(source, tmp_path / "plain", "gone.csv")


@pytest.mark.parametrize("kind", list(PACKED))
def test_a_cut_or_damaged_pack_is_refused_and_leaves_nothing(tmp_path: Path, kind: str) -> None:
    packed = PACKED[kind]
    middle = len(packed) // 2 if kind != "zstd" else 4
    for damaged in (packed[:-9], packed[:middle] + b"\xff" * 12 + packed[middle + 12 :]):
        source = tmp_path / "source"
        source.write_bytes(damaged)
        with pytest.raises(SourceError, match=r"damaged|no file|no part"):
            unpack_source(source, tmp_path / "plain")
        assert [path.name for path in tmp_path.iterdir()] == ["source"]


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz", "zip", "zstd"])
def test_a_bomb_is_refused_early_in_little_memory_and_leaves_nothing(tmp_path: Path, kind: str) -> None:
    zeros = b"0" * 30_000_000
    pack = {
        "gzip": gzip.compress,
        "bzip2": bz2.compress,
        "xz": lzma.compress,
        "zip": lambda content: zipped({"list.csv": content}),
        "zstd": lambda content: pa.compress(content, codec="zstd", asbytes=True),
    }[kind]
    source = tmp_path / "source"
    source.write_bytes(pack(zeros))
    del zeros
    tracemalloc.start()
    with pytest.raises(SourceError, match="unpacks to more than 4,000,000 bytes"):
        unpack_source(source, tmp_path / "plain", limits=UnpackLimits(free_bytes=4_000_000, ratio=20))
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    content = bytearray(zipped({"list.csv": LIST}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "source").write_bytes(content)
    with pytest.raises(SourceError, match="encrypted"):
        unpack_source(tmp_path / "source", tmp_path / "plain")


def test_a_link_in_a_zip_is_no_member(tmp_path: Path) -> None:
    """The control beside it is a file of the same archive."""
    path = tmp_path / "lists.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, mode, content in (("link.csv", 0o120777, b"/etc/passwd"), ("list.csv", 0o100600, LIST)):
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, content)
    assert [entry.name for entry in list_entries(path)] == ["list.csv"]


def test_a_zip_with_a_file_without_a_name_is_told_as_damaged(tmp_path: Path) -> None:
    """The control is the same zip whose file has a name."""
    for name, message in (("", "packed and damaged or incomplete"), ("people.csv", "")):
        source = tmp_path / f"of {name or 'nothing'}.zip"
        with zipfile.ZipFile(source, "w") as archive:
            archive.writestr(zipfile.ZipInfo(name), "email\na@example.com\n")
        if not message:
            assert [entry.name for entry in list_entries(source)] == ["people.csv"]
            continue
        with pytest.raises(SourceError, match=message):
            list_entries(source)


def test_damaged_zstd_files_keep_no_memory(tmp_path: Path) -> None:
    """The control is pyarrow's own `read`, which keeps what it was about to read into."""
    whole = pa.BufferOutputStream()
    with pa.CompressedOutputStream(whole, "zstd") as stream:
        stream.write(b"email,name\n" * 2000)
    damaged, data = tmp_path / "list.csv.zst", whole.getvalue().to_pybytes()
    damaged.write_bytes(data[:6] + b"\xff" * 8 + data[14:])

    def kept_by(read: Callable[[], object]) -> int:
        tracemalloc.start()
        for _ in range(20):
            with pytest.raises((SourceError, OSError)):
                read()
        kept = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return kept

    assert kept_by(lambda: unpack_source(damaged, tmp_path / "plain")) < 2_000_000
    assert kept_by(lambda: pa.CompressedInputStream(pa.OSFile(str(damaged)), "zstd").read(2**20)) > 15_000_000


def test_a_tar_with_a_link_of_the_same_name_or_a_name_that_is_no_text_is_read(tmp_path: Path) -> None:
    """The list is the file of that name; bytes of a name that are no UTF-8 are replaced. The control has neither."""
    for name, link in (("people.csv", False), ("people.csv", True), ("p\udcffeople.csv", False)):
        source = tmp_path / "lists.tar"
        with tarfile.open(source, "w") as archive:
            info = tarfile.TarInfo(name)
            info.size = len(b"email\na@example.com\n")
            archive.addfile(info, io.BytesIO(b"email\na@example.com\n"))
            if link:
                info = tarfile.TarInfo(name)
                info.type, info.linkname = tarfile.SYMTYPE, "/dev/zero"
                archive.addfile(info)
        plain = unpack_source(source, tmp_path / "plain")
        assert plain.path.read_bytes() == b"email\na@example.com\n"
        assert plain.member == name.replace("\udcff", "\ufffd")
        plain.path.unlink()
