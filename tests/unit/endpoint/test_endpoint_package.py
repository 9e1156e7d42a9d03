"""The zip: the same bytes each time, nothing too much, and it runs with the runtime's botocore alone."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from importer.endpoint import build_package
from importer.endpoint.package import CODE_HOME, LIBRARIES, MODULES

RUN = """
import json, os, sys
import importer.endpoint.function.handler as handler
class Context:
    def get_remaining_time_in_millis(self):
        return 25_000
body = json.dumps({"contacts": [{"x": 1}, {"email": "nobody"}, {"email": "zo\\u00eb@ex\\u00e4mple.test"}]})
told = handler.lambda_handler({"httpMethod": "POST", "headers": {}, "body": body}, Context())
outside = sorted({name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names))
print(json.dumps({"told": told, "outside": outside, "from": handler.__file__}))
"""


def test_the_same_sources_make_the_same_bytes_wherever_they_lie(tmp_path: Path) -> None:
    for name in MODULES:
        copy = tmp_path / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CODE_HOME / name, copy)
        os.utime(copy, (1_000_000_000, 1_000_000_000))
    first = build_package()
    assert build_package(tmp_path).data == first.data == build_package().data


def test_control_another_source_makes_other_bytes(tmp_path: Path) -> None:
    for name in MODULES:
        copy = tmp_path / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CODE_HOME / name, copy)
    (tmp_path / MODULES[0]).write_text("# another\n")
    assert build_package(tmp_path).sha256 != build_package().sha256


def test_it_is_small_and_holds_nothing_that_the_runtime_has() -> None:
    package = build_package()
    assert len(package.data) < 150_000
    tops = {name.partition("/")[0] for name in package.names}
    assert tops == {"importer", *LIBRARIES}
    with zipfile.ZipFile(io.BytesIO(package.data)) as archive:
        inits = {
            name: archive.read(name) for name in package.names if name.startswith("importer/") and "__init__" in name
        }
    assert set(inits.values()) == {b""}


def test_it_runs_from_the_zip_with_botocore_alone(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(build_package().data)) as archive:
        archive.extractall(tmp_path)
    environ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(tmp_path),
        "TABLE_NAME": "EmailContacts",
        "EMAIL_ATTRIBUTES": "email",
        "AWS_DEFAULT_REGION": "us-gov-west-1",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "made-up",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN], env=environ, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["from"].startswith(str(tmp_path))
    codes = [error["code"] for error in json.loads(told["told"]["body"])["errors"]]
    assert codes == ["key_missing", "not_an_email", "not_an_email"]
    runtime = {"botocore", "jmespath", "dateutil", "six", "urllib3"}
    ours = {"importer", "email_validator", "idna"}
    heavy = {"pandas", "numpy", "pyarrow", "httptools", "boto3", "phonenumbers", "dns"}
    assert not heavy & set(told["outside"])
    assert ours | {"botocore"} <= set(told["outside"]) | runtime
