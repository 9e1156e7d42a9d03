"""A server with the upload route, for tests that hold bodies back: `body_server.py guarded|open PORT STILL_S`.

`open` is the control: the same route without the middleware, after the body was read whole, as it once was.
"""

from __future__ import annotations

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.parts.bodies import Bodies, read_small_pieces
from pages.parts.routes import ROUTES, UPLOAD_PATH, put_slice


async def read_first(request: Request) -> Response:
    """The body whole, and only then the ticket."""
    await request.body()
    return await put_slice(request)


if __name__ == "__main__":
    kind, port, still_s = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    if kind == "guarded":
        read_small_pieces()
        app = Starlette(routes=ROUTES, middleware=[Middleware(Bodies, still_s=still_s)])
    else:
        app = Starlette(routes=[Route(UPLOAD_PATH + "/{upload_id}", read_first, methods=["PUT"])])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
