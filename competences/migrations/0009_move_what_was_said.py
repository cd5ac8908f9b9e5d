"""Copies the sources and days of each statement to all that was said of it: they were the same all along.

A former level was last confirmed when it was said; the one in force, when its statement was. Not reversible:
the columns that the next migration drops would come back empty.
"""

from django.db import migrations

FORWARD = """
    UPDATE competences_skillrevision r SET sources = ARRAY[s.source], acquired_on = s.acquired_on,
        practised_on = s.practised_on,
        confirmed_on = CASE WHEN r.end_at IS NULL THEN s.confirmed_on
            ELSE (r.start_at AT TIME ZONE 'Europe/Paris')::date END
    FROM competences_skillstatement s WHERE s.id = r.statement_id
"""


class Migration(migrations.Migration):
    dependencies = [("competences", "0008_skill_revisions")]

    operations = [migrations.RunSQL(FORWARD)]
