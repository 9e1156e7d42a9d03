"""What programs do to a file between download and upload: each is read, undone where it is ours, or told."""

import zipfile

import pytest
from unit.fix.fix_kit import LIST, checked_run, exact, finished_run, merge, save_rows, spreadsheet, strict_table

from importer.fix import Came, is_rewritten, read_fixed, returned
from importer.intake import Dialect
from importer.run import open_stage


@pytest.fixture
def table():
    with strict_table() as made:
        yield made


def fix_bert(rows):
    return [row | {"email": "bert@example.com"} if row["_row"] == "3" else row for row in rows]


@pytest.mark.parametrize(
    "save",
    [
        {},
        {"delimiter": ";"},
        {"delimiter": ";", "encoding": "cp1252"},
        {"delimiter": "\t", "encoding": "utf-16"},
        {"encoding": "utf-8"},
        {"delimiter": "|", "encoding": "utf-16-le"},
    ],
    ids=str,
)
def test_any_delimiter_and_encoding_is_read(tmp_path, table, save):
    folder = finished_run(tmp_path, table.url, LIST.replace("Bert", "Zoë Bert"))
    outcome = merge(folder, spreadsheet(folder, fix_bert, **save))
    assert (outcome.changed, outcome.unchanged, outcome.passed, outcome.notes) == (1, 3, 1, ())


def test_letters_that_the_saved_encoding_lacks_are_kept_as_the_list_has_them(tmp_path, table):
    folder = finished_run(tmp_path, table.url, LIST.replace("Bert", "Żaden Łukasz"))
    outcome = merge(folder, spreadsheet(folder, fix_bert, delimiter=";", encoding="cp1252"))
    assert (outcome.changed, outcome.rewritten) == (1, 1)
    assert open_stage(folder).take([3]).loc[3, "name"] == "Żaden Łukasz"


def test_columns_are_found_by_name_in_any_order_and_others_are_told(tmp_path, table):
    folder = finished_run(tmp_path, table.url)
    rows = [{"email": "bert@example.com", "comment": "please check", "_reason": "", "_row": "3"}]
    outcome = merge(folder, save_rows(folder, rows))
    assert (outcome.changed, outcome.passed) == (1, 1)
    assert outcome.notes == (
        'Not in the file, so left as they are: "name", "phone".',
        'Not columns of the list, so passed over: "comment".',
    )


def test_blank_lines_lines_above_and_short_rows_do_no_harm(tmp_path, table):
    folder = finished_run(tmp_path, table.url)
    path = tmp_path / "saved.csv"
    path.write_text(
        "Sent back by Bert\n\n_row;_column;_code;_reason;email;name;phone\n\n3;;;;bert@example.com;Bert\n;;;;;;\n"
    )
    outcome = merge(folder, path)
    assert (outcome.changed, outcome.passed, outcome.no_row, outcome.notes) == (1, 1, (), ())


def test_what_a_spreadsheet_rewrites_is_kept_and_counted(tmp_path, table):
    content = "email,name,phone\nnobody,00123,+4930123456\nnobody2,2021-01-04,4915112345678\n"
    folder = finished_run(tmp_path, table.url, content + "ok@example.com,X,\n")
    rows = [
        {"_row": "2", "email": "a@example.com", "name": "123", "phone": "4930123456"},
        {"_row": "3", "email": "b@example.com", "name": "04.01.2021", "phone": "4.91511E+12"},
    ]
    outcome = merge(folder, save_rows(folder, rows))
    assert (outcome.changed, outcome.rewritten) == (2, 4)
    assert outcome.notes[-1].startswith("4 cells came back as a spreadsheet rewrites them")
    now = read_fixed(folder.path / "fixes" / "1" / "source", open_stage(folder), open_stage(folder).columns)
    assert now.cells.loc[2, "name"] == "123"


