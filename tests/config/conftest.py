"""Places where a private pair of servers may live for one test."""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import embedded
from tests.config.places import Place, eventually


@contextlib.contextmanager
def _new_place() -> Iterator[Place]:
    home = Path(tempfile.mkdtemp(prefix="home of Zoé, "))
    state = Path(tempfile.mkdtemp(prefix="perenne-state-"))
    state.chmod(0o755)
    clone = home / ("un chemin très long " * 8).strip() / "perenne"
    clone.mkdir(parents=True)
    yield Place(clone, state)
    shutil.rmtree(home)
    shutil.rmtree(state)


@contextlib.contextmanager
def _left_alone(place: Place) -> Iterator[Place]:
    """Whatever the test did, no server of the place outlives it."""
    yield place
    place.clear()
    assert eventually(lambda: not place.servers()), place.servers()


@pytest.fixture(scope="module")
def _shared_place() -> Iterator[Place]:
    with _new_place() as place:
        yield place


@pytest.fixture
def place(_shared_place: Place) -> Iterator[Place]:
    """A clone under a long path with spaces and accents; it keeps its databases from one test to the next."""
    with _left_alone(_shared_place) as place:
        yield place


@pytest.fixture
def new_place() -> Iterator[Place]:
    """The same, where nothing was ever started."""
    with _new_place() as place, _left_alone(place):
        yield place


def _python_for(account: str) -> tuple[str, str] | None:
    """An interpreter and a search path with which another account can use our code, if there is any."""
    packages = sysconfig.get_path("purelib")
    for python in (sys.executable, "/usr/bin/python3"):
        probe = [python, "-c", "import config.embedded, psycopg"]
        with contextlib.suppress(PermissionError, FileNotFoundError):
            tried = subprocess.run(  # noqa: S603 - one of the two above
                probe,
                cwd=embedded.CLONE,
                user=account,
                env={"PYTHONPATH": packages},
                capture_output=True,
                check=False,
            )
            if tried.returncode == 0:
                return python, packages
    return None


@pytest.fixture
def plain_place(new_place: Place) -> Iterator[Place]:
    """The same for an account that is not root: nobody, when the tests run as root."""
    place = new_place
    if os.geteuid() == 0:
        found = _python_for("nobody")
        if found is None:
            pytest.skip("the account nobody can read no Python with this checkout's packages")
        place.account, (place.python, place.packages) = "nobody", found
        nobody = pwd.getpwnam("nobody")
        for folder in (place.clone, *place.clone.parents):
            if folder == Path(tempfile.gettempdir()):
                break
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    yield place
    for folder in Path("/tmp").glob(f"perenne-*-{place.pair().mark}-*"):  # noqa: S108 - made by the test
        eventually(lambda: not place.servers())
        shutil.rmtree(folder)
