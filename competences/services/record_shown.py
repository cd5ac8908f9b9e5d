"""How evidence, what others said and CVs come back to a record, from a file that this house signed.

Two things do not come back as they were. The bytes of a file are not in the record's file: evidence that is a
file stays away, a certificate comes without its scan. And a request that still waited is not asked again: to
show a record to somebody is decided anew.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from accounts.models import Organisation, User, Worker
from competences.enums import EvidenceKind
from competences.models import Attestation, Cv, Evidence, ReviewMove, ReviewRequest
from competences.queries import record_shown
from competences.queries.record_shown import (
    CV_FIELDS,
    EVIDENCE_FIELDS,
    MOVE_FIELDS,
    REQUEST_FIELDS,
    VIEW_FIELDS,
)
from competences.record_parts import Entry, RecordPart, Restoration, parts
from competences.rules.attestations import UNFINISHED
from competences.services.record_parts import SLICE, absent, read, withdraw_same


def register() -> None:
    """Registers these parts; called once, when the applications are ready."""
    for part in (
        RecordPart(
            name="evidence",
            rank=15,
            number=record_shown.number_of_evidence,
            mark=record_shown.evidence_mark,
            entries=record_shown.evidence_entries,
            restore=_restore_evidence,
            withdraw=_withdraw_evidence,
            resume={"certificates": record_shown.resume_certificates},
        ),
        RecordPart(
            name="reviews",
            rank=20,
            number=record_shown.number_of_reviews,
            mark=record_shown.reviews_mark,
            entries=record_shown.review_entries,
            restore=_restore_reviews,
            withdraw=_withdraw_reviews,
            told=record_shown.views_told,
        ),
        RecordPart(
            name="cvs",
            rank=30,
            number=record_shown.number_of_cvs,
            mark=record_shown.cvs_mark,
            entries=record_shown.cv_entries,
            restore=_restore_cvs,
            withdraw=_withdraw_cvs,
        ),
    ):
        parts.register(part)


def _tie(through: Any, rows: Iterable[tuple[int, Iterable[int | None]]], ours: str, theirs: str) -> None:
    """Writes the ties of some rows to others; an end that is not there has none."""
    made = [through(**{ours: pk, theirs: other}) for pk, others in rows for other in others if other]
    through.objects.bulk_create(made, batch_size=SLICE * 2)


# Evidence --------------------------------------------------------------------------------------------------


def _restore_evidence(back: Restoration, entries: Sequence[Entry]) -> list[str]:
    wanted = [entry for entry in entries if entry["kind"] != EvidenceKind.FILE]
    missing = absent(Evidence, wanted, back.worker)
    rows = [
        Evidence(worker=back.worker, public_id=entry["id"], **read(entry, EVIDENCE_FIELDS))
        for entry in missing
    ]
    Evidence.objects.bulk_create(rows, batch_size=SLICE)
    ties = (
        (row.pk, map(back.statements.get, entry["statements"]))
        for row, entry in zip(rows, missing, strict=True)
    )
    _tie(Evidence.statements.through, ties, "evidence_id", "skillstatement_id")
    return [_evidence_token(row) for row in rows]


def _evidence_token(row: Evidence) -> str:
    values = [str(getattr(row, name)) for name in EVIDENCE_FIELDS[:-1]]
    return f"{row.public_id} {record_shown.hash_of([*values, row.size])}"


def _withdraw_evidence(worker: Worker, tokens: Sequence[str]) -> int:
    return withdraw_same(Evidence, _evidence_token, worker, tokens)


# What others said ------------------------------------------------------------------------------------------


def _restore_reviews(back: Restoration, entries: Sequence[Entry]) -> list[str]:
    ended = [entry for entry in entries if entry["state"] not in UNFINISHED]
    missing = absent(ReviewRequest, ended, back.worker)
    people, bodies = _accounts(missing), _organisations(missing)
    rows = [
        ReviewRequest(
            worker=back.worker,
            public_id=entry["id"],
            reader_id=people.get(entry["reader"]),
            organisation_id=bodies.get(entry["organisation"]),
            **read(entry, REQUEST_FIELDS),
        )
        for entry in missing
    ]
    ReviewRequest.objects.bulk_create(rows, batch_size=SLICE)
    both = list(zip(rows, missing, strict=True))
    asked = ((row.pk, map(back.statements.get, entry["statements"])) for row, entry in both)
    _tie(ReviewRequest.statements.through, asked, "reviewrequest_id", "skillstatement_id")
    evidence = Evidence.objects.filter(worker=back.worker)
    shown = {str(public_id): pk for public_id, pk in evidence.values_list("public_id", "pk")}
    ties = ((row.pk, map(shown.get, entry["evidence"])) for row, entry in both)
    _tie(ReviewRequest.evidence.through, ties, "reviewrequest_id", "evidence_id")
    ReviewMove.objects.bulk_create(
        ReviewMove(request=row, actor_id=people.get(move["actor"]), **read(move, MOVE_FIELDS))
        for row, entry in both
        for move in entry["moves"]
    )
    Attestation.objects.bulk_create(
        Attestation(
            request=row,
            public_id=view["id"],
            statement_id=back.statements[view["statement"]],
            author_id=people.get(view["author"]),
            **read(view, VIEW_FIELDS),
        )
        for row, entry in both
        for view in entry["views"]
        if view["statement"] in back.statements
    )
    return [_review_token(row) for row in rows]


def _accounts(entries: Iterable[Entry]) -> dict[str | None, int]:
    """The accounts that these requests name and that are still there."""
    named = {entry["reader"] for entry in entries}
    named |= {one["actor"] for entry in entries for one in entry["moves"]}
    named |= {one["author"] for entry in entries for one in entry["views"]}
    rows = User.objects.filter(public_id__in=[one for one in named if one])
    return {str(public_id): pk for public_id, pk in rows.values_list("public_id", "pk")}


def _organisations(entries: Iterable[Entry]) -> dict[str | None, int]:
    named = [entry["organisation"] for entry in entries if entry["organisation"]]
    rows = Organisation.objects.filter(public_id__in=named)
    return {str(public_id): pk for public_id, pk in rows.values_list("public_id", "pk")}


def _review_token(row: ReviewRequest) -> str:
    return f"{row.public_id} {row.state} {row.moved_at.timestamp()}"


def _withdraw_reviews(worker: Worker, tokens: Sequence[str]) -> int:
    return withdraw_same(ReviewRequest, _review_token, worker, tokens)


# CVs -------------------------------------------------------------------------------------------------------


def _restore_cvs(back: Restoration, entries: Sequence[Entry]) -> list[str]:
    kept = set(Cv.objects.kept().filter(worker=back.worker).values_list("name", flat=True))
    missing = [
        entry
        for entry in absent(Cv, entries, back.worker)
        if entry["removed_at"] or entry["name"] not in kept
    ]
    rows = [Cv(worker=back.worker, public_id=entry["id"], **read(entry, CV_FIELDS)) for entry in missing]
    Cv.objects.bulk_create(rows, batch_size=SLICE)
    ties = (
        (row.pk, map(back.statements.get, entry["skills"])) for row, entry in zip(rows, missing, strict=True)
    )
    _tie(Cv.skills.through, ties, "cv_id", "skillstatement_id")
    return [_cv_token(row) for row in rows]


def _cv_token(row: Cv) -> str:
    return f"{row.public_id} {row.version}"


def _withdraw_cvs(worker: Worker, tokens: Sequence[str]) -> int:
    return withdraw_same(Cv, _cv_token, worker, tokens)