@pytest.mark.parametrize(
    ("given", "had", "came"),
    [
        ("00123", "00123", Came.SAME),
        ("'=1+1", "=1+1", Came.SAME),
        ("=1+1", "=1+1", Came.SAME),
        ("'=1+1", "'=1+1", Came.SAME),
        ("one\ntwo", "one\r\ntwo", Came.SAME),
        ("123", "00123", Came.REWRITTEN),
        ("4930123456", "+4930123456", Came.REWRITTEN),
        ("1.5", "1.50", Came.REWRITTEN),
        ("1,5", "1,50", Came.REWRITTEN),
        ("4.91511E+12", "4915112345678", Came.REWRITTEN),
        ("4,92E+12", "4915112345678", Came.REWRITTEN),
        ("1234567890123450", "1234567890123456", Came.REWRITTEN),
        ("1/4/2021", "2021-01-04", Came.REWRITTEN),
        ("04.01.21", "2021-01-04", Came.REWRITTEN),
        ("TRUE", "true", Came.REWRITTEN),
        ("?aden O'Ne?l", "Żaden O'Ne\u200bl", Came.REWRITTEN),
        ("Really?", "Really!", Came.CHANGED),
        ("+4930123456", "4930123456", Came.CHANGED),
        ("00123", "123", Came.CHANGED),
        ("124", "00123", Came.CHANGED),
        ("4.91511E+12", "4916112345678", Came.CHANGED),
        ("2021-01-04", "04/01/2021", Came.CHANGED),
        ("1/5/2021", "2021-01-04", Came.CHANGED),
        ("100000", "1e5", Came.CHANGED),
        ("false", "true", Came.CHANGED),
        ("", "x", Came.CHANGED),
    ],
)
def test_a_cell_is_the_same_only_rewritten_or_changed(given, had, came):
    assert returned(given, had, lambda text: text).came is came


@pytest.mark.parametrize(
    ("given", "had", "text"),
    [
        ("'=2+2", "=1+1", "=2+2"),
        ("=2+2", "=1+1", "=2+2"),
        ("'=2+2", "plain", "'=2+2"),
        ("'s-Hertogenbosch", "=1+1", "'s-Hertogenbosch"),
        ("'+49 x", "@SUM(A1)", "+49 x"),
    ],
)
def test_our_apostrophe_is_taken_off_again_and_no_other(given, had, text):
    assert returned(given, had, lambda same: same).text == text


def test_a_real_fix_is_never_taken_for_the_work_of_a_spreadsheet():
    assert not is_rewritten("0171 5550100", "171 5550100")
    assert not is_rewritten("2021-02-03", "2021-01-04")


SOURCES = {
    "latin": ('name;email;phone\r\n"Zoë; the ""2nd""";nobody;\r\nX;ok@example.com;\r\n', "cp1252"),
    "utf-16": ("name\temail\tphone\nZoë\tnobody\t\n", "utf-16"),
    "no quote": ('name|email|phone\n5" pipe|nobody|\n', "utf-8"),
    "several lines": ('name,email,phone\n"first\r\nsecond",nobody,\n', "utf-8-sig"),
    "names twice": ("email,email,,phone,name\nnobody,b,c,,d\n", "utf-8"),
}


@pytest.mark.parametrize("which", list(SOURCES))
def test_the_exact_file_of_an_odd_source_comes_back_unchanged_and_changed_by_one_cell(tmp_path, table, which):
    text, encoding = SOURCES[which]
    folder = finished_run(tmp_path, table.url, text.encode(encoding))
    path = exact_bytes(folder)
    assert merge(folder, path).sentence == "0 rows changed, 1 unchanged."
    data = path.read_bytes()
    old, new = (
        word.encode("utf-16-le" if encoding == "utf-16" else encoding.removesuffix("-sig"))
        for word in ("nobody", "zoe@example.com")
    )
    path.write_bytes(data.replace(old, new))
    outcome = merge(folder, path)
    assert (outcome.changed, outcome.passed) == (1, 1)


