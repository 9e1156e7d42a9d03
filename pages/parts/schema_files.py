"""The schema as a file: download it, load it again, and pandera's YAML beside."""

from __future__ import annotations

from functools import partial

import streamlit as st

from importer.check import Schema, dump_schema, from_pandera_yaml, load_schema, to_pandera_model, to_pandera_yaml
from importer.errors import ConfigError
from importer.run import RunFolder
from pages.parts.downloads import draw_download
from pages.parts.guard import guard
from pages.parts.keeping import keep_schema

MAX_SCHEMA_BYTES = 2_000_000


def draw_schema_files(folder: RunFolder, schema: Schema) -> None:
    """Three downloads, one way in that knows both kinds of YAML."""
    out, back = st.columns(2, gap="medium")
    with out.container(border=True, height="stretch"):
        st.markdown("**Save these attributes, types and rules**")
        st.caption("For next month's list, and for the command line (`--schema`).")
        run_id, box = folder.run_id, st.container()
        draw_download(box, "Schema (YAML)", partial(dump_schema, schema), "schema.yaml", "text/yaml", key=run_id)
        draw_download(
            box, "As pandera YAML", lambda: to_pandera_yaml(schema), "pandera.yaml", "text/yaml", key=run_id
        )
        draw_download(
            box,
            "As a pandera model (Python)",
            partial(to_pandera_model, schema),
            "contacts.py",
            "text/x-python",
            key=run_id,
            hint="A DataFrameModel. What pandera cannot say is a comment in it.",
        )
    with back.container(border=True, height="stretch"):
        st.markdown("**Load a schema**")
        st.caption("Our YAML or pandera's. It takes the place of the one on this page.")
        given = st.file_uploader(
            "Schema file",
            type=["yaml", "yml"],
            label_visibility="collapsed",
            disabled=folder.frozen,
            key=f"schema_in_{folder.run_id}",
        )
        if given is not None and st.button("Use this schema", icon=":material/upload:"):
            with guard("schema"):
                loaded = _read(given.getvalue())
                st.session_state.pop(f"schema_in_{folder.run_id}", None)
                keep_schema(folder, loaded, schema)


def _read(content: bytes) -> Schema:
    if len(content) > MAX_SCHEMA_BYTES:
        raise ConfigError(f"The schema file has {len(content):,} bytes; at most {MAX_SCHEMA_BYTES:,} are read.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError("The schema file is not UTF-8 text. Save it as UTF-8.") from None
    return from_pandera_yaml(text) if "schema_type" in text else load_schema(text)
