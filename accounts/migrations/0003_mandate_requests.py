"""Mandate requests of advisers; the part of a file that was opened, in the access log."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_openings_by_grant"),
    ]

    operations = [
        migrations.AddField(
            model_name="fileopening",
            name="thing",
            field=models.CharField(blank=True, max_length=24, verbose_name="partie ouverte"),
        ),
        migrations.CreateModel(
            name="MandateRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="identifiant public"
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="adresse e-mail")),
                (
                    "purposes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("follow_up", "Suivre mon parcours"),
                                ("review", "Relire mes compétences"),
                                ("bilan", "Préparer mon bilan de compétences"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                        verbose_name="buts",
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="motif")),
                ("end_on", models.DateField(verbose_name="fin souhaitée (jour non compris)")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "attend une réponse"),
                            ("accepted", "acceptée"),
                            ("declined", "refusée"),
                            ("taken_back", "reprise"),
                            ("expired", "sans réponse après 30 jours"),
                        ],
                        default="waiting",
                        max_length=12,
                        verbose_name="état",
                    ),
                ),
                (
                    "asked_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="demandé le"),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="terminé le")),
                (
                    "adviser",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mandate_requests",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="conseiller ou conseillère",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mandate_requests",
                        to="accounts.worker",
                        verbose_name="dossier",
                    ),
                ),
            ],
            options={
                "verbose_name": "demande d’accès",
                "verbose_name_plural": "demandes d’accès",
                "ordering": ("-asked_at", "-id"),
            },
        ),
        migrations.AddField(
            model_name="mandate",
            name="request",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="mandates",
                to="accounts.mandaterequest",
                verbose_name="demande",
            ),
        ),
        migrations.AddIndex(
            model_name="mandaterequest",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["email"], name="mandate_request_address_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="mandaterequest",
            index=models.Index(fields=["adviser", "-asked_at"], name="mandate_request_adviser_idx"),
        ),
        migrations.AddConstraint(
            model_name="mandaterequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "accepted", "declined", "taken_back", "expired"])
                ),
                name="mandate_request_state_known",
                violation_error_message="Cet état n’existe pas.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandaterequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("purposes__contained_by", ["follow_up", "review", "bilan"]), ("purposes__len__gt", 0)
                ),
                name="mandate_request_purposes_known",
                violation_error_message="Cochez au moins un but.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandaterequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="mandate_request_reasoned",
                violation_error_message="Dites à la personne pourquoi vous le demandez.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandaterequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("finished_at", None), ("state", "waiting")),
                    models.Q(models.Q(("state", "waiting"), _negated=True), ("finished_at__isnull", False)),
                    _connector="OR",
                ),
                name="mandate_request_finished_dated",
                violation_error_message="Une demande terminée, et elle seule, a une date de fin.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandaterequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("accepted", "declined")), ("worker__isnull", False)),
                    models.Q(
                        models.Q(("state__in", ("accepted", "declined")), _negated=True), ("worker", None)
                    ),
                    _connector="OR",
                ),
                name="mandate_request_answered_by",
                violation_error_message="Une demande qui a sa réponse, et elle seule, dit de qui.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandaterequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "waiting"), _negated=True),
                    models.Q(("email", ""), _negated=True),
                    _connector="OR",
                ),
                name="mandate_request_addressed",
                violation_error_message="Une demande qui attend a une adresse.",
            ),
        ),
        migrations.AddConstraint(
            model_name="mandaterequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")),
                fields=("adviser", "email"),
                name="mandate_request_one_waiting",
                violation_error_message="Vous avez déjà écrit à cette adresse : la demande attend.",
            ),
        ),
    ]
