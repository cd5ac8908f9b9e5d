from django.db import migrations

TABLES = ("competences_conceptrevision", "competences_conceptlink")


class Migration(migrations.Migration):
    """Leaves a tenth of each page free where an edition ends rows that others wrote.

    The new form of an ended row then fits beside the old one, and no index has to name it again
    (docs/adr/0006-bulk-writes.md). Pages that are full already stay as they are.
    """

    dependencies = [
        ("competences", "0017_flag_answers"),
    ]

    operations = [
        migrations.RunSQL(
            [f"ALTER TABLE {table} SET (fillfactor = 90)" for table in TABLES],
            [f"ALTER TABLE {table} RESET (fillfactor)" for table in TABLES],
        ),
    ]
