"""A made-up reference and a made-up country: 50,000 workers who declared 20 skills each.

Everybody has one current job, by title, and declared skills that its sheet asks for. Rows are loaded by
COPY, from a seed: every run has the same ones.
"""

import datetime as dt
import random
import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from django.db import connection, transaction

from competences.enums import ImpactState
from competences.importers.bulk import NULL, checked_together, copy_rows
from competences.importers.store import FOREIGN_KEYS
from competences.models import OPEN, Edition, Reference
from competences.rules.positions import position

JOBS, TITLES_OF_A_JOB, SKILLS, SKILLS_OF_A_JOB = 1_500, 3, 20_000, 60
WORKERS, STATEMENTS_OF_A_WORKER = 50_000, 20
DECLARED = dt.datetime(2025, 3, 3, 9, tzinfo=dt.UTC)
EDITIONS = ("1", "2", "3", "4")

FOREIGN_KEYS_OF_PEOPLE = {
    "accounts_worker": {"user_id": "accounts_user"},
    "competences_workerjob": {
        "worker_id": "accounts_worker",
        "title_id": "competences_concept",
        "edition_id": "competences_edition",
    },
    "competences_skillstatement": {
        "worker_id": "accounts_worker",
        "concept_id": "competences_concept",
        "edition_id": "competences_edition",
    },
    "competences_skillrevision": {"statement_id": "competences_skillstatement"},
}


class Population(NamedTuple):
    """The reference, and for each skill how many people declared it and which jobs ask for it."""

    reference: Reference
    declared: dict[int, int]
    jobs: dict[int, list[int]]


