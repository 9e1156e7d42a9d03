"""Lists in the encodings of one byte and of East Asia, with few letters to tell them by, down to the table."""

from __future__ import annotations

from pathlib import Path

import pytest
from main_job.kit import BY_EMAIL, MainJob, assert_told

SURE = {
    "cp1250": "Petr Čapek",
    "iso8859-2": "Jiří Dvořák",
    "cp1252": "Zoë €5",
    "iso8859-1": "Nº 5 Bakery",
    "iso8859-15": "Zoë €5",
    "cp850": "Jürgen Müller Köln",
    "mac-roman": "Agustín García Logroño",
    "cp1251": "Анна Петрова",
    "cp866": "Иван Смирнов",
    "cp1253": "Γιώργος Παπαδόπουλος",
    "cp1254": "Ayşegül Yıldız",
    "cp932": "鈴木 花子 さくら",
    "cp949": "김민수",
    "cp1257": "Žydrūnas Kęstaitis Jūratė Šarūnas Eglė",
    "cp874": "สมชาย ใจดี",
}


@pytest.mark.parametrize(("encoding", "name"), SURE.items(), ids=SURE)
def test_the_letters_of_one_name_tell_the_encoding_which_is_said(
    encoding: str, name: str, main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    names = ["Ann", name, "Bob"] * 3
    rows = "".join(f"u{at}@example.com,{one}\n" for at, one in enumerate(names))
    file.write_bytes(f"email,name\n{rows}".encode(encoding))
    outcome = main_job.import_list(file)
    assert outcome.code == 0, outcome.told
    assert sorted(item["name"]["S"] for item in outcome.items) == sorted(names)
    assert_told(outcome, "list.csv: read as ")
    assert outcome.summary is not None
    read_as = outcome.summary["encoding"]
    assert name.encode(read_as) == name.encode(encoding)


def test_letters_too_few_to_tell_the_encoding_are_a_doubt_that_names_the_others(
    main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes("email,name\na@example.com,张伟\nb@example.com,Ann\n".encode("gb18030"))
    refused = main_job.import_list(file)
    assert (refused.code, refused.items) == (2, ())
    assert_told(refused, "doubt: The list was read as Chinese", r"--encoding \w+")
    accepted = main_job.import_list(file, BY_EMAIL, "--encoding", "gb18030")
    assert (accepted.code, {item["name"]["S"] for item in accepted.items}) == (0, {"张伟", "Ann"})


def test_every_row_of_outlook_with_its_empty_columns_is_windows_text(main_job: MainJob, tmp_path: Path) -> None:
    """The control: what is common is no doubt."""
    file = tmp_path / "outlook.csv"
    header = ["email", "First Name", *(f"Field {at}" for at in range(88)), "Notes"]
    rows = [["a@example.com", "Jürgen", *[""] * 88, "“Büro” – 5 €"], ["b@example.com", "André", *[""] * 88, "it’s"]]
    text = "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in [header, *rows])
    file.write_bytes(text.encode("cp1252"))
    outcome = main_job.import_list(file)
    assert outcome.code == 0, outcome.told
    assert sorted(item["Notes" if "Notes" in item else "notes"]["S"] for item in outcome.items) == [
        "it’s",
        "“Büro” – 5 €",
    ]


def test_rows_in_two_encodings_are_each_read_as_what_they_are(main_job: MainJob, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    names = ["Jürgen Groß", "Käthe Schröder", "Ann", "André Lefèvre", "Zoë Müller", "José Peña"]
    rows = [f"u{at}@example.com,{name}\n".encode("cp1252" if at % 2 else "utf-8") for at, name in enumerate(names)]
    file.write_bytes(b"email,name\n" + b"".join(rows))
    outcome = main_job.import_list(file)
    assert outcome.code == 0, outcome.told
    assert sorted(item["name"]["S"] for item in outcome.items) == sorted(names)
    assert_told(outcome, r"warning: The list is a mixture: 3 rows are no UTF-8")


def test_chinese_names_some_of_which_look_like_utf_8_are_no_mixture(main_job: MainJob, tmp_path: Path) -> None:
    """The control: rows that are UTF-8 by chance."""
    file = tmp_path / "list.csv"
    names = ["联通", "王小明", "北京市", "张伟", "上海市", "李娜"]
    rows = "".join(f"u{at}@example.com,{name}\n" for at, name in enumerate(names))
    file.write_bytes(f"email,name\n{rows}".encode("gb18030"))
    outcome = main_job.import_list(file, BY_EMAIL, "--yes")
    assert sorted(item["name"]["S"] for item in outcome.items) == sorted(names)


@pytest.mark.parametrize(("encoding", "name"), [("iso2022_jp", "鈴木 花子"), ("hz", "李小龙")])
def test_escape_sequences_of_an_encoding_are_read_as_their_letters(
    encoding: str, name: str, main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(f"email,name\nann@example.com,Ann\nbob@example.com,{name}\n".encode(encoding))
    outcome = main_job.import_list(file)
    assert outcome.code == 0, outcome.told
    assert sorted(item["name"]["S"] for item in outcome.items) == sorted(["Ann", name])
    assert_told(outcome, "list.csv: read as ")


@pytest.mark.parametrize(
    ("names", "way"),
    [
        (("J+APw-rgen", "Zo+AOs-", "Ann"), "UTF-7"),
        (("J=C3=BCrgen", "Zo=C3=AB", "Ann"), "quoted-printable"),
    ],
)
def test_letters_written_in_ascii_are_asked_about_with_the_name_of_how(
    names: tuple[str, ...], way: str, main_job: MainJob, tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("email,name\n" + "".join(f"u{at}@example.com,{name}\n" for at, name in enumerate(names)))
    refused = main_job.import_list(file)
    assert (refused.code, refused.items) == (2, ())
    assert_told(refused, way, "Save the list as UTF-8", "--yes")
