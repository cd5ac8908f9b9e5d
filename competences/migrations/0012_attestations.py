"""What others say of a skill, and the requests by which they are asked to."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_openings_by_grant"),
        ("competences", "0011_evidence"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("was_taken", models.BooleanField(default=False)),
                (
                    "reader_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="adresse e-mail"),
                ),
                (
                    "capacity",
                    models.CharField(
                        choices=[
                            ("adviser", "conseiller ou conseillère"),
                            ("employer_member", "membre de l’employeur"),
                            ("peer", "pair : collègue, client, bénévole"),
                        ],
                        max_length=20,
                        verbose_name="à quel titre",
                    ),
                ),
                ("question", models.CharField(blank=True, max_length=500, verbose_name="question")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("follow_up", "Suivre mon parcours"),
                            ("review", "Relire mes compétences"),
                            ("bilan", "Préparer mon bilan de compétences"),
                            ("answer", "Répondre à ma demande d’avis"),
                        ],
                        default="answer",
                        max_length=20,
                    ),
                ),
                ("text_version", models.CharField(max_length=20)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "en attente"),
                            ("in_review", "en cours de lecture"),
                            ("answered", "répondue"),
                            ("withdrawn", "retirée"),
                            ("declined", "déclinée"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("moved_at", models.DateTimeField()),
                (
                    "evidence",
                    models.ManyToManyField(related_name="review_requests", to="competences.evidence"),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="reviews_asked",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "statements",
                    models.ManyToManyField(related_name="review_requests", to="competences.skillstatement"),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="review_requests",
                        to="accounts.worker",
                    ),
                ),
            ],
            options={
                "verbose_name": "demande d’avis",
                "verbose_name_plural": "demandes d’avis",
                "ordering": ["-asked_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ReviewMove",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "before",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("waiting", "en attente"),
                            ("in_review", "en cours de lecture"),
                            ("answered", "répondue"),
                            ("withdrawn", "retirée"),
                            ("declined", "déclinée"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "after",
                    models.CharField(
                        choices=[
                            ("waiting", "en attente"),
                            ("in_review", "en cours de lecture"),
                            ("answered", "répondue"),
                            ("withdrawn", "retirée"),
                            ("declined", "déclinée"),
                        ],
                        max_length=10,
                    ),
                ),
                ("actor_name", models.CharField(max_length=254)),
                ("at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moves",
                        to="competences.reviewrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "étape d’une demande d’avis",
                "verbose_name_plural": "étapes des demandes d’avis",
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Attestation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("confirmed", "confirmée"),
                            ("observed", "observée"),
                            ("certified", "certifiée"),
                        ],
                        max_length=10,
                        verbose_name="avis",
                    ),
                ),
                ("level", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="niveau")),
                ("scale", models.CharField(default="digcomp", max_length=20)),
                ("comment", models.CharField(blank=True, max_length=500, verbose_name="commentaire")),
                ("author_name", models.CharField(max_length=254)),
                (
                    "author_capacity",
                    models.CharField(
                        choices=[
                            ("adviser", "conseiller ou conseillère"),
                            ("employer_member", "membre de l’employeur"),
                            ("peer", "pair : collègue, client, bénévole"),
                        ],
                        max_length=20,
                    ),
                ),
                ("author_organisation", models.CharField(blank=True, max_length=200)),
                ("given_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("hidden_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attestations",
                        to="competences.skillstatement",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attestations",
                        to="competences.reviewrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "avis d’une autre personne",
                "verbose_name_plural": "avis d’autres personnes",
                "ordering": ["-given_at", "-id"],
            },
        ),
        migrations.AddIndex(
            model_name="reviewrequest",
            index=models.Index(fields=["reader", "state"], name="review_of_reader"),
        ),
        migrations.AddIndex(
            model_name="reviewrequest",
            index=models.Index(
                condition=models.Q(("state__in", ("waiting", "in_review"))),
                fields=["reader_email"],
                name="review_of_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "in_review", "answered", "withdrawn", "declined"])
                ),
                name="review_state_known",
                violation_error_message="Cet état n’existe pas.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("capacity", "adviser"), ("organisation__isnull", False), ("reader_email", "")),
                    models.Q(
                        ("capacity__in", ["employer_member", "peer"]),
                        ("organisation", None),
                        models.Q(("reader_email", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="review_names_its_reader",
                violation_error_message="Choisissez une personne qui vous suit, ou une adresse e-mail.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("capacity", "adviser"), ("state__in", ("waiting", "in_review"))),
                fields=("worker", "reader"),
                name="review_one_unfinished_an_adviser",
                violation_error_message="Cette personne n’a pas encore répondu à votre demande.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("state__in", ("waiting", "in_review")), models.Q(("reader_email", ""), _negated=True)
                ),
                fields=("worker", "reader_email"),
                name="review_one_unfinished_an_address",
                violation_error_message="Cette personne n’a pas encore répondu à votre demande.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewmove",
            constraint=models.UniqueConstraint(
                fields=("request", "after"),
                name="review_move_once_a_state",
                violation_error_message="Cette étape est déjà passée.",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.UniqueConstraint(
                fields=("request", "statement"),
                name="attestation_one_a_statement",
                violation_error_message="Un avis est déjà donné sur cette compétence.",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("level", None), models.Q(("level__gte", 1), ("level__lte", 8)), _connector="OR"
                ),
                name="attestation_level_on_the_scale",
                violation_error_message="Choisissez un niveau de 1 à 8.",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["confirmed", "observed", "certified"])),
                name="attestation_kind_known",
                violation_error_message="Choisissez dans la liste.",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("author_name", ""), _negated=True),
                    ("author_capacity__in", ["adviser", "employer_member", "peer"]),
                ),
                name="attestation_is_signed",
                violation_error_message="Un avis porte le nom et le rôle de son auteur.",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at", None), ("withdrawn_at__gte", models.F("given_at")), _connector="OR"
                ),
                name="attestation_withdrawn_after_given",
                violation_error_message="Un avis est repris après avoir été donné.",
            ),
        ),
    ]
