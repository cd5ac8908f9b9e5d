"""A source fetched from an address: what is refused before a byte is read, and what is kept."""

import contextlib
import hashlib
import io
import ipaddress
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from competences.importers import fetch
from competences.importers.fetch import fetched, is_any, is_public
from competences.importers.source import BrokenSource
from competences.models import Edition
from competences.starter import people

CONTENT = b"PK" + bytes(range(256)) * 5_000


class Server(BaseHTTPRequestHandler):
    """Answers by the path it is asked for."""

    def do_GET(self):
        path, _mark, _query = self.path.partition("?")
        if path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
        elif path == "/loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
            self.end_headers()
        elif path == "/cut.zip":
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT) * 2))
            self.end_headers()
            self.wfile.write(CONTENT)
            self.close_connection = True
        elif path == "/file.zip":
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT)
        else:
            self.send_error(404)

    def log_message(self, *_args):
        pass


@contextlib.contextmanager
def serving(handler):
    """The address of a server on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def address():
    with serving(Server) as found:
        yield found


def refused(url, **options) -> str:
    with pytest.raises(BrokenSource) as caught, fetched(url, **options):
        pass
    return caught.value.anomalies[0].code


@pytest.mark.parametrize("path", ["/file.zip", "/to//file.zip", "/file.zip?key=secret"])
def test_a_file_is_kept_with_its_checksum_and_goes_with_the_block(address, path):
    with fetched(address + path, allowed=is_any) as found:
        assert found.path.read_bytes() == CONTENT
        assert found.path.name == "file.zip"
        assert (found.size, found.sha256) == (len(CONTENT), hashlib.sha256(CONTENT).hexdigest())
    assert not found.path.exists()


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.org/rome.zip", "bad_address"),
        ("ftp://example.org/rome.zip", "bad_address"),
        ("file:///etc/passwd", "bad_address"),
        ("https:///rome.zip", "bad_address"),
        ("https://user@example.org/rome.zip", "bad_address"),
        ("https://example.org:99999/rome.zip", "bad_address"),
        ("https://127.0.0.1/rome.zip", "private_address"),
        ("https://localhost/rome.zip", "private_address"),
        ("https://10.0.0.1/rome.zip", "private_address"),
        ("https://169.254.169.254/latest/meta-data", "private_address"),
        ("https://[::1]/rome.zip", "private_address"),
        ("https://[::ffff:127.0.0.1]/rome.zip", "private_address"),
        ("https://0.0.0.0/rome.zip", "private_address"),
    ],
)
def test_an_address_is_refused_before_anything_is_asked(url, code):
    assert refused(url) == code


def test_each_redirect_is_checked_like_the_first_address(address):
    def only_the_first(found):
        return found == ipaddress.ip_address("127.0.0.1")

    assert refused(f"{address}/to/http://127.0.0.2:1/file.zip", allowed=only_the_first) == "private_address"
    assert refused(f"{address}/to/file:///etc/passwd", allowed=only_the_first) == "bad_address"
    assert refused(f"{address}/loop", allowed=is_any) == "too_many_redirects"


@pytest.mark.parametrize(("path", "code"), [("/absent.zip", "bad_answer"), ("/cut.zip", "unreachable")])
def test_what_does_not_come_whole_is_refused(address, path, code):
    assert refused(address + path, allowed=is_any) == code


def test_a_file_that_grows_too_large_is_left(address, monkeypatch):
    monkeypatch.setattr(fetch, "MAX_BYTES", 1_000)
    assert refused(f"{address}/file.zip", allowed=is_any) == "too_large"


def test_a_refusal_never_tells_the_query(address):
    with pytest.raises(BrokenSource) as caught, fetched(f"{address}/absent.zip?key=secret", allowed=is_any):
        pass
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1", True),
        ("192.168.1.1", False),
        ("fe80::1", False),
        ("224.0.0.1", False),
    ],
)
def test_public_addresses(text, expected):
    assert is_public(ipaddress.ip_address(text)) is expected


def test_a_name_with_one_private_address_is_refused(monkeypatch):
    answers = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(fetch.socket, "getaddrinfo", lambda *_args, **_options: answers)
    monkeypatch.setattr(fetch.socket, "create_connection", lambda *_args, **_options: pytest.fail("asked"))
    assert refused("https://example.org/rome.zip") == "private_address"


@pytest.mark.django_db
def test_the_command_fetches_shows_the_checksum_and_needs_to_be_told_of_a_private_server(tmp_path):
    folder = Path(people.__file__).parent / "demo_v1"
    archive = Path(shutil.make_archive(str(tmp_path / "demo_v1"), "zip", folder))

    class Files(Server):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(archive.read_bytes())

    with serving(Files) as address:
        words = ("import_reference", "rome", "--from-url", f"{address}/demo_v1.zip", "--reference", "demo")
        with pytest.raises(CommandError, match="https"):
            call_command(*words, "--apply")
        assert not Edition.objects.exists()
        errors = io.StringIO()
        call_command(*words, "--apply", "--allow-private", stdout=io.StringIO(), stderr=errors)
    assert hashlib.sha256(archive.read_bytes()).hexdigest() in errors.getvalue()
    assert Edition.objects.get().number == "1"


@pytest.mark.django_db
def test_the_command_needs_a_source():
    with pytest.raises(CommandError, match="--from-url"):
        call_command("import_reference", "rome")
