"""Speed of the first screen and of the list of a record, among 50,000 workers with 20 skills each.

The site is served as in production, to four clients who are signed in as a hundred people in turn, then as
twenty with 300 skills. The floor is a bare Django view that renders the same template from the same person's
own context held in memory (record_pages_urls.py), asked through the same server and the same middleware, in
turn with the page.
"""

import gzip
import http.client
import os
import random
from importlib import import_module
from unittest import mock

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.test import override_settings
from django.urls import reverse

from accounts.actors import SYSTEM
from accounts.models import User, Worker
from competences.models import RiskFlag
from competences.services.references import rewrite_changes
from competences.services.risks import assess_waiting_editions
from config.settings import base
from tests.benchmarks import population, record_pages_urls
from tests.benchmarks.api import get
from tests.benchmarks.measures import Show, empty_references, show_ratio, timed
from tests.benchmarks.served import CLIENTS, WORKERS, clients, percentile, server

PEOPLE, WARM, ROUNDS, REQUESTS = 100, 20, 6, 40
"""People who look; those who look first, untimed; rounds of the page and of its floor in turn; requests of
each client in a round."""

TOUCHED = 0.05
"""The share of what people said that the last edition touches: flags are part of a record."""

LONG, LENGTH = 20, 300
"""People who declared that many skills instead of 20."""

TARGET = 3


def bench(show: Show) -> None:
    """Prints the times of both pages at four clients, as ratios to their floors."""
    empty_references()
    made = population.load()
    long = _lengthened()
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
    short = User.objects.filter(worker__statements__isnull=False).exclude(worker__in=long).distinct()
    groups = {
        "": {person.pk: session(person) for person in short.order_by("?")[:PEOPLE]},
        f", {LENGTH} skills": {person.pk: session(person) for person in User.objects.filter(worker__in=long)},
    }
    pages = [
        (name, words, people) for words, people in groups.items() for name in ("dashboard", "statements")
    ]
    for page in pages:
        _in_process(show, *page)
    held = " ".join(str(pk) for people in groups.values() for pk in people)
    with (
        mock.patch.dict(os.environ, {record_pages_urls.PEOPLE: held}),
        server("tests.benchmarks.record_pages_settings") as port,
    ):
        for page in pages:
            _page(show, port, *page)


def _lengthened() -> list[int]:
    """The records of a few people, to whom the skills of others were added."""
    workers = list(Worker.objects.order_by("?").values_list("pk", flat=True)[:LONG])
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH made AS (INSERT INTO competences_skillstatement"
            " (public_id, worker_id, concept_id, edition_id, free_text, declared_at, version)"
            " SELECT gen_random_uuid(), w.id, s.concept_id, s.edition_id, '', s.declared_at, 1"
            " FROM unnest(%s::bigint[]) w (id) CROSS JOIN LATERAL (SELECT DISTINCT ON (o.concept_id)"
            " o.concept_id, o.edition_id, o.declared_at FROM competences_skillstatement o"
            " WHERE o.worker_id BETWEEN w.id %% 1000 AND w.id %% 1000 + 100000 AND NOT EXISTS (SELECT FROM"
            " competences_skillstatement h WHERE h.worker_id = w.id AND h.concept_id = o.concept_id)"
            " ORDER BY o.concept_id LIMIT %s) s RETURNING id, declared_at)"
            " INSERT INTO competences_skillrevision (statement_id, level, scale, wish, sources, context,"
            " is_practised, confirmed_on, start_at) SELECT id, id %% 8 + 1, 'digcomp', '', '{job}', '', true,"
            " declared_at::date, declared_at FROM made",
            [workers, LENGTH - population.STATEMENTS_OF_A_WORKER],
        )
    return workers


def session(person: User) -> str:
    """The key of a session in which that person is signed in."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.save()
    return store.session_key


def _in_process(show: Show, name: str, words: str, signed_in: dict[int, str]) -> None:
    """The time of the server alone: requests go straight into the handler, ours and the floor's in turn."""
    seen = list(signed_in.items())
    with override_settings(MIDDLEWARE=base.MIDDLEWARE, ROOT_URLCONF="tests.benchmarks.record_pages_urls"):
        handler = WSGIHandler()
        address = reverse(f"competences:{name}")
        for pk in signed_in:  # each is read and held before it is timed
            get(handler, f"/floor/{name}/{pk}/", HTTP_ACCEPT_LANGUAGE="fr")
        pairs = []
        for pk, key in [*seen[:WARM], *seen, *seen]:
            cookie, floor = f"{settings.SESSION_COOKIE_NAME}={key}", f"/floor/{name}/{pk}/"
            ours = timed(lambda cookie=cookie: get(handler, address, HTTP_COOKIE=cookie))
            pairs.append((ours, timed(lambda floor=floor: get(handler, floor, HTTP_ACCEPT_LANGUAGE="fr"))))
        show_ratio(show, f"{name}{words} in process, to the floor", pairs[WARM:])


def _page(show: Show, port: int, name: str, words: str, signed_in: dict[int, str]) -> None:
    address = reverse(f"competences:{name}")
    keys = list(signed_in.values())
    people = list(signed_in)

    def page(chance: random.Random) -> tuple[str, dict[str, str]]:
        return address, {"Cookie": f"{settings.SESSION_COOKIE_NAME}={chance.choice(keys)}"}

    def floor(chance: random.Random) -> tuple[str, dict[str, str]]:
        return f"/floor/{name}/{chance.choice(people)}/", {"Accept-Language": "fr"}

    for _round in range(2 * WORKERS):  # every process compiles its templates and holds its floor
        clients(port, page, 2)
        clients(port, floor, 2)
    ours: list[float] = []
    bare: list[float] = []
    for _round in range(ROUNDS):
        ours += clients(port, page, REQUESTS)
        bare += clients(port, floor, REQUESTS)
    where = f"{name}{words} at {CLIENTS} clients"
    for share, told in ((0.5, "median"), (0.95, "95th percentile")):
        times, floors = percentile(ours, share), percentile(bare, share)
        show(f"{where}, {told}", times, "ms", floors)
        show(f"{where}, {told} to the floor", times / floors, "ratio", TARGET)
    content = _content(port, *page(random.Random(1)))  # noqa: S311 - figures, not secrets
    show(f"{name}{words}: HTML", len(content) / 1000, "kB", 60)
    show(f"{name}{words}: HTML, compressed", len(gzip.compress(content)) / 1000, "kB")


def _content(port: int, path: str, headers: dict[str, str]) -> bytes:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", path, headers=headers)
    content = line.getresponse().read()
    line.close()
    return content
