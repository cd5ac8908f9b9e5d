"""How statements, flags, proposals, jobs and bilans come back to a record, and their registration as parts.

What the record holds already is left as it is. Every row that comes back bears the identifier that it had.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import Worker
from competences.models import (
    BilanPlan,
    RiskFlag,
    SkillRevision,
    SkillStatement,
    SuccessorProposal,
    WorkerJob,
)
from competences.queries import record_entries
from competences.queries.record_entries import FLAG_FIELDS, REVISION_FIELDS
from competences.queries.record_names import Named
from competences.record_parts import Entry, RecordPart, Restoration, parts

SLICE = 500
DAYS = (
    *("acquired_on", "practised_on", "confirmed_on", "start_on", "end_on", "last_on", "next_on"),
    *("hidden_until", "issued_on", "valid_until"),
)
"""Fields that hold a day; those of an instant are `at` or end in `_at`."""


def register() -> None:
    """Registers the parts of this app; called once, when the applications are ready."""
    for part in (
        RecordPart(
            name="skills",
            rank=10,
            number=record_entries.number_of_statements,
            mark=record_entries.statements_mark,
            entries=record_entries.statement_entries,
            restore=_restore_statements,
            withdraw=_withdraw_statements,
            resume={"basics": record_entries.resume_basics, "skills": record_entries.resume_skills},
        ),
        RecordPart(
            name="flags",
            rank=20,
            number=record_entries.number_of_flags,
            mark=record_entries.flags_mark,
            entries=record_entries.flag_entries,
            restore=_restore_flags,
            withdraw=_goes_with_its_statement,
        ),
        RecordPart(
            name="successors",
            rank=20,
            number=record_entries.number_of_successors,
            mark=record_entries.successors_mark,
            entries=record_entries.successor_entries,
            restore=_restore_successors,
            withdraw=_goes_with_its_statement,
        ),
        RecordPart(
            name="jobs",
            rank=30,
            number=record_entries.number_of_jobs,
            mark=record_entries.jobs_mark,
            entries=record_entries.job_entries,
            restore=_restore_jobs,
            withdraw=_withdraw_jobs,
        ),
        RecordPart(
            name="bilan",
            rank=40,
            number=record_entries.number_of_bilans,
            mark=record_entries.bilans_mark,
            entries=record_entries.bilan_entries,
            restore=_restore_bilan,
            withdraw=_withdraw_bilan,
        ),
    ):
        parts.register(part)


def read(entry: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Those values of an entry as the fields of a row take them: days and instants are no longer texts."""
    values = {}
    for name in names:
        value = entry[name]
        if value is not None and name in DAYS:
            value = dt.date.fromisoformat(value)
        elif value is not None and (name == "at" or name.endswith("_at")):
            value = dt.datetime.fromisoformat(value)
        values[name] = value
    return values


def absent(model: Any, entries: Sequence[Entry], worker: Worker, *, to_worker: str = "worker") -> list[Entry]:
    """The entries that no row of the record bears the identifier of.

    Raises Refused when a row of another record bears one: nothing is written then.
    """
    kept = []
    for start in range(0, len(entries), SLICE):
        held = entries[start : start + SLICE]
        rows = model.objects.filter(public_id__in=[entry["id"] for entry in held])
        owners = {str(public_id): owner for public_id, owner in rows.values_list("public_id", to_worker)}
        if set(owners.values()) - {worker.pk}:
            raise Refused("taken", _("Ce fichier nomme des lignes d’un autre dossier : rien n’est écrit."))
        kept += [entry for entry in held if entry["id"] not in owners]
    return kept


def _edition_of(names: Named, entry: Entry) -> int:
    edition = names.edition(entry)
    if edition is None:
        message = _("Nous ne connaissons pas l’édition %(edition)s de « %(reference)s » : rien n’est écrit.")
        raise Refused("unknown_edition", message % entry)
    return edition


