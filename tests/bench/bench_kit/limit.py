"""The limit: wrk, one thread, posting the same signed requests as ours, as whole texts built beforehand."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from bench_kit.sink import program
from importer.write import Request
from importer.write.dialing import Origin

SCRIPT = """
local requests, at = {}, 0
local file = assert(io.open("%s", "rb"))
while true do
  local size = file:read("*n")
  if not size then break end
  file:read(1)
  requests[#requests + 1] = file:read(size)
end
file:close()
request = function()
  at = at %% #requests + 1
  return requests[at]
end
"""


def write_requests(path: Path, url: str, requests: Iterable[Request]) -> None:
    """Each request as the bytes on the wire, led by its length and a line end."""
    origin = Origin.of(url, "")
    with path.open("wb") as file:
        for request in requests:
            whole = origin.wire(request)
            file.write(b"%d\n" % len(whole) + whole)


def wrk_rate(requests: Path, url: str, *, connections: int, seconds: int, core: int | None) -> float:
    """Requests a second."""
    script = requests.with_suffix(".lua")
    script.write_text(SCRIPT % requests)
    pinned = [program("taskset"), "-c", str(core)] if core is not None else []
    command = [*pinned, program("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script), url]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"Requests/sec:\s+([0-9.]+)", told)
    if found is None or "Non-2xx" in told or not urlsplit(url).port:
        raise SystemExit(f"wrk did not measure: {told}")
    return float(found[1])
