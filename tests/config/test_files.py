"""The process that hands over private files: what it refuses, and that a slow reader stops nobody."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.core.signing import TimestampSigner
from django.utils import timezone

from competences.models import Export
from competences.private_files import SALT, exports_folder, signed
from config import embedded, files, keeper
from tests.tasks.workers import database_url

MEGABYTES = 30
SLOW_READERS = 8
PATIENCE_SECONDS = 2.0


@pytest.fixture
def folder(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"
    exports_folder().mkdir(parents=True)
    return exports_folder()


def ask(path, method="GET", **scope):
    """Status, headers and bytes that the application answers."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        return {"type": "http.disconnect"}

    asked = {"type": "http", "method": method, "path": path, **scope}
    # In a thread of its own: the browser's tests leave a running loop in this one.
    with ThreadPoolExecutor(max_workers=1) as beside:
        beside.submit(asyncio.run, files.application(asked, receive, send)).result()
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], dict(sent[0]["headers"]), body, sent


class TestWhatIsHandedOver:
    def test_a_signed_file_in_blocks(self, folder):
        public_id = uuid.uuid4()
        content = os.urandom(files.BLOCK * 2 + 5)
        (folder / f"{public_id}.csv").write_bytes(content)
        status, headers, body, _sent = ask(f"/{signed(public_id, 'csv', 'mes changements.csv')}")
        assert (status, body) == (200, content)
        assert headers[b"content-length"] == str(len(content)).encode()
        assert headers[b"content-disposition"] == b'attachment; filename="mes changements.csv"'
        assert headers[b"cache-control"] == b"private, no-store"
        assert headers[b"x-content-type-options"] == b"nosniff"

    def test_the_server_itself_sends_it_where_it_can(self, folder):
        public_id = uuid.uuid4()
        (folder / f"{public_id}.xlsx").write_bytes(b"x")
        path = f"/{signed(public_id, 'xlsx', 'a.xlsx')}"
        *_rest, sent = ask(path, extensions={"http.response.pathsend": {}})
        assert sent[1] == {"type": "http.response.pathsend", "path": str(folder / f"{public_id}.xlsx")}
        status, _headers, body, _sent = ask(path, method="HEAD")
        assert (status, body) == (200, b"")

    def test_only_what_this_house_signed_lately_is_found(self, folder, time_machine_at):
        public_id = uuid.uuid4()
        (folder / f"{public_id}.csv").write_bytes(b"x")
        (folder.parent / "secret.csv").write_bytes(b"secret")
        good = signed(public_id, "csv", "a.csv")
        signer = TimestampSigner(salt=SALT)
        refused = [
            "",
            "a",
            f"{public_id}.csv",
            "../secret.csv",
            good[:-1] + ("a" if good[-1] != "a" else "b"),
            TimestampSigner(salt="another").sign_object([str(public_id), "csv", "a.csv", 300]),
            signer.sign_object(["../secret", "csv", "a.csv", 300]),
            signer.sign_object([str(public_id), "../../csv", "a.csv", 300]),
            signer.sign_object([str(public_id), "xlsx", "a.xlsx", 300]),
            signer.sign_object([str(public_id), "csv", "a.csv"]),
            signer.sign_object("text"),
            signed(uuid.uuid4(), "csv", "a.csv"),
        ]
        assert {ask(f"/{path}")[0] for path in refused} == {404}
        assert ask(f"/{good}", method="POST")[0] == 405
        assert ask(f"/{good}")[0] == 200
        with time_machine_at(minutes=6):
            assert ask(f"/{good}")[0] == 404

    def test_the_way_to_somebody_elses_file_is_open_for_a_moment(self, folder, time_machine_at):
        public_id = uuid.uuid4()
        (folder / f"{public_id}.csv").write_bytes(b"x")
        own, others = (
            signed(public_id, "csv", "a.csv", of_another=of_another) for of_another in (False, True)
        )
        assert [ask(f"/{end}")[0] for end in (own, others)] == [200, 200]
        with time_machine_at(seconds=20):
            assert [ask(f"/{end}")[0] for end in (own, others)] == [200, 404]


