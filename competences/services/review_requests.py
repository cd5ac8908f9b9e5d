"""Asking somebody for a view of one's skills, and taking the request back. Only the worker does either."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.constraints import constraints_as_refusals
from accounts.enums import Purpose
from accounts.errors import NotFound, Refused
from accounts.models import Mandate, Worker
from accounts.models.people import normalised_email
from accounts.queries.addresses import owner_of
from accounts.services.notifications import enqueue
from competences.enums import Capacity, ReviewState
from competences.models import Evidence, ReviewRequest, SkillStatement
from competences.models.attestations import QUESTION_LENGTH
from competences.review_texts import CURRENT_VERSION
from competences.rules.texts import some_lines
from competences.services.attestations import locked_review, log_move, move_review
from competences.services.ownership import UNDO_WITHIN, require_own

MOST_SKILLS = 12
"""More than that is not read with care by anybody, nor shown on one page with a form each."""

MOST_A_DAY = 10
"""Requests of one person in 24 hours, withdrawn ones too: nobody makes us write to strangers all day."""

MOST_AN_ADDRESS = 2
"""Of them to one address by e-mail: one may be taken back and asked otherwise, and nobody is written to all
day by somebody they do not know."""

_FIELDS = {
    "review_one_unfinished_an_adviser": "reader",
    "review_one_unfinished_an_address": "reader",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who is asked: the adviser of a mandate to review, or an address and the capacity it is asked in."""

    mandate: Mandate | None = None
    email: str = ""
    capacity: str = Capacity.ADVISER


@transaction.atomic
def ask_review(
    *,
    actor: Actor,
    worker: Worker,
    asked: Asked,
    statements: Sequence[SkillStatement],
    evidence: Sequence[Evidence] = (),
    question: str = "",
    now: dt.datetime | None = None,
) -> ReviewRequest:
    """Asks one reader for a view of some statements, shown with some evidence that proves them.

    The reader gets one message, which says neither who asks nor about what; it leads to a page that opens for
    them alone. Raises Refused with the field at fault: nothing or too much to read, nobody to read it, a
    request to the same person that waits already, too many in a day.
    """
    require_own(actor, worker)
    now = now or timezone.now()
    # Two requests at once queue up here, so that the day's limit holds.
    worker = (
        Worker.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=worker.pk)
    )
    question = some_lines(question)
    if len(question) > QUESTION_LENGTH:
        message = _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": QUESTION_LENGTH}
        raise Refused("long_question", message, field="question")
    items = _own_statements(worker, statements)
    proofs = _own_evidence(worker, evidence, items)
    review = ReviewRequest(
        worker=worker,
        question=question,
        purpose=Purpose.ANSWER,
        text_version=CURRENT_VERSION,
        asked_at=now,
        moved_at=now,
        **_reader(worker, asked, timezone.localdate(now)),
    )
    _refuse_too_many(worker, review.reader_email, now)
    with constraints_as_refusals(ReviewRequest, fields=_FIELDS):
        review.save()
    review.statements.set(items)
    review.evidence.set(proofs)
    log_move(review, "", actor, now)
    _tell_reader(actor, review)
    return review


@transaction.atomic
def withdraw_review(*, actor: Actor, review: ReviewRequest, now: dt.datetime | None = None) -> ReviewRequest:
    """Takes the request back: its reader sees nothing more from this very moment.

    Raises Refused once it was answered or declined, NotFound to anybody else.
    """
    review = locked_review(review)
    require_own(actor, review.worker)
    return move_review(review, "withdraw", actor, now or timezone.now())


@transaction.atomic
def close_review(*, actor: Actor, review: ReviewRequest, now: dt.datetime | None = None) -> ReviewRequest:
    """Shuts what was shown before the thirty days of its reader are over; the answer stays.

    Raises Refused before the answer, and while its author may still take it back; NotFound to anybody else.
    """
    now = now or timezone.now()
    review = locked_review(review)
    require_own(actor, review.worker)
    if review.state == ReviewState.ANSWERED and now - review.moved_at <= UNDO_WITHIN:
        message = _(
            "Pendant 24 heures, la personne peut encore reprendre son avis : vous pourrez fermer ensuite."
        )
        raise Refused("too_early", message)
    return move_review(review, "close", actor, now)


