"""Fixtures that every test has. Each app adds its own in its sub-folder."""

import uuid

import pytest
from django.core.cache import caches


@pytest.fixture(autouse=True)
def _own_cache_keys():
    """Each test starts with an empty cache, without emptying the Redis that other processes use."""
    caches["default"].key_prefix = f"test-{uuid.uuid4()}"
