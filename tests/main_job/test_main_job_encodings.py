"""Lists in the encodings of one byte and of East Asia, with few letters to tell them by, down to the table."""

from __future__ import annotations

from pathlib import Path

import pytest
from main_job.kit import BY_EMAIL, MainJob, assert_told

SURE = {
    "cp1250": "Petr Čapek",
    "iso8859-2": "Jiří Dvořák",
    "cp1252": "Zoë €5",
    "iso8859-15": "Zoë €5",
    "cp850": "Jürgen Müller Köln",
    "cp1251": "Анна Петрова",
    "cp866": "Иван Смирнов",
    "cp1253": "Γιώργος Παπαδόπουλος",
    "cp1254": "Ayşegül Yıldız",
    "cp932": "鈴木 花子 さくら",
    "cp949": "김민수",
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
