"""Packed lists are read as the list they hold; bombs and damage are refused and leave nothing."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import tracemalloc
import zipfile
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
from importer.intake.xlsx_format import show_number

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


NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(sheets: dict[str, str], *, strings: str = "", formats: tuple[str, ...] = ("General",)) -> bytes:
    """A workbook of sheet data in XML; style n has format n."""
    names = "".join(f'<sheet name="{name}" sheetId="{at}" r:id="r{at}"/>' for at, name in enumerate(sheets, 1))
    links = "".join(f'<Relationship Id="r{at}" Target="worksheets/s{at}.xml"/>' for at in range(1, len(sheets) + 1))
    codes = "".join(f'<numFmt numFmtId="{at + 164}" formatCode="{code}"/>' for at, code in enumerate(formats))
    styles = "".join(f'<xf numFmtId="{at + 164}"/>' for at in range(len(formats)))
    parts = {
        "xl/workbook.xml": f'<workbook {NS} xmlns:r="{RELATIONS}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{links}</Relationships>",
        "xl/styles.xml": f"<styleSheet {NS}><numFmts>{codes}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>",
        "xl/sharedStrings.xml": f"<sst {NS}>{strings}</sst>",
    }
    for at, data in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/s{at}.xml"] = f"<worksheet {NS}><sheetData>{data}</sheetData></worksheet>"
    return zipped({name: content.encode() for name, content in parts.items()})


def test_a_workbook_is_read_as_excel_shows_it_with_identifiers_as_text(tmp_path: Path) -> None:
    data = (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
        '<c r="D1" t="inlineStr"><is><t>on</t></is></c></row>'
        '<row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3"><v>1234567890123</v></c>'
        '<c r="C3" s="1"><v>45352</v></c><c r="D3" t="b"><v>1</v></c></row>'
        '<row r="4"><c r="B4" s="2"><v>123</v></c><c r="C4"><v>0.30000000000000004</v></c>'
        '<c r="D4" t="e"><v>#N/A</v></c></row>'
    )
    strings = "<si><t>email</t></si><si><r><t>i</t></r><r><t>d</t></r><rPh><t>x</t></rPh></si>"
    strings += "<si><t>a,b@example.com</t></si>"
    source = tmp_path / "source"
    source.write_bytes(
        workbook({"People": data, "Other": ""}, strings=strings, formats=("General", "dd.mm.yyyy", "00000"))
    )
    assert container_kind(source) == "xlsx"
    assert [(sheet.name, sheet.aside) for sheet in list_members(source)] == [("People", ""), ("Other", "is empty")]
    assert unpack_source(source, tmp_path / "plain").path.read_text("utf-8").splitlines() == [
        "email,id,,on",
        "",
        '"a,b@example.com",1234567890123,01.03.2024,TRUE',
        ",00123,0.3,#N/A",
    ]
    stage = tmp_path / "stage"
    assert build_stage(source, guess_dialect(source, "People").dialect, stage).rows == 2
    assert Stage.open(stage).chunk(0).index.tolist() == [3, 4]


def test_a_workbook_with_one_cell_at_the_far_end_costs_no_grid(tmp_path: Path) -> None:
    data = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    source = tmp_path / "source"
    source.write_bytes(workbook({"S": data}))
    assert unpack_source(source, tmp_path / "plain").size_bytes < 3_000_000


def test_a_workbook_with_entities_is_refused(tmp_path: Path) -> None:
    parts = zipped({"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><workbook>&a;</workbook>'})
    (tmp_path / "source").write_bytes(parts)
    with pytest.raises(SourceError, match="DTD"):
        list_members(tmp_path / "source")


@pytest.mark.parametrize(
    ("number", "code", "shown"),
    [
        ("1", "General", "1"),
        ("12345678901234567", "General", "12345678901234567"),
        ("0.1", "General", "0.1"),
        ("1E-7", "General", "1E-07"),
        ("7", "00000", "00007"),
        ("1234.5", "#,##0.00", "1,234.50"),
        ("-1234.5", "#,##0", "-1,235"),
        ("0.256", "0.0%", "25.6%"),
        ("12", '0 "kg"', "12 kg"),
        ("12", "$#,##0.00", "$12.00"),
        ("-3", "0.00;(0.00)", "(3.00)"),
        ("1500000", '0.0,,"M"', "1.5M"),
        ("3.5", "0.0#", "3.5"),
        ("45352", "yyyy-mm-dd", "2024-03-01"),
        ("45352.75", "d/m/yy h:mm AM/PM", "1/3/24 6:00 PM"),
        ("45352.5", "dd.mm.yyyy hh:mm:ss", "01.03.2024 12:00:00"),
        ("1.5", "[h]:mm", "36:00"),
        ("45352", "mmm d, yyyy", "Mar 1, 2024"),
        ("60", "yyyy-mm-dd", "1900-02-28"),
        ("x", "0", "x"),
    ],
)
def test_numbers_look_as_in_excel(number: str, code: str, shown: str) -> None:
    assert show_number(number, code) == shown
