"""`manage.py up`: pages, late work and demo in one terminal, and nothing left behind."""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from config import environment, keeper
from tests.tasks.test_processes import alive
from tests.tasks.workers import database_url


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def surroundings(tmp_path: Path, db: None) -> Iterator[dict[str, str]]:
    """A database of its own on the servers of the tests, dropped at the end; files in the test's folder."""
    name = f"up_{os.getpid()}"
    address = re.sub(r"(?<=///)[^?]*", name, database_url())
    with psycopg.connect(re.sub(r"(?<=///)[^?]*", "postgres", database_url()), autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield dict(os.environ) | {
                "DJANGO_SETTINGS_MODULE": "config.settings.dev",
                "DATABASE_URL": address,
                "REDIS_URL": environment.redis_database(settings.REDIS_URL, 7),
                "PERENNE_VAR": str(tmp_path),
                "PORT": str(free_port()),
            }
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


class Visitor:
    """A browser without scripts that keeps its cookies."""

    def __init__(self, port: str) -> None:
        self.root = f"http://127.0.0.1:{port}"
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, path: str) -> str:
        with self.opener.open(self.root + path, timeout=20) as answer:
            return str(answer.read().decode())

    def post(self, path: str, **fields: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path))
        assert token is not None
        body = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": token[1]}).encode()
        with self.opener.open(self.root + path, data=body, timeout=20) as answer:
            return str(answer.read().decode())


def start(surroundings: dict[str, str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "up", "--workers", "1"],
        cwd=settings.BASE_DIR,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def until(running: "subprocess.Popen[str]", word: str) -> str:
    """What it prints up to the line that holds a word."""
    assert running.stdout is not None
    shown = []
    for line in running.stdout:
        shown.append(line)
        if word in line:
            return "".join(shown)
    raise AssertionError("".join(shown))


def test_one_command_serves_the_demo_sends_its_mail_and_leaves_nothing(surroundings, tmp_path):
    with start(surroundings) as running:
        shown = until(running, "employeur@demo.invalid")
        assert f"http://127.0.0.1:{surroundings['PORT']}/" in shown
        visitor = Visitor(surroundings["PORT"])
        for path in re.findall(r'(?:href|src)="(/static/[^"#]+)', visitor.get("/")):
            assert visitor.get(path), path
        visitor.post("/compte/signup/", email="zoe@exemple.fr", password1="une phrase assez longue")
        # Nobody called a job: beat did, and the worker sent what sign-up wrote.
        assert keeper.wait_until(lambda: any("zoe" in path.read_text() for path in mails(tmp_path)), 40)
        running.send_signal(signal.SIGINT)
        rest = running.communicate(timeout=30)[0]
        assert running.returncode == 0, rest
    assert not alive(Path(surroundings["PORT"]))
    assert not alive(tmp_path)

    with start(surroundings) as again:  # what was there is kept, and not loaded twice
        assert "loading" not in until(again, "employeur@demo.invalid")
        again.terminate()
        again.communicate(timeout=30)
        assert again.returncode == 0
    assert not alive(tmp_path)


def mails(folder: Path) -> list[Path]:
    return [path for path in (folder / "mail").rglob("*") if path.is_file()]


def test_a_taken_port_is_told_with_the_way_out(surroundings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(surroundings["PORT"])))
        taken.listen()
        with start(surroundings) as running:
            shown, _nothing = running.communicate(timeout=60)
    assert running.returncode == 1
    assert f"PORT={int(surroundings['PORT']) + 1} make run" in shown


def test_production_does_not_use_it(surroundings):
    with start(surroundings | {"DJANGO_SETTINGS_MODULE": "config.settings.test"}) as running:
        shown, _nothing = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "development" in shown
