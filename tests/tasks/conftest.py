"""Workers that end with the test."""

import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings

from tests.tasks.workers import Workers, database_url


@pytest.fixture
def workers(tmp_path: Path, transactional_db: None) -> Iterator[Workers]:
    """Workers that end with the test, with the queue they read."""
    name = f"test-{uuid.uuid4()}"
    environment = {
        "DJANGO_SETTINGS_MODULE": "tests.tasks.worker_settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "PERENNE_VAR": str(tmp_path),
    }
    found = Workers(name, tmp_path / "worker.log", environment)
    yield found
    for process in found.processes:
        if process.poll() is None:
            process.terminate()
    for process in found.processes:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            found.kill(process)
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.delete(name)
