"""`manage.py up`: the whole product in one terminal, for a developer's machine."""

import contextlib
import http.client
import os
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from accounts.models import User
from competences.starter import people
from tasks.processes import ProcessGroup, Program, python

HOST = "127.0.0.1"
PATIENCE_SECONDS = 0.5


class Command(BaseCommand):
    """Migrate, load the starter data into an empty database, then serve pages and run late work."""

    # They cost a second of each start; `make check`, `make test` and `migrate` run them.
    requires_system_checks = ()
    _is_serving = False
    help = "Serve the site with its late work in this terminal (Ctrl-C stops all of it)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen, and how many processes serve pages."""
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare the database, then hold the programs until one ends or somebody asks."""
        if not settings.DEBUG:
            raise CommandError("`up` is for development: production runs its programs one by one.")
        port = options["port"]
        self._require_free(port)
        self._require_free(port + 1)
        self._prepare()
        connections.close_all()
        programs, environment = self._programs(port, options["workers"]), self._environment(port)
        group = ProcessGroup(programs, environment, self.stdout, terminal=sys.stdout.fileno())
        status = group.run(is_ready=lambda: _answers(port), when_ready=lambda: self._welcome(port))
        if status:
            raise CommandError("A program ended by itself; the lines above say which.", returncode=status)
        with contextlib.suppress(OSError):  # the terminal may be the one that was closed
            self.stdout.write("Stopped.")

    def _require_free(self, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as trouble:
                raise CommandError(
                    f"Port {port} is taken ({trouble.strerror}). Choose another: PORT={port + 1} make run"
                ) from trouble

    def _prepare(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False)
        if settings.DEMO and "load_starter" in get_commands() and not User.objects.exists():
            self.stdout.write("The database is empty: loading the starter data.")
            call_command("load_starter")

    def _programs(self, port: int, workers: int) -> list[Program]:
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        schedule = settings.VAR_DIR / "celerybeat-schedule"
        web = python("granian", "--interface", "wsgi", "--host", HOST, "--port", str(port))
        # One blocking thread a process: see docs/operations.md.
        web += ["--workers", str(workers), "--blocking-threads", "1", "--no-ws", "config.wsgi:application"]
        late = python(
            "celery", "--quiet", "--app", "tasks.celery", "worker", "--beat", "--schedule", str(schedule)
        )
        late += ["--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
        # Files that jobs made: a slow reader must not hold the thread that serves pages.
        files = python("granian", "--interface", "asginl", "--host", HOST, "--port", str(port + 1))
        files += ["--workers", "1", "--no-ws", "config.files:application"]
        # A person waits for the pages: the rest starts once they answer, and leaves them the processor.
        return [
            Program("web", web),
            Program("files", files, starts_when=lambda: self._is_serving),
            Program("tasks", late, starts_when=lambda: self._is_serving),
        ]

    def _environment(self, port: int) -> dict[str, str]:
        """What the programs are told: where the servers are (they start none), and under which settings."""
        return dict(os.environ) | {
            "DATABASE_URL": settings.DATABASE_URL,
            "REDIS_URL": settings.REDIS_URL,
            "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
            "PORT": str(port),
            "PYTHONUNBUFFERED": "1",
            "CELERY_SKIP_CHECKS": "1",
            # Celery's warning about root: true for a server, noise on a developer's machine in a container.
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        }

    def _welcome(self, port: int) -> None:
        self._is_serving = True
        lines = ["", f"Pérenne answers on http://{HOST}:{port}/ (Ctrl-C stops it)."]
        if settings.DEMO:
            lines += [
                f"Messages that were sent: http://{HOST}:{port}{reverse('accounts:sent_messages')}",
                *_demo_lines(),
            ]
        self.stdout.write("\n".join([*lines, ""]))
        self.stdout.flush()


def _demo_lines() -> list[str]:
    """The accounts that anybody at this terminal may sign in with."""
    demo = people.read()
    members = [member for organisation in demo.organisations for member in organisation.members]
    accounts = [(worker.email, "worker", worker.name) for worker in demo.workers]
    accounts += [(member.email, member.role, member.name) for member in members]
    width = max(len(email) for email, _role, _name in accounts)
    lines = [f"  {email:<{width}}  {role} ({name})" for email, role, name in accounts]
    return [f"Demo accounts, all with the password {people.PASSWORD}:", *lines]


def _answers(port: int) -> bool:
    """Whether a page is served: the port is open well before."""
    page = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_SECONDS)
    try:
        page.request("HEAD", reverse("accessibility"))
        return page.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        page.close()
