"""The auditor's programme (AUD-04): named queries with parameters, each with the rules it looks after.

A row is found, never stored; what is kept is the explanation somebody gave of it. Rows go away only when the
books change, not because they were explained.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from importlib import import_module
from typing import Literal, NamedTuple

import msgspec

from ledger.actions.exception_explanation import ExceptionExplained, QueryName
from ledger.events import Recorded
from projections.audit_books import AuditBooks

FILES = ("spending", "decisions", "money", "conduct")
State = Literal["open", "answered", "explained"]


class Parameter(NamedTuple):
    """A whole number a query takes: `days`, `fen`, `count` .., by default and at least and at most."""

    name: str
    default: int
    least: int
    most: int


class Explanation(msgspec.Struct, frozen=True):
    """Who said, in which record, why it is no cause for alarm.

    `by_author`: who recorded what it is about; of more records than a row names, anybody who might have.
    """

    number: int
    on: date
    role: str
    text: str
    by_author: bool


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """Something to look at. `records` and `item` name it, in an explanation as well.

    `item`: what of the records, or what that is not there, it is about. `count`: how many records; very many
    are named by the first and the last, and by `item`: how many they are by which settings.
    `why`: which of the query's reasons; `text`: what it is about, in the books' own words. `amount_fen` is
    what `limit_fen` would allow; `days`: how late or how old. Answered: only who recorded it explained it.
    """

    records: tuple[int, ...]
    on: date
    why: str | None = None
    text: str | None = None
    decision: str | None = None
    role: str | None = None
    amount_fen: int | None = None
    limit_fen: int | None = None
    days: int | None = None
    count: int | None = None
    due_on: date | None = None
    item: str | None = None
    state: State = "open"
    explanations: tuple[Explanation, ...] = ()


Find = Callable[[AuditBooks, Mapping[str, int]], Iterable[Row]]


class Query(NamedTuple):
    """A named query; `rules`: what it looks after."""

    name: QueryName
    rules: tuple[str, ...]
    find: Find
    parameters: tuple[Parameter, ...] = ()

    def settled(self, asked: Mapping[str, int]) -> dict[str, int]:
        """Every parameter, as asked or by default."""
        return {one.name: asked.get(one.name, one.default) for one in self.parameters}


def programme() -> dict[str, Query]:
    """All queries by name, in their order."""
    queries = [
        query for file in FILES for query in import_module(f"projections.audit_queries.{file}").QUERIES
    ]
    return {query.name: query for query in queries}


def rows_of(books: AuditBooks, query: Query, asked: Mapping[str, int] | None = None) -> list[Row]:
    """What a query finds, by the day it is about, with what was said of every row."""
    found = query.find(books, query.settled(asked or {}))
    said = [one for one in books.of(ExceptionExplained) if one.data.found_by == query.name]
    ordered = sorted(found, key=lambda row: (row.on, row.records, row.item or ""))
    return [_explained(row, said) for row in ordered]


def _explained(row: Row, said: Iterable[Recorded[ExceptionExplained]]) -> Row:
    """An explanation is of a row if it names all of it and nothing else: what joins it later asks again."""
    about = tuple(
        _explanation(row, one) for one in said if (one.data.item, one.data.records) == (row.item, row.records)
    )
    if not about:
        return row
    state: State = "answered" if all(one.by_author for one in about) else "explained"
    return msgspec.structs.replace(row, state=state, explanations=about)


def _explanation(row: Row, one: Recorded[ExceptionExplained]) -> Explanation:
    """Who wrote those of a row's records it does not name is not compared: an auditor wrote none of them."""
    said, role = one.data, one.envelope.by.role
    by_author = said.by_author or ((row.count or 0) > len(row.records) and role != "auditor")
    return Explanation(one.number, one.occurred_on, role, said.explanation, by_author)
