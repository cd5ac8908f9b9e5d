"""Fixtures that every test has. Each app adds its own in its sub-folder."""

import uuid
from collections.abc import Iterator

import pytest
from django.core.cache import caches
from django.db import connections
from hypothesis import settings
from pytest_django import DjangoDbBlocker

# How long an example takes is the machine's affair: speed is measured by the benches.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test databases; the second line to them is hung up before they are dropped."""
    yield
    with django_db_blocker.unblock():
        connections["access_log"].close()


@pytest.fixture(autouse=True)
def _own_cache_keys() -> None:
    """Each test starts with an empty cache, without emptying the Redis that other processes use."""
    caches["default"].key_prefix = f"test-{uuid.uuid4()}"


def pytest_collection_modifyitems(items):
    """A test that may use the database may use its second line too, the one of the access log.

    Rows of the log are read and written on that line alone, so that a test sees what it wrote.
    """
    for item in items:
        marker = item.get_closest_marker("django_db")
        fixtures = getattr(item, "fixturenames", ())
        if marker is None and not {"db", "transactional_db"} & set(fixtures):
            continue
        options = dict(marker.kwargs) if marker else {"transaction": "transactional_db" in fixtures}
        options.setdefault("databases", ["default", "access_log"])
        item.add_marker(pytest.mark.django_db(**options), append=False)
