"""A worker may close an answered request before the thirty days of its reader are over."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_openings_by_grant"),
        ("competences", "0018_import_speed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="reviewrequest",
            name="review_state_known",
        ),
        migrations.AlterField(
            model_name="reviewmove",
            name="after",
            field=models.CharField(
                choices=[
                    ("waiting", "en attente"),
                    ("in_review", "en cours de lecture"),
                    ("answered", "répondue"),
                    ("closed", "répondue, fermée"),
                    ("withdrawn", "retirée"),
                    ("declined", "déclinée"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="reviewmove",
            name="before",
            field=models.CharField(
                blank=True,
                choices=[
                    ("waiting", "en attente"),
                    ("in_review", "en cours de lecture"),
                    ("answered", "répondue"),
                    ("closed", "répondue, fermée"),
                    ("withdrawn", "retirée"),
                    ("declined", "déclinée"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="reviewrequest",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "en attente"),
                    ("in_review", "en cours de lecture"),
                    ("answered", "répondue"),
                    ("closed", "répondue, fermée"),
                    ("withdrawn", "retirée"),
                    ("declined", "déclinée"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "in_review", "answered", "closed", "withdrawn", "declined"])
                ),
                name="review_state_known",
                violation_error_message="Cet état n’existe pas.",
            ),
        ),
    ]
