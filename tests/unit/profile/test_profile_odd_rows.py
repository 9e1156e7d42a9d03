from __future__ import annotations

import csv
import io
import pickle
from random import Random

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from corpus.odd_rows import OddList, clean_lists, odd_lists

from importer.profile import Oddity, RowShapes
from importer.profile.odd_cells import may_match
from importer.profile.odd_screen import Screen

CITIES = ("Oslo", "Rome", "Bern", "Lyon", "Graz", "Gent")


def people(rows: int = 40) -> pd.DataFrame:
    random = Random(1)
    columns = {
        "id": [f"K{at:04}" for at in range(rows)],
        "name": [
            random.choice(("Ann Sample", "Bo Test", "Carla Muster-Probe", "D'Ette O'Demo")) for _ in range(rows)
        ],
        "zip": [f"{random.randint(10000, 99999)}" for _ in range(rows)],
        "city": [random.choice(CITIES) for _ in range(rows)],
        "since": [f"20{random.randint(10, 24)}-0{random.randint(1, 9)}-1{random.randint(0, 9)}" for _ in range(rows)],
        "amount": [f"{random.randint(1, 900)}.{random.randint(10, 99)}" for _ in range(rows)],
        "note": [random.choice(("", "", "call back, 9:00", "n/a")) for _ in range(rows)],
    }
    frame = pd.DataFrame(columns, dtype="str")
    frame.index = pd.RangeIndex(2, rows + 2, name="row")
    return frame


def found(frame: pd.DataFrame) -> list[tuple[int, str, Oddity]]:
    shapes = RowShapes.learn([frame], list(frame.columns))
    return [
        (int(one["row"]), shapes.columns[one["column"]] if one["column"] >= 0 else "", Oddity(int(one["oddity"])))
        for one in shapes.find(frame)
    ]


@pytest.mark.parametrize(
    ("cells", "column", "oddity"),
    [
        ({"amount": "see remarks"}, "amount", Oddity.LETTERS),
        ({"amount": "12.50 EUR"}, "amount", Oddity.LETTERS),
        ({"city": "10115"}, "city", Oddity.NO_LETTERS),
        ({"id": "same as above"}, "id", Oddity.NO_DIGITS),
        ({"since": "2019"}, "since", Oddity.DATE_FORM),
        ({"since": "3 March 2019"}, "since", Oddity.LETTERS),
        ({"amount": "~12.50"}, "amount", Oddity.NEW_SIGN),
        ({"amount": "12345678901234567890.50"}, "amount", Oddity.LENGTH),
        ({"name": "Смирнова Анна", "city": "Москва"}, "name", Oddity.SCRIPT),
        ({"zip": "", "city": "", "since": "", "amount": ""}, "", Oddity.MOSTLY_BLANK),
        ({"since": "", "amount": "", "note": ""}, "", Oddity.MOSTLY_BLANK),
    ],
)
def test_a_row_that_breaks_what_all_others_have_is_found_and_where(
    cells: dict[str, str], column: str, oddity: Oddity
) -> None:
    frame = people()
    assert found(frame) == []  # control
    for name, cell in cells.items():
        frame.loc[20, name] = cell
    assert found(frame) == [(20, column, oddity)]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("amount", "n/a"),
        ("amount", "12"),
        ("amount", "-3.10"),
        ("amount", ""),
        ("name", "X Æ A-12"),
        ("city", "Αθήνα"),
        ("name", "Nguyễn Thị"),
        ("name", "Nguye\u0302\u0303n 2"),
        ("name", "Đặng 2"),
        ("note", "a longer note than all the others: #7, see p. 3 & 4 (draft)"),
    ],
)
def test_what_one_cell_may_well_be_flags_no_row(column: str, cell: str) -> None:
    frame = people()
    frame.loc[20, column] = cell
    assert found(frame) == []


