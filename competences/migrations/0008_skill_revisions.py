"""What a person says of a skill becomes one row an interval: the level is one of the things said."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("competences", "0007_owner_protected")]

    operations = [
        migrations.RemoveConstraint("skilllevel", "skill_level_one_in_force"),
        migrations.RemoveConstraint("skilllevel", "skill_level_on_the_scale"),
        migrations.RemoveConstraint("skilllevel", "skill_level_ends_after_it_starts"),
        migrations.RenameModel("SkillLevel", "SkillRevision"),
        migrations.AlterModelOptions(
            name="skillrevision",
            options={
                "ordering": ["-start_at"],
                "verbose_name": "ce que dit la personne d’une compétence",
                "verbose_name_plural": "ce que dit la personne de ses compétences",
            },
        ),
        migrations.AddField(
            model_name="skillrevision",
            name="acquired_on",
            field=models.DateField(blank=True, null=True, verbose_name="depuis le"),
        ),
        migrations.AddField(
            model_name="skillrevision",
            name="confirmed_on",
            field=models.DateField(null=True, verbose_name="confirmée le"),
        ),
        migrations.AddField(
            model_name="skillrevision",
            name="context",
            field=models.CharField(blank=True, max_length=300, verbose_name="dans quel cadre"),
        ),
        migrations.AddField(
            model_name="skillrevision",
            name="is_practised",
            field=models.BooleanField(default=True, verbose_name="encore pratiquée"),
        ),
        migrations.AddField(
            model_name="skillrevision",
            name="practised_on",
            field=models.DateField(blank=True, null=True, verbose_name="pratiquée pour la dernière fois le"),
        ),
        migrations.AddField(
            model_name="skillrevision",
            name="sources",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("job", "un emploi"),
                        ("study", "mes études"),
                        ("training", "une formation"),
                        ("volunteering", "du bénévolat"),
                        ("project", "un projet"),
                        ("self_taught", "seul ou seule"),
                    ],
                    max_length=20,
                ),
                blank=True,
                default=list,
                size=None,
                verbose_name="où vous l’avez appris",
            ),
        ),
        migrations.AddField(
            model_name="skillrevision",
            name="wish",
            field=models.CharField(
                blank=True,
                choices=[
                    ("use", "j’ai envie de m’en servir"),
                    ("grow", "j’ai envie de progresser"),
                    ("avoid", "je préfère ne plus m’en servir"),
                ],
                max_length=10,
                verbose_name="envie de s’en servir",
            ),
        ),
        migrations.AddField(
            model_name="skillstatement",
            name="free_text",
            field=models.CharField(blank=True, max_length=200, verbose_name="avec vos mots"),
        ),
        migrations.AddField(
            model_name="skillstatement",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="skillrevision",
            name="level",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(8),
                ],
                verbose_name="niveau",
            ),
        ),
        migrations.AlterField(
            model_name="skillrevision",
            name="statement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="revisions",
                to="competences.skillstatement",
            ),
        ),
        migrations.AlterField(
            model_name="skillstatement",
            name="concept",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="statements",
                to="competences.concept",
            ),
        ),
        migrations.AlterField(
            model_name="skillstatement",
            name="edition",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="statements",
                to="competences.edition",
            ),
        ),
    ]
