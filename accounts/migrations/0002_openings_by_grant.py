"""An opening of a file may come from a grant instead of a mandate."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="fileopening",
            name="opening_purpose_known",
        ),
        migrations.AlterField(
            model_name="fileopening",
            name="mandate_id",
            field=models.BigIntegerField(blank=True, null=True, verbose_name="accord utilisé"),
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
                ],
                max_length=20,
                verbose_name="but",
            ),
        ),
        migrations.AddConstraint(
            model_name="fileopening",
            constraint=models.CheckConstraint(
                condition=models.Q(("purpose__in", ["follow_up", "review", "bilan", "answer"])),
                name="opening_purpose_known",
                violation_error_message="Ce but n’existe pas.",
            ),
        ),
    ]
