"""The drop zone: a file goes to the server in slices, and the page is told when it is whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.routes import UPLOAD_PATH
from pages.parts.upload_desk import SLICE_BYTES, Ticket, UploadDesk

_HERE = Path(__file__).parent
_TICKET = "upload_ticket"

_HTML = """
<div class="box" data-part="box">
  <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"
       stroke-linejoin="round" aria-hidden="true"><path d="M12 16V5m0 0-4.5 4.5M12 5l4.5 4.5M4 16v3h16v-3"/></svg>
  <div class="title" data-part="title" aria-live="polite"></div>
  <div class="note" data-part="note"></div>
  <div class="track" data-part="track" hidden>
    <div data-part="bar" role="progressbar" aria-label="Upload" aria-valuemin="0" aria-valuemax="100">
      <div class="fill" data-part="fill"></div></div></div>
  <input type="file" data-part="input" aria-label="Choose a list to upload"
         accept=".csv,.tsv,.txt,.tab,.psv,.zip,.gz,.bz2,.xz,.zst,.xlsx,text/*">
  <button type="button" data-part="stop" hidden>Stop the upload</button>
</div>
"""

_WORDS = {
    "rest": "Drop a list here, or choose a file",
    "rest_note": "CSV, TSV, Excel, OpenDocument, JSON or Parquet, also packed. Your file stays on this server.",
    "waiting": "No answer from the app. Trying again; nothing is lost.",
    "arrived": "Here. Looking at it …",
    "refused": "was not taken",
    "one_file": "One list at a time, please.",
    "empty": "The file is empty. Choose one with at least a header row.",
}

_box = st.components.v2.component(
    "contact_upload",
    html=_HTML,
    css=(_HERE / "upload_box.css").read_text("utf-8"),
    js=(_HERE / "upload_box.js").read_text("utf-8"),
)


@dataclass(frozen=True)
class Arrived:
    """A whole upload. `name` is what the browser calls the file: shown as text, never used as a path."""

    path: Path
    name: str


def upload_box(desk: UploadDesk) -> Arrived | None:
    """Draw the drop zone; the file once, in the run after it became whole."""
    ticket = _ticket(desk)
    prefix = str(st.get_option("server.baseUrlPath") or "").strip("/")
    data = {
        "id": ticket.upload_id,
        "token": ticket.token,
        "until": ticket.expires_at,
        "url": f"/{prefix}{UPLOAD_PATH}" if prefix else UPLOAD_PATH,
        "slice_bytes": SLICE_BYTES,
        "words": _WORDS,
    }
    answer: Any = _box(key="upload_box", data=data, on_done_change=lambda: None)
    told = answer.get("done") if answer else None
    if not isinstance(told, dict):
        return None
    path = desk.take(str(told.get("id", "")))
    if path is None:
        return None
    del st.session_state[_TICKET]
    return Arrived(path, shown_name(str(told.get("name", ""))))


def _ticket(desk: UploadDesk) -> Ticket:
    """One ticket a session until it is spent or out of date."""
    known = st.session_state.get(_TICKET)
    if known is None or known.expires_at < desk.clock() + 3600:
        known = desk.mint()
        st.session_state[_TICKET] = known
    return known


def shown_name(name: str) -> str:
    """The last part of what the browser sent, without control characters, at most 120 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(character for character in last if character.isprintable()).strip()
    return clean[:120] or "unnamed list"
