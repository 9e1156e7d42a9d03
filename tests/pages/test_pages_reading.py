"""Repairs that reading suggests, and a file that was here before, on the File page."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from importer.run import RunFolder, open_stage

ROWS = "".join(f"{at},p{at}@example.com,P,2024-01-{at}\n" for at in range(10, 20))
LIST = f"id,email,name,day\n{ROWS}30,p@example.com,Doe, Jo,2024-01-30\n".encode()


def test_all_alike_are_repaired_with_one_click_and_taken_back(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder]
) -> None:
    folder = bring(LIST)
    app = open_page("file.py", folder)
    assert open_stage(folder).report.problem_counts == {"row_too_long": 1}
    next(one for one in app.button if one.key == "repair_all_join").click().run()
    assert open_stage(folder).report.problem_counts == {"repaired_row": 1}
    assert open_stage(folder).take([12])["name"].tolist() == ["Doe, Jo"]
    next(one for one in app.button if one.key == "repairs_back").click().run()
    assert open_stage(folder).report.problem_counts == {"row_too_long": 1}


def test_the_same_bytes_again_are_said_to_have_been_here(
    open_page: Callable[..., AppTest], bring: Callable[..., RunFolder]
) -> None:
    first = bring(LIST, "january.csv")
    assert not [one for one in open_page("file.py", first).info if "was here" in one.value]
    second = bring(LIST, "february.csv")
    app = open_page("file.py", second).run()
    assert any("january" in one.value and "was not imported" in one.value for one in app.info)
