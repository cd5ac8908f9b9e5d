"""What people show to prove a skill."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("competences", "0010_skill_revisions_whole"),
    ]

    operations = [
        migrations.CreateModel(
            name="Evidence",
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
                            ("file", "un fichier"),
                            ("link", "un lien"),
                            ("certificate", "un certificat"),
                        ],
                        max_length=20,
                    ),
                ),
                ("title", models.CharField(max_length=120, verbose_name="titre")),
                ("url", models.CharField(blank=True, max_length=500, verbose_name="adresse")),
                ("issuer", models.CharField(blank=True, max_length=120, verbose_name="délivré par")),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="délivré le")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valable jusqu’au")),
                ("stored_as", models.UUIDField(editable=False, null=True, unique=True)),
                (
                    "file_kind",
                    models.CharField(
                        blank=True,
                        choices=[("pdf", "PDF"), ("jpg", "JPEG"), ("png", "PNG"), ("webp", "WebP")],
                        max_length=4,
                    ),
                ),
                ("file_name", models.CharField(blank=True, max_length=255)),
                ("size", models.PositiveIntegerField(null=True)),
                ("added_at", models.DateTimeField()),
                (
                    "statements",
                    models.ManyToManyField(
                        related_name="evidence", to="competences.skillstatement", verbose_name="compétences"
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="accounts.worker",
                    ),
                ),
            ],
            options={
                "verbose_name": "preuve",
                "verbose_name_plural": "preuves",
                "ordering": ["-added_at", "-id"],
            },
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(fields=["worker", "-added_at"], name="evidence_of_worker"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("issuer", ""), ("kind", "file"), ("stored_as__isnull", False), ("url", "")),
                    models.Q(
                        ("issuer", ""),
                        ("kind", "link"),
                        ("stored_as", None),
                        models.Q(("url", ""), _negated=True),
                    ),
                    models.Q(("kind", "certificate"), ("url", ""), models.Q(("issuer", ""), _negated=True)),
                    _connector="OR",
                ),
                name="evidence_is_of_its_kind",
                violation_error_message="Une preuve est un fichier, un lien ou un certificat.",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("size__gt", 0),
                        ("size__lte", 10485760),
                        ("stored_as__isnull", False),
                        models.Q(("file_kind", ""), _negated=True),
                        models.Q(("file_name", ""), _negated=True),
                    ),
                    models.Q(("file_kind", ""), ("file_name", ""), ("size", None), ("stored_as", None)),
                    _connector="OR",
                ),
                name="evidence_file_is_whole",
                violation_error_message="Un fichier a un type, un nom et une taille de 10 Mo au plus.",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True),
                name="evidence_has_a_title",
                violation_error_message="Donnez un titre à cette preuve.",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("issued_on", None),
                    ("valid_until", None),
                    ("valid_until__gte", models.F("issued_on")),
                    _connector="OR",
                ),
                name="evidence_valid_after_issued",
                violation_error_message="La fin de validité ne peut pas précéder la délivrance.",
            ),
        ),
    ]
