"""2 Columns: what is in each column, and what it becomes in the table."""

from __future__ import annotations

from functools import partial

import streamlit as st

from importer.run import key_column, read_recipe
from pages.parts.beside import draw_first_rows, need_profile
from pages.parts.head import draw_head
from pages.parts.item_view import draw_item
from pages.parts.key_choice import schema_or_choice
from pages.parts.last_list import draw_unusual
from pages.parts.mapping import draw_mapping
from pages.parts.need import need_stage
from pages.parts.profile_view import draw_column, draw_list_facts, draw_overview
from pages.parts.rules_form import draw_rules
from pages.parts.run_in_url import settings
from pages.parts.schema_files import draw_schema_files
from pages.parts.strangers import draw_strangers
from pages.parts.table_match import draw_table_match
from pages.parts.target import target_now
from pages.parts.type_questions import draw_type_questions

folder, stage = need_stage()
draw_head("Columns", onward=("check", "Next: check every row"), run_id=folder.run_id)
now = target_now(settings(), folder)
need_profile(folder, meanwhile=partial(draw_first_rows, stage))
schema = schema_or_choice(folder, stage, now)
profile = need_profile(folder, key_column(folder) if schema is not None else None)
if schema is not None:
    draw_unusual(folder)
    draw_strangers(folder, stage, schema)
    draw_type_questions(folder, schema)
draw_list_facts(profile, len(read_recipe(folder).operations))

titles = ["Content", "Match columns", "Rules", "One item", "Save and load"]
# All are drawn, so that a form that is half filled in stays so; what takes time waits until its tab is opened.
tabs_key = f"columns_tabs_{folder.run_id}"
content, mapping, rules, item, files = st.tabs(titles, key=tabs_key, on_change="rerun")
with content:
    draw_overview(profile)
    names = [column.name for column in profile.columns]
    picked = st.selectbox("Look at one column", names, key=f"column_{folder.run_id}")
    draw_column(profile, str(picked))
if schema is None:
    for tab in (mapping, rules, item, files):
        tab.info("Choose the column of the key first, above.", icon=":material/key:")
    st.stop()
with mapping:
    if mapping.open:
        draw_table_match(folder, schema, now)
    draw_mapping(folder, stage, schema)
with rules:
    draw_rules(folder, stage, schema, now.key, in_sight=bool(rules.open))
with item:
    draw_item(folder, stage, schema, in_sight=bool(item.open))
with files:
    draw_schema_files(folder, schema)
