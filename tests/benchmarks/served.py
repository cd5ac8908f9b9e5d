"""The site behind its own server, and clients that ask it, each for its next page once the last has come."""

import http.client
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from tests.benchmarks.alone import environment

CLIENTS = 4
A_CONNECTION = 20
"""Requests that a client sends before it connects anew, maybe to another process."""

WORKERS = 2 * (os.cpu_count() or 1)
"""Two processes a processor: a connection stays with the process that took it, and with one process a
processor three clients of four often wait behind one another."""

Ask = Callable[[random.Random], tuple[str, Mapping[str, str]]]
"""Draws the next request of a client: its path and its headers."""


@contextmanager
def server(settings: str = "tests.benchmarks.serving_settings") -> Iterator[int]:
    """The site on the database of the bench: the middleware of production, the server of `make run`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--workers", str(WORKERS), "--blocking-threads", "1"]
    command += ["--no-ws", "--no-access-log", "--log-level", "error", "config.wsgi:application"]
    surroundings = environment() | {"DJANGO_SETTINGS_MODULE": settings}
    running = subprocess.Popen(command, env=surroundings)  # noqa: S603 - our own server
    try:
        _wait_for(port)
        yield port
    finally:
        running.terminate()
        running.wait(30)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("the server did not start")


def clients(port: int, ask: Ask, requests: int) -> list[float]:
    """How long each request took, in seconds, over all the clients at once."""
    times: list[float] = []
    faults: list[object] = []

    def client(number: int) -> None:
        chance = random.Random(number)  # noqa: S311 - figures, not secrets
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for request in range(requests):
            if request % A_CONNECTION == 0:
                line.close()
            path, headers = ask(chance)
            started = time.perf_counter()
            line.request("GET", path, headers=dict(headers))
            answer = line.getresponse()
            answer.read()
            times.append(time.perf_counter() - started)
            if answer.status != 200:
                faults.append((answer.status, path))
        line.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise AssertionError(faults[:3])
    return times


def percentile(times: list[float], share: float) -> float:
    """That percentile of times in seconds, in milliseconds."""
    return sorted(times)[int(len(times) * share)] * 1000
