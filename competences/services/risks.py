"""Opening and closing flags: the desired state of each statement, reconciled with the open flag.

The rules (rules/risks.py) judge each skill once, and each skill seen from each title that people have;
statements are then brought to that in a few set-based statements, so that an edition that touches many
people costs little more than writing their rows.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.actors import Actor, require_system
from accounts.services.notifications import enqueue_select
from competences.enums import ChangeKind, ConceptKind, EditionStatus, ImpactState
from competences.models import Edition, RiskFlag
from competences.queries.risks import concept_facts, jobs_of_titles
from competences.rules.risks import DROPPED, STRENGTH, ConceptFacts, of_concept, of_title
from competences.rules.successors import ENOUGH_FOR_A_PERSON

TOUCHING = (ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.ORPHANED, ChangeKind.RETYPED)
LINK_CHANGES = (ChangeKind.LINKED, ChangeKind.UNLINKED, ChangeKind.REFLAGGED)
TITLE_CHANGES = (ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.MOVED)

SLICE = 1_000
"""Skills judged at a time."""


@dataclass(slots=True)
class Impact:
    """What an edition did to people's records: how many rows were opened, closed and written."""

    editions: int = 0
    flags: int = 0
    closed: int = 0
    proposals: int = 0
    messages: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@transaction.atomic
def review_statements(*, actor: Actor, statement_ids: Iterable[int], now: dt.datetime) -> list[RiskFlag]:
    """Brings the flags of these statements to what the rules say today; gives the flags that opened.

    Safe to run twice: a flag that says the same thing already is left as it is. Flags of statements that
    were removed are closed.
    """
    ids = list(statement_ids)
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        cursor.execute(_TOUCHED + "WHERE s.id = ANY(%s) ORDER BY s.id FOR UPDATE OF s", [ids])
        _reconcile(cursor, now, Impact())
    opened = RiskFlag.objects.open().filter(statement__in=ids, opened_at=now)
    return list(opened.select_related("edition"))