def load(seed: int = 11) -> Population:
    """Writes the reference with its first edition, and everybody."""
    chance = random.Random(seed)  # noqa: S311 - figures, not secrets
    reference = Reference.objects.create(slug="made-up-country", name="Made up", format="rome")
    first = _edition(reference, EDITIONS[0])
    Edition.objects.filter(pk=first.pk).update(impact=ImpactState.DONE)
    jobs = _concepts(reference, "job", JOBS)
    titles = _concepts(reference, "title", JOBS * TITLES_OF_A_JOB)
    skills = _concepts(reference, "skill", SKILLS)
    # The n-th skill is asked for more often than the next, as in any reference.
    often = list(accumulate(1 / (rank + 200) for rank in range(SKILLS)))
    asked = {job: _drawn(chance, skills, often, SKILLS_OF_A_JOB) for job in jobs}
    of_title = {title: jobs[number // TITLES_OF_A_JOB] for number, title in enumerate(titles)}
    here = first.position
    with transaction.atomic(), checked_together(FOREIGN_KEYS):
        _names(here, {"job": jobs, "title": titles, "skill": skills})
        copy_rows(
            "competences_conceptlink (kind, source_id, target_id, flag, since, until)",
            [f"title_of\t{title}\t{job}\t\t{here}\t{OPEN}\n" for title, job in of_title.items()]
            + [f"uses\t{job}\t{skill}\t\t{here}\t{OPEN}\n" for job in jobs for skill in asked[job]],
        )
    people = [chance.choice(titles) for _worker in range(WORKERS)]
    said = [chance.sample(asked[of_title[title]], STATEMENTS_OF_A_WORKER) for title in people]
    _people(first, people, said)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    users: dict[int, list[int]] = {skill: [] for skill in skills}
    for job in jobs:
        for skill in asked[job]:
            users[skill].append(job)
    declared = dict.fromkeys(skills, 0)
    for skill in (skill for one in said for skill in one):
        declared[skill] += 1
    return Population(reference, declared, users)


def _edition(reference: Reference, number: str) -> Edition:
    return Edition.objects.create(reference=reference, number=number, position=position(number))


def _drawn(chance: random.Random, skills: Sequence[int], often: Sequence[float], size: int) -> list[int]:
    found: dict[int, None] = {}
    while len(found) < size:
        found.update(dict.fromkeys(chance.choices(skills, cum_weights=often, k=size - len(found))))
    return list(found)


def _ids(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return [row[0] for row in cursor.fetchall()]


def _concepts(reference: Reference, kind: str, count: int) -> list[int]:
    ids = _ids("competences_concept", count)
    copy_rows(
        "competences_concept (id, reference_id, kind, external_id)",
        (f"{pk}\t{reference.pk}\t{kind}\t{kind}{pk}\n" for pk in ids),
    )
    return ids


def _names(here: int, concepts: dict[str, list[int]]) -> None:
    copy_rows(
        "competences_conceptrevision"
        " (concept_id, label, folded, alternatives, description, attributes, since, until)",
        (
            f"{pk}\t{kind} numero {pk}\t{kind} numero {pk}\t\t\t{{}}\t{here}\t{OPEN}\n"
            for kind, ids in concepts.items()
            for pk in ids
        ),
    )


def _people(edition: Edition, titles: Sequence[int], said: Iterable[Sequence[int]]) -> None:
    """Accounts that nobody can sign in to, their records, their jobs and what they declared."""
    users = _ids("accounts_user", len(titles))
    workers = _ids("accounts_worker", len(titles))
    statements = _ids("competences_skillstatement", len(titles) * STATEMENTS_OF_A_WORKER)
    since = DECLARED.isoformat()
    with transaction.atomic(), checked_together(FOREIGN_KEYS_OF_PEOPLE):
        copy_rows(
            "accounts_user (id, password, is_superuser, public_id, email, name, language, is_active,"
            " is_staff, joined_at)",
            (f"{pk}\t!\tf\t{uuid.uuid4()}\tp{pk}@example.org\t\tfr\tt\tf\t{since}\n" for pk in users),
        )
        copy_rows(
            "accounts_worker (id, public_id, user_id)",
            (f"{pk}\t{uuid.uuid4()}\t{user}\n" for pk, user in zip(workers, users, strict=True)),
        )
        copy_rows(
            "competences_workerjob (public_id, worker_id, title_id, edition_id, use, start_on)",
            (
                f"{uuid.uuid4()}\t{worker}\t{title}\t{edition.pk}\tcurrent\t2025-01-06\n"
                for worker, title in zip(workers, titles, strict=True)
            ),
        )
        copy_rows(
            "competences_skillstatement (id, public_id, worker_id, concept_id, edition_id, free_text,"
            " author_id, declared_at, version)",
            _statements(edition, statements, workers, said),
        )
        copy_rows(
            "competences_skillrevision (statement_id, level, scale, wish, sources, context, is_practised,"
            " confirmed_on, start_at)",
            (f"{pk}\t{pk % 8 + 1}\tdigcomp\t\t{{job}}\t\tt\t2025-03-03\t{since}\n" for pk in statements),
        )


def _statements(
    edition: Edition, statements: Iterable[int], workers: Iterable[int], said: Iterable[Sequence[int]]
) -> Iterator[str]:
    since = DECLARED.isoformat()
    pairs = ((worker, skill) for worker, skills in zip(workers, said, strict=True) for skill in skills)
    for pk, (worker, skill) in zip(statements, pairs, strict=True):
        yield f"{pk}\t{uuid.uuid4()}\t{worker}\t{skill}\t{edition.pk}\t\t{NULL}\t{since}\t1\n"


def next_edition(people: Population, number: str, share: float, untouched: list[int]) -> Edition:
    """An edition that leaves behind skills of `untouched`, a random order of them, until they make up
    that share of all statements.

    In turn: a skill withdrawn, a skill that no sheet asks for any more, and one that a quarter of the sheets
    drop, whose other holders are looked at for nothing.
    """
    edition = _edition(people.reference, number)
    wanted = share * WORKERS * STATEMENTS_OF_A_WORKER
    withdrawn: list[int] = []
    unlinked: list[tuple[int, int]] = []
    turn = 0
    while wanted > 0:
        skill = untouched.pop()
        jobs = people.jobs[skill]
        if turn % 3 == 2:
            jobs = jobs[: (len(jobs) + 3) // 4]
        wanted -= people.declared[skill]
        if turn % 3 == 0:
            withdrawn.append(skill)
        unlinked += [(job, skill) for job in jobs]
        turn += 1
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE competences_conceptrevision SET until = %s WHERE concept_id = ANY(%s)",
            [edition.position, withdrawn],
        )
        cursor.execute(
            "UPDATE competences_conceptlink l SET until = %s"
            " FROM unnest(%s::bigint[], %s::bigint[]) u (job, skill)"
            " WHERE l.kind = 'uses' AND l.source_id = u.job AND l.target_id = u.skill",
            [edition.position, [job for job, _skill in unlinked], [skill for _job, skill in unlinked]],
        )
    return edition
