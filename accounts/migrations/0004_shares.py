"""Shares of some items by link or to an organisation; the access log names them."""

import datetime
import uuid

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_mandate_requests"),
    ]

    operations = [
        migrations.CreateModel(
            name="Share",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("link", "Par lien, à une personne"),
                            ("organisation", "À une organisation"),
                        ],
                        max_length=12,
                        verbose_name="à qui",
                    ),
                ),
                (
                    "recipient_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="adresse e-mail"),
                ),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="nom de ce partage")),
                ("text_version", models.CharField(max_length=20, verbose_name="texte de l’accord")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="créé le"),
                ),
                ("agreed_on", models.DateField(verbose_name="fin convenue le")),
                ("end_on", models.DateField(verbose_name="fin (jour non compris)")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="fermé le")),
            ],
            options={
                "verbose_name": "partage",
                "verbose_name_plural": "partages",
                "ordering": ("-created_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="ShareCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("sent_at", models.DateTimeField(verbose_name="demandé le")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="essais")),
                ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="utilisé le")),
            ],
            options={
                "verbose_name": "code d’un partage",
                "verbose_name_plural": "codes des partages",
                "ordering": ("-sent_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="ShareItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="genre")),
                ("public_id", models.UUIDField(verbose_name="élément")),
            ],
            options={
                "verbose_name": "élément partagé",
                "verbose_name_plural": "éléments partagés",
                "ordering": ("id",),
            },
        ),
        migrations.RemoveConstraint(
            model_name="fileopening",
            name="opening_purpose_known",
        ),
        migrations.AddField(
            model_name="fileopening",
            name="share_id",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="partage lu"),
        ),
        migrations.AlterField(
            model_name="fileopening",
            name="actor_id",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="compte qui a ouvert"),
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
                    ("share", "Lire ce que j’ai partagé"),
                ],
                max_length=20,
                verbose_name="but",
            ),
        ),
        migrations.AddIndex(
            model_name="fileopening",
            index=models.Index(
                condition=models.Q(("share_id__isnull", False)),
                fields=["share_id", "-opened_at"],
                name="opening_share_idx",
            ),
        ),
        migrations.AddConstraint(
            model_name="fileopening",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["follow_up", "review", "bilan", "answer", "share"])),
                name="opening_purpose_known",
                violation_error_message="Ce but n’existe pas.",
            ),
        ),
        migrations.AddConstraint(
            model_name="fileopening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("actor_id__isnull", False),
                    models.Q(("mandate_id__isnull", True), ("purpose", "share"), ("share_id__isnull", False)),
                    _connector="OR",
                ),
                name="opening_names_its_reader",
                violation_error_message="Une consultation dit qui a lu : un compte, ou un partage.",
            ),
        ),
        migrations.AddField(
            model_name="share",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shares",
                to="accounts.organisation",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="share",
            name="worker",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="shares",
                to="accounts.worker",
                verbose_name="dossier",
            ),
        ),
        migrations.AddField(
            model_name="sharecode",
            name="share",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="codes",
                to="accounts.share",
                verbose_name="partage",
            ),
        ),
        migrations.AddField(
            model_name="shareitem",
            name="share",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="items",
                to="accounts.share",
                verbose_name="partage",
            ),
        ),
        migrations.AddIndex(
            model_name="share",
            index=models.Index(fields=["worker", "-created_at"], name="share_of_worker"),
        ),
        migrations.AddIndex(
            model_name="share",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["organisation", "end_on"],
                name="share_of_organisation",
            ),
        ),
        migrations.AddIndex(
            model_name="share",
            index=models.Index(fields=["end_on"], name="share_end_idx"),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "link"),
                        ("organisation__isnull", True),
                        models.Q(("recipient_email", ""), _negated=True),
                    ),
                    models.Q(
                        ("kind", "organisation"), ("organisation__isnull", False), ("recipient_email", "")
                    ),
                    _connector="OR",
                ),
                name="share_names_its_reader",
                violation_error_message="Choisissez une adresse e-mail ou une organisation.",
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end_on__gt", models.F("agreed_on")),
                    (
                        "end_on__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("agreed_on"), "+", models.Value(datetime.timedelta(days=366))
                        ),
                    ),
                ),
                name="share_within_a_year",
                violation_error_message="Un partage se ferme après aujourd’hui, dans un an au plus.",
            ),
        ),
        migrations.AddConstraint(
            model_name="share",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_at__isnull", True), ("closed_at__gte", models.F("created_at")), _connector="OR"
                ),
                name="share_closed_after_created",
                violation_error_message="Un partage est fermé après avoir été créé.",
            ),
        ),
        migrations.AddIndex(
            model_name="sharecode",
            index=models.Index(fields=["share", "-sent_at"], name="share_code_of_share"),
        ),
        migrations.AddConstraint(
            model_name="sharecode",
            constraint=models.CheckConstraint(
                condition=models.Q(("attempts__lte", 5)),
                name="share_code_tried_five_times",
                violation_error_message="Un code se tape cinq fois au plus.",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharecode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("used_at__isnull", True), ("used_at__gte", models.F("sent_at")), _connector="OR"
                ),
                name="share_code_used_after_sent",
                violation_error_message="Un code est utilisé après avoir été envoyé.",
            ),
        ),
        migrations.AddConstraint(
            model_name="shareitem",
            constraint=models.UniqueConstraint(
                fields=("share", "kind", "public_id"),
                name="share_item_once",
                violation_error_message="Cet élément est déjà dans ce partage.",
            ),
        ),
    ]
