"""What others say of a person's skills, and the requests by which the person asks them to."""

import datetime as dt
import uuid
from typing import Self

from allauth.account.models import EmailAddress
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import MANDATE_PURPOSES, Purpose
from accounts.models import Mandate, User, Worker
from competences.enums import AttestationKind, Capacity, ReviewState
from competences.models.records import LEVELS
from competences.rules.attestations import ANSWERED_DAYS, OPEN_DAYS, UNFINISHED

QUESTION_LENGTH = 500
COMMENT_LENGTH = 500


class ReviewRequestQuerySet(models.QuerySet["ReviewRequest"]):
    def unfinished(self) -> Self:
        """Requests that wait for an answer."""
        return self.filter(state__in=UNFINISHED)

    def open_on(self, on: dt.date) -> Self:
        """Requests that their reader may open that day: `is_open` of rules/attestations.py, as a filter."""
        asked_after = timezone.make_aware(dt.datetime.combine(on - dt.timedelta(OPEN_DAYS - 1), dt.time.min))
        moved_after = timezone.make_aware(
            dt.datetime.combine(on - dt.timedelta(ANSWERED_DAYS - 1), dt.time.min)
        )
        return self.filter(
            Q(state__in=UNFINISHED, asked_at__gte=asked_after)
            | Q(state=ReviewState.ANSWERED, moved_at__gte=moved_after)
        )

    def for_reader(self, reader: User, on: dt.date) -> Self:
        """Requests made to that person, and that they may open that day.

        An adviser needs the person's mandate to review, in force. Who was asked by e-mail is whoever has
        confirmed that address; the first to take the request keeps it.
        """
        if not (isinstance(reader, User) and reader.is_active and reader.pk):
            return self.none()
        mandates = Mandate.objects.effective(on).filter(
            adviser=reader,
            purpose=Purpose.REVIEW,
            worker=OuterRef("worker"),
            organisation=OuterRef("organisation"),
        )
        named = EmailAddress.objects.filter(user=reader, verified=True, email=OuterRef("reader_email"))
        by_email = ~Q(capacity=Capacity.ADVISER) & (
            Q(reader=reader) | (Q(reader=None, was_taken=False) & Exists(named))
        )
        by_mandate = Q(capacity=Capacity.ADVISER, reader=reader) & Exists(mandates)
        return self.open_on(on).filter(by_mandate | by_email).exclude(worker__user=reader)