def figures(rows: int = 40) -> pd.DataFrame:
    random = Random(2)
    columns = {
        "small": [f"{random.randint(1, 900)}.{random.randint(10, 99)}" for _ in range(rows)],
        "rent": [f"{random.randint(450, 1900)}" for _ in range(rows)],
        "total": [f"{random.randint(450, 1900)}.{random.randint(10, 99)}" for _ in range(rows)],
        "netto": [f"{random.randint(450, 1900)},{random.randint(10, 99)}" for _ in range(rows)],
        "chip": [f"276{random.randint(10**11, 10**12 - 1)}" for _ in range(rows)],
        "since": [f"{random.randint(10, 28)} {random.choice(('May', 'Jun'))} 2019" for _ in range(rows)],
        "postcode": [f"LS{random.randint(1, 9)} 2AB" for _ in range(rows)],
    }
    frame = pd.DataFrame(columns, dtype="str")
    frame.index = pd.RangeIndex(2, rows + 2, name="row")
    return frame


@pytest.mark.parametrize(
    ("column", "cell", "oddity"),
    [
        ("total", "1.240,50", Oddity.NUMBER_FORM),
        ("total", "1,240.50", Oddity.NUMBER_FORM),
        ("total", "990,50", Oddity.NUMBER_FORM),
        ("netto", "1,240.50", Oddity.NUMBER_FORM),
        ("rent", "1,250.00", Oddity.NUMBER_FORM),
        ("rent", "\xa3950", Oddity.NEW_SIGN),
        ("rent", "950 \u20ac", Oddity.NEW_SIGN),
        ("small", "\xa560.10", Oddity.NEW_SIGN),
        ("chip", "2760981", Oddity.LENGTH),
        ("since", "2019-05-01", Oddity.NO_LETTERS),
    ],
)
def test_another_way_of_writing_numbers_or_dates_is_odd(column: str, cell: str, oddity: Oddity) -> None:
    frame = figures()
    assert found(frame) == []  # control
    frame.loc[20, column] = cell
    assert found(frame) == [(20, column, oddity)]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("small", "1,250.00"),
        ("rent", "950.5"),
        ("rent", "950,5"),
        ("rent", "-950"),
        ("total", "18400.00"),
        ("total", "950"),
        ("chip", "27609811"),
        ("postcode", "75008"),
        ("postcode", "00-950"),
        ("since", "3 Sept 19"),
    ],
)
def test_a_number_or_a_code_that_may_well_be_so_is_not_odd(column: str, cell: str) -> None:
    frame = figures()
    frame.loc[20, column] = cell
    assert found(frame) == []


def test_nothing_is_said_of_a_few_rows() -> None:
    frame = people(7)
    frame.loc[4, "amount"] = "see remarks"
    assert found(frame) == []


def test_what_was_learnt_in_one_part_holds_for_another_and_travels() -> None:
    frame = people(200)
    shapes = pickle.loads(pickle.dumps(RowShapes.learn([frame.iloc[:50], frame.iloc[150:]], list(frame.columns))))
    frame.loc[100, "amount"] = "see remarks"
    part = frame.iloc[60:140]
    assert shapes.find(part)["row"].tolist() == [100]
    assert shapes.find(part.iloc[:0]).tolist() == []


def read(one: OddList) -> pd.DataFrame:
    """As the reader would, but without its own problems: rows cut or filled to the width of the header."""
    text = one.content.decode()
    head = text.splitlines()[0]
    delimiter = next(sign for sign in ";\t," if sign in head)
    header, *rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    width = len(header)
    frame = pd.DataFrame([[*row[:width], *[""] * (width - len(row))] for row in rows], columns=header, dtype="str")
    frame.index = pd.RangeIndex(2, len(rows) + 2, name="row")
    return frame


def test_bad_rows_of_every_kind_and_trade_are_found_and_few_others() -> None:
    scores, right, flagged, bad = [], 0, 0, 0
    for one in odd_lists(seed=11):
        rows = {row for row, _, _ in found(read(one))}
        right, flagged, bad = right + len(rows & one.bad), flagged + len(rows), bad + len(one.bad)
        scores.append(2 * len(rows & one.bad) / (len(rows) + len(one.bad)))
    assert right / flagged >= 0.97
    assert 2 * right / (flagged + bad) >= 0.85
    assert sum(scores) / len(scores) >= 0.8


def test_clean_lists_of_every_trade_stay_silent() -> None:
    assert {one.name: rows for one in clean_lists(seed=11, each=3) if (rows := found(read(one)))} == {}


