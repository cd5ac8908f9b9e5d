"""Job and skill references by edition.

A concept is created once and never deleted: it is what people's records point to. What changes with
time (its label, its links) is stored as intervals of editions: a row holds for the editions whose
position p satisfies `since <= p < until`. An import opens and closes only what changed, and "as of
edition N" is one filter. docs/adr/0003-intervals-of-editions.md says why.
"""

import uuid
from datetime import date
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, System
from accounts.models import Organisation, User
from competences.enums import (
    ChangeKind,
    ConceptKind,
    EditionStatus,
    ImpactState,
    LinkKind,
    ReferenceFormat,
)
from competences.rules.positions import OPEN

__all__ = [
    "OPEN",
    "Change",
    "Concept",
    "ConceptLink",
    "ConceptRevision",
    "ConceptTranslation",
    "Edition",
    "EditionSource",
    "Reference",
]


def visible_lookup(actor: Actor | AnonymousUser, on: date, prefix: str = "") -> Q:
    """Which references an actor may see on a day: the published ones, and those of their organisations.

    The one place that says so: every read of a reference goes through it, or reads the published ones alone.
    `prefix` leads to the reference ("reference__" from an edition or a concept). Nobody is a visitor too.
    """
    if isinstance(actor, System):
        return Q()
    public = Q(**{f"{prefix}owner__isnull": True})
    if not (isinstance(actor, User) and actor.is_active and actor.pk):
        return public
    own = Organisation.objects.with_member_in_force(on, user=actor)
    return public | Q(**{f"{prefix}owner__in": own})


class ReferenceQuerySet(models.QuerySet["Reference"]):
    def visible_to(self, actor: Actor | AnonymousUser, *, on: date) -> Self:
        """References that the actor may see that day; an own one is for the members of its owner."""
        return self.filter(visible_lookup(actor, on))

    def public(self) -> Self:
        """References that anybody may read: nobody owns them."""
        return self.filter(owner=None)


class Reference(models.Model):
    """A reference of jobs and skills with a life of its own: ROME, DigComp, an employer's own."""

    slug = models.SlugField(_("identifiant"), unique=True)
    name = models.CharField(_("nom"), max_length=200)
    format = models.CharField(_("format"), max_length=20, choices=ReferenceFormat)
    owner = models.ForeignKey(
        "accounts.Organisation",
        verbose_name=_("organisation propriétaire"),
        null=True,
        blank=True,
        # Without its owner it would be everybody's to read; and it cannot go with it: records point to it.
        on_delete=models.PROTECT,
        related_name="references",
    )

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("référentiel")
        verbose_name_plural = _("référentiels")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class EditionQuerySet(models.QuerySet["Edition"]):
    def in_history(self) -> Self:
        """Editions that count, oldest first; a retired edition does not."""
        return self.filter(status=EditionStatus.CURRENT).order_by("reference_id", "position")

    def public(self) -> Self:
        """Editions of the references that anybody may read."""
        return self.filter(reference__owner=None)

    def numbered(self, text: str) -> Self:
        """`60` is the latest issue of number 60, `60.1` that very issue where 60 exists; newest first."""
        exact = Q(number=text)
        number, dot, issue = text.rpartition(".")
        if dot and issue.isdigit():
            exact |= Q(number=number, issue=int(issue))
        return self.filter(exact).order_by("-position")

    def visible_to(self, actor: Actor | AnonymousUser, *, on: date) -> Self:
        """Editions of the references that the actor may see that day."""
        return self.filter(visible_lookup(actor, on, "reference__"))


class Edition(models.Model):
    """One publication of a reference. `position` orders the editions of a reference (rules/positions.py).

    `language` is that of its ConceptRevision rows: the language of the first source that was imported.
    Other languages are ConceptTranslation rows. `content_revision` is raised by whatever changes what the
    edition says: another source, a neighbour that comes or goes. `unsaid` names what its sources do not
    speak of, {"scopes": [scope], "links": [[kind, scope, scope]]} (importers/base.py): it stays as it was.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.ForeignKey(Reference, on_delete=models.CASCADE, related_name="editions")
    number = models.CharField(_("numéro"), max_length=40)
    issue = models.PositiveSmallIntegerField(_("tirage"), default=1)
    position = models.BigIntegerField(editable=False)
    title = models.CharField(_("titre"), max_length=300, blank=True)
    published_on = models.DateField(_("publiée le"), null=True, blank=True)
    status = models.CharField(max_length=10, choices=EditionStatus, default=EditionStatus.CURRENT)
    content_revision = models.PositiveIntegerField(default=1)
    counts = models.JSONField(default=dict)
    changes = models.JSONField(null=True, default=None)
    language = models.CharField(_("langue"), max_length=5, default="fr")
    anomalies = models.JSONField(default=list)
    unsaid = models.JSONField(default=dict)
    impact = models.CharField(max_length=10, choices=ImpactState, default=ImpactState.WAITING)
    imported_at = models.DateTimeField(auto_now_add=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("édition")
        verbose_name_plural = _("éditions")
        ordering = ["reference", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "number", "issue"],
                name="edition_one_row_an_issue",
                violation_error_message=_("Ce tirage de cette édition existe déjà."),
            ),
            models.UniqueConstraint(
                fields=["reference", "position"],
                name="edition_one_row_a_position",
                violation_error_message=_("Une autre édition occupe déjà cette place."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference.name} {self.name}"

    @property
    def name(self) -> str:
        """The number, with its issue when the producer published the number again."""
        return self.number if self.issue == 1 else self.exact_name

    @property
    def exact_name(self) -> str:
        """The number with its issue, which no later issue takes: what an address says."""
        return f"{self.number}.{self.issue}"


class EditionSource(models.Model):
    """The bytes an edition was read from: a zip and its folder have the same checksum.

    `role` is the part of the edition that the source holds ("full", or ESCO's "classification" and
    "relations"); `language` that of its labels, empty for a source without labels.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="sources")
    role = models.CharField(max_length=20, default="full")
    language = models.CharField(max_length=5, blank=True, default="fr")
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    imported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "role", "language"],
                name="edition_source_one_a_role_and_language",
                violation_error_message=_("Cette édition a déjà cette source dans cette langue."),
            )
        ]
        indexes = [models.Index(fields=["sha256"], name="edition_source_sha256")]

    def __str__(self) -> str:
        return f"{self.name} ({self.sha256[:12]})"


