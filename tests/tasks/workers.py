"""Real Celery workers, in processes of their own, on the database and the Redis of the tests."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from celery import Task
from django.conf import settings
from django.db import connection

import tasks.celery  # noqa: F401 - the tasks of this process are sent through it
from config import keeper


@dataclass
class Workers:
    """Starts workers on a queue that this test alone uses; what they print is kept in `log`."""

    queue: str
    log: Path
    environment: dict[str, str]
    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def start(self, *words: str, **environment: str) -> "subprocess.Popen[bytes]":
        """One more worker with a single process for tasks."""
        command = [sys.executable, "-m", "celery", "--app", "tasks.celery", "worker", "--queues", self.queue]
        command += ["--concurrency", "1", "--include", "tests.tasks.probe", "--loglevel", "INFO", *words]
        with self.log.open("ab") as out:
            process = subprocess.Popen(  # noqa: S603 - this interpreter
                [*command, "--without-gossip", "--without-mingle", "--without-heartbeat"],
                env=os.environ | self.environment | environment,
                cwd=settings.BASE_DIR,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def send(self, task: Task, *arguments: object) -> None:
        """Put a task in the queue of this test."""
        task.apply_async(arguments, queue=self.queue)

    def child(self, process: "subprocess.Popen[bytes]") -> int:
        """The number of the process in which that worker runs its tasks."""
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        return int(children[0])

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """Kill a worker and its processes outright."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def eventually(self, condition: Callable[[], bool], seconds: float = 40) -> None:
        """Wait for what a worker is about to do; its log is the message when it does not."""
        assert keeper.wait_until(condition, seconds), self.log.read_text()[-6000:]


def database_url() -> str:
    """The address of the database that this test uses, with its server's socket or host."""
    described = connection.settings_dict
    query = urlencode(
        {"host": described["HOST"], "user": described["USER"], "password": described["PASSWORD"]}
    )
    return f"postgresql:///{described['NAME']}?{query}"
