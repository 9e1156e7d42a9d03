"""The app's own routes: slices of an upload in, files and Plotly's script out."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import plotly
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from importer.settings import load_settings
from pages.parts.downloads import DOWNLOAD_ROUTES
from pages.parts.upload_desk import SLICE_BYTES, UploadDesk, UploadRefused

UPLOAD_PATH = "/api/upload"
PLOTLY_PATH = "/api/plotly.min.js"
TICKET_HEADER = "x-upload-ticket"
_PLOTLY_FILE = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
_LOG = logging.getLogger("importer.pages")


async def put_slice(request: Request) -> Response:
    """`PUT /api/upload/<id>?offset=&total=`, ticket in a header, the slice as body → `{"size": so far}`."""
    try:
        offset, total = _number(request, "offset"), _number(request, "total")
        _refuse_large(request)
        desk = UploadDesk(load_settings(os.environ).uploads)
        token = request.headers.get(TICKET_HEADER, "")
        # The ticket is looked at before a byte of the body is read, and each piece goes to the disk as it comes.
        with desk.coming(request.path_params["upload_id"], token, offset, total) as slice_:
            async for piece in request.stream():
                await run_in_threadpool(slice_.write, piece)
        return JSONResponse({"size": slice_.size})
    except UploadRefused as refused:
        body: dict[str, object] = {"message": refused.message}
        if refused.size_bytes is not None:
            body["size"] = refused.size_bytes
        return JSONResponse(body, status_code=refused.status)
    except ClientDisconnect:
        return Response(status_code=400)
    except OSError as error:
        _LOG.error("upload slice not stored: %s", type(error).__name__)
        return JSONResponse({"message": "The server could not store this slice."}, status_code=500)


def _refuse_large(request: Request) -> None:
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > SLICE_BYTES:
        raise UploadRefused(413, f"A slice is at most {SLICE_BYTES:,} bytes.")


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise UploadRefused(400, f"`{name}` must be a whole number.")
    return int(text)


async def plotly_script(request: Request) -> Response:
    """The script of the installed plotly package; the page asks for it with the version, so it is kept for good."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return FileResponse(_PLOTLY_FILE, media_type="text/javascript", headers=headers)


ROUTES = [
    Route(UPLOAD_PATH + "/{upload_id}", put_slice, methods=["PUT"]),
    Route(PLOTLY_PATH, plotly_script, methods=["GET"]),
    *DOWNLOAD_ROUTES,
]