def place_of(names: Named, entry: Entry) -> tuple[int, int]:
    """The rows of the concept and the edition that an entry names. Raises Refused for an unknown one."""
    concept = names.concept(entry)
    if concept is None:
        message = _("Nous ne connaissons pas « %(label)s » de « %(reference)s » : rien n’est écrit.")
        raise Refused("unknown_concept", message % entry)
    return concept, _edition_of(names, entry)


def withdraw_same(model: Any, token_of: Callable[[Any], str], worker: Worker, tokens: Sequence[str]) -> int:
    """Removes the rows whose token is the one that they came back with, which begins with their public id;
    says how many others stay."""
    ids = [token.split(" ")[0] for token in tokens]
    rows = list(model.objects.filter(worker=worker, public_id__in=ids))
    same = [row.pk for row in rows if token_of(row) in tokens]
    model.objects.filter(pk__in=same).delete()
    return len(rows) - len(same)


# Statements ------------------------------------------------------------------------------------------------


def _restore_statements(back: Restoration, entries: Sequence[Entry]) -> list[str]:
    missing = _without_twins(back.worker, absent(SkillStatement, entries, back.worker))
    names = Named(entry["concept"] for entry in missing if entry["concept"])
    tokens = []
    for start in range(0, len(missing), SLICE):
        held = missing[start : start + SLICE]
        rows = [_statement(back.worker, names, entry) for entry in held]
        SkillStatement.objects.bulk_create(rows)
        SkillRevision.objects.bulk_create(
            SkillRevision(statement=row, **read(told, REVISION_FIELDS))
            for row, entry in zip(rows, held, strict=True)
            for told in entry["revisions"]
        )
        back.fresh.update(row.pk for row in rows)
        tokens += [f"{row.public_id} {row.version}" for row in rows]
    rows_now = SkillStatement.objects.filter(worker=back.worker)
    back.statements = {str(public_id): pk for public_id, pk in rows_now.values_list("public_id", "pk")}
    return tokens


def _statement(worker: Worker, names: Named, entry: Entry) -> SkillStatement:
    concept, edition = place_of(names, entry["concept"]) if entry["concept"] else (None, None)
    return SkillStatement(
        worker=worker,
        public_id=entry["id"],
        concept_id=concept,
        edition_id=edition,
        free_text=entry["own_words"],
        author_id=worker.user_id if entry["by_person"] else None,
        **read(entry, ("declared_at", "removed_at", "version")),
    )


def _without_twins(worker: Worker, entries: Sequence[Entry]) -> list[Entry]:
    """Those that do not stand beside a statement of the same skill that the record holds already."""
    standing = SkillStatement.objects.standing().filter(worker=worker).select_related("concept__reference")
    held = set()
    for row in standing.iterator(SLICE):
        concept = row.concept
        named = (concept.reference.slug, concept.kind, concept.external_id) if concept else None
        held.add(named or row.free_text.lower())
    return [entry for entry in entries if entry["removed_at"] or _skill(entry) not in held]


def _skill(entry: Entry) -> tuple[str, str, str] | str:
    concept = entry["concept"]
    if concept:
        return concept["reference"], concept["kind"], concept["id"]
    words: str = entry["own_words"]
    return words.lower()


OF_A_STATEMENT = (SkillRevision, RiskFlag, SuccessorProposal)
"""What comes back with a statement and goes with it."""


def _withdraw_statements(worker: Worker, tokens: Sequence[str]) -> int:
    """Removes the rows themselves: before they came back they were not there. One to which something was
    added since, such as what somebody else says of it, stays."""
    versions = dict(token.split(" ") for token in tokens)
    rows = SkillStatement.objects.filter(worker=worker, public_id__in=versions)
    same = {row.pk for row in rows if str(row.version) == versions[str(row.public_id)]}
    for relation in SkillStatement._meta.related_objects:
        if relation.related_model not in OF_A_STATEMENT:
            touched = SkillStatement.objects.filter(pk__in=same, **{f"{relation.name}__isnull": False})
            same -= set(touched.values_list("pk", flat=True))
    SkillStatement.objects.filter(pk__in=same).delete()
    return len(rows) - len(same)


