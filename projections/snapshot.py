"""All views as they stood at one moment: what every read function reads."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, Table

from ledger.errors import StoreUnavailable
from projections.generations import Generations, Words
from projections.view import NAMES_TABLE


class ViewStale(StoreUnavailable):
    """The view is being rebuilt for this version of the software, or has stopped: ask again."""

    code = "views.stale"


class Snapshot:
    """One transaction of reading. Positions, tables and words are those of the live generations in it."""

    def __init__(self, generations: Generations, connection: Connection) -> None:
        self._generations = generations
        self._connection = connection
        self._live = {generation.view: generation for generation in generations.live(connection)}

    def position(self, view: str) -> int:
        """How far a view has been followed."""
        return self._live[view].position

    def table(self, view: str, table: str) -> Table:
        """A table of a view. Errors: `ViewStale` when another version made it, or it could never begin."""
        generation = self._live[view]
        never_began = generation.failed_reason is not None and generation.position == 0
        if never_began or generation.version != self._generations.views[view].version:
            raise ViewStale(view=view)
        return self._generations.tables(generation)[table]

    def rows(self, query: Select[Any] | CompoundSelect[Any]) -> Sequence[Any]:
        """What a query gives."""
        return self._connection.execute(query).fetchall()

    def number(self, view: str, word: str) -> int:
        """The number that stands for a word; 0, which stands for none, if the view never met it."""
        words = self._words(view)
        if word not in words.numbers:
            words.load(self._connection, self.table(view, NAMES_TABLE))
        return words.numbers.get(word, 0)

    def word(self, view: str, number: int) -> str:
        """The word a number stands for."""
        words = self._words(view)
        if number not in words.words:
            words.load(self._connection, self.table(view, NAMES_TABLE))
        return words.words[number]

    def _words(self, view: str) -> Words:
        return self._generations.words(self._live[view])


def paged(
    query: Select[Any], number: ColumnElement[int], *, after: int | None, limit: int, newest_first: bool
) -> Select[Any]:
    """One page of a list in order of record number; `after`: number of the last row of the page before."""
    query = query.order_by(number.desc() if newest_first else number).limit(limit)
    if after is not None and after >= 0:
        query = query.where(number < after if newest_first else number > after)
    return query
