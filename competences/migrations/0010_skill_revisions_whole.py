"""Drops from statements what their revisions now hold, and puts the constraints on."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("competences", "0009_move_what_was_said")]

    operations = [
        migrations.RemoveConstraint(
            model_name="skillstatement",
            name="statement_practised_after_acquired",
        ),
        migrations.RemoveField(
            model_name="skillstatement",
            name="acquired_on",
        ),
        migrations.RemoveField(
            model_name="skillstatement",
            name="confirmed_on",
        ),
        migrations.RemoveField(
            model_name="skillstatement",
            name="practised_on",
        ),
        migrations.RemoveField(
            model_name="skillstatement",
            name="source",
        ),
        migrations.AlterField(
            model_name="skillrevision",
            name="confirmed_on",
            field=models.DateField(verbose_name="confirmée le"),
        ),
        migrations.AddConstraint(
            model_name="skillrevision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("end_at", None)),
                fields=("statement",),
                name="skill_revision_one_in_force",
                violation_error_message="Un niveau est déjà en cours pour cette compétence.",
            ),
        ),
        migrations.AddConstraint(
            model_name="skillrevision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("level", None), models.Q(("level__gte", 1), ("level__lte", 8)), _connector="OR"
                ),
                name="skill_revision_level_on_the_scale",
                violation_error_message="Choisissez un niveau de 1 à 8.",
            ),
        ),
        migrations.AddConstraint(
            model_name="skillrevision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("acquired_on", None),
                    ("practised_on", None),
                    ("practised_on__gte", models.F("acquired_on")),
                    _connector="OR",
                ),
                name="skill_revision_practised_after_acquired",
                violation_error_message="La dernière pratique ne peut pas précéder l’apprentissage.",
            ),
        ),
        migrations.AddConstraint(
            model_name="skillrevision",
            constraint=models.CheckConstraint(
                condition=models.Q(("end_at", None), ("end_at__gt", models.F("start_at")), _connector="OR"),
                name="skill_revision_ends_after_it_starts",
                violation_error_message="La fin doit suivre le début.",
            ),
        ),
        migrations.AddConstraint(
            model_name="skillstatement",
            constraint=models.UniqueConstraint(
                models.F("worker"),
                django.db.models.functions.text.Lower("free_text"),
                condition=models.Q(("concept", None), ("removed_at", None)),
                name="statement_one_standing_a_text",
                violation_error_message="Cette compétence est déjà dans votre dossier.",
            ),
        ),
        migrations.AddConstraint(
            model_name="skillstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("concept__isnull", False), ("edition__isnull", False)),
                    models.Q(
                        ("concept", None), ("edition", None), models.Q(("free_text", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="statement_names_a_skill",
                violation_error_message="Choisissez une compétence, ou écrivez-la avec vos mots.",
            ),
        ),
    ]