# Flags and proposals: they come back with the statements that came back -------------------------------------


def _of_fresh(back: Restoration, entries: Sequence[Entry]) -> list[tuple[Entry, int]]:
    found = [(entry, back.statements.get(entry["statement"])) for entry in entries]
    return [(entry, pk) for entry, pk in found if pk is not None and pk in back.fresh]


def _restore_flags(back: Restoration, entries: Sequence[Entry]) -> list[str]:
    wanted = _of_fresh(back, absent(RiskFlag, entries, back.worker, to_worker="statement__worker"))
    names = Named(entry["source"] for entry, _pk in wanted)
    rows = [
        RiskFlag(
            public_id=entry["id"],
            statement_id=statement,
            edition_id=_edition_of(names, entry["source"]),
            **read(entry, FLAG_FIELDS),
        )
        for entry, statement in wanted
    ]
    RiskFlag.objects.bulk_create(rows, batch_size=SLICE)
    return [str(row.public_id) for row in rows]


def _restore_successors(back: Restoration, entries: Sequence[Entry]) -> list[str]:
    missing = absent(SuccessorProposal, entries, back.worker, to_worker="statement__worker")
    wanted = _of_fresh(back, missing)
    names = Named(entry["successor"] for entry, _pk in wanted)
    rows = []
    for entry, statement in wanted:
        concept, edition = place_of(names, entry["successor"])
        rows.append(
            SuccessorProposal(
                public_id=entry["id"],
                statement_id=statement,
                successor_id=concept,
                edition_id=edition,
                **read(entry, ("confidence", "reasons", "state", "proposed_at", "answered_at")),
            )
        )
    SuccessorProposal.objects.bulk_create(rows, batch_size=SLICE)
    return [str(row.public_id) for row in rows]


def _goes_with_its_statement(_worker: Worker, _tokens: Sequence[str]) -> int:
    return 0


# Jobs and bilans -------------------------------------------------------------------------------------------


def _restore_jobs(back: Restoration, entries: Sequence[Entry]) -> list[str]:
    named = WorkerJob.objects.filter(worker=back.worker, end_on=None)
    held = set(named.values_list("title_id", "use"))
    missing = absent(WorkerJob, entries, back.worker)
    names = Named(entry["title"] for entry in missing)
    rows = []
    for entry in missing:
        title, edition = place_of(names, entry["title"])
        if entry["end_on"] or (title, entry["use"]) not in held:
            values = read(entry, ("use", "start_on", "end_on"))
            job = WorkerJob(worker=back.worker, public_id=entry["id"], title_id=title, edition_id=edition)
            for name, value in values.items():
                setattr(job, name, value)
            rows.append(job)
    WorkerJob.objects.bulk_create(rows, batch_size=SLICE)
    return [_job_token(row) for row in rows]


def _job_token(job: WorkerJob) -> str:
    return f"{job.public_id} {job.edition_id} {job.end_on}"


def _withdraw_jobs(worker: Worker, tokens: Sequence[str]) -> int:
    return withdraw_same(WorkerJob, _job_token, worker, tokens)


def _restore_bilan(back: Restoration, entries: Sequence[Entry]) -> list[str]:
    if not entries or BilanPlan.objects.filter(worker=back.worker).exists():
        return []
    plan = BilanPlan(worker=back.worker, **read(entries[0], ("last_on", "rhythm_months", "next_on")))
    plan.save()
    return [_plan_token(plan)]


def _plan_token(plan: BilanPlan) -> str:
    return f"{plan.last_on} {plan.rhythm_months}"


def _withdraw_bilan(worker: Worker, tokens: Sequence[str]) -> int:
    plan = BilanPlan.objects.filter(worker=worker).first()
    if plan is None or _plan_token(plan) not in tokens:
        return int(plan is not None and bool(tokens))
    plan.delete()
    return 0
