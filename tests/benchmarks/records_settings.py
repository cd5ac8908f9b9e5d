"""Settings of a site that a bench serves with the floors of its pages beside them."""

from tests.benchmarks.serving_settings import *  # noqa: F403

ROOT_URLCONF = "tests.benchmarks.records_urls"