def _reader(worker: Worker, asked: Asked, on: dt.date) -> dict[str, object]:
    """The columns that name the reader. Raises Refused on the field `reader` or `email`."""
    if asked.capacity == Capacity.ADVISER:
        return _adviser(worker, asked.mandate, on)
    if asked.capacity not in Capacity.values:
        raise Refused("bad_capacity", _("Choisissez dans la liste."), field="reader")
    email = normalised_email(asked.email)
    try:
        validate_email(email)
    except ValidationError as error:
        message = _("Écrivez une adresse e-mail entière, comme prenom@exemple.fr.")
        raise Refused("bad_email", message, field="email") from error
    if email == worker.user.email or EmailAddress.objects.filter(user=worker.user, email=email).exists():
        raise Refused(
            "asks_oneself",
            _("Cette adresse est la vôtre : un avis vient d’une autre personne."),
            field="email",
        )
    return {"capacity": asked.capacity, "reader_email": email}


def _adviser(worker: Worker, mandate: Mandate | None, on: dt.date) -> dict[str, object]:
    """An adviser reads under a mandate given for that, in force today."""
    effective = Mandate.objects.effective(on).filter(worker=worker, purpose=Purpose.REVIEW)
    if mandate is None or not effective.filter(pk=mandate.pk).exists():
        message = _("Choisissez une personne à qui vous avez donné accès pour « Relire mes compétences ».")
        raise Refused("no_mandate", message, field="reader")
    return {
        "capacity": Capacity.ADVISER,
        "reader_id": mandate.adviser_id,
        "organisation_id": mandate.organisation_id,
    }


def _own_statements(worker: Worker, statements: Sequence[SkillStatement]) -> list[SkillStatement]:
    asked = {statement.pk for statement in statements}
    if not asked:
        raise Refused("no_statement", _("Choisissez au moins une compétence."), field="statements")
    if len(asked) > MOST_SKILLS:
        message = _("Choisissez %(most)s compétences au plus par demande.") % {"most": MOST_SKILLS}
        raise Refused("too_many_statements", message, field="statements")
    found = list(SkillStatement.objects.standing().filter(worker=worker, pk__in=asked))
    if len(found) < len(asked):
        raise NotFound
    return found


def _own_evidence(
    worker: Worker, evidence: Sequence[Evidence], statements: list[SkillStatement]
) -> list[Evidence]:
    """The evidence to show: each piece of the same record, and about one of the skills asked."""
    asked = {piece.pk for piece in evidence}
    found = list(Evidence.objects.filter(worker=worker, pk__in=asked))
    if len(found) < len(asked):
        raise NotFound
    about = set(Evidence.objects.filter(pk__in=asked, statements__in=statements).values_list("pk", flat=True))
    if about != asked:
        message = _("Une des preuves ne parle d’aucune des compétences choisies. Décochez-la.")
        raise Refused("evidence_of_others", message, field="evidence")
    return found


def _refuse_too_many(worker: Worker, email: str, now: dt.datetime) -> None:
    lately = ReviewRequest.objects.filter(worker=worker, asked_at__gt=now - dt.timedelta(days=1))
    if lately.count() >= MOST_A_DAY:
        message = _("Vous avez fait %(most)s demandes en un jour. Réessayez demain : rien n’est perdu.")
        raise Refused("too_many_requests", message % {"most": MOST_A_DAY})
    waits = lately.unfinished().filter(reader_email=email).exists()
    if email and not waits and lately.filter(reader_email=email).count() >= MOST_AN_ADDRESS:
        message = _("Vous avez déjà écrit %(most)s fois à cette adresse en un jour. Réessayez demain.")
        raise Refused("too_many_to_one", message % {"most": MOST_AN_ADDRESS}, field="email")


def _tell_reader(actor: Actor, review: ReviewRequest) -> None:
    """One message: to the account that has this confirmed address, else to the address in the worker's name.

    Nobody learns which of the two it was, so nobody learns whether an address has an account.
    """
    known = review.reader or owner_of(review.reader_email)
    enqueue(
        actor=actor,
        kind="review_asked" if known else "review_asked_outside",
        recipient=known or review.worker.user,
        address="" if known else review.reader_email,
        dedupe_key=f"review_asked:{review.pk}",
        payload={"request": review.pk},
    )