def measures(rows: int = 60) -> pd.DataFrame:
    random = Random(4)
    columns = {
        "weight": [f"{random.randint(20, 90)}.{random.randint(10, 99)} kg" for _ in range(rows)],
        "size": [random.choice(("330 ml", "500 ml", "750 ml")) for _ in range(rows)],
        "heat": [f"{random.randint(10, 30)}.5 \xb0C" for _ in range(rows)],
        "fee": [f"${random.randint(10, 90)}.00" for _ in range(rows)],
        "stay": [f"{random.randint(2, 9)} days" for _ in range(rows)],
        "since": [f"{random.randint(10, 28)}.0{random.randint(1, 9)}.2019" for _ in range(rows)],
        "due": [f"0{random.randint(1, 9)}/{random.randint(10, 28)}/2024" for _ in range(rows)],
        "hash": [f"{random.choice('abcdef')}{random.randint(10**14, 10**15 - 1)}" for _ in range(rows)],
    }
    frame = pd.DataFrame(columns, dtype="str")
    frame.index = pd.RangeIndex(2, rows + 2, name="row")
    return frame


@pytest.mark.parametrize(
    ("column", "cell", "oddity"),
    [
        ("weight", "68.74 lb", Oddity.UNIT),
        ("weight", "950.00 g", Oddity.UNIT),
        ("weight", "950.00 mkg", Oddity.UNIT),
        ("weight", "68.74", Oddity.UNIT),
        ("size", "0.75 l", Oddity.UNIT),
        ("heat", "75.20 \xb0F", Oddity.UNIT),
        ("heat", "24.1", Oddity.UNIT),
        ("fee", "\u20ac12.00", Oddity.UNIT),
        ("fee", "12.00 $", Oddity.NEW_SIGN),
        ("fee", "\xa38.00", Oddity.UNIT),
        ("since", "2019-09-26", Oddity.DATE_FORM),
        ("since", "26.9.19", Oddity.LENGTH),
        ("due", "21-06-2023", Oddity.DATE_FORM),
        ("due", "06/21/23", Oddity.LENGTH),
    ],
)
def test_another_unit_or_form_of_a_date_is_odd(column: str, cell: str, oddity: Oddity) -> None:
    frame = measures()
    assert found(frame) == []  # control
    frame.loc[20, column] = cell
    assert found(frame) == [(20, column, oddity)]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("weight", "12.00kg"),
        ("weight", "12 KG"),
        ("weight", ""),
        ("weight", "n/a"),
        ("stay", "1 day"),
        ("fee", "$1,250.00"),
        ("since", "1.09.2019"),
        ("hash", "1390718239071823"),
    ],
)
def test_the_same_unit_or_date_written_a_little_otherwise_is_not_odd(column: str, cell: str) -> None:
    frame = measures()
    frame.loc[20, column] = cell
    assert found(frame) == []


def test_a_quick_look_at_a_column_finds_what_a_look_at_each_cell_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    lists = [read(case) for case in odd_lists(3)][::9]
    quick = [found(frame) for frame in lists]
    assert sum(map(len, quick)) > 100
    monkeypatch.setattr(Screen, "suspects", lambda *_: None)
    assert [found(frame) for frame in lists] == quick


@pytest.mark.parametrize(
    ("cells", "least", "may"),
    [
        (["12 км"] * 4 + ["Oslo 1"], 4.0, True),
        (["12 км"] * 4 + ["Oslo 1"], 5.0, False),
        (["5 \u00e9t\u00e9", None, ""], 1.0, True),
        (["Oslo 1"] * 1000, 800.0, False),
        ([""] * 300 + ["7 kg"] * 700, 700.0, True),
    ],
)
def test_columns_in_which_too_few_cells_can_match_are_passed_over(
    cells: list[str | None], least: float, may: bool
) -> None:
    """What may match is looked for with the pattern itself, so that no more may be passed over."""
    text = pa.array(cells, pa.string())
    pattern = r"^[0-9]+[ \x{a0}]?\pL{2,8}$"
    assert may_match(text, pattern, least) is may
    matched = int(pc.sum(pc.match_substring_regex(text, pattern)).as_py() or 0)
    assert may or matched < least