class ConceptQuerySet(models.QuerySet["Concept"]):
    def visible_to(self, actor: Actor | AnonymousUser, *, on: date) -> Self:
        """Concepts of the references that the actor may see that day."""
        return self.filter(visible_lookup(actor, on, "reference__"))


class Concept(models.Model):
    """A thing that a reference names by an identifier of its own. Never deleted."""

    # The unique constraint below starts with the reference and serves its look-ups.
    reference = models.ForeignKey(
        Reference, on_delete=models.CASCADE, related_name="concepts", db_index=False
    )
    kind = models.CharField(max_length=10, choices=ConceptKind)
    external_id = models.CharField(max_length=255)

    objects = ConceptQuerySet.as_manager()

    class Meta:
        verbose_name = _("concept")
        verbose_name_plural = _("concepts")
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "kind", "external_id"],
                name="concept_one_row_an_identifier",
                violation_error_message=_("Cet identifiant existe déjà dans ce référentiel."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id}"


class IntervalQuerySet(models.QuerySet):
    """Rows that hold for an interval of editions."""

    def as_of(self, position: int) -> Self:
        """Rows that hold in the edition at that position."""
        return self.filter(since__lte=position, until__gt=position)

    def open(self) -> Self:
        """Rows that hold in the newest edition of their reference."""
        return self.filter(until=OPEN)


class Naming(models.Model):
    """A name in one language during an interval of editions.

    `folded` is the label as it is compared (rules/labels.py); `alternatives` are the other names that the
    source gives, one a line, without the label itself.
    """

    label = models.TextField()
    folded = models.TextField()
    alternatives = models.TextField(blank=True)
    description = models.TextField(blank=True)
    since = models.BigIntegerField()
    until = models.BigIntegerField(default=OPEN)

    objects = IntervalQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label


class ConceptRevision(Naming):
    """How a concept stands during an interval of editions, named in the language of those editions.

    Its rows say in which editions a concept is listed.
    """

    concept = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="revisions", db_index=False)
    attributes = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["concept", "since"],
                name="concept_revision_one_row_a_start",
                violation_error_message=_("Ce concept a déjà une description à partir de cette édition."),
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("since")),
                name="concept_revision_ends_after_it_starts",
                violation_error_message=_("La fin doit suivre le début."),
            ),
        ]


class ConceptTranslation(Naming):
    """How a concept is named in another language than its edition's own, during an interval of editions."""

    concept = models.ForeignKey(
        Concept, on_delete=models.CASCADE, related_name="translations", db_index=False
    )
    language = models.CharField(max_length=5)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["concept", "language", "since"],
                name="concept_translation_one_row_a_start",
                violation_error_message=_("Ce concept a déjà un nom dans cette langue à cette édition."),
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("since")),
                name="concept_translation_ends_after_it_starts",
                violation_error_message=_("La fin doit suivre le début."),
            ),
        ]


class ConceptLink(models.Model):
    """A link from one concept to another during an interval of editions."""

    source = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="links_out", db_index=False)
    target = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="links_in")
    kind = models.CharField(max_length=10, choices=LinkKind)
    flag = models.CharField(max_length=20, blank=True)
    since = models.BigIntegerField()
    until = models.BigIntegerField(default=OPEN)

    objects = IntervalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "target", "kind", "since"],
                name="concept_link_one_row_a_start",
                violation_error_message=_("Ce lien existe déjà à partir de cette édition."),
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("since")),
                name="concept_link_ends_after_it_starts",
                violation_error_message=_("La fin doit suivre le début."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class Change(models.Model):
    """What an edition changed, against the edition before it. Derived: the intervals are the truth.

    `concept` is what changed; `other` the second concept where the kind has one: the job a title moved
    to, the skill, knowledge or context that a job gained or lost, the job whose label was taken, the
    successor of what was replaced, the concept that a retyped one was before. Links of jobs that only one
    of the two editions has are not written: the job's own row says it.

    A successor has a `confidence` (0 to 100; 100 where the source declares it) and its `reasons`, codes of
    rules/successors.py. Both are empty on other kinds.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="change_rows", db_index=False)
    kind = models.CharField(max_length=20, choices=ChangeKind)
    concept_kind = models.CharField(max_length=10, choices=ConceptKind)
    concept = models.ForeignKey(Concept, on_delete=models.CASCADE, related_name="changes")
    other = models.ForeignKey(
        Concept, on_delete=models.CASCADE, null=True, related_name="changes_as_other", db_index=False
    )
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    confidence = models.PositiveSmallIntegerField(null=True)
    reasons = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["edition", "kind", "concept_kind", "id"], name="change_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.concept_id}"
