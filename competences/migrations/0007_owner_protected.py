import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """An organisation that owns a reference is not deleted: the reference would be everybody's to read."""

    dependencies = [
        ("competences", "0006_names_in_memory"),
    ]

    operations = [
        migrations.AlterField(
            model_name="reference",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="references",
                to="accounts.organisation",
                verbose_name="organisation propriétaire",
            ),
        ),
    ]
