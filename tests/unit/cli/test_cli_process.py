"""`python -m importer` as a process: Ctrl-C, pipes, and stdout that holds the answer alone."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from strict_endpoint import Faults, running_endpoint

from importer.run import list_runs
from importer.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[3]


def start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    environ = {
        **os.environ,
        "IMPORTER_HOME": str(home),
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "made-up",
    }
    command = [sys.executable, "-m", "importer", *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=REPOSITORY, env=environ, stdout=pipe, stderr=pipe, text=True)


def test_ctrl_c_cancels_with_130_and_resume_sends_the_rest(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("email\n" + "".join(f"p{row}@example.com\n" for row in range(4_000)))
    with running_endpoint(Faults(latency_s=0.05)) as endpoint:
        run = ("run", str(file), "--table", "EmailContacts", "--endpoint-url", endpoint.url, "--json", "--yes")
        process = start(tmp_path / "home", *run)
        give_up_s = time.monotonic() + 40
        while len(endpoint.service.items) < 200:
            assert time.monotonic() < give_up_s
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 130, err
        told = json.loads(out)
        assert (told["state"], told["reason"]) == ("cancelled", "Cancelled by SIGINT. It can be resumed.")
        assert "Traceback" not in err
        assert 0 < told["pending"] < 4_000
        assert told["written"] == len(endpoint.service.items)
        process = start(tmp_path / "home", "resume", told["run_id"], "--json")
        out, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        assert json.loads(out)["written"] == len(endpoint.service.items) == 4_000
        receipt = json.loads(Path(json.loads(out)["receipt"]).read_text("utf-8"))
        assert [deed["what"] for deed in receipt["people"]] == [
            "started on the command line",
            "resumed on the command line",
        ]
        assert all(deed["who"] and deed["at"] for deed in receipt["people"])


def test_commands_about_runs_do_not_wait_for_pandas(tmp_path):
    code = "import sys, importer.cli.runs, importer.cli.engine; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False).returncode == 0


def test_a_reader_that_goes_away_is_no_traceback(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("email\n" + "p@example.com\n" * 50_000)
    process = start(tmp_path / "home", "read", str(file))
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(30) == 1
    assert "Traceback" not in err


UNHEARD = """
import signal, sys
from contextlib import nullcontext
import importer.cli.main, importer.run.desk
importer.run.desk.ENDING_SIGNALS = (signal.SIGINT,)
sys.modules["importer.cli.main"]._signals_interrupt = nullcontext
"""
TAKE_TERMINAL = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "


def hang_up_amid_a_run(tmp_path, endpoint, before=""):
    """The run in a terminal that is closed once 200 rows are there; its process, and the run as the ledger has it."""
    file = tmp_path / "list.csv"
    file.write_text("email\n" + "".join(f"p{row}@example.com\n" for row in range(4_000)))
    ours, theirs = pty.openpty()
    code = f"{TAKE_TERMINAL}{before}\nimport sys; from importer.cli import main; sys.exit(main(sys.argv[1:]))"
    environ = {**os.environ, "IMPORTER_HOME": str(tmp_path / "home"), "AWS_ACCESS_KEY_ID": "A"}
    environ["AWS_SECRET_ACCESS_KEY"] = "made-up"
    run = ("run", str(file), "--table", "EmailContacts", "--endpoint-url", endpoint.url, "--yes")
    process = subprocess.Popen(
        [sys.executable, "-c", code, *run],
        cwd=REPOSITORY,
        env=environ,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    os.set_blocking(ours, False)
    give_up_s = time.monotonic() + 40
    while len(endpoint.service.items) < 200:
        assert time.monotonic() < give_up_s
        with suppress(BlockingIOError):
            os.read(ours, 65536)
        time.sleep(0.02)
    os.close(ours)
    process.wait(30)
    (run_now,) = list_runs(Settings(tmp_path / "home"))
    return process.returncode, run_now


def test_a_closed_terminal_cancels_in_order_and_resume_sends_the_rest(tmp_path):
    with running_endpoint(Faults(latency_s=0.05)) as endpoint:
        code, run = hang_up_amid_a_run(tmp_path, endpoint)
        assert (code, run.state.value, run.reason) == (130, "cancelled", "Cancelled by SIGHUP. It can be resumed.")
        assert run.buckets.written == len(endpoint.service.items) < 4_000
        process = start(tmp_path / "home", "resume", run.run_id, "--json")
        out, _ = process.communicate(timeout=60)
        assert json.loads(out)["written"] == len(endpoint.service.items) == 4_000


def test_control_unheard_a_closed_terminal_kills_the_run_without_a_word(tmp_path):
    with running_endpoint(Faults(latency_s=0.05)) as endpoint:
        code, run = hang_up_amid_a_run(tmp_path, endpoint, UNHEARD)
        assert code == -signal.SIGHUP
        assert "SIGHUP" not in run.reason


AFTER_THE_FINISH = """
import os, signal, sys
import importer.cli.importing as importing
proof = importing.write_proof
def interrupted(folder):
    os.kill(os.getpid(), signal.{name})
    return proof(folder)
importing.write_proof = interrupted
from importer.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_an_interrupt_after_the_finish_says_what_was_written(tmp_path, name):
    (tmp_path / "list.csv").write_text("email\n" + "".join(f"p{row}@example.com\n" for row in range(40)))
    with running_endpoint() as endpoint:
        run = ("run", str(tmp_path / "list.csv"), "--table", "EmailContacts", "--endpoint-url", endpoint.url, "--yes")
        environ = {**os.environ, "IMPORTER_HOME": str(tmp_path / "home"), "AWS_ACCESS_KEY_ID": "A"}
        environ["AWS_SECRET_ACCESS_KEY"] = "made-up"
        command = [sys.executable, "-c", AFTER_THE_FINISH.format(name=name), *run]
        done = subprocess.run(command, cwd=REPOSITORY, env=environ, capture_output=True, text=True, check=False)
        assert len(endpoint.service.items) == 40
    assert done.returncode == 0, done.stderr
    assert "The run is finished: 40 of 40 rows are written." in done.stderr
    assert "nothing was" not in done.stderr


def test_ended_before_it_sends_a_run_says_so_and_leaves_nothing(tmp_path):
    code = "from importer.cli import main; import sys, os, signal, importer.cli.importing as i;"
    code += "i.table_for = lambda *_: os.kill(os.getpid(), signal.SIGTERM); sys.exit(main(sys.argv[1:]))"
    run = ("run", "x.csv", "--table", "T", "--endpoint-url", "http://127.0.0.1:1", "--yes")
    environ = {**os.environ, "IMPORTER_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-c", code, *run]
    done = subprocess.run(command, cwd=REPOSITORY, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "Cancelled; nothing was sent to a table.\n")
    assert list_runs(Settings(tmp_path / "home")) == ()
