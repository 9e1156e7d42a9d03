"""Who is running: a mark that tells a process from a later one with the same number, and whether it still lives."""

from __future__ import annotations

import os
import socket
from datetime import datetime
from pathlib import Path

import psutil

from importer.run.folder import iso
from importer.run.states import Holder

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def this_holder(now: datetime) -> Holder:
    """This process as the holder of a run, from `now` on."""
    return Holder(os.getpid(), socket.gethostname(), process_mark(os.getpid()), iso(now))


def process_mark(pid: int) -> str:
    """Boot and start of a process, empty when it is gone (a zombie is gone).

    On Linux the boot's id and the start in ticks since boot (proc(5), stat fields 3 and 22): a wall clock that jumps
    does not change them. Elsewhere the start as psutil tells it.
    """
    try:
        if BOOT_ID.exists():
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            return "" if fields[0] == "Z" else f"{BOOT_ID.read_text(encoding='ascii').strip()}:{fields[19]}"
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.0f}"
    except (OSError, psutil.Error, IndexError):
        return ""


def is_alive(holder: Holder) -> bool:
    """Whether the holder's process lives. A process of another host cannot be looked at: taken as alive."""
    if holder.host != socket.gethostname():
        return True
    return process_mark(holder.pid) == holder.mark
