"""Speed of the search: on the real ROME and ESCO, on made-up references of their size, through a real server.

Times through the server are what four clients wait for, each sending its next request when the last one is
answered; the processors are shared with them.
"""

import gc
import random
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import quote

from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.urls import reverse

from competences.models import OPEN, ConceptRevision
from competences.queries import name_indexes
from competences.queries.readable import readable_states
from competences.queries.search import SEARCHED, remembered, search
from competences.queries.search_results import results
from tests.benchmarks import labels
from tests.benchmarks.api import get
from tests.benchmarks.imports import DATA, load_real
from tests.benchmarks.measures import timed
from tests.benchmarks.served import CLIENTS, WORKERS, clients, server
from tests.competences.judged_queries import JUDGED, JUDGED_LATER

REQUESTS = 200
"""Requests of each client."""

Show = Callable[..., None]


def bench(show: Show) -> None:
    """Prints every figure of the search. Imports ROME and ESCO where they are not there already."""
    if DATA.is_dir():
        load_real()
        typed = _as_typed([text for text, _expected in JUDGED + JUDGED_LATER])
        _in_process(show, "ROME and ESCO", typed)
        _parts(show, "ROME and ESCO", typed)
        _through_a_server(show, "ROME and ESCO", typed)
    bench_made_up(show)


def bench_made_up(show: Show) -> None:
    """The same on made-up names, beside the real ones where they are: twice the size."""
    made = {
        slug: labels.load(slug, language, shapes, seed)
        for seed, (slug, (language, shapes)) in enumerate(
            {"made-up-rome": labels.ROME_LIKE, "made-up-esco": labels.ESCO_LIKE}.items()
        )
    }
    generators = {slug: labels.Generator(seed) for seed, slug in enumerate(made)}
    chance = random.Random(7)  # noqa: S311 - figures, not secrets
    typed = [generators[slug].text(chance.choice(made[slug])) for slug in made for _text in range(250)]
    name = "made-up names" + (" beside ROME and ESCO" if DATA.is_dir() else "")
    _in_process(show, name, typed)
    _parts(show, name, typed)
    _through_a_server(show, name, typed)


def _as_typed(texts: Sequence[str]) -> list[str]:
    """Each text, and what the field sends of some of them while one types."""
    return [*texts, *(text[:size] for text in texts[::4] for size in (2, 3, 5) if len(text) > size)]


def _percentile(times: Sequence[float], share: float) -> float:
    return sorted(times)[int(len(times) * share)] * 1000


# In this process -------------------------------------------------------------------------------------------


def _in_process(show: Show, name: str, typed: Sequence[str]) -> None:
    states = readable_states(None)
    name_indexes.forget()
    gc.collect()
    started = time.process_time()
    held = [index for state in states for index in name_indexes.name_indexes(state)]
    show(
        f"search on {name}: reading the names, once a process and edition", time.process_time() - started, "s"
    )
    show(f"search on {name}: names held", sum(map(len, held)), "names")
    del held
    name_indexes.forget()
    gc.collect()
    tracemalloc.start()
    for state in states:
        name_indexes.name_indexes(state)
    gc.collect()
    show(f"search on {name}: memory held", tracemalloc.get_traced_memory()[0] / 2**20, "MB a process")
    tracemalloc.stop()
    times = []
    for _round in range(3):
        remembered.cache_clear()
        times += [timed(lambda text=text: search(text)) for text in set(typed)]
    show(f"search on {name}, in process, median", _percentile(times, 0.5), "ms")
    show(f"search on {name}, in process, 95th percentile", _percentile(times, 0.95), "ms")
    show(f"search on {name}, in process, worst", max(times) * 1000, "ms")


def _parts(show: Show, name: str, typed: Sequence[str]) -> None:
    """What each request for the page spends on its queries, on ranking, and on rendering and the rest."""
    handler = WSGIHandler()
    address = reverse("competences:search")
    parts: dict[str, list[float]] = {"queries": [], "ranking": [], "rendering and the rest": []}
    queries = 0.0

    def count(execute: Callable[..., object], *query: object) -> object:
        nonlocal queries
        started = time.perf_counter()
        try:
            return execute(*query)
        finally:
            queries += time.perf_counter() - started

    for text in typed:
        queries = 0.0
        remembered.cache_clear()
        with connection.execute_wrapper(count):
            found = timed(lambda text=text: results(text=text, readable=AnonymousUser(), language="fr"))
        remembered.cache_clear()
        whole = timed(lambda text=text: get(handler, f"{address}?q={quote(text)}", HTTP_ACCEPT_LANGUAGE="fr"))
        parts["queries"].append(queries)
        parts["ranking"].append(found - queries)
        parts["rendering and the rest"].append(whole - found)
    for part, times in parts.items():
        show(f"page of search on {name}, in process, {part}, median", _percentile(times, 0.5), "ms")
        show(f"page of search on {name}, in process, {part}, 95th percentile", _percentile(times, 0.95), "ms")


# Through a server ------------------------------------------------------------------------------------------


def _through_a_server(show: Show, name: str, typed: Sequence[str]) -> None:
    addresses = {
        "suggestions": reverse("competences:suggest"),
        "page": reverse("competences:search"),
        "API": reverse("api-concepts"),
    }
    with server() as port:
        for what, address in addresses.items():

            def ask(chance: random.Random, address: str = address) -> tuple[str, dict[str, str]]:
                return f"{address}?q={quote(chance.choice(typed))}", {}

            for _round in range(4 * WORKERS):  # every process reads the names and compiles its templates
                clients(port, ask, 2)
            # Once each, then as people do: the same beginnings come back.
            once = iter(_never_asked(typed, CLIENTS * REQUESTS))

            def ask_once(
                _chance: random.Random, address: str = address, once: Iterator[str] = once
            ) -> tuple[str, dict[str, str]]:
                return f"{address}?q={quote(next(once))}", {}

            for how, asking in (("texts asked once", ask_once), ("texts that come back", ask)):
                started = time.perf_counter()
                times = clients(port, asking, REQUESTS)
                spent = time.perf_counter() - started
                where = f"search on {name}, {what} at {CLIENTS} clients, {how}"
                show(f"{where}, median", _percentile(times, 0.5), "ms")
                show(f"{where}, 95th percentile", _percentile(times, 0.95), "ms")
                show(f"{where}, rate", len(times) / spent, "requests/s")


def _never_asked(typed: Sequence[str], count: int) -> list[str]:
    """Texts like those, none of them twice: names of the references, cut where one may be while typing."""
    chance = random.Random(3)  # noqa: S311 - figures, not secrets
    sizes = [len(text) for text in typed]
    labels = ConceptRevision.objects.filter(until=OPEN, concept__kind__in=SEARCHED)
    rows = labels.order_by("folded", "pk").values_list("label", flat=True)
    found: dict[str, None] = {}
    for label in chance.sample(list(rows), min(len(rows), 4 * count)):
        found[label[: chance.choice(sizes)].strip()] = None
    return [text for text in found if len(text) > 1][:count]