def exact_bytes(folder):
    from importer.prove import write_reject_file

    path = folder.path.parent / "fixed.csv"
    path.write_bytes(write_reject_file(folder).read_bytes())
    return path


def test_a_fixed_cell_that_the_source_encoding_lacks_comes_back_unchanged_in_the_next_round(tmp_path, table):
    content = "email,name,phone\nnobody,Zoë,\nok@example.com,X,\n".encode("cp1252")
    folder = finished_run(tmp_path, table.url, content, dialect=Dialect(encoding="cp1252"))
    merge(folder, save_rows(folder, [{"_row": "2", "email": "still not", "name": 'Łukasz, "the 2nd"\nof two'}]))
    path = exact_bytes(folder)
    assert b"?ukasz" in path.read_bytes()
    assert merge(folder, path).sentence == "0 rows changed, 1 unchanged."


def test_a_workbook_is_read_as_well(tmp_path):
    folder = checked_run(tmp_path)
    stage = open_stage(folder)
    path = tmp_path / "fixed.xlsx"
    write_workbook(path, [["_row", "email", "name"], ["3", "bert@example.com", "Bert"]])
    given = read_fixed(path, stage, stage.columns)
    assert given.cells.to_dict("index") == {3: {"email": "bert@example.com", "name": "Bert"}}
    assert given.missing == ("phone",)


def write_workbook(path, rows):
    """The least that is a workbook: inline strings on one sheet."""
    sheet = "".join(
        f'<row r="{at}">'
        + "".join(
            f'<c r="{chr(65 + place)}{at}" t="inlineStr"><is><t>{text}</t></is></c>' for place, text in enumerate(row)
        )
        + "</row>"
        for at, row in enumerate(rows, 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in parts.items():
            packed.writestr(name, text)


def test_the_exact_variant_saved_by_a_spreadsheet_is_found_by_its_names(tmp_path, table):
    folder = finished_run(
        tmp_path, table.url, "email,Notes,Notes,,name,phone\nnobody,a,b,c,d,\nok@example.com,,,,,\n"
    )
    path = exact(folder)
    path.write_text(
        path.read_text().replace(",", ";").replace("nobody", "n@example.com").replace(";c;", ";C;"), "utf-8-sig"
    )
    outcome = merge(folder, path)
    assert (outcome.changed, outcome.passed, outcome.notes) == (1, 1, ())
    stage = open_stage(folder)
    given = read_fixed(path, stage, stage.columns)
    assert given.cells.loc[2].tolist() == ["n@example.com", "a", "b", "C", "d", ""]


def test_bytes_that_are_no_text_hold_a_row_back_until_they_are_replaced(tmp_path, table):
    content = "email,name,phone\nok@example.com,山田,\nx@example.com,".encode("euc_jp") + b"\xff\xfd,\n"
    folder = finished_run(tmp_path, table.url, content, dialect=Dialect(encoding="euc_jp"))
    path = exact_bytes(folder)
    assert b",undecodable_bytes," in path.read_bytes()
    assert merge(folder, path).sentence == "0 rows changed, 1 unchanged."
    as_it_went = path.read_bytes()
    path.write_bytes(as_it_went.replace(b"x@example.com", b"y@example.com"))
    assert merge(folder, path).result == "0 rows can be sent, 1 still rejected."
    path.write_bytes(as_it_went.replace(b"\xff\xfd", "山".encode("euc_jp")))
    assert merge(folder, path).result == "1 row can be sent."


def test_a_text_that_lost_bytes_on_the_way_is_not_written(tmp_path, table):
    folder = finished_run(tmp_path, table.url)
    rows = [{"_row": "3", "email": "bert@example.com", "name": "Zo\ufffd the 2nd"}]
    assert merge(folder, save_rows(folder, rows)).result == "0 rows can be sent, 1 still rejected."
