"""Speed of the first screen and of the list of a record, among 50,000 workers with 20 skills each.

The site is served as in production, to four clients who are signed in as two hundred people in turn. The
floor is a bare Django view that renders the same template from a context held in memory
(record_pages_urls.py), asked through the same server and the same middleware, in turn with the page.
"""

import gzip
import http.client
import random
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.test import override_settings
from django.urls import reverse

from accounts.actors import SYSTEM
from accounts.models import User
from competences.models import RiskFlag
from competences.services.references import rewrite_changes
from competences.services.risks import assess_waiting_editions
from config.settings import base
from tests.benchmarks import population
from tests.benchmarks.api import get
from tests.benchmarks.measures import Show, empty_references, show_ratio, timed
from tests.benchmarks.served import CLIENTS, WORKERS, clients, percentile, server

PEOPLE, WARM, ROUNDS, REQUESTS = 200, 20, 6, 40
"""People who look; those who look first, untimed; rounds of the page and of its floor in turn; requests of
each client in a round."""

TOUCHED = 0.05
"""The share of what people said that the last edition touches: flags are part of a record."""

TARGET = 3


def bench(show: Show) -> None:
    """Prints the times of both pages at four clients, as ratios to their floors."""
    empty_references()
    made = population.load()
    skills = [skill for skill, count in made.declared.items() if count]
    random.Random(5).shuffle(skills)  # noqa: S311 - figures, not secrets
    before = made.reference.editions.get()
    edition = population.next_edition(made, population.EDITIONS[1], TOUCHED, skills)
    with transaction.atomic():
        rewrite_changes(edition, before)
    assess_waiting_editions(actor=SYSTEM, limit=1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    show("records: flags open", RiskFlag.objects.open().count(), "flags")
    people = list(User.objects.filter(worker__statements__isnull=False).distinct().order_by("?")[:PEOPLE])
    signed_in = {person.pk: session(person) for person in people}
    pages = ("dashboard", "statements")
    for name in pages:
        _in_process(show, name, signed_in)
    with server("tests.benchmarks.record_pages_settings") as port:
        for name in pages:
            _page(show, port, name, signed_in)


def session(person: User) -> str:
    """The key of a session in which that person is signed in."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.save()
    return store.session_key


def _in_process(show: Show, name: str, signed_in: dict[int, str]) -> None:
    """The time of the server alone: requests go straight into the handler, ours and the floor's in turn."""
    with override_settings(MIDDLEWARE=base.MIDDLEWARE, ROOT_URLCONF="tests.benchmarks.record_pages_urls"):
        handler = WSGIHandler()
        address, floor = reverse(f"competences:{name}"), f"/floor/{name}/{min(signed_in)}/"
        pairs = []
        for key in [*list(signed_in.values())[:WARM], *signed_in.values()]:
            cookie = f"{settings.SESSION_COOKIE_NAME}={key}"
            ours = timed(lambda cookie=cookie: get(handler, address, HTTP_COOKIE=cookie))
            pairs.append((ours, timed(lambda: get(handler, floor, HTTP_ACCEPT_LANGUAGE="fr"))))
        show_ratio(show, f"{name} in process, to the floor", pairs[WARM:])


def _page(show: Show, port: int, name: str, signed_in: dict[int, str]) -> None:
    address = reverse(f"competences:{name}")
    keys = list(signed_in.values())
    one = min(signed_in)

    def page(chance: random.Random) -> tuple[str, dict[str, str]]:
        return address, {"Cookie": f"{settings.SESSION_COOKIE_NAME}={chance.choice(keys)}"}

    def floor(_chance: random.Random) -> tuple[str, dict[str, str]]:
        return f"/floor/{name}/{one}/", {"Accept-Language": "fr"}

    for _round in range(2 * WORKERS):  # every process compiles its templates and holds its floor
        clients(port, page, 2)
        clients(port, floor, 2)
    ours: list[float] = []
    bare: list[float] = []
    for _round in range(ROUNDS):
        ours += clients(port, page, REQUESTS)
        bare += clients(port, floor, REQUESTS)
    where = f"{name} at {CLIENTS} clients"
    for share, words in ((0.5, "median"), (0.95, "95th percentile")):
        times, floors = percentile(ours, share), percentile(bare, share)
        show(f"{where}, {words}", times, "ms", floors)
        show(f"{where}, {words} to the floor", times / floors, "ratio", TARGET)
    content = _content(port, *page(random.Random(1)))  # noqa: S311 - figures, not secrets
    show(f"{name}: HTML", len(content) / 1000, "kB", 60)
    show(f"{name}: HTML, compressed", len(gzip.compress(content)) / 1000, "kB")


def _content(port: int, path: str, headers: dict[str, str]) -> bytes:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", path, headers=headers)
    content = line.getresponse().read()
    line.close()
    return content
