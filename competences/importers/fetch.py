"""A source fetched from its producer's address: streamed to a temporary file, every step of the way checked.

For commands alone: pages and the API take files, never an address (a server that fetches what strangers
name is a door into its own network).
"""

import hashlib
import http.client
import ipaddress
import socket
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from django.utils.translation import gettext as _

from competences.importers.source import BrokenSource

MAX_BYTES = 400 * 2**20
MAX_REDIRECTS = 5
SILENCE = 30
"""Seconds without a byte after which the other side is given up."""

MAX_SECONDS = 900
BLOCK = 2**18
REDIRECTS = {301, 302, 303, 307, 308}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(address: Address) -> bool:
    """Whether an address is on the open internet: not loopback, private, link-local or multicast."""
    mapped = getattr(address, "ipv4_mapped", None)
    checked = mapped or address
    return checked.is_global and not checked.is_multicast


def is_any(address: Address) -> bool:
    """Every address: for a server of one's own (`--allow-private`)."""
    return True


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that came: where it is, from which address in the end, its size in bytes and its checksum."""

    path: Path
    url: str
    size: int
    sha256: str


@contextmanager
def fetched(url: str, *, allowed: Callable[[Address], bool] = is_public) -> Iterator[Fetched]:
    """The file at an address, for the time of the block.

    https alone, but to addresses that only `allowed` lets through, where http will do. Each redirect is
    checked like the first address, and the connection goes to the very address that was checked.

    Raises BrokenSource, which says what was refused and where.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="perenne-") as folder:
        for _hop in range(MAX_REDIRECTS + 1):
            parts = _checked(url, allowed)
            connection = _connection(parts, allowed)
            try:
                target = parts.path or "/"
                connection.request("GET", f"{target}?{parts.query}" if parts.query else target)
                with connection.getresponse() as answer:
                    if answer.status in REDIRECTS:
                        url = urljoin(url, answer.getheader("Location") or "")
                        continue
                    if answer.status != http.client.OK:
                        raise _refused(parts, "bad_answer", _("le serveur répond %d") % answer.status)
                    path = Path(folder) / _name(parts)
                    size, sha256 = _keep(answer, path, parts, started)
            except (OSError, http.client.HTTPException) as error:
                message = _("la lecture s’est arrêtée (%s)") % type(error).__name__
                raise _refused(parts, "unreachable", message) from error
            finally:
                connection.close()
            yield Fetched(path, url, size, sha256)
            return
        raise _refused(urlsplit(url), "too_many_redirects", _("trop de redirections"))


def _checked(url: str, allowed: Callable[[Address], bool]) -> SplitResult:
    """The parts of an address that may be asked for."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BrokenSource.at(url[:200], "bad_address", _("cette adresse ne se lit pas")) from error
    schemes = ("https",) if allowed is is_public else ("https", "http")
    if parts.scheme not in schemes or not parts.hostname or parts.username or port == 0:
        message = _("il faut une adresse en https, sans nom d’utilisateur")
        raise _refused(parts, "bad_address", message)
    return parts


def _connection(parts: SplitResult, allowed: Callable[[Address], bool]) -> http.client.HTTPConnection:
    """A connection to an address that was resolved once, checked, and is the one used."""
    host = parts.hostname or ""
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _refused(parts, "unreachable", _("ce nom de serveur n’existe pas")) from error
    addresses = [ipaddress.ip_address(str(info[4][0]).partition("%")[0]) for info in found]
    # One forbidden address among several is enough: the name is not to be trusted.
    if not addresses or not all(allowed(address) for address in addresses):
        raise _refused(parts, "private_address", _("cette adresse mène à un réseau privé"))
    connection = http.client.HTTPConnection(host, port, timeout=SILENCE)
    try:
        sock = socket.create_connection((str(addresses[0]), port), timeout=SILENCE)
        connection.sock = (
            ssl.create_default_context().wrap_socket(sock, server_hostname=host) if secure else sock
        )
    except OSError as error:
        message = _("connexion impossible (%s)") % type(error).__name__
        raise _refused(parts, "unreachable", message) from error
    return connection


def _keep(
    answer: http.client.HTTPResponse, path: Path, parts: SplitResult, started: float
) -> tuple[int, str]:
    """Streams an answer to a file; its size and checksum."""
    size, checksum = 0, hashlib.sha256()
    with path.open("wb") as out:
        while block := answer.read(BLOCK):
            size += len(block)
            if size > MAX_BYTES:
                raise _refused(parts, "too_large", _("le fichier est trop grand pour un référentiel"))
            if time.monotonic() - started > MAX_SECONDS:
                raise _refused(parts, "too_slow", _("le serveur est trop lent"))
            checksum.update(block)
            out.write(block)
    # A connection that is cut reads as an end.
    if (said := answer.getheader("Content-Length")) is not None and said != str(size):
        raise _refused(parts, "unreachable", _("la lecture s’est arrêtée avant la fin"))
    return size, checksum.hexdigest()


def _name(parts: SplitResult) -> str:
    """The name of the file: the last part of the path, which tells its kind by its ending."""
    name = PurePosixPath(unquote(parts.path)).name.replace("\x00", "")
    return name[-120:] or "source.zip"


def _refused(parts: SplitResult, code: str, message: str) -> BrokenSource:
    """A refusal that names the server, never the query, which may hold a key."""
    return BrokenSource.at(f"{parts.scheme}://{parts.hostname or ''}{parts.path}"[:200], code, message)
