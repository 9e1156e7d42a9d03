"""The frame around every page: navigation, the sign-in gate, the target in sight, and no raw errors."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.parts import gate, words
from pages.parts.guard import guard
from pages.parts.keeping import begin_turn, draw_not_done
from pages.parts.navigation import choose_page, is_step
from pages.parts.run_in_url import keep_run_in_url
from pages.parts.sessions import SESSIONS, this_session
from pages.parts.strip import draw_strip
from pages.parts.style import draw_style

PARTS = Path(__file__).resolve().parent / "parts"

st.set_page_config(page_title=words.PRODUCT, page_icon=PARTS / "icon.svg", layout="wide")
st.logo(PARTS / "icon-name.svg", size="large", icon_image=PARTS / "icon.svg")

signed_in = gate.signed_in()
page = choose_page(visible=signed_in)
draw_style()
if not signed_in:
    gate.draw_sign_in()
    st.stop()

SESSIONS.let_in(this_session(), st.context.cookies)
keep_run_in_url()
gate.draw_sign_out()
with guard("target strip"):
    draw_strip(of_list=is_step(page))
begin_turn()
draw_not_done()
with guard(page.title):
    page.run()
