"""How a path, self-reviews and first answers come back to a record, from a file that this house signed."""

from collections.abc import Iterator, Sequence
from typing import Any

from accounts.models import Worker
from competences.models import CareerPeriod, FirstUse, SelfReview, SelfReviewAnswer, SelfReviewPlan
from competences.queries import record_path
from competences.queries.record_entries import told
from competences.queries.record_names import Named
from competences.queries.record_path import (
    ANSWER_FIELDS,
    FIRST_USE_FIELDS,
    PERIOD_FIELDS,
    PLAN_FIELDS,
    REVIEW_FIELDS,
)
from competences.record_parts import Entry, RecordPart, Restoration, parts
from competences.services.record_parts import SLICE, absent, place_of, read, withdraw_same


def register() -> None:
    """Registers these parts; called once, when the applications are ready."""
    parts.register(
        RecordPart(
            name="career",
            rank=30,
            number=record_path.number_of_periods,
            mark=record_path.periods_mark,
            entries=record_path.period_entries,
            restore=_restore_periods,
            withdraw=_withdraw_periods,
            resume={section: record_path.resume_section(section) for section in record_path.NAMES},
        )
    )
    parts.register(
        RecordPart(
            name="self_reviews",
            rank=20,
            number=record_path.number_of_self_reviews,
            mark=record_path.self_reviews_mark,
            entries=record_path.self_review_entries,
            restore=_restore_self_reviews,
            withdraw=_withdraw_self_reviews,
        )
    )
    parts.register(_one_row("self_review_plan", SelfReviewPlan, PLAN_FIELDS, record_path.plan_entries))
    parts.register(_one_row("first_use", FirstUse, FIRST_USE_FIELDS, record_path.first_use_entries))


# The path --------------------------------------------------------------------------------------------------


def _restore_periods(back: Restoration, entries: Sequence[Entry]) -> list[str]:
    missing = absent(CareerPeriod, entries, back.worker)
    names = Named(entry["title"] for entry in missing if entry["title"])
    rows = []
    for entry in missing:
        title, edition = place_of(names, entry["title"]) if entry["title"] else (None, None)
        values = read(entry, PERIOD_FIELDS)
        rows.append(
            CareerPeriod(
                worker=back.worker, public_id=entry["id"], title_id=title, edition_id=edition, **values
            )
        )
    CareerPeriod.objects.bulk_create(rows, batch_size=SLICE)
    return [_period_token(row) for row in rows]


def _period_token(row: CareerPeriod) -> str:
    return f"{row.public_id} {row.version}"


def _withdraw_periods(worker: Worker, tokens: Sequence[str]) -> int:
    return withdraw_same(CareerPeriod, _period_token, worker, tokens)


# Self-reviews ----------------------------------------------------------------------------------------------


def _restore_self_reviews(back: Restoration, entries: Sequence[Entry]) -> list[str]:
    is_open = SelfReview.objects.open().filter(worker=back.worker).exists()
    missing = [
        entry for entry in absent(SelfReview, entries, back.worker) if entry["closed_at"] or not is_open
    ]
    rows = [
        SelfReview(worker=back.worker, public_id=entry["id"], **read(entry, REVIEW_FIELDS))
        for entry in missing
    ]
    SelfReview.objects.bulk_create(rows, batch_size=SLICE)
    SelfReviewAnswer.objects.bulk_create(
        (
            SelfReviewAnswer(
                review=row, statement_id=back.statements[answer["statement"]], **read(answer, ANSWER_FIELDS)
            )
            for row, entry in zip(rows, missing, strict=True)
            for answer in entry["answers"]
            if answer["statement"] in back.statements
        ),
        batch_size=SLICE,
    )
    return [_review_token(row) for row in rows]


def _review_token(row: SelfReview) -> str:
    return f"{row.public_id} {row.closed_at} {row.answers.count()}"


def _withdraw_self_reviews(worker: Worker, tokens: Sequence[str]) -> int:
    return withdraw_same(SelfReview, _review_token, worker, tokens)


# Parts of one row ------------------------------------------------------------------------------------------


def _one_row(name: str, model: Any, fields: Sequence[str], entries: Any) -> RecordPart:
    """A part of at most one row, which stands under no identifier of its own."""

    def token_of(row: Any) -> str:
        return repr(sorted(told(row, fields).items()))

    def restore(back: Restoration, listed: Sequence[Entry]) -> list[str]:
        if not listed or model.objects.filter(worker=back.worker).exists():
            return []
        return [token_of(model.objects.create(worker=back.worker, **read(listed[0], fields)))]

    def withdraw(worker: Worker, tokens: Sequence[str]) -> int:
        row = model.objects.filter(worker=worker).first() if tokens else None
        if row is not None and token_of(row) in tokens:
            row.delete()
            return 0
        return int(row is not None)

    def tell(worker: Worker) -> Iterator[Entry]:
        return iter(entries(worker))

    return RecordPart(
        name=name,
        rank=40,
        number=record_path.number_of_entries(tell),
        mark=record_path.mark_of_entries(tell),
        entries=tell,
        restore=restore,
        withdraw=withdraw,
    )
