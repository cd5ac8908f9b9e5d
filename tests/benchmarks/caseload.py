"""Speed of an adviser's space: lists of 120 and of 5,000 people, a search among 100,000, a file of 5,000.

Each person of the lists has twenty skills of which one in twenty is left behind by the last edition, eight
contacts in two years, and for some a bilan and a review request. The floor is a bare Django view that renders
the same page, with the same rows, from memory (record_pages_urls.py).
"""

import datetime as dt
import random
import tempfile
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.enums import MembershipRole, OrganisationKind
from accounts.models import Organisation, User
from accounts.services.organisations import create_organisation, start_membership
from accounts.services.people import create_user
from competences.enums import ExportKind
from competences.importers.bulk import copy_rows
from competences.models import Edition, Reference
from competences.queries.caseload import Caseload, Choice
from competences.rules.positions import position
from competences.services.caseload import start_coordination
from competences.services.exports import ask_export
from config.settings import base
from tests.benchmarks import alone
from tests.benchmarks.api import get
from tests.benchmarks.caseload_names import ENDS, FIRST, SYLLABLES
from tests.benchmarks.measures import Show, empty_references, timed
from tests.benchmarks.record_pages import session
from tests.benchmarks.served import CLIENTS, WORKERS, clients, percentile, server

FEW, MANY, BODY, OF_AN_ADVISER = 120, 5_000, 100_000, 125
"""People of the two lists, people of the organisation that is searched, and of each of its advisers."""

SKILLS, CONTACTS, MESSAGES = 20, 6, 2
ROUNDS, REQUESTS, WARM, TIMES = 4, 25, 5, 60
TARGET, SEARCH_MS = 4, 50


def bench(show: Show) -> None:
    """Prints the figures of the pages, of the search and of the file."""
    empty_references()
    made = _load()
    for name, adviser, address in made.pages:
        _queries(show, name, adviser, address)
    for name, adviser, address in made.pages:
        _in_process(show, name, adviser, address)
    _search(show, made)
    with server("tests.benchmarks.record_pages_settings") as port:
        for name, adviser, address in made.pages:
            _served(show, port, name, adviser, address)
        _search_served(show, port, made)
    _file(show, made)


# The people ------------------------------------------------------------------------------------------------


