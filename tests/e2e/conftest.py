"""A real browser on a real server. Without Chromium these tests are skipped, and say so."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.actors import SYSTEM
from accounts.models import User
from accounts.services.people import create_user
from competences.models import Edition
from tests.e2e.hands import PASSWORD, edition

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    # Playwright runs a loop of its own in this thread; Django would refuse its queries there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 800})
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def person(transactional_db: None) -> User:
    """Marie, who may sign in and has an empty record."""
    user = create_user(actor=SYSTEM, email="marie@exemple.invalid", name="Marie", is_verified=True)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def worker(person: User) -> User:
    """Marie once the first edition of the starter data is there and assessed."""
    edition(1)
    Edition.objects.update(impact="done")
    return person