@pytest.fixture
def time_machine_at():
    import datetime as dt

    import time_machine

    return lambda **later: time_machine.travel(timezone.now() + dt.timedelta(**later), tick=False)


# A slow reader ---------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """A process for pages with one blocking thread, as in production, and the process for files."""

    def __init__(self, folder: Path) -> None:
        self.pages, self.files = free_port(), free_port()
        self.log = (folder / "served.log").open("ab")
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.config.served_settings",
            "DATABASE_URL": database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "PERENNE_VAR": str(folder),
            "TEST_FILES_ADDRESS": f"http://127.0.0.1:{self.files}",
        }
        pages = ["--interface", "wsgi", "--blocking-threads", "1", "config.wsgi:application"]
        self.processes = [
            self._start(self.pages, *pages),
            self._start(self.files, "--interface", "asginl", "config.files:application"),
        ]

    def _start(self, port: int, *words: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "granian", "--host", "127.0.0.1", "--port", str(port)]
        return subprocess.Popen(  # noqa: S603 - this interpreter
            [*command, "--workers", "1", "--no-ws", *words],
            cwd=embedded.CLONE,
            env=self.environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def answers(self) -> bool:
        try:
            self.get("/accessibilite/")
            with socket.create_connection(("127.0.0.1", self.files), timeout=1):
                return True
        except OSError:
            return False

    def get(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.pages}{path}", timeout=20) as answer:
            return bytes(answer.read())

    def memory(self) -> int:
        """Bytes that the processes for files hold, their children included."""
        (leader,) = [self.processes[1].pid]
        children = Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in [leader, *children])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> None:
        for process in self.processes:
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            process.wait(15)
        self.log.close()


@pytest.fixture
def served(tmp_path: Path, transactional_db: None) -> Iterator[Served]:
    found = Served(tmp_path)
    try:
        assert keeper.wait_until(found.answers, 30), (tmp_path / "served.log").read_text()[-3000:]
        yield found
    finally:
        found.stop()


def slow_reader(address: str) -> socket.socket:
    """Asks for a file, reads its first bytes, and then nothing for as long as it is held."""
    host, _slash, path = address.removeprefix("http://").partition("/")
    name, _colon, port = host.partition(":")
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(10)
    line.connect((name, int(port)))
    line.sendall(f"GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert line.recv(12) == b"HTTP/1.1 200"
    return line


class _NoFollowing(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object) -> None:
        return None


def address_of(served: Served, export: Export) -> str:
    """Where the pages say that the file is: they do not hand it over themselves."""
    page = f"http://127.0.0.1:{served.pages}/fichiers/{export.public_id}/fichier"
    with pytest.raises(urllib.error.HTTPError, match="302") as answer:
        urllib.request.build_opener(_NoFollowing).open(page, timeout=20)
    answer.value.close()
    return str(answer.value.headers["Location"])


@pytest.mark.django_db(transaction=True, databases=["default", "access_log"])
def test_slow_readers_of_a_file_keep_nobody_from_a_page(served, tmp_path):
    content = os.urandom(1024 * 1024) * MEGABYTES
    export = Export.objects.create(
        kind="changes",
        format="csv",
        language="fr",
        key="k",
        mark="m",
        state="done",
        rows_total=1,
        size=len(content),
        file_name="a.csv",
        asked_at=timezone.now(),
        progressed_at=timezone.now(),
        finished_at=timezone.now(),
    )
    folder = tmp_path / "private" / "exports"
    folder.mkdir(parents=True)
    (folder / f"{export.public_id}.csv").write_bytes(content)
    before = served.memory()
    readers = [slow_reader(address_of(served, export)) for _reader in range(SLOW_READERS)]
    try:
        time.sleep(0.5)
        for _page in range(5):
            started = time.perf_counter()
            served.get("/accessibilite/")
            assert time.perf_counter() - started < PATIENCE_SECONDS
        # Nor is the file in memory, once a reader or at all.
        assert served.memory() - before < len(content)
        with urllib.request.urlopen(address_of(served, export), timeout=30) as answer:  # noqa: S310 - loopback
            assert answer.read() == content
    finally:
        for reader in readers:
            reader.close()