class ReviewRequest(models.Model):
    """A worker asks somebody for a view of some statements, and shows some evidence with them.

    An adviser is named by the account and the `organisation` of the mandate; anybody else by `reader_email`
    and the capacity in which they are asked, and `reader` is whoever took the request with that address.
    `moved_at` is the instant of the last move. `text_version` names the sentence of consent that was on the
    screen (competences/review_texts.py), `purpose` what the door opens for.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey("accounts.Worker", on_delete=models.CASCADE, related_name="review_requests")
    reader = models.ForeignKey(
        "accounts.User",
        # The request and its answer are the worker's: they outlive the account of who answered.
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="reviews_asked",
    )
    was_taken = models.BooleanField(default=False)
    organisation = models.ForeignKey(
        "accounts.Organisation",
        # PROTECT: the worker may ask in whose name a view was given, as for mandates.
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    reader_email = models.EmailField(_("adresse e-mail"), max_length=254, blank=True)
    capacity = models.CharField(_("à quel titre"), max_length=20, choices=Capacity)
    question = models.CharField(_("question"), max_length=QUESTION_LENGTH, blank=True)
    statements = models.ManyToManyField("competences.SkillStatement", related_name="review_requests")
    evidence = models.ManyToManyField("competences.Evidence", related_name="review_requests")
    purpose = models.CharField(
        max_length=20,
        choices=[(purpose.value, purpose.label) for purpose in (*MANDATE_PURPOSES, Purpose.ANSWER)],
        default=Purpose.ANSWER,
    )
    text_version = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=ReviewState, default=ReviewState.WAITING)
    asked_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    objects = ReviewRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande d’avis")
        verbose_name_plural = _("demandes d’avis")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ReviewState.values),
                name="review_state_known",
                violation_error_message=_("Cet état n’existe pas."),
            ),
            models.CheckConstraint(
                condition=Q(capacity="adviser", reader_email="", organisation__isnull=False)
                | (Q(capacity__in=["employer_member", "peer"], organisation=None) & ~Q(reader_email="")),
                name="review_names_its_reader",
                violation_error_message=_("Choisissez une personne qui vous suit, ou une adresse e-mail."),
            ),
            models.UniqueConstraint(
                fields=["worker", "reader"],
                condition=Q(state__in=UNFINISHED, capacity="adviser"),
                name="review_one_unfinished_an_adviser",
                violation_error_message=_("Cette personne n’a pas encore répondu à votre demande."),
            ),
            models.UniqueConstraint(
                fields=["worker", "reader_email"],
                condition=Q(state__in=UNFINISHED) & ~Q(reader_email=""),
                name="review_one_unfinished_an_address",
                violation_error_message=_("Cette personne n’a pas encore répondu à votre demande."),
            ),
        ]
        indexes = [
            models.Index(fields=["reader", "state"], name="review_of_reader"),
            models.Index(
                fields=["reader_email"], condition=Q(state__in=UNFINISHED), name="review_of_address"
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_unfinished(self) -> bool:
        """Whether an answer is still waited for."""
        return self.state in UNFINISHED

    @property
    def closes_on(self) -> dt.date | None:
        """The first day on which its reader may open it no more; None when that is so already."""
        if self.is_unfinished:
            return timezone.localdate(self.asked_at) + dt.timedelta(days=OPEN_DAYS)
        if self.state == ReviewState.ANSWERED:
            return timezone.localdate(self.moved_at) + dt.timedelta(days=ANSWERED_DAYS)
        return None

    @property
    def reader_name(self) -> str:
        """The person who was asked, as the worker named them until somebody took the request."""
        return self.reader.display_name if self.reader else self.reader_email


def granted_workers(actor: User, on: dt.date) -> QuerySet[Worker]:
    """The workers who asked that person for a view that may be given or read again that day."""
    asked = ReviewRequest.objects.for_reader(actor, on)
    return Worker.objects.filter(Exists(asked.filter(worker=OuterRef("pk"))))


class ReviewMove(models.Model):
    """One move of a request: who, when, from what to what. Written once."""

    request = models.ForeignKey(ReviewRequest, on_delete=models.CASCADE, related_name="moves")
    before = models.CharField(max_length=10, choices=ReviewState, blank=True)
    after = models.CharField(max_length=10, choices=ReviewState)
    actor = models.ForeignKey(
        "accounts.User",
        # What happened stays told once the account is gone, under the name it had.
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    actor_name = models.CharField(max_length=254)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("étape d’une demande d’avis")
        verbose_name_plural = _("étapes des demandes d’avis")
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "after"],
                name="review_move_once_a_state",
                violation_error_message=_("Cette étape est déjà passée."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.before or '-'} → {self.after}"


class AttestationQuerySet(models.QuerySet["Attestation"]):
    def standing(self) -> Self:
        """Views that their author has not taken back."""
        return self.filter(withdrawn_at=None)

    def shown(self) -> Self:
        """Those of them that the worker shows to others."""
        return self.standing().filter(hidden_at=None)


class Attestation(models.Model):
    """What somebody else says of a statement, beside what the person says, which it never changes.

    The author's name, capacity and organisation are those of that day. It may be taken back by its author
    within 24 hours, and hidden by the worker from what they share; nobody edits it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    statement = models.ForeignKey(
        "competences.SkillStatement", on_delete=models.CASCADE, related_name="attestations"
    )
    request = models.ForeignKey(ReviewRequest, on_delete=models.CASCADE, related_name="attestations")
    kind = models.CharField(_("avis"), max_length=10, choices=AttestationKind)
    level = models.PositiveSmallIntegerField(_("niveau"), null=True, blank=True)
    scale = models.CharField(max_length=20, default="digcomp")
    comment = models.CharField(_("commentaire"), max_length=COMMENT_LENGTH, blank=True)
    author = models.ForeignKey(
        "accounts.User",
        # A view stays after the account of its author is gone, under the name they had when they gave it.
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    author_name = models.CharField(max_length=254)
    author_capacity = models.CharField(max_length=20, choices=Capacity)
    author_organisation = models.CharField(max_length=200, blank=True)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)

    objects = AttestationQuerySet.as_manager()

    class Meta:
        verbose_name = _("avis d’une autre personne")
        verbose_name_plural = _("avis d’autres personnes")
        ordering = ["-given_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "statement"],
                name="attestation_one_a_statement",
                violation_error_message=_("Un avis est déjà donné sur cette compétence."),
            ),
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__gte=1, level__lte=LEVELS),
                name="attestation_level_on_the_scale",
                violation_error_message=_("Choisissez un niveau de 1 à 8."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AttestationKind.values),
                name="attestation_kind_known",
                violation_error_message=_("Choisissez dans la liste."),
            ),
            models.CheckConstraint(
                condition=~Q(author_name="") & Q(author_capacity__in=Capacity.values),
                name="attestation_is_signed",
                violation_error_message=_("Un avis porte le nom et le rôle de son auteur."),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
                name="attestation_withdrawn_after_given",
                violation_error_message=_("Un avis est repris après avoir été donné."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"
