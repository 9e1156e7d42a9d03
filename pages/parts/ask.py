"""Ask the list in SQL: a question, examples to begin with, and the answer as table, picture and file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from importer.errors import ImporterError, RunCancelled
from importer.prove import neutralised
from importer.store import FAILURE_COLUMNS, PROFILE_COLUMNS, Answer, answer_csv, distinct_names, shown
from pages.parts import words
from pages.parts.asking import LOOK_EVERY_S, Asking, asked_in, start
from pages.parts.cleaning import Cleaning
from pages.parts.downloads import draw_download
from pages.parts.fixed_rows import file_stem
from pages.parts.grid_edits import SHOWN_CHARACTERS
from pages.parts.guard import guard, show_error
from pages.parts.markup import plain, show, tag
from pages.parts.pictures import PICTURES, answer_picture, pictured_rows

PAGE_ROWS = 200
NAMED_COLUMNS = 60
TABLE, PICTURE = "Table", "Picture"

LIMITS = (
    "Questions only read this list, and nothing else. All cells are text: try_cast(age as int) makes numbers, and an "
    "empty cell is ''. Rows that a decision leaves out are still in list; failures says what holds a row back."
)


def draw_ask(work: Cleaning) -> None:
    """The question beside what can be asked; below it the answer, or that it is on its way."""
    run_id = work.folder.run_id
    columns = distinct_names(work.recipe.columns_after(work.stage.columns))
    left, right = st.columns([3, 2], gap="medium")
    with right:
        _draw_tables(columns, run_id)
    with left:
        sql = _draw_question(columns, run_id)
    if sql is not None:
        start(work.folder, sql, work.recipe.fingerprint())
        st.rerun()
    asking = asked_in(run_id)
    if asking is None:
        return
    with left:
        if not asking.has_ended.is_set():
            _draw_waiting(asking)
        elif asking.error is not None:
            _draw_error(asking.error)
    if asking.has_ended.is_set() and asking.answer is not None:
        if asking.recipe != work.recipe.fingerprint():
            st.caption("The list has changed since this was asked. Ask again to see it as it is now.")
        _draw_answer(work, asking.answer)


def _draw_question(columns: Sequence[str], run_id: str) -> str | None:
    """The question, in the run that asks it; None otherwise."""
    key = f"ask_sql_{run_id}"
    examples = _examples(columns)
    st.pills("Begin with", list(examples), key=f"ask_example_{run_id}", on_change=_take, args=(run_id, examples))
    with st.form(f"ask_{run_id}", border=False):
        sql = st.text_area("Question in SQL", key=key, height=150, placeholder="select count(*) from list")
        line = st.container(horizontal=True, vertical_alignment="center", gap="small")
        if line.form_submit_button("Ask", icon=":material/play_arrow:", type="primary"):
            return str(sql)
        line.caption("or Ctrl + Enter")
    return None


def _take(run_id: str, examples: dict[str, str]) -> None:
    picked = st.session_state.get(f"ask_example_{run_id}")
    if picked:
        st.session_state[f"ask_sql_{run_id}"] = examples[picked]
        st.session_state[f"ask_example_{run_id}"] = None


def _examples(columns: Sequence[str]) -> dict[str, str]:
    """What to begin with → its question."""
    by = _sql_name(columns[-1] if len(columns) < 3 else columns[2])
    grouped = f"select {by}, count(*) as n\nfrom list\ngroup by all"
    return {
        "Most frequent values": f"{grouped}\norder by n desc\nlimit 20",
        "Values that repeat": f"{grouped}\nhaving n > 1\norder by n desc",
        "Reasons": "select column_name, code, count(*) as n\nfrom failures\ngroup by all\norder by n desc",
        "Rows with a problem": "select message, list.*\nfrom list join failures using (row)\norder by row\nlimit 200",
        "Each column": "select * from profile",
    }


def _sql_name(name: str) -> str:
    is_plain = name.isascii() and name.isidentifier() and name == name.lower()
    return name if is_plain else '"' + name.replace('"', '""') + '"'


def _draw_tables(columns: Sequence[str], run_id: str) -> None:
    with st.container(border=True, gap="small", key=f"ask_tables_{run_id}"):
        st.markdown("**What can be asked**")
        for name, about, cells in (
            ("list", "the rows as the steps leave them", ("row", *columns)),
            ("failures", "what the check found, warnings too", FAILURE_COLUMNS),
            ("profile", "a row for each column", PROFILE_COLUMNS),
        ):
            signs = [tag("code", cell if len(cell) < 60 else cell[:59] + "…") for cell in cells[:NAMED_COLUMNS]]
            more = f" and {len(cells) - NAMED_COLUMNS:,} more" if len(cells) > NAMED_COLUMNS else ""
            spaced = [part for sign in signs for part in (sign, " ")]
            head = tag("div", tag("strong", name), f" {about}")
            show(tag("div", head, tag("div", *spaced, more, cls="ci-names"), cls="ci-table-of-sql"))
        show(tag("div", LIMITS, cls="ci-note"))


@st.fragment(run_every=LOOK_EVERY_S)
def _draw_waiting(asking: Asking) -> None:
    if asking.has_ended.is_set():
        st.rerun()
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    line.markdown(f":material/hourglass_top: {asking.waiting_words()}", width="content")
    if line.button("Cancel", icon=":material/close:", key="ask_cancel"):
        asking.is_cancelled.set()


def _draw_error(error: Exception) -> None:
    if isinstance(error, RunCancelled):
        st.info("The question was cancelled.", icon=":material/close:")
    elif isinstance(error, ImporterError):
        st.error(plain(error, limit=4_000), icon=":material/error:")
    else:
        show_error(error, "ask")


def _draw_answer(work: Cleaning, answer: Answer) -> None:
    run_id, rows = work.folder.run_id, len(answer.rows)
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    ways = [TABLE, PICTURE] if rows and answer.columns else [TABLE]
    way = line.segmented_control(
        "Show as", ways, default=TABLE, key=f"ask_way_{run_id}", label_visibility="collapsed"
    )
    cut = ": there are more, ask for less at a time" if answer.is_cut else ""
    line.caption(f"{words.count(rows, 'row')} in {answer.seconds:.1f} s{cut}", width="content")
    stem = f"{file_stem(work.folder)}-answer"
    for label, name, cell in (
        ("Download for Excel", f"{stem}-for-spreadsheets.csv", neutralised),
        ("Download exactly", f"{stem}.csv", str),
    ):
        draw_download(line, label, _content(answer, cell), name, "text/csv", key=run_id, of=work.folder)
    with guard("answer"):
        if way == PICTURE:
            _draw_picture(answer, run_id)
        elif rows:
            _draw_table(answer, run_id)
        else:
            st.info("The answer has no rows.", icon=":material/search_off:")


def _content(answer: Answer, cell: Callable[[str], str]) -> Callable[[], str]:
    return lambda: "".join(answer_csv(answer, cell))


def _draw_table(answer: Answer, run_id: str) -> None:
    body, pages = st.container(), -(-len(answer.rows) // PAGE_ROWS)
    number = st.pagination(pages, key=f"ask_page_{run_id}_{id(answer)}") if pages > 1 else 1
    rows = answer.rows[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]
    columns: dict[str, list[object]] = {}
    config = {}
    for at, (name, kind) in enumerate(zip(answer.columns, answer.kinds, strict=True)):
        cells = [row[at] for row in rows]
        is_number = kind == "number" and all(isinstance(cell, int | float | None) for cell in cells)
        columns[f"c{at}"] = cells if is_number else [_cut(shown(cell)) for cell in cells]
        config[f"c{at}"] = (st.column_config.NumberColumn if is_number else st.column_config.TextColumn)(name[:60])
    body.dataframe(pd.DataFrame(columns), hide_index=True, column_config=config, height="auto")


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + " …"


def _draw_picture(answer: Answer, run_id: str) -> None:
    names = list(range(len(answer.columns)))
    numbers = [at for at in names if answer.kinds[at] == "number"]
    if not numbers:
        st.info("A picture needs a column of numbers, such as count(*).", icon=":material/bar_chart:")
        return
    across = next((at for at in names if at not in numbers), names[0])
    up = next((at for at in numbers if at != across), numbers[0])
    line = st.columns(3)

    def title(at: int) -> str:
        return answer.columns[at][:60]

    key = f"{run_id}_{'_'.join(answer.columns)[:200]}"
    x = line[0].selectbox("Across (x)", names, index=across, format_func=title, key=f"ask_x_{key}")
    y = line[1].selectbox("Up (y)", numbers, index=numbers.index(up), format_func=title, key=f"ask_y_{key}")
    kind = line[2].selectbox("As", list(PICTURES), key=f"ask_kind_{run_id}")
    st.plotly_chart(answer_picture(answer, x, y, kind), key=f"ask_picture_{run_id}", config={"displayModeBar": False})
    drawn = pictured_rows(answer, kind)
    if drawn < len(answer.rows):
        st.caption(f"The first {drawn:,} of {len(answer.rows):,} rows are drawn.")
