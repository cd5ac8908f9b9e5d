"""The process that hands over private files on a developer's machine (`manage.py up` starts it).

    granian --interface asginl --host 127.0.0.1 --port 8001 config.files:application

A reader as slow as it likes holds a few kilobytes here, and no thread that serves pages. In production the
front proxy does this work (docs/operations.md).
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")

from competences.private_files import PrivateFile, opened

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
BLOCK = 64 * 1024


async def application(scope: Message, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
    """Answers GET and HEAD of `/<signed identifier>`, and nothing else."""
    if scope["type"] != "http":
        return
    found = opened(unquote(scope["path"]).removeprefix("/"))
    if scope["method"] not in ("GET", "HEAD"):
        await _refuse(send, HTTPStatus.METHOD_NOT_ALLOWED)
    elif found is None or not await asyncio.to_thread(found.path.is_file):
        await _refuse(send, HTTPStatus.NOT_FOUND)
    else:
        await _hand_over(scope, send, found)


async def _refuse(send: Send, status: HTTPStatus) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": status.phrase.encode()})


async def _hand_over(scope: Message, send: Send, found: PrivateFile) -> None:
    size = (await asyncio.to_thread(found.path.stat)).st_size
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in found.headers.items()]
    headers.append((b"content-length", str(size).encode()))
    await send({"type": "http.response.start", "status": int(HTTPStatus.OK), "headers": headers})
    if scope["method"] == "HEAD":
        await send({"type": "http.response.body", "body": b""})
    elif "http.response.pathsend" in scope.get("extensions", {}):
        await send({"type": "http.response.pathsend", "path": str(found.path)})
    else:
        await _send_blocks(send, found)


async def _send_blocks(send: Send, found: PrivateFile) -> None:
    source = await asyncio.to_thread(found.path.open, "rb")
    try:
        while block := await asyncio.to_thread(source.read, BLOCK):
            await send({"type": "http.response.body", "body": block, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    finally:
        source.close()
