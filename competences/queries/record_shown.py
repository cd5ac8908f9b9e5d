"""What a record's file tells of its evidence, of what others say of it, and of its CVs, entry by entry.

The bytes of a file are not in it: its name, kind and size are. Accounts and organisations are named by their
public ids, so that what they said stays theirs. The caller holds the right to read that record.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Count, Max, Prefetch, Sum
from django.utils.translation import gettext as _

from accounts.models import Worker
from competences.enums import AttestationKind, Capacity, EvidenceKind
from competences.models import Attestation, Cv, Evidence, ReviewMove, ReviewRequest, SkillStatement
from competences.queries.record_entries import in_slices, mark_of, told
from competences.record_parts import Entry, Told

EVIDENCE_FIELDS = ("kind", "title", "url", "issuer", "issued_on", "valid_until", "added_at")
REQUEST_FIELDS = (
    *("reader_email", "was_taken", "capacity", "question", "purpose", "text_version", "state"),
    *("asked_at", "moved_at"),
)
MOVE_FIELDS = ("before", "after", "actor_name", "at")
VIEW_FIELDS = (
    *("kind", "level", "scale", "comment", "author_name", "author_capacity", "author_organisation"),
    *("given_at", "withdrawn_at", "hidden_at"),
)
CV_FIELDS = (
    *("name", "headline", "summary", "contact", "language", "sections", "shows_name", "shows_levels"),
    *("has_every_skill", "created_at", "changed_at", "removed_at", "version"),
)


def _ids(rows: Iterable[Any]) -> list[str]:
    """The public ids of some rows, in one order."""
    return sorted(str(row.public_id) for row in rows)


def _id(row: Any) -> str | None:
    return str(row.public_id) if row is not None else None


def evidence_entries(worker: Worker) -> Iterator[Entry]:
    """Files (without their bytes), links and certificates, with the statements that they prove."""
    rows = Evidence.objects.filter(worker=worker).prefetch_related("statements")
    for held in in_slices(rows.order_by("added_at", "pk")):
        for row in held:
            file = {"name": row.file_name, "kind": row.file_kind, "size": row.size} if row.size else None
            yield {
                "id": str(row.public_id),
                **told(row, EVIDENCE_FIELDS),
                "file": file,
                "statements": _ids(row.statements.all()),
            }


def evidence_mark(worker: Worker) -> str:
    """Evidence is described anew in place: all that may be is in the mark."""
    rows = Evidence.objects.filter(worker=worker)
    ties = Evidence.statements.through.objects.filter(evidence__worker=worker)
    told_rows = sorted(rows.values_list("pk", *EVIDENCE_FIELDS, "size"))
    return f"{mark_of(ties, last=Max('pk'))} {hash_of(told_rows)}"


def hash_of(value: Any) -> str:
    """A short text of any value with a stable writing."""
    return hashlib.blake2b(repr(value).encode(), digest_size=12).hexdigest()


def number_of_evidence(worker: Worker) -> int:
    return Evidence.objects.filter(worker=worker).count()


def resume_certificates(worker: Worker) -> Iterator[Entry]:
    """Certificates, as JSON Resume tells them."""
    rows = Evidence.objects.filter(worker=worker, kind=EvidenceKind.CERTIFICATE)
    for row in rows.order_by("-issued_on", "pk").iterator(500):
        entry = {"name": row.title, "issuer": row.issuer}
        yield {**entry, "date": row.issued_on.isoformat()} if row.issued_on else entry


# What others say -------------------------------------------------------------------------------------------


def review_entries(worker: Worker) -> Iterator[Entry]:
    """Requests for a view, how each went, and the views that answered them."""
    views = Attestation.objects.select_related("author", "statement").order_by("given_at", "pk")
    moves = ReviewMove.objects.select_related("actor").order_by("at", "pk")
    rows = (
        ReviewRequest.objects.filter(worker=worker)
        .select_related("reader", "organisation")
        .prefetch_related(
            "statements",
            "evidence",
            Prefetch("attestations", views, to_attr="views"),
            Prefetch("moves", moves, to_attr="steps"),
        )
    )
    for held in in_slices(rows.order_by("asked_at", "pk")):
        for row in held:
            yield _review(row)


def _review(row: Any) -> Entry:
    """One request, with its `steps` and `views`."""
    return {
        "id": str(row.public_id),
        "reader": _id(row.reader),
        "organisation": _id(row.organisation),
        **told(row, REQUEST_FIELDS),
        "statements": _ids(row.statements.all()),
        "evidence": _ids(row.evidence.all()),
        "moves": [{"actor": _id(one.actor), **told(one, MOVE_FIELDS)} for one in row.steps],
        "views": [
            {
                "id": str(one.public_id),
                "statement": str(one.statement.public_id),
                "author": _id(one.author),
                **told(one, VIEW_FIELDS),
            }
            for one in row.views
        ],
    }


def reviews_mark(worker: Worker) -> str:
    rows = ReviewRequest.objects.filter(worker=worker)
    views = Attestation.objects.filter(request__worker=worker)
    last = {"given": Max("given_at"), "gone": Max("withdrawn_at"), "hidden": Max("hidden_at")}
    hidden = Count("hidden_at")
    return f"{mark_of(rows, moved=Max('moved_at'))} {mark_of(views, **last, away=hidden)}"


def number_of_reviews(worker: Worker) -> int:
    return ReviewRequest.objects.filter(worker=worker).count()


def views_told(entry: Mapping[str, Any]) -> list[Told]:
    """The views that a file says it holds, in words; those that their author took back are not told."""
    return [
        Told(view["statement"], _in_words(view)) for view in entry["views"] if view["withdrawn_at"] is None
    ]


def _in_words(view: Mapping[str, Any]) -> str:
    kind = str(AttestationKind(view["kind"]).label)
    capacity = str(Capacity(view["author_capacity"]).label)
    level = f", {view['level']}/8" if view["level"] else ""
    comment = f" — {view['comment']}" if view["comment"] else ""
    name = f"{view['author_name']} ({capacity})"
    return _("%(name)s : %(value)s") % {"name": name, "value": f"{kind}{level}{comment}"}


# CVs -------------------------------------------------------------------------------------------------------


def cv_entries(worker: Worker) -> Iterator[Entry]:
    """The CVs that the person keeps or kept: what each says, and of which skills."""
    rows = Cv.objects.filter(worker=worker).prefetch_related(
        Prefetch("skills", SkillStatement.objects.only("public_id"))
    )
    for held in in_slices(rows.order_by("created_at", "pk")):
        for row in held:
            skills = _ids(row.skills.all())
            yield {"id": str(row.public_id), **told(row, CV_FIELDS), "skills": skills}


def cvs_mark(worker: Worker) -> str:
    return mark_of(Cv.objects.filter(worker=worker), versions=Sum("version"), last=Max("changed_at"))


def number_of_cvs(worker: Worker) -> int:
    return Cv.objects.filter(worker=worker).count()
