"""`importer query`: an answer on stdout, in a file or as JSON; what is wrong in one line, with exit code 2."""

import json
from pathlib import Path

import pytest

from importer.cli import main

LIST = b"email,city,age\nann@example.com, Oslo,31\nbob@example.com,Oslo,=1+1\nnobody,Rome,7\n"
TRIMMED = '{"version": 1, "operations": [{"kind": "trim", "columns": ["city"], "collapse": false}]}'


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("IMPORTER_HOME", str(tmp_path / "home"))
    path = tmp_path / "list.csv"
    path.write_bytes(LIST)
    return str(path)


def test_an_answer_is_csv_on_stdout(file, capsys):
    assert main(["query", file, "select city, count(*) as n from list group by city order by all"]) == 0
    assert capsys.readouterr().out == "city,n\r\n Oslo,1\r\nOslo,1\r\nRome,1\r\n"


def test_the_recipe_is_done_first(file, tmp_path, capsys):
    recipe = tmp_path / "r.json"
    recipe.write_text(TRIMMED)
    sql = "select city, count(*) as n from list group by city order by all"
    assert main(["query", file, sql, "--recipe", str(recipe)]) == 0
    assert capsys.readouterr().out == "city,n\r\nOslo,2\r\nRome,1\r\n"


def test_json_has_columns_kinds_and_rows(file, capsys):
    sql = "select l.row, email, code, holds_back from failures join list l using (row) where column_name = 'email'"
    assert main(["query", file, sql, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "columns": ["row", "email", "code", "holds_back"],
        "kinds": ["number", "text", "text", "yes or no"],
        "row_count": 1,
        "rows": [[4, "nobody", "not_an_email", True]],
        "is_cut": False,
    }


def test_a_file_for_spreadsheets_runs_no_formula(file, tmp_path, capsys):
    exact, safe = tmp_path / "exact.csv", tmp_path / "safe.csv"
    sql = "select age from list where row = 3"
    assert main(["query", file, sql, "--out", str(exact)]) == 0
    assert main(["query", file, sql, "--out", str(safe), "--for-spreadsheets"]) == 0
    assert (exact.read_bytes(), safe.read_bytes()) == (b"age\r\n=1+1\r\n", b"age\r\n'=1+1\r\n")
    assert f"1 row → {safe}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select emial from list", 'There is no column "emial". list has row, email, city, age.'),
        ("copy list to '/tmp/stolen.csv'", "Only questions are answered"),
        ("select * from read_csv('/etc/passwd')", "The function read_csv is not there"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_code_2(sql, words, file, capsys):
    assert main(["query", file, sql, "--json"]) == 2
    captured = capsys.readouterr()
    assert words in json.loads(captured.out)["error"]
    assert captured.err.count("error: ") == 1
    assert "Traceback" not in captured.err
    assert not Path("/tmp/stolen.csv").exists()


def test_the_engine_is_loaded_by_no_other_command():
    import subprocess
    import sys

    script = (
        "import sys; import importer.cli.main, importer.cli.checking, importer.cli.importing, importer.cli.asking; "
        "import importer.run.prepare, importer.run.asking; sys.exit('duckdb' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_nothing_of_the_list_stays(file, tmp_path):
    assert main(["query", file, "select * from list", "--json"]) == 0
    assert not (tmp_path / "home").exists()
