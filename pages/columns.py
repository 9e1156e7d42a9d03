"""2 Columns: what is in each column, and what it becomes in the table."""

from __future__ import annotations

import streamlit as st

from importer.run import key_column, prepare_profile, prepare_schema, read_schema
from pages.parts.head import draw_head
from pages.parts.last_list import draw_unusual
from pages.parts.mapping import draw_mapping
from pages.parts.need import need_stage
from pages.parts.profile_view import draw_column, draw_list_facts, draw_overview
from pages.parts.rules_form import draw_rules
from pages.parts.run_in_url import settings
from pages.parts.schema_files import draw_schema_files
from pages.parts.target import target_now

folder, stage = need_stage()
draw_head("What is in the list", onward=("check", "Next: check every row"), run_id=folder.run_id)
with st.spinner("Counting what is in each column …"):
    schema = read_schema(folder) if folder.frozen else prepare_schema(folder, target_now(settings()).key)
    profile = prepare_profile(folder, key_column(folder))
draw_unusual(folder)
draw_list_facts(profile)

content, mapping, rules, files = st.tabs(["Content", "Attributes and types", "Rules", "Save and load"])
with content:
    draw_overview(profile)
    names = [column.name for column in profile.columns]
    picked = st.selectbox("Look at one column", names, key=f"column_{folder.run_id}")
    draw_column(profile, str(picked))
with mapping:
    draw_mapping(folder, schema)
with rules:
    draw_rules(folder, schema)
with files:
    draw_schema_files(folder, schema)
