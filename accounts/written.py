"""Queries that the ORM writes once a process, for the pages that people open all day.

To write a query takes the ORM several times as long as the database to answer it, and what it writes is the
same each time but for the values. `@written` keeps what it wrote and asks it again with others:

    @written
    def flags_of(*, worker: int) -> QuerySet[RiskFlag]:
        return RiskFlag.objects.open().filter(statement__worker=worker)

    flags_of(worker=7)  # a list of flags, as list(...) of the query set would give it

Keyword arguments are values: an int, a date, an instant, a text, or a list for `is_any_of`. Each
reaches the query as it stands, never reckoned with nor tested: a query that does so is refused the first
time it is asked. Positional arguments, a few words or numbers, change the query itself: each set of them is
written apart, and for each language.
"""

import datetime as dt
import inspect
from collections.abc import Callable, Iterator
from functools import update_wrapper
from typing import Any, get_args, get_origin

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, BooleanField, F, Func, QuerySet, TextField, Value
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators
from django.utils.translation import get_language

MOST = 200
"""Queries that one function keeps; more are written anew each time."""

YEARS = (7001, 7002)
"""Values that stand for others are made from these: none of them is in the database, or in the code."""


def is_any_of(path: str, values: list[int] | list[str]) -> Func:
    """The condition that what is at that path is among a list given as one value, whatever its length."""
    kind = TextField() if isinstance(next(iter(values), None), str) else BigIntegerField()
    listed = Value(values, output_field=ArrayField(kind))
    return Func(
        F(path), listed, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField()
    )


class Written:
    """A function that builds a query set, asked for its rows. Made by `@written`."""

    def __init__(self, build: Callable[..., QuerySet[Any]]) -> None:
        self.build = build
        update_wrapper(self, build)
        parameters = inspect.signature(build).parameters.values()
        self.kinds = {one.name: one.annotation for one in parameters if one.kind is one.KEYWORD_ONLY}
        self.kept: dict[tuple[Any, ...], _Query] = {}

    def __call__(self, *shape: Any, **values: Any) -> list[Any]:
        """The rows: instances with their relations and annotations, or tuples for a `values_list`."""
        key = (get_language(), *shape)
        query = self.kept.get(key)
        if query is None:
            query = self._write(shape)
            if len(self.kept) < MOST:
                self.kept[key] = query
        return list(query.rows(values))

    def _write(self, shape: tuple[Any, ...]) -> "_Query":
        """The query, written with two sets of values: only what is a value may differ."""
        first, second = (
            _Query(self.build(*shape, **stand_ins), stand_ins) for stand_ins in self._stand_ins()
        )
        if (first.sql, first.template) != (second.sql, second.template):
            raise TypeError(f"{self.build.__qualname__} does not give its values to the query as they stand.")
        return first

    def _stand_ins(self) -> Iterator[dict[str, Any]]:
        for year in YEARS:
            kinds = enumerate(self.kinds.items(), start=1)
            yield {name: _stand_in(kind, year, number) for number, (name, kind) in kinds}


def written(build: Callable[..., QuerySet[Any]]) -> Written:
    """Keeps the query that a function builds, and asks it again with other values."""
    return Written(build)


def _stand_in(kind: Any, year: int, number: int) -> Any:
    if kind is int:
        return year * 10**12 + number
    if kind is dt.date:
        return dt.date(year, 1, number)
    if kind is dt.datetime:
        return dt.datetime(year, 2, number, tzinfo=dt.UTC)
    if kind is str:
        return f"\x01{year} {number}"
    if get_origin(kind) is list and get_args(kind) == (int,):
        return [year * 10**12 + number]
    if get_origin(kind) is list and get_args(kind) == (str,):
        return [f"\x01{year} {number}"]
    raise TypeError(f"A value of a written query is not a {kind}.")


class _Query:
    """What the ORM wrote: the SQL, where each value goes, and how rows become objects."""

    def __init__(self, rows: QuerySet[Any], stand_ins: dict[str, Any]) -> None:
        if rows._prefetch_related_lookups or rows._known_related_objects:  # type: ignore[attr-defined]
            raise TypeError("A written query is one query, of nobody's in particular.")
        self.compiler = compiler = rows.query.get_compiler(rows.db)
        self.sql, params = compiler.as_sql()
        self.template = [_place(param, stand_ins) for param in params]
        fields = [column[0] for column in compiler.select[: compiler.col_count]]
        self.converters = compiler.get_converters(fields)
        kind = rows._iterable_class  # type: ignore[attr-defined]
        if kind not in (ModelIterable, ValuesListIterable) or compiler.has_composite_fields(fields):
            raise TypeError("A written query gives instances or tuples.")
        self.info = compiler.klass_info if kind is ModelIterable else None
        if self.info:
            first, last = self.info["select_fields"][0], self.info["select_fields"][-1] + 1
            self.own = slice(first, last)
            self.names_of_own = [column[0].target.attname for column in compiler.select[self.own]]
            self.populators = get_related_populators(self.info, compiler.select, rows.db)
            self.annotations = list((compiler.annotation_col_map or {}).items())

    def rows(self, values: dict[str, Any]) -> Iterator[Any]:
        """Asks the query with these values."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [values[name] if name else param for name, param in self.template])
            found = cursor.fetchall()
        if self.converters:
            found = self._converted(found)
        return self._instances(found) if self.info else map(tuple, found)

    def _converted(self, rows: list[Any]) -> Iterator[list[Any]]:
        for row in map(list, rows):
            for place, (converters, expression) in self.converters.items():
                for converter in converters:
                    row[place] = converter(row[place], expression, connection)
            yield row

    def _instances(self, rows: Any) -> Iterator[Any]:
        """As Django's ModelIterable does."""
        make, alias = self.info["model"].from_db, connection.alias
        for row in rows:
            found = make(alias, self.names_of_own, row[self.own])
            for populator in self.populators:
                populator.populate(row, found)
            for name, place in self.annotations:
                setattr(found, name, row[place])
            yield found


def _place(param: Any, stand_ins: dict[str, Any]) -> tuple[str, Any]:
    """The name of the value that a parameter of the query stands for; else "" and the parameter."""
    for name, stand_in in stand_ins.items():
        if isinstance(param, type(stand_in)) and param == stand_in:
            return name, None
    return "", param
