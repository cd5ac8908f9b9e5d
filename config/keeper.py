"""Start a private PostgreSQL and a private Redis, hold them while they have users, stop them after.

A program of its own (`python -I -S config/keeper.py '<JSON>'`), started by `config.embedded` alone. It uses
the standard library only, so that it is up in some hundredths of a second and depends on nothing that the
virtual environment may lose while the servers run.

The accounts are kept by the kernel, as locks (flock) that vanish with the process that holds them, so that a
killed process never counts and no process number has to be trusted:

* `users.lock`  shared by every process that uses the pair;
* `keeper.lock` exclusive, held by the keeper for as long as a server of the pair may run;
* `door.lock`   exclusive, held for the time of a start or of a stop.

The keeper waits for `users.lock` to be free of users, closes the door, looks again, and stops both servers.
"""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

START_SECONDS = 60.0  # a crashed server first replays its journal
STOP_SECONDS = 20.0
POLL_SECONDS = 0.005
READY = "ready"
FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


@dataclass(frozen=True)
class Plan:
    """All that the keeper must know, as paths in text (it travels as JSON)."""

    initdb: str
    postgres: str
    redis_server: str
    folder: str
    """Private folder of the pair: data, logs and locks."""
    sockets: str
    """Private folder of the two sockets; a path short enough for a Unix socket."""
    account: tuple[int, int] | None
    """User and group numbers that run the servers; None for those of the caller."""
    is_durable: bool
    """False for the tests: nothing is forced to the disk and Redis keeps nothing."""

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @property
    def postgres_data(self) -> Path:
        return Path(self.folder) / "postgresql"

    @property
    def redis_data(self) -> Path:
        return Path(self.folder) / "redis"

    @property
    def postgres_socket(self) -> Path:
        return Path(self.sockets) / ".s.PGSQL.5432"

    @property
    def redis_socket(self) -> Path:
        return Path(self.sockets) / "redis.sock"


class StartError(Exception):
    """A server did not start; the text says which one and where its log is."""


def lock_file(folder: str | Path, name: str) -> int:
    """Open (not lock) one of the lock files; the descriptor is never inherited by another program."""
    return os.open(Path(folder) / f"{name}.lock", FLAGS, 0o600)


def try_lock(descriptor: int, operation: int) -> bool:
    """Take a lock without waiting; True when taken."""
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def answers(path: Path) -> bool:
    """True when a server accepts connections on this Unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(5)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll a condition; False when it did not become true in time."""
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _environment() -> dict[str, str]:
    """A clean environment: no PGDATA, PGPORT or locale of the caller reaches the servers."""
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _spawn(plan: Plan, command: list[str], log: Path) -> subprocess.Popen[bytes]:
    user, group = plan.account or (None, None)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        return subprocess.Popen(  # noqa: S603 - the programs that config.embedded has found
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=plan.folder,
            env=_environment(),
            start_new_session=True,
            umask=0o077,
            user=user,
            group=group,
            extra_groups=None if user is None else [],
        )
    finally:
        os.close(out)


def _create_cluster(plan: Plan) -> None:
    """Run initdb beside its final place and rename, so that a killed start leaves no half-made cluster.

    The locale is C.UTF-8 of PostgreSQL itself (17 and later), else of the C library, else C: the same order
    of characters everywhere, and an index that serves `LIKE 'abc%'`.
    """
    log = Path(plan.folder) / "initdb.log"
    making = plan.postgres_data.with_name("postgresql.making")
    locales = (
        ["--locale-provider=builtin", "--locale=C.UTF-8"],
        ["--locale=C.UTF-8"],
        ["--locale=C"],
    )
    for locale in locales:
        _remove_tree(making)
        command = [plan.initdb, f"--pgdata={making}", "--username=perenne", "--auth=trust", "--encoding=UTF8"]
        if not plan.is_durable:
            command.append("--no-sync")
        if _spawn(plan, command + locale, log).wait() == 0:
            making.rename(plan.postgres_data)
            return
    raise StartError(f"initdb failed: read {log}")


def _remove_tree(folder: Path) -> None:
    import shutil  # here: it is slow to import and needed once in the life of a clone

    if folder.exists():
        shutil.rmtree(folder)


