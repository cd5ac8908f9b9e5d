"""Handovers, the messages that a person stops, and openings after a handover."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_shares"),
    ]

    operations = [
        migrations.CreateModel(
            name="Handover",
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
                ("note", models.CharField(blank=True, max_length=500, verbose_name="mot aux personnes")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="clé d’unicité")),
                (
                    "proposed_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="proposé le"),
                ),
            ],
            options={
                "verbose_name": "relais",
                "verbose_name_plural": "relais",
                "ordering": ("-proposed_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="HandoverPart",
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
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("follow_up", "Suivre mon parcours"),
                            ("review", "Relire mes compétences"),
                            ("bilan", "Préparer mon bilan de compétences"),
                        ],
                        max_length=20,
                        verbose_name="but",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "en attente d’une réponse"),
                            ("accepted", "accepté"),
                            ("declined", "refusé"),
                            ("silent", "passé sans réponse"),
                            ("withdrawn", "proposition retirée"),
                            ("lapsed", "sans objet"),
                            ("undone", "annulé"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="état",
                    ),
                ),
                ("moves_on", models.DateField(blank=True, null=True, verbose_name="passe sans réponse le")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="répondu le")),
                ("moved_at", models.DateTimeField(blank=True, null=True, verbose_name="passé le")),
                (
                    "settled_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="retiré ou annulé le"),
                ),
                (
                    "reads_until",
                    models.DateField(
                        blank=True, null=True, verbose_name="relecture jusqu’au (jour non compris)"
                    ),
                ),
                (
                    "reading_ended_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="relecture arrêtée le"),
                ),
                ("effects", models.JSONField(blank=True, default=dict, verbose_name="lignes passées avec")),
            ],
            options={
                "verbose_name": "but d’un relais",
                "verbose_name_plural": "buts des relais",
                "ordering": ("id",),
            },
        ),
        migrations.CreateModel(
            name="Muting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "muted_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="arrêté le"),
                ),
            ],
            options={
                "verbose_name": "arrêt des messages d’un conseiller",
                "verbose_name_plural": "arrêts des messages de conseillers",
                "ordering": ("-muted_at", "id"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="fileopening",
            name="opening_purpose_known",
        ),
        migrations.AlterField(
            model_name="fileopening",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("follow_up", "Suivre mon parcours"),
                    ("review", "Relire mes compétences"),
                    ("bilan", "Préparer mon bilan de compétences"),
                    ("answer", "Répondre à ma demande d’avis"),
                    ("handover", "Relire après un relais"),
                ],
                max_length=20,
                verbose_name="but",
            ),
        ),
        migrations.AddConstraint(
            model_name="fileopening",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["follow_up", "review", "bilan", "answer", "handover"])),
                name="opening_purpose_known",
                violation_error_message="Ce but n’existe pas.",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="from_adviser",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="handovers_proposed",
                to=settings.AUTH_USER_MODEL,
                verbose_name="de",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="handover",
            name="to_adviser",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="handovers_received",
                to=settings.AUTH_USER_MODEL,
                verbose_name="à",
            ),
        ),
        migrations.AddField(
            model_name="handoverpart",
            name="handover",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="parts",
                to="accounts.handover",
                verbose_name="relais",
            ),
        ),
        migrations.AddField(
            model_name="handoverpart",
            name="mandate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.mandate",
                verbose_name="accord d’avant",
            ),
        ),
        migrations.AddField(
            model_name="handoverpart",
            name="new_mandate",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.mandate",
                verbose_name="accord donné",
            ),
        ),
        migrations.AddField(
            model_name="handoverpart",
            name="worker",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="handover_parts",
                to="accounts.worker",
                verbose_name="dossier",
            ),
        ),
        migrations.AddField(
            model_name="muting",
            name="adviser",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="conseiller ou conseillère",
            ),
        ),
        migrations.AddField(
            model_name="muting",
            name="worker",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mutings",
                to="accounts.worker",
                verbose_name="dossier",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.CheckConstraint(
                condition=models.Q(("from_adviser", models.F("to_adviser")), _negated=True),
                name="handover_between_two",
                violation_error_message="On ne passe pas le relais à soi-même.",
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(
                fields=("from_adviser", "key"),
                name="handover_once",
                violation_error_message="Ce relais est déjà proposé.",
            ),
        ),
        migrations.AddIndex(
            model_name="handoverpart",
            index=models.Index(fields=["worker", "state"], name="handover_part_worker_idx"),
        ),
        migrations.AddIndex(
            model_name="handoverpart",
            index=models.Index(
                condition=models.Q(("state", "proposed")),
                fields=["moves_on"],
                name="handover_part_waiting_idx",
            ),
        ),
        migrations.AddConstraint(
            model_name="handoverpart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["proposed", "accepted", "declined", "silent", "withdrawn", "lapsed", "undone"],
                    )
                ),
                name="handover_part_state_known",
                violation_error_message="Cet état n’existe pas.",
            ),
        ),
        migrations.AddConstraint(
            model_name="handoverpart",
            constraint=models.UniqueConstraint(
                fields=("handover", "mandate"),
                name="handover_part_once",
                violation_error_message="Un relais ne compte un accord qu’une fois.",
            ),
        ),
        migrations.AddConstraint(
            model_name="handoverpart",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("mandate",),
                name="handover_part_one_proposed",
                violation_error_message="Un relais attend déjà la réponse de cette personne.",
            ),
        ),
        migrations.AddConstraint(
            model_name="handoverpart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("moved_at__isnull", False), ("state__in", ("accepted", "silent", "undone"))),
                    models.Q(
                        models.Q(("state__in", ("accepted", "silent", "undone")), _negated=True),
                        ("moved_at__isnull", True),
                        ("reads_until__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="handover_part_moved_dated",
                violation_error_message="Un relais qui a eu lieu, et lui seul, a une date.",
            ),
        ),
        migrations.AddConstraint(
            model_name="muting",
            constraint=models.UniqueConstraint(
                fields=("worker", "adviser"),
                name="muting_once",
                violation_error_message="Les messages de cette personne sont déjà arrêtés.",
            ),
        ),
    ]
