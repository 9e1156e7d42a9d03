"""`python -m importer` as a process: Ctrl-C, pipes, and stdout that holds the answer alone."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from strict_endpoint import Faults, running_endpoint

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
