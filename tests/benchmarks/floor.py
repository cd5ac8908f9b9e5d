"""The floor of work that writes rows: the same rows, and nothing else.

Hand-written SQL, one INSERT … SELECT a table, in one transaction: the very rows that ours wrote, kept in bare
tables where they are already worked out, into tables with the same columns, checks, keys, indexes and foreign
keys.
"""

from django.db import connection, models, transaction


class Floor:
    """The tables of some models, each beside a bare copy of its rows and an empty twin."""

    def __init__(self, *written: type[models.Model]) -> None:
        self.tables = {
            model._meta.db_table: ", ".join(
                # The id and the public one are made anew.
                field.column
                for field in model._meta.concrete_fields
                if field.column not in ("id", "public_id")
            )
            for model in written
        }

    def make(self) -> None:
        """The empty twins."""
        with connection.cursor() as cursor:
            for table in self.tables:
                cursor.execute(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING ALL)")
                cursor.execute(
                    "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
                    " WHERE conrelid = %s::regclass AND contype = 'f'",
                    [table],
                )
                for (foreign_key,) in cursor.fetchall():
                    cursor.execute(f"ALTER TABLE floor_{table} ADD {foreign_key}")

    def drop(self) -> None:
        """Nothing of it is left."""
        with connection.cursor() as cursor:
            for table in self.tables:
                cursor.execute(f"DROP TABLE IF EXISTS floor_{table}, rows_{table}")

    def empty(self, *more: str) -> None:
        """Ours and the twins are empty again, and `more` tables with them."""
        with connection.cursor() as cursor:
            twins = (f"floor_{table}" for table in self.tables)
            cursor.execute(f"TRUNCATE {', '.join((*more, *self.tables, *twins))}")

    def keep_rows(self) -> list[int]:
        """Keeps the rows that ours wrote, in the order in which they were written; how many there are."""
        with connection.cursor() as cursor:
            for table in self.tables:
                cursor.execute(f"DROP TABLE IF EXISTS rows_{table}")
                cursor.execute(f"CREATE TABLE rows_{table} AS SELECT * FROM {table} ORDER BY id")  # noqa: S608
                cursor.execute(f"VACUUM ANALYZE rows_{table}")
        return self.counts("rows_")

    def write(self) -> None:
        """The work to be timed."""
        with transaction.atomic(), connection.cursor() as cursor:
            for table, columns in self.tables.items():
                cursor.execute(
                    f"INSERT INTO floor_{table} (public_id, {columns})"  # noqa: S608 - names of ours
                    f" SELECT gen_random_uuid(), {columns} FROM rows_{table}"
                )

    def counts(self, of: str = "") -> list[int]:
        """How many rows each table holds: ours, or those whose name begins with `of`."""
        with connection.cursor() as cursor:
            found = []
            for table in self.tables:
                cursor.execute(f"SELECT count(*) FROM {of}{table}")  # noqa: S608 - names of ours
                found.append(cursor.fetchone()[0])
            return found