def assess_waiting_editions(*, actor: Actor, limit: int, now: dt.datetime | None = None) -> dict[str, int]:
    """Works out what the editions that wait changed for people, at most `limit` editions.

    One transaction an edition: its flags, its proposals, one message a person touched, and its end as
    assessed. Safe to run twice and to be killed: an edition that was not ended is assessed again, with the
    same result.
    """
    require_system(actor)
    now = now or timezone.now()
    done = Impact()
    waiting = Edition.objects.filter(impact=ImpactState.WAITING, status=EditionStatus.CURRENT)
    for pk in list(waiting.order_by("position").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            edition = waiting.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if edition is None:
                continue
            _assess(actor, edition, now, done)
            edition.impact = ImpactState.DONE
            edition.save(update_fields=["impact"])
        done.editions += 1
    return done.as_dict()


def _assess(actor: Actor, edition: Edition, now: dt.datetime, done: Impact) -> None:
    """The consequences of one edition for the statements that its changes may touch: nobody else is read."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES + _ROOM)
        cursor.execute(_TOUCHED + _BY_CHANGES, _change_names(edition))
        _reconcile(cursor, now, done)
        done.messages += enqueue_select(
            actor=actor, kind="reference_changed", select=_PEOPLE_TO_TELL, params={"now": now}
        )
        done.messages += enqueue_select(
            actor=actor,
            kind="organisation_jobs_changed",
            select=_MEMBERS_TO_TELL,
            params={**_change_names(edition), "today": timezone.localdate(now)},
        )


@transaction.atomic
def undo_impact(*, actor: Actor, edition: Edition, now: dt.datetime) -> dict[str, int]:
    """Closes what a retired edition opened, takes back its proposals, and tells whoever had been told of it.

    Its Change rows must still be there: the statements that it touched are looked at again, under the
    history without it. A message that has not left is called off by itself: nothing is left to see.
    """
    done = Impact()
    with connection.cursor() as cursor:
        cursor.execute(_TABLES + _ROOM)
        cursor.execute(_TOUCHED + _BY_CHANGES, _change_names(edition))
        cursor.execute(_CLOSE_RETIRED, {"now": now, "edition": edition.pk})
        closed = cursor.rowcount
        cursor.execute(
            "UPDATE competences_successorproposal SET state = 'withdrawn', answered_at = %s"
            " WHERE edition_id = %s AND state = 'waiting'",
            [now, edition.pk],
        )
        proposals = cursor.rowcount
        _reconcile(cursor, now, done)
    told = enqueue_select(
        actor=actor, kind="edition_retired", select=_PEOPLE_WHO_WERE_TOLD, params={"edition": edition.pk}
    )
    return {
        "flags_closed": closed + done.closed,
        "flags_opened": done.flags,
        "proposals": proposals,
        "messages": told,
    }


def _change_names(edition: Edition) -> dict[str, Any]:
    return {
        "edition": edition.pk,
        "touching": list(TOUCHING),
        "link_changes": list(LINK_CHANGES),
        "title_changes": list(TITLE_CHANGES),
        "title": ConceptKind.TITLE.value,
        "job": ConceptKind.JOB.value,
        "job_changes": [ChangeKind.REMOVED, ChangeKind.RECYCLED, ChangeKind.TOOK_LABEL_OF_OTHER],
    }


def _reconcile(cursor: Any, now: dt.datetime, done: Impact) -> None:
    """Closes and opens the flags of the table `touched`, proposes successors, and counts them in `done`."""
    cursor.execute("ANALYZE touched")
    _judge(cursor)
    cursor.execute(_WANTED)
    cursor.execute("ANALYZE wanted")
    cursor.execute(_CLOSE, {"now": now})
    done.closed += cursor.rowcount
    cursor.execute(_OPEN, {"now": now})
    done.flags += cursor.rowcount
    cursor.execute(_PROPOSE, {"now": now, "enough": ENOUGH_FOR_A_PERSON})
    done.proposals += cursor.rowcount


def _judge(cursor: Any) -> None:
    """Writes `concept_signal`: what the rules say of each skill for whoever declared it; and `title_signal`.

    A slice of the skills at a time: an edition that touches more takes more time, not more memory.
    """
    cursor.execute("SELECT DISTINCT concept_id FROM touched WHERE removed_at IS NULL ORDER BY concept_id")
    concepts = [row[0] for row in cursor.fetchall()]
    for start in range(0, len(concepts), SLICE):
        facts = concept_facts(concepts[start : start + SLICE])
        signals = {concept: signal for concept, fact in facts.items() if (signal := of_concept(fact))}
        with cursor.cursor.copy("COPY concept_signal FROM STDIN") as copy:
            for concept, signal in signals.items():
                copy.write_row((concept, *signal))
        stronger = {c for c, signal in signals.items() if STRENGTH[signal.rule] < STRENGTH[DROPPED]}
        _judge_titles(cursor, {c: fact for c, fact in facts.items() if c not in stronger})
    cursor.execute("ANALYZE concept_signal, title_signal")


def _judge_titles(cursor: Any, facts: Mapping[int, ConceptFacts]) -> None:
    """Writes `title_signal`: what each title that people have says of each of their skills among these.

    Skills that are withdrawn or orphaned are not among them: nothing that a title says is stronger.
    """
    cursor.execute(
        "SELECT DISTINCT j.title_id, t.concept_id FROM touched t JOIN competences_workerjob j"
        " ON j.worker_id = t.worker_id AND j.use = 'current' AND j.end_on IS NULL"
        " WHERE t.removed_at IS NULL AND t.concept_id = ANY(%s)",
        [list(facts)],
    )
    pairs = cursor.fetchall()
    held = jobs_of_titles({title for title, _concept in pairs})
    with cursor.cursor.copy("COPY title_signal FROM STDIN") as copy:
        for title, concept in pairs:
            fact = facts[concept]
            if verdict := of_title(held[title], fact.used, fact.newest):
                copy.write_row((title, concept, *verdict))


# Made once a session, empty at each use.
_TABLES = """
    CREATE TEMP TABLE IF NOT EXISTS touched (statement_id bigint, worker_id bigint, concept_id bigint,
        removed_at timestamptz, declared_at timestamptz, reference_id bigint) ON COMMIT DELETE ROWS;
    CREATE TEMP TABLE IF NOT EXISTS concept_signal
        (concept_id bigint, rule text, place bigint) ON COMMIT DELETE ROWS;
    CREATE TEMP TABLE IF NOT EXISTS title_signal (title_id bigint, concept_id bigint,
        asks boolean, core boolean, dropped_at bigint, demoted_at bigint) ON COMMIT DELETE ROWS;
    CREATE TEMP TABLE IF NOT EXISTS wanted (statement_id bigint, worker_id bigint, concept_id bigint,
        rule text, edition_id bigint, is_news boolean) ON COMMIT DELETE ROWS;
    TRUNCATE touched, concept_signal, title_signal, wanted
"""

# Sorts of a whole population stay in memory, and its pages are remembered one by one.
_ROOM = "; SET LOCAL work_mem = '64MB'"

# The statements looked at, locked in the order of their ids: a person who takes a skill out meanwhile waits.
_TOUCHED = (
    "INSERT INTO touched"
    " SELECT s.id AS statement_id, s.worker_id, s.concept_id, s.removed_at, s.declared_at, e.reference_id"
    " FROM competences_skillstatement s JOIN competences_edition e ON e.id = s.edition_id "
)
# Arrays, so that the planner goes by the indexes: it takes a subquery for most of the table and reads it all.
_BY_CHANGES = """
    WHERE s.removed_at IS NULL AND (
        s.concept_id = ANY(ARRAY(
            SELECT concept_id FROM competences_change
            WHERE edition_id = %(edition)s AND kind = ANY(%(touching)s)
            UNION SELECT other_id FROM competences_change
            WHERE edition_id = %(edition)s AND kind = ANY(%(link_changes)s)
            UNION SELECT other_id FROM competences_change
            WHERE edition_id = %(edition)s AND kind = 'retyped'
        ))
        OR s.worker_id = ANY(ARRAY(
            SELECT j.worker_id
            FROM competences_workerjob j JOIN competences_change c ON c.concept_id = j.title_id
            WHERE j.use = 'current' AND j.end_on IS NULL AND c.edition_id = %(edition)s
            AND c.concept_kind = %(title)s AND c.kind = ANY(%(title_changes)s)
        ))
    )
    ORDER BY s.id FOR UPDATE OF s
"""

# rules.risks.obsolescence for everybody in `touched`: the strongest of what holds, and its edition. What
# titles say comes first because `title_signal` is silent where something stronger holds. `is_news`: the
# edition waits for its assessment and the person declared the skill before it came.
_WANTED = """
    INSERT INTO wanted
    SELECT found.statement_id, found.worker_id, found.concept_id, found.rule, e.id,
        e.impact = 'waiting' AND found.declared_at < e.imported_at
    FROM (
        SELECT t.*,
            CASE WHEN NOT v.asks THEN 'dropped_from_my_job' WHEN v.demoted_at IS NOT NULL AND NOT v.core
                THEN 'demoted_from_core' ELSE c.rule END AS rule,
            CASE WHEN NOT v.asks THEN v.dropped_at WHEN v.demoted_at IS NOT NULL AND NOT v.core
                THEN v.demoted_at ELSE c.place END AS place
        FROM touched t
        LEFT JOIN concept_signal c ON c.concept_id = t.concept_id
        LEFT JOIN (
            SELECT t.statement_id, bool_or(s.asks) AS asks, bool_or(s.core) AS core,
                max(s.dropped_at) AS dropped_at, max(s.demoted_at) AS demoted_at
            FROM touched t
            JOIN competences_workerjob j
                ON j.worker_id = t.worker_id AND j.use = 'current' AND j.end_on IS NULL
            JOIN title_signal s ON s.title_id = j.title_id AND s.concept_id = t.concept_id
            GROUP BY t.statement_id
        ) v ON v.statement_id = t.statement_id
        WHERE t.removed_at IS NULL
    ) found
    JOIN competences_edition e
        ON e.reference_id = found.reference_id AND e.position = found.place AND e.status = 'current'
    ORDER BY found.statement_id
"""

_CLOSE = """
    UPDATE competences_riskflag f SET closed_at = greatest(%(now)s, f.opened_at), closed_because =
        CASE WHEN t.removed_at IS NOT NULL THEN 'statement_removed'
             WHEN w.statement_id IS NOT NULL THEN 'stronger' ELSE 'no_longer_true' END
    FROM touched t LEFT JOIN wanted w ON w.statement_id = t.statement_id
    WHERE f.statement_id = t.statement_id AND f.closed_at IS NULL AND f.family = 'obsolescence'
        AND (w.statement_id IS NULL OR (w.rule, w.edition_id) IS DISTINCT FROM (f.rule, f.edition_id))
"""

_OPEN = """
    INSERT INTO competences_riskflag
        (public_id, statement_id, family, rule, edition_id, opened_at, closed_because)
    SELECT gen_random_uuid(), w.statement_id, 'obsolescence', w.rule, w.edition_id, %(now)s, ''
    FROM wanted w
    WHERE NOT EXISTS (SELECT FROM competences_riskflag f
        WHERE f.statement_id = w.statement_id AND f.family = 'obsolescence' AND f.closed_at IS NULL)
"""

# What takes the place of a skill, from the changes of the edition that its flag names, if it is sure enough.
# A skill that the person has already is not proposed to them, nor one that they refused.
_PROPOSE = """
    INSERT INTO competences_successorproposal
        (public_id, statement_id, successor_id, edition_id, confidence, reasons, state, proposed_at)
    SELECT gen_random_uuid(), found.statement_id, found.successor_id, found.edition_id, found.confidence,
        found.reasons, 'waiting', %(now)s
    FROM (
        SELECT w.statement_id, w.worker_id, c.other_id AS successor_id, c.edition_id, c.confidence, c.reasons
        FROM wanted w JOIN competences_change c
            ON c.concept_id = w.concept_id AND c.edition_id = w.edition_id AND c.kind = 'replaced'
            AND c.confidence >= %(enough)s
        UNION ALL
        SELECT w.statement_id, w.worker_id, c.concept_id, c.edition_id, 100, '["retyped"]'::jsonb
        FROM wanted w JOIN competences_change c
            ON c.other_id = w.concept_id AND c.edition_id = w.edition_id AND c.kind = 'retyped'
    ) found
    WHERE NOT EXISTS (SELECT FROM competences_skillstatement s WHERE s.worker_id = found.worker_id
        AND s.concept_id = found.successor_id AND s.removed_at IS NULL)
        AND NOT EXISTS (SELECT FROM competences_successorproposal p WHERE p.statement_id = found.statement_id
            AND p.successor_id = found.successor_id AND p.state = 'refused')
    ON CONFLICT DO NOTHING
"""

# One message a person and edition that a flag names: when two editions wait, the first assessment already
# sees the newest. A flag that something else opened between an import and its assessment (a change of job)
# is told too; a skill declared once the edition was there is not: its person read the flag while declaring.
# By now, every row of `wanted` has its open flag.
_PEOPLE_TO_TELL = """
    SELECT p.user_id AS recipient_id,
        format('reference_changed:%%s:%%s', e.public_id, p.public_id) AS dedupe_key,
        jsonb_build_object('edition', e.id) AS payload
    FROM (
        SELECT DISTINCT w.worker_id, w.edition_id FROM wanted w
        WHERE w.is_news OR EXISTS (SELECT FROM competences_riskflag f
            WHERE f.statement_id = w.statement_id AND f.family = 'obsolescence' AND f.closed_at IS NULL
            AND f.opened_at = %(now)s)
    ) told
    JOIN competences_edition e ON e.id = told.edition_id
    JOIN accounts_worker p ON p.id = told.worker_id
"""

# The members in force of the employers one of whose titles, or whose job, changed its meaning.
_MEMBERS_TO_TELL = """
    SELECT DISTINCT m.user_id AS recipient_id,
        format('organisation_jobs_changed:%%s:%%s:%%s', e.public_id, o.public_id, m.user_id) AS dedupe_key,
        jsonb_build_object('edition', e.id, 'organisation', o.id) AS payload
    FROM competences_organisationjob j
    JOIN competences_edition e ON e.id = %(edition)s
    JOIN accounts_organisation o ON o.id = j.organisation_id
    JOIN accounts_membership m ON m.organisation_id = o.id
        AND m.start_on <= %(today)s AND (m.end_on IS NULL OR m.end_on > %(today)s)
    WHERE j.end_on IS NULL AND (
        j.title_id IN (SELECT concept_id FROM competences_change
            WHERE edition_id = e.id AND concept_kind = %(title)s AND kind = ANY(%(title_changes)s))
        OR EXISTS (SELECT FROM competences_conceptlink l
            JOIN competences_change c ON c.concept_id = l.target_id
            WHERE l.source_id = j.title_id AND l.kind = 'title_of' AND l.until > e.position
            AND c.edition_id = e.id AND c.concept_kind = %(job)s AND c.kind = ANY(%(job_changes)s))
    )
"""

_CLOSE_RETIRED = """
    UPDATE competences_riskflag
    SET closed_at = greatest(%(now)s, opened_at), closed_because = 'edition_retired'
    WHERE edition_id = %(edition)s AND closed_at IS NULL
"""

_PEOPLE_WHO_WERE_TOLD = """
    SELECT DISTINCT n.recipient_id,
        format('edition_retired:%%s:%%s', e.public_id, n.recipient_id) AS dedupe_key,
        jsonb_build_object('edition', e.id) AS payload
    FROM accounts_notification n JOIN competences_edition e ON e.id = %(edition)s
    WHERE n.kind = 'reference_changed' AND n.state = 'sent' AND (n.payload->>'edition')::bigint = e.id
"""
