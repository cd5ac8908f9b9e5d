import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("competences", "0004_uploads"),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
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
                            ("changes", "ce que change une édition"),
                            ("search", "réponses d’une recherche"),
                            ("job_skills", "compétences d’un métier"),
                        ],
                        max_length=20,
                    ),
                ),
                ("format", models.CharField(choices=[("csv", "CSV"), ("xlsx", "XLSX")], max_length=5)),
                ("language", models.CharField(max_length=5)),
                ("parameters", models.JSONField(default=dict)),
                ("key", models.CharField(max_length=64)),
                ("mark", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "en attente"),
                            ("running", "en préparation"),
                            ("done", "prêt"),
                            ("failed", "échoué"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("rows_done", models.PositiveIntegerField(default=0)),
                ("rows_total", models.PositiveIntegerField()),
                ("size", models.PositiveBigIntegerField(null=True)),
                ("file_name", models.CharField(max_length=120)),
                ("asked_at", models.DateTimeField()),
                ("progressed_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "fichier à emporter",
                "verbose_name_plural": "fichiers à emporter",
                "ordering": ["asked_at", "id"],
                "indexes": [models.Index(fields=["key", "state"], name="export_by_key")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=("key",),
                        name="export_one_unfinished_a_list",
                        violation_error_message="Ce fichier est déjà en préparation.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("finished_at__isnull", False), ("size__isnull", False), ("state", "done")
                            ),
                            models.Q(("finished_at__isnull", False), ("size", None), ("state", "failed")),
                            models.Q(
                                ("finished_at", None), ("size", None), ("state__in", ["waiting", "running"])
                            ),
                            _connector="OR",
                        ),
                        name="export_finished_says_when_and_how_big",
                        violation_error_message="Un fichier prêt a une taille et une date de fin.",
                    ),
                ],
            },
        ),
    ]
