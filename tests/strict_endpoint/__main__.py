"""`python -m strict_endpoint`: see the package's docstring."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import time

from strict_endpoint.faults import Faults
from strict_endpoint.server import serve
from strict_endpoint.service import StrictService


async def main() -> None:
    """Serve until terminated."""
    parser = argparse.ArgumentParser(prog="strict_endpoint")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--table", default="EmailContacts")
    parser.add_argument("--key", default="email", help="key attributes, partition first, with a comma between")
    parser.add_argument("--faults", default="{}", help="JSON object, see faults.py")
    given = parser.parse_args()
    faults = Faults.from_dict(json.loads(given.faults))
    service = StrictService(
        faults, table=given.table, key=tuple(given.key.split(",")), now=time.monotonic, wall=time.time
    )
    server = await serve(service, given.port)
    print(json.dumps({"url": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"}), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
