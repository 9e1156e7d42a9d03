"""The process that reads workbooks (`importer.intake.calamine_child`), forked from one that has loaded what it takes:
each mutant has a process of its own with its own limits, as in an import, and none waits until Python has started."""

from __future__ import annotations

import ctypes
import json
import os
import socket
import subprocess
import sys
from typing import IO, Any, Self

PR_SET_CHILD_SUBREAPER = 36
"""linux/prctl.h: the reader becomes a child of this process when the one that forked it ends, and is waited for."""

SERVER = """
import importlib, json, os, runpy, socket, sys
importlib.import_module("python_calamine")
asked = socket.socket(fileno=int(sys.argv[1]))
while True:
    words, pipes, _, _ = socket.recv_fds(asked, 65536, 2)
    if not words:
        break
    between = os.fork()
    if between == 0:
        reader = os.fork()
        if reader:
            asked.send(b"%d" % reader)
            os._exit(0)
        asked.close()
        for number, pipe in enumerate(pipes, start=1):
            os.dup2(pipe, number)
            os.close(pipe)
        sys.argv = json.loads(words)
        try:
            runpy.run_path(sys.argv[0], run_name="__main__")
            code, fault = 0, ""
        except SystemExit as ended:
            code, fault = 1, str(ended.code)
        except BaseException as error:
            code, fault = 1, repr(error)
        try:
            sys.stdout.flush()
            os.write(2, fault.encode("utf-8", "replace"))
        finally:
            os._exit(code)
    os.waitpid(between, 0)
    asked.send(b".")
    for pipe in pipes:
        os.close(pipe)
"""


class WarmReaders:
    """Stands in the place of the module `subprocess`, of which nothing else is asked than to start such a reader."""

    PIPE, DEVNULL = subprocess.PIPE, subprocess.DEVNULL

    def __init__(self) -> None:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._asks, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        words = [sys.executable, "-I", "-c", SERVER, str(theirs.fileno())]
        self._server = subprocess.Popen(words, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
        theirs.close()

    def Popen(self, words: list[str], **_: Any) -> Reader:
        """A reader. `words`: Python, -I, the file of the reader, and what it is asked."""
        assert words[:2] == [sys.executable, "-I"], words
        out, their_out = os.pipe()
        err, their_err = os.pipe()
        socket.send_fds(self._asks, [json.dumps(words[2:]).encode()], [their_out, their_err])
        os.close(their_out)
        os.close(their_err)
        pid = int(self._asks.recv(32))
        assert self._asks.recv(32) == b"."
        return Reader(pid, os.fdopen(out, "rb"), os.fdopen(err, "rb"))

    def close(self) -> None:
        """End the process that forks."""
        self._asks.close()
        self._server.wait()


class Reader:
    """A process as `subprocess.Popen` gives one."""

    def __init__(self, pid: int, stdout: IO[bytes], stderr: IO[bytes]) -> None:
        self.pid, self.stdout, self.stderr = pid, stdout, stderr
        self.returncode: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stdout.close()
        self.stderr.close()