def _postgres_command(plan: Plan) -> list[str]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": '"' + plan.sockets.replace('"', '""') + '"',
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": "128MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    if not plan.is_durable:
        settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
    command = [plan.postgres, "-D", str(plan.postgres_data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command


def _redis_command(plan: Plan) -> list[str]:
    return [
        plan.redis_server,
        *("--port", "0"),
        *("--unixsocket", str(plan.redis_socket)),
        *("--unixsocketperm", "700"),
        *("--dir", str(plan.redis_data)),
        *("--save", ""),
        *("--appendonly", "yes" if plan.is_durable else "no"),
        *("--daemonize", "no"),
    ]


def _postgres_is_ready(plan: Plan) -> bool:
    """The last line of postmaster.pid says it before the socket does anything useful."""
    try:
        lines = (plan.postgres_data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready" and answers(plan.postgres_socket)


def _stop_strays(plan: Plan) -> None:
    """Stop servers that a killed keeper left behind; only a server that answers is believed to be ours."""
    if answers(plan.redis_socket):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client, contextlib.suppress(OSError):
            client.connect(str(plan.redis_socket))
            client.sendall(b"SHUTDOWN\r\n")
        wait_until(lambda: not answers(plan.redis_socket), STOP_SECONDS)
    if answers(plan.postgres_socket):
        pid_file = plan.postgres_data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            os.kill(int(pid_file.read_text().splitlines()[0]), signal.SIGINT)
        wait_until(lambda: not pid_file.exists(), STOP_SECONDS)


def _forget_dead_postmaster(plan: Plan) -> None:
    """Remove the pid files of a killed postmaster whose number now belongs to another program.

    PostgreSQL believes such a number and refuses to start; in a container, numbers come back at each start.
    """
    pid_file = plan.postgres_data / "postmaster.pid"
    with contextlib.suppress(OSError, IndexError):
        number = pid_file.read_text().splitlines()[0].strip()
        command = Path(f"/proc/{number}/cmdline").read_bytes()
        if os.fsencode(plan.postgres_data) not in command:
            pid_file.unlink()
            plan.postgres_socket.with_name(".s.PGSQL.5432.lock").unlink(missing_ok=True)


def start(plan: Plan) -> list[subprocess.Popen[bytes]]:
    """Start both servers and wait until both answer.

    Raises:
        StartError: a server ended, or gave no answer in time; neither is left running.
    """
    _stop_strays(plan)
    _forget_dead_postmaster(plan)
    redis_log = Path(plan.folder) / "redis.log"
    postgres_log = Path(plan.folder) / "postgresql.log"
    for log in (redis_log, postgres_log):
        log.unlink(missing_ok=True)
    servers = [_spawn(plan, _redis_command(plan), redis_log)]
    try:
        if not (plan.postgres_data / "PG_VERSION").exists():
            _create_cluster(plan)
        servers.append(_spawn(plan, _postgres_command(plan), postgres_log))
        _wait_for(
            servers[1], lambda: _postgres_is_ready(plan), f"PostgreSQL did not start: read {postgres_log}"
        )
        _wait_for(servers[0], lambda: answers(plan.redis_socket), f"Redis did not start: read {redis_log}")
    except BaseException:
        stop(servers)
        raise
    return servers


def _wait_for(server: subprocess.Popen[bytes], is_ready: Callable[[], bool], trouble: str) -> None:
    wait_until(lambda: server.poll() is not None or is_ready(), START_SECONDS)
    if server.poll() is not None or not is_ready():
        raise StartError(trouble)


def stop(servers: list[subprocess.Popen[bytes]]) -> None:
    """Stop both servers in order, by force when one does not answer in time."""
    for server, word in zip(servers, (signal.SIGTERM, signal.SIGINT), strict=False):
        if server.poll() is None:
            server.send_signal(word)  # SIGINT is PostgreSQL's fast shutdown: clients are sent away
    for server in servers:
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for_the_last_user(plan: Plan) -> int:
    """Return when nobody uses the pair, with the door closed behind the last one (its descriptor)."""
    users = lock_file(plan.folder, "users")
    door = lock_file(plan.folder, "door")
    while True:
        # Wait without holding the door: someone who comes in holds the door and wants a share of `users`.
        fcntl.flock(users, fcntl.LOCK_EX)
        fcntl.flock(users, fcntl.LOCK_UN)
        fcntl.flock(door, fcntl.LOCK_EX)
        if try_lock(users, fcntl.LOCK_EX):
            return door
        fcntl.flock(door, fcntl.LOCK_UN)


def _leave(*_signal: object) -> None:
    """Signal handler: a server of the pair died, or somebody asked the keeper to end."""
    raise SystemExit(0)


def main() -> None:
    """Keep the pair described by the JSON argument; answer "ready" or the trouble on standard output."""
    plan = Plan(**json.loads(sys.argv[1]))
    if os.fork():
        os._exit(0)  # the caller waits for this one only
    signal.signal(signal.SIGTERM, _leave)
    keeper = lock_file(plan.folder, "keeper")
    fcntl.flock(keeper, fcntl.LOCK_EX)
    servers: list[subprocess.Popen[bytes]] = []
    answer = READY
    try:
        servers = start(plan)
    except (StartError, OSError) as trouble:
        answer = str(trouble)
    os.write(1, answer.encode())
    if not servers:
        return
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)  # the caller reads until the end of the file
    os.dup2(nowhere, 2)
    try:
        signal.signal(signal.SIGCHLD, _leave)
        if all(server.poll() is None for server in servers):
            _wait_for_the_last_user(plan)
    finally:
        for word in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(word, signal.SIG_DFL)
        stop(servers)


if __name__ == "__main__":
    main()
