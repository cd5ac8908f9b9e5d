"""What others say of a person's skills: the requests by which the person asks them, and their answers.

The worker asks and may withdraw; the reader takes, answers or declines. Each move starts from the states of
the table in rules/attestations.py, under a lock on the request, and leaves a row that says who and when. A
view never touches what the person says of the skill.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import organisations_of
from accounts.actors import Actor, System, require_person
from accounts.enums import OrganisationKind
from accounts.errors import NotFound, Refused
from accounts.models import Organisation, User
from accounts.services.notifications import enqueue
from competences.enums import AttestationKind, Capacity, ReviewState
from competences.models import Attestation, ReviewMove, ReviewRequest
from competences.models.attestations import COMMENT_LENGTH
from competences.models.records import LEVELS
from competences.rules.attestations import MOVES, may
from competences.rules.texts import some_lines
from competences.services.ownership import UNDO_WITHIN, require_own

ALREADY = {
    ReviewState.WAITING: _("Commencez par ouvrir la demande."),
    ReviewState.IN_REVIEW: _("Cette demande est déjà en cours de lecture."),
    ReviewState.ANSWERED: _(
        "Cette demande a déjà sa réponse. Elle est gardée telle qu’elle a été donnée ; rien d’autre n’a été"
        " écrit."
    ),
    ReviewState.CLOSED: _("La personne a fermé cette demande après votre réponse, qui est gardée."),
    ReviewState.WITHDRAWN: _("La personne a retiré sa demande. Rien n’a été écrit."),
    ReviewState.DECLINED: _("Cette demande a été déclinée. Rien n’a été écrit."),
}


OVER = (ReviewState.CLOSED, ReviewState.WITHDRAWN, ReviewState.DECLINED)
"""States of which the reader who took the request is told, and shown nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a reader says of one skill; the level, 1 to 8, and the comment are theirs to give or not."""

    kind: str
    level: int | None = None
    comment: str = ""


@transaction.atomic
def take_review(*, actor: Actor, review: ReviewRequest, now: dt.datetime | None = None) -> ReviewRequest:
    """The reader begins. Whoever was asked by e-mail is, from then on, this account and no other.

    Taking twice changes nothing. Raises NotFound to anybody but the reader.
    """
    now = now or timezone.now()
    reader, review = _for_reader(actor, review, now)
    if review.state == ReviewState.IN_REVIEW:
        return review
    _refuse_nameless(reader)
    review.reader, review.was_taken = reader, True
    return move_review(review, "take", reader, now)


@transaction.atomic
def answer_review(
    *,
    actor: Actor,
    review: ReviewRequest,
    views: Mapping[int, View],
    organisation: Organisation | None = None,
    now: dt.datetime | None = None,
) -> list[Attestation]:
    """The reader gives a view of one or several of the skills asked (`views`: by key of statement), once.

    `organisation` is the employer in whose name a member speaks; without one, the view of somebody who was
    asked as an employer's member is signed as a peer's: a view bears the role that its author has that day.
    Raises Refused for no view, a bad one, or a second answer; NotFound to anybody else, and for an employer
    of which they are not a member.
    """
    now = now or timezone.now()
    reader, review = _for_reader(actor, review, now)
    _refuse_move(review, "answer")
    _refuse_nameless(reader)
    if not views:
        raise Refused("no_view", _("Donnez votre avis sur une compétence au moins, ou déclinez la demande."))
    asked = set(review.statements.standing().values_list("pk", flat=True))
    if set(views) - asked:
        raise NotFound
    capacity, place = _signed_as(review, reader, organisation, timezone.localdate(now))
    made = [
        Attestation.objects.create(
            statement_id=key,
            request=review,
            author=reader,
            author_name=reader.display_name,
            author_capacity=capacity,
            author_organisation=place,
            given_at=now,
            **_said(view),
        )
        for key, view in views.items()
    ]
    move_review(review, "answer", reader, now)
    _tell_worker(actor, review)
    return made


@transaction.atomic
def decline_review(*, actor: Actor, review: ReviewRequest, now: dt.datetime | None = None) -> ReviewRequest:
    """The reader would rather not; nothing more is shown to them. Raises Refused once it was answered."""
    now = now or timezone.now()
    reader, review = _for_reader(actor, review, now)
    if review.reader is None:
        review.reader, review.was_taken = reader, True
    review = move_review(review, "decline", reader, now)
    _tell_worker(actor, review)
    return review


@transaction.atomic
def withdraw_attestation(
    *, actor: Actor, attestation: Attestation, now: dt.datetime | None = None
) -> Attestation:
    """The author takes a view back within 24 hours; twice changes nothing. Raises Refused later."""
    now = now or timezone.now()
    person = require_person(actor)
    rows = Attestation.objects.select_for_update(of=("self",))
    found = rows.filter(pk=attestation.pk, author=person).first()
    if found is None:
        raise NotFound
    if found.withdrawn_at is None:
        if now - found.given_at > UNDO_WITHIN:
            message = _("Le délai de 24 heures est passé : votre avis reste. La personne peut le masquer.")
            raise Refused("too_late", message)
        found.withdrawn_at = max(now, found.given_at)
        found.save(update_fields=["withdrawn_at"])
    return found


@transaction.atomic
def hide_attestation(
    *, actor: Actor, attestation: Attestation, hidden: bool, now: dt.datetime | None = None
) -> Attestation:
    """The worker hides a view from what they share, or shows it again; what it says stays as it is."""
    rows = Attestation.objects.select_for_update(of=("self",)).select_related("statement__worker")
    found = rows.standing().filter(pk=attestation.pk).first()
    if found is None:
        raise NotFound
    require_own(actor, found.statement.worker)
    if hidden != (found.hidden_at is not None):
        found.hidden_at = (now or timezone.now()) if hidden else None
        found.save(update_fields=["hidden_at"])
    return found


def locked_review(review: ReviewRequest) -> ReviewRequest:
    rows = ReviewRequest.objects.select_for_update(of=("self",)).select_related("worker__user", "reader")
    found = rows.filter(pk=review.pk).first()
    if found is None:
        raise NotFound
    return found


def _for_reader(actor: Actor, review: ReviewRequest, now: dt.datetime) -> tuple[User, ReviewRequest]:
    """The request, locked, for whoever may open it; what was withdrawn or declined says so to its reader."""
    person = require_person(actor)
    review = locked_review(review)
    on = timezone.localdate(now)
    if review.reader_id == person.pk and review.state in OVER:
        raise _already(review)
    if not ReviewRequest.objects.for_reader(person, on).filter(pk=review.pk).exists():
        raise NotFound
    return person, review


def move_review(review: ReviewRequest, name: str, actor: Actor, now: dt.datetime) -> ReviewRequest:
    """Moves the locked request, and writes who did and when."""
    _refuse_move(review, name)
    before, review.state, review.moved_at = review.state, ReviewState(MOVES[name].after), now
    review.save(update_fields=["state", "moved_at", "reader", "was_taken"])
    log_move(review, before, actor, now)
    return review


def log_move(review: ReviewRequest, before: str, actor: Actor, now: dt.datetime) -> None:
    """The row of one move, in the name that the person has that day."""
    person = review.worker.user if isinstance(actor, System) else actor
    ReviewMove.objects.create(
        request=review,
        before=before,
        after=review.state,
        actor=person,
        actor_name=person.display_name,
        at=now,
    )


def _refuse_move(review: ReviewRequest, name: str) -> None:
    if not may(name, review.state):
        raise _already(review)


def _already(review: ReviewRequest) -> Refused:
    return Refused(f"review_{review.state}", ALREADY[ReviewState(review.state)])


def _signed_as(
    review: ReviewRequest, reader: User, organisation: Organisation | None, on: dt.date
) -> tuple[str, str]:
    """The capacity and the organisation that the views bear: what holds that day, not what was hoped."""
    if review.capacity == Capacity.ADVISER and review.organisation is not None:
        return Capacity.ADVISER, review.organisation.name
    if review.capacity == Capacity.EMPLOYER_MEMBER and organisation is not None:
        if not organisations_of(reader, OrganisationKind.EMPLOYER, on=on).filter(pk=organisation.pk).exists():
            raise NotFound
        return Capacity.EMPLOYER_MEMBER, organisation.name
    return Capacity.PEER, ""


def _refuse_nameless(reader: User) -> None:
    if not reader.name:
        message = _("Un avis porte un nom. Écrivez le vôtre dans « Mon compte », puis revenez ici.")
        raise Refused("no_name", message)


def _said(view: View) -> dict[str, object]:
    """The columns of a view. Raises Refused for a kind or a level that does not exist, or a long comment."""
    comment = some_lines(view.comment)
    if view.kind not in AttestationKind.values:
        raise Refused("bad_kind", _("Choisissez dans la liste."))
    if view.level is not None and not 1 <= view.level <= LEVELS:
        raise Refused("bad_level", _("Choisissez un niveau de 1 à 8."))
    if len(comment) > COMMENT_LENGTH:
        message = _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": COMMENT_LENGTH}
        raise Refused("long_comment", message)
    return {"kind": view.kind, "level": view.level, "comment": comment}


def _tell_worker(actor: Actor, review: ReviewRequest) -> None:
    enqueue(
        actor=actor,
        kind="review_answered",
        recipient=review.worker.user,
        dedupe_key=f"review_answered:{review.pk}",
        payload={"request": review.pk},
    )