def _load() -> SimpleNamespace:
    chance = random.Random(4)  # noqa: S311 - figures, not secrets
    few, many, whole = (_body(name) for name in ("Few", "Many", "Whole"))
    edition = _edition()
    lasts = [_last(chance) for _name in range(4_000)]
    names = [f"{chance.choice(FIRST)} {chance.choice(lasts)}" for _n in range(FEW + MANY + BODY)]
    workers = _people(names)
    followed, others = workers[: FEW + MANY], workers[FEW + MANY :]
    for body, people in ((few, followed[:FEW]), (many, followed[FEW:])):
        _mandates(body.organisation, [body.adviser] * len(people), people)
        _contacts(chance, body, people)
        _bilans(body, people[::5])
        _reviews(body, people[::20])
    colleagues = _people([f"Adviser {n}" for n in range(BODY // OF_AN_ADVISER)], users=True)
    _mandates(whole.organisation, [colleagues[n // OF_AN_ADVISER] for n in range(BODY)], others)
    start = timezone.localdate() - dt.timedelta(days=500)
    copy_rows(
        "accounts_membership (user_id, organisation_id, role, start_on)",
        (f"{user}\t{whole.organisation.pk}\tadviser\t{start}\n" for user in colleagues),
    )
    _skills(edition, followed, SKILLS)
    _skills(edition, others, 4)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    coordinated = reverse("competences:caseload_organisation", args=[many.organisation.public_id])
    listed = reverse("competences:caseload")
    return SimpleNamespace(
        many=many.adviser,
        whole=whole,
        names=names[FEW + MANY :],
        pages=[
            (f"list of {FEW}", few.adviser, ("caseload", listed)),
            (f"list of {MANY:,}", many.adviser, ("caseload", listed)),
            (f"organisation of {MANY:,}", many.adviser, ("organisation", coordinated)),
            (f"today, {FEW} people", few.adviser, ("today", reverse("competences:adviser"))),
            (f"today, {MANY:,} people", many.adviser, ("today", reverse("competences:adviser"))),
        ],
    )


def _body(name: str) -> SimpleNamespace:
    """An adviser body with an adviser, who coordinates it."""
    organisation = create_organisation(actor=SYSTEM, name=name, kind=OrganisationKind.ADVISER_BODY)
    address = f"{uuid.uuid4()}@example.org"
    adviser = create_user(actor=SYSTEM, email=address, name=name, is_verified=True)
    today = timezone.localdate()
    membership = start_membership(
        actor=SYSTEM,
        user=adviser,
        organisation=organisation,
        role=MembershipRole.ADVISER,
        start_on=today - dt.timedelta(days=500),
    )
    start_coordination(
        actor=SYSTEM, membership=membership, start_on=today, end_on=today + dt.timedelta(days=90)
    )
    return SimpleNamespace(organisation=organisation, adviser=adviser.pk, user=adviser)


def _edition() -> Edition:
    reference = Reference.objects.create(slug="made-up-caseload", name="Made up", format="rome")
    return Edition.objects.create(reference=reference, number="1", position=position("1"))


def _last(chance: random.Random) -> str:
    syllables = "".join(chance.choices(SYLLABLES, k=chance.randint(1, 3)))
    return (syllables + chance.choice(ENDS)).capitalize()


def _ids(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return [row[0] for row in cursor.fetchall()]


def _people(names: Sequence[str], *, users: bool = False) -> list[int]:
    """Keys of the records of as many accounts, or of the accounts themselves."""
    accounts, workers = _ids("accounts_user", len(names)), _ids("accounts_worker", len(names))
    now = timezone.now().isoformat()
    copy_rows(
        "accounts_user (id, password, is_superuser, public_id, email, name, language, is_active, is_staff,"
        " joined_at)",
        (
            f"{pk}\t!\tf\t{uuid.uuid4()}\tc{pk}@example.org\t{name}\tfr\tt\tf\t{now}\n"
            for pk, name in zip(accounts, names, strict=True)
        ),
    )
    copy_rows(
        "accounts_worker (id, public_id, user_id)",
        (f"{pk}\t{uuid.uuid4()}\t{user}\n" for pk, user in zip(workers, accounts, strict=True)),
    )
    return accounts if users else workers


def _mandates(organisation: Organisation, advisers: Sequence[int], workers: Sequence[int]) -> None:
    """Everybody is followed; a third has skills reviewed, a fifth a bilan; one in seven ends soon."""
    start = timezone.localdate() - dt.timedelta(days=200)
    soon = timezone.localdate() + dt.timedelta(days=20)
    granted = timezone.now() - dt.timedelta(days=200)

    def rows() -> Iterable[str]:
        for n, (adviser, worker) in enumerate(zip(advisers, workers, strict=True)):
            for purpose, every in (("follow_up", 1), ("review", 20), ("bilan", 5)):
                if n % every == 0:
                    end = soon if n % 7 == 0 else "\\N"
                    yield (
                        f"{uuid.uuid4()}\t{worker}\t{adviser}\t{organisation.pk}\t{purpose}\t{start}\t{end}\t\t1"
                        f"\t{granted.isoformat()}\n"
                    )

    copy_rows(
        "accounts_mandate (public_id, worker_id, adviser_id, organisation_id, purpose, start_on, end_on,"
        " reason, text_version, granted_at)",
        rows(),
    )


def _contacts(chance: random.Random, body: SimpleNamespace, workers: Sequence[int]) -> None:
    now = timezone.now()
    created = (now - dt.timedelta(days=800)).isoformat()
    whose = f"{body.adviser}\t{body.organisation.pk}"

    def appointments() -> Iterable[str]:
        for n, worker in enumerate(workers):
            days = [-chance.randint(1, 730) for _one in range(CONTACTS)]
            for day in [*days, chance.randint(1, 60)] if n % 2 else days:
                state = "planned" if day > 0 else "held"
                at = (now + dt.timedelta(days=day)).isoformat()
                yield f"{uuid.uuid4()}\t{worker}\t{whose}\taccompaniment\t{state}\t{at}\t60\t\t1\t{created}\n"

    copy_rows(
        "competences_appointment (public_id, worker_id, adviser_id, organisation_id, kind, state, starts_at,"
        " minutes, place, version, created_at)",
        appointments(),
    )
    copy_rows(
        "competences_advisermessage (public_id, worker_id, author_id, author_name, organisation_id, text,"
        " sent_at)",
        (
            f"{uuid.uuid4()}\t{worker}\t{body.adviser}\tA\t{body.organisation.pk}\tBonjour"
            f"\t{(now - dt.timedelta(days=chance.randint(1, 730))).isoformat()}\n"
            for worker in workers
            for _message in range(MESSAGES)
        ),
    )


def _bilans(body: SimpleNamespace, workers: Sequence[int]) -> None:
    now = (timezone.now() - dt.timedelta(days=9)).isoformat()
    phases = ("prepared", "preliminary", "investigation", "conclusions")
    copy_rows(
        "competences_bilan (public_id, worker_id, state, need, adviser_id, organisation_id, provider_name,"
        " employer_name, funder, convention_answer, consent_version, created_at, moved_at)",
        (
            f"{uuid.uuid4()}\t{worker}\t{phases[n % 4]}\t\t{body.adviser}\t{body.organisation.pk}\t\t\t\t\t"
            f"\t{now}\t{now}\n"
            for n, worker in enumerate(workers)
        ),
    )


def _reviews(body: SimpleNamespace, workers: Sequence[int]) -> None:
    asked = (timezone.now() - dt.timedelta(days=3)).isoformat()
    copy_rows(
        "competences_reviewrequest (public_id, worker_id, reader_id, was_taken, organisation_id,"
        " reader_email, capacity, question, purpose, text_version, state, asked_at, moved_at)",
        (
            f"{uuid.uuid4()}\t{worker}\t{body.adviser}\tf\t{body.organisation.pk}\t\tadviser\tEt moi ?\t"
            f"answer\t1\twaiting\t{asked}\t{asked}\n"
            for worker in workers
        ),
    )


def _skills(edition: Edition, workers: Sequence[int], number: int) -> None:
    """In words of their own; one in twenty has an open flag of the edition."""
    pks = _ids("competences_skillstatement", len(workers) * number)
    old = (timezone.now() - dt.timedelta(days=300)).isoformat()
    whose = [worker for worker in workers for _skill in range(number)]
    copy_rows(
        "competences_skillstatement (id, public_id, worker_id, free_text, declared_at, version)",
        (
            f"{pk}\t{uuid.uuid4()}\t{worker}\tGeste {pk}\t{old}\t1\n"
            for pk, worker in zip(pks, whose, strict=True)
        ),
    )
    copy_rows(
        "competences_skillrevision (statement_id, level, scale, wish, sources, context, is_practised,"
        " confirmed_on, start_at)",
        (f"{pk}\t{pk % 8 + 1}\tdigcomp\t\t{{job}}\t\tt\t2026-01-05\t{old}\n" for pk in pks),
    )
    copy_rows(
        "competences_riskflag (public_id, statement_id, family, rule, edition_id, opened_at, closed_because)",
        (f"{uuid.uuid4()}\t{pk}\tobsolescence\twithdrawn\t{edition.pk}\t{old}\t\n" for pk in pks[::20]),
    )


# The pages -------------------------------------------------------------------------------------------------


def _cookie(adviser: int) -> str:
    return f"{settings.SESSION_COOKIE_NAME}={session(User.objects.get(pk=adviser))}"


def _queries(show: Show, name: str, adviser: int, address: tuple[str, str]) -> None:
    with override_settings(MIDDLEWARE=base.MIDDLEWARE):
        handler, cookie = WSGIHandler(), _cookie(adviser)
        get(handler, address[1], HTTP_COOKIE=cookie)
        with CaptureQueriesContext(connection) as made:
            get(handler, address[1], HTTP_COOKIE=cookie)
    show(f"caseload, {name}: queries", len(made), "queries", 10)


def _in_process(show: Show, name: str, adviser: int, address: tuple[str, str]) -> None:
    page, path = address
    with override_settings(MIDDLEWARE=base.MIDDLEWARE, ROOT_URLCONF="tests.benchmarks.record_pages_urls"):
        handler, cookie, floor = WSGIHandler(), _cookie(adviser), f"/floor/{page}/{adviser}/"
        ours, bare = [], []
        for _time in range(TIMES):
            ours.append(timed(lambda: get(handler, path, HTTP_COOKIE=cookie)))
            bare.append(timed(lambda: get(handler, floor, HTTP_ACCEPT_LANGUAGE="fr")))
    _ratio(show, f"caseload, {name}, in process", ours[WARM:], bare[WARM:])


def _served(show: Show, port: int, name: str, adviser: int, address: tuple[str, str]) -> None:
    page, path = address
    headers = {"Cookie": _cookie(adviser)}

    def ours_of(_chance: random.Random) -> tuple[str, dict[str, str]]:
        return path, headers

    def floor_of(_chance: random.Random) -> tuple[str, dict[str, str]]:
        return f"/floor/{page}/{adviser}/", {"Accept-Language": "fr"}

    for _round in range(2 * WORKERS):  # every process compiles its templates and holds its floor
        clients(port, ours_of, 2)
        clients(port, floor_of, 2)
    ours: list[float] = []
    bare: list[float] = []
    for _round in range(ROUNDS):
        ours += clients(port, ours_of, REQUESTS)
        bare += clients(port, floor_of, REQUESTS)
    _ratio(show, f"caseload, {name}, at {CLIENTS} clients", ours, bare)


def _ratio(show: Show, name: str, ours: list[float], bare: list[float]) -> None:
    for share, words in ((0.5, "median"), (0.95, "95th percentile")):
        times, floors = percentile(ours, share), percentile(bare, share)
        show(f"{name}, {words}", times, "ms", floors)
        show(f"{name}, {words} to the floor", times / floors, "ratio", TARGET)


# The search ------------------------------------------------------------------------------------------------


def _typed(names: Sequence[str]) -> list[str]:
    """Names as people type them: whole, begun, with a slip, without accents, in any order."""
    chance = random.Random(9)  # noqa: S311 - figures, not secrets
    ways: list[Callable[[str], str]] = [
        str,
        lambda name: name.split()[-1],
        lambda name: name.split()[-1][:3],
        lambda name: name.split()[0],
        lambda name: name[:-3] + name[-2:],
        lambda name: " ".join(reversed(name.split())),
    ]
    return [ways[n % len(ways)](name) for n, name in enumerate(chance.sample(list(names), 300))]


def _search(show: Show, made: SimpleNamespace) -> None:
    path = reverse("competences:caseload_organisation", args=[made.whole.organisation.public_id])
    with override_settings(MIDDLEWARE=base.MIDDLEWARE):
        handler, cookie = WSGIHandler(), _cookie(made.whole.adviser)
        typed = _typed(made.names)
        for text in typed[:WARM]:
            get(handler, f"{path}?q={quote(text)}", HTTP_COOKIE=cookie)
        times = [
            timed(lambda text=text: get(handler, f"{path}?q={quote(text)}", HTTP_COOKIE=cookie))
            for text in typed
        ]
    name = f"caseload, page of a search among {BODY:,} people, in process"
    show(f"{name}, median", percentile(times, 0.5), "ms")
    show(f"{name}, 95th percentile", percentile(times, 0.95), "ms", SEARCH_MS)


def _search_served(show: Show, port: int, made: SimpleNamespace) -> None:
    path = reverse("competences:caseload_organisation", args=[made.whole.organisation.public_id])
    headers, typed = {"Cookie": _cookie(made.whole.adviser)}, _typed(made.names)

    def ask(chance: random.Random) -> tuple[str, dict[str, str]]:
        return f"{path}?q={quote(chance.choice(typed))}", headers

    for _round in range(2 * WORKERS):
        clients(port, ask, 2)
    times = clients(port, ask, 2 * REQUESTS)
    name = f"caseload, page of a search among {BODY:,} people, at {CLIENTS} clients"
    show(f"{name}, median", percentile(times, 0.5), "ms")
    show(f"{name}, 95th percentile", percentile(times, 0.95), "ms", SEARCH_MS)


# The file --------------------------------------------------------------------------------------------------


def _file(show: Show, made: SimpleNamespace) -> None:
    """A job writes the people without a contact first, who are few, then everybody: the memory of each."""
    adviser = User.objects.select_related("worker").get(pk=made.many)
    for name, choice in (("some", Choice(phase="prepared")), ("all", Choice())):
        now = timezone.now()
        with transaction.atomic():
            export = ask_export(
                actor=adviser,
                kind=ExportKind.CASELOAD,
                format="csv",
                language="fr",
                parameters=choice.parameters(),
                now=now,
                worker=adviser.worker,
            )
        with tempfile.TemporaryDirectory() as folder:
            done = alone.run("export", folder=folder)
            [path] = Path(folder).iterdir()
            rows = path.read_text("utf-8-sig").count("\n") - 1
        on_screen = Caseload(adviser, now=now).counts(choice).chosen
        if (done["state"], rows) != ("done", on_screen):
            raise AssertionError((done, rows, on_screen, export.pk))
        show(f"caseload, file of {name} of {MANY:,} people: rows, as on the screen", rows, "rows")
        show(f"caseload, file of {name}: peak memory of the process", done["peak_mb"], "MB")
        show(f"caseload, file of {name}: time", done["seconds"], "s")
