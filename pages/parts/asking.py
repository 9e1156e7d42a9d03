"""Questions on their way: each on a thread of the app, few at once over all people, one a person and list."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

import streamlit as st

from importer.errors import RunCancelled
from importer.run import RunFolder, ask_list
from importer.store import Answer

AT_ONCE = threading.BoundedSemaphore(2)
"""Over all people: each may take 1.5 GB of memory and two cores. Who comes third waits, and may cancel."""

LOOK_EVERY_S = 0.3
AT_ONCE_S = 0.8
"""Most answers are there by then, and "Asking …" would only flash by."""


@dataclass
class Asking:
    """One question. `recipe`: fingerprint of the steps that were on screen. `error`: what ended it."""

    recipe: str
    start_s: float = field(default_factory=time.monotonic)
    answer: Answer | None = None
    error: Exception | None = None
    is_waiting: bool = True
    is_cancelled: threading.Event = field(default_factory=threading.Event)
    has_ended: threading.Event = field(default_factory=threading.Event)

    def run(self, folder: RunFolder, sql: str) -> None:
        """Ask, when it is its turn, to the end."""
        try:
            while not AT_ONCE.acquire(timeout=0.1):
                if self.is_cancelled.is_set():
                    raise RunCancelled("The question was cancelled.")
            try:
                self.is_waiting = False
                self.answer = ask_list(folder, sql, cancelled=self.is_cancelled.is_set)
            finally:
                AT_ONCE.release()
        except Exception as error:
            self.error = error
        finally:
            self.has_ended.set()

    def waiting_words(self) -> str:
        """`Asking … 3 s`."""
        if self.is_waiting:
            return "Other people's questions are being answered; this one is next …"
        return f"Asking … {time.monotonic() - self.start_s:.0f} s"


def start(folder: RunFolder, sql: str, recipe: str) -> None:
    """Ask; what was asked before is cancelled. Back at once when the answer is, else while it is on its way."""
    before = asked_in(folder.run_id)
    if before is not None:
        before.is_cancelled.set()
    asking = Asking(recipe)
    st.session_state[_crumb(folder.run_id)] = asking
    threading.Thread(target=asking.run, args=(folder, sql), daemon=True).start()
    asking.has_ended.wait(AT_ONCE_S)


def asked_in(run_id: str) -> Asking | None:
    """What this session asked last about the list."""
    asking = st.session_state.get(_crumb(run_id))
    return asking if isinstance(asking, Asking) else None


def _crumb(run_id: str) -> str:
    return f"asking_{run_id}"
