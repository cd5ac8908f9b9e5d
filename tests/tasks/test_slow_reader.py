"""Somebody who reads slowly stops nobody: seen on a real granian process with one blocking thread.

granian draws each piece of an answer in the thread that answers requests, and hands it to a thread of its own
that writes to the network. An answer built whole is one piece: the thread is free at once, whoever reads. A
streamed answer keeps the thread until its reader has taken it: the last test shows it.
"""

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings

from config import keeper
from tests.tasks.test_up import free_port
from tests.tasks.workers import database_url

STATIC = settings.BASE_DIR / "static"
LONGEST_FILE = max((p for p in STATIC.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)
SLOW = 10
PATIENCE = 3.0
"""Seconds. A free process answers in a few milliseconds; the rest is for a machine that does much else."""


@pytest.fixture
def port(tmp_path: Path, transactional_db: None) -> Iterator[int]:
    """The port of a process that serves one request at a time, as `manage.py up` starts it."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", "1", "--blocking-threads", "1", "--no-ws"]
    surroundings = {"DJANGO_SETTINGS_MODULE": "tests.tasks.serving_settings", "DATABASE_URL": database_url()}
    with (tmp_path / "granian.log").open("wb") as log:
        running = subprocess.Popen(  # noqa: S603 - this interpreter
            [*command, "config.wsgi:application"],
            cwd=settings.BASE_DIR,
            env=os.environ | surroundings | {"REDIS_URL": settings.REDIS_URL},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        keeper.wait_until(lambda: running.poll() is not None or answers(port), 30)
        assert answers(port), (tmp_path / "granian.log").read_text()
        yield port
    finally:
        running.terminate()
        try:
            running.wait(10)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def slow_reader(port: int, path: str) -> socket.socket:
    """Asks for an address and reads the first bytes of the answer, never the rest."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    reader.settimeout(10)
    reader.connect(("127.0.0.1", port))
    reader.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    assert reader.recv(15) == b"HTTP/1.1 200 OK", path
    return reader


def answers(port: int) -> bool:
    """Whether somebody else gets a page in time."""
    page = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        page.request("GET", "/accessibilite/")
        return page.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        page.close()


@pytest.mark.parametrize(
    "path", ["/page/", "/referentiels/", f"/static/{LONGEST_FILE.relative_to(STATIC)}"], ids=str
)
def test_slow_readers_of_a_page_stop_nobody(port, path):
    with ExitStack() as readers:
        for _number in range(SLOW):
            readers.enter_context(slow_reader(port, path))
        assert answers(port)


def test_a_slow_reader_of_a_stream_would_stop_everybody(port):
    """Why no endpoint streams. Were this to pass otherwise, the rule could go."""
    with slow_reader(port, "/stream/"):
        assert not answers(port)
    # The reader has left: the process answers again.
    assert keeper.wait_until(lambda: answers(port), 20)
