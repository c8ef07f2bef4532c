"""The numbers that stand for ledgers, kinds and tags in the file, remembered between commits."""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import cache

from ledger.store.records import Row

NAMES_AT_ONCE = 100  # in one statement
REMEMBERED_MAX = 50_000  # tags, about 8 MB
_ADD = "INSERT INTO tag VALUES (?, ?)"
_ADD_IF_NEW = "INSERT INTO tag SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM tag WHERE name = ?1)"


class Numbers:
    """Known numbers of one store in one process; used and changed only in the writer's turn.

    They hold as long as the last event seen is still at its place: numbers are given out once and stay. A
    file put back to an earlier state has other ones, and would be indexed under the wrong tags.
    """

    def __init__(self) -> None:
        self._names: dict[str, int] = {}
        self._tags: dict[str, int] = {}
        self._last_tag: int | None = None  # the highest in use, if nobody else can have used another
        self._seen: tuple[int, bytes] = 0, b""

    def check(self, connection: sqlite3.Connection, head: int, leaf_hash: bytes) -> None:
        """Keep what is known if it still holds in a store with this head."""
        position, seen = self._seen
        found = connection.execute("SELECT leaf_hash FROM event WHERE position = ?", (position,)).fetchone()
        if found is None or found[0] != seen:
            self.forget()
        self._last_tag, self._seen = None, (head, leaf_hash)

    def forget(self) -> None:
        """Know nothing any more."""
        self._names.clear()
        self._tags.clear()
        self._last_tag, self._seen = None, (0, b"")

    def commit(self, head: int, leaf_hash: bytes) -> None:
        """What was given out since `check` is in the file now."""
        self._seen = head, leaf_hash
        if len(self._tags) > REMEMBERED_MAX:
            self._tags.clear()

    def of_names(self, connection: sqlite3.Connection, rows: Iterable[Row]) -> dict[str, int]:
        """The numbers of the ledgers and kinds of these rows; new ones are added to the file."""
        for row in rows:
            for name in (row.ledger, row.kind):
                if name not in self._names:
                    self._names[name] = _number_of(connection, name)
        return self._names

    def of_tags(self, connection: sqlite3.Connection, tags: Iterable[tuple[str, int]]) -> dict[str, int]:
        """The numbers of the tags that stand with positions here; new ones are added to the file."""
        known = self._tags
        if unknown := {tag: None for tag, _ in tags if tag not in known}:
            self._learn(connection, list(unknown))
        return self._tags

    def _learn(self, connection: sqlite3.Connection, unknown: Sequence[str]) -> None:
        if self._last_tag is None:
            # every tag has an event, so the highest number in use is in the index
            last = connection.execute("SELECT coalesce(max(tag), 0) FROM event_tag").fetchone()
            self._last_tag = int(last[0])
        numbered = [(tag, number) for number, tag in enumerate(unknown, self._last_tag + 1)]
        self._last_tag += len(numbered)
        try:  # nearly always all are new: a payment, a decision nobody named before
            connection.executemany(_ADD, numbered)
        except sqlite3.IntegrityError:
            connection.executemany(_ADD_IF_NEW, numbered)
        else:
            self._tags.update(numbered)
            return
        for start in range(0, len(unknown), NAMES_AT_ONCE):
            some = unknown[start : start + NAMES_AT_ONCE]
            self._tags.update(connection.execute(_tags_named(len(some)), some))


def _number_of(connection: sqlite3.Connection, name: str) -> int:
    found = connection.execute("SELECT id FROM name WHERE name = ?", (name,)).fetchone()
    if found is None:
        found = (connection.execute("INSERT INTO name (name) VALUES (?)", (name,)).lastrowid,)
    number: int = found[0]
    return number


@cache
def _tags_named(count: int) -> str:
    return f"SELECT name, id FROM tag WHERE name IN ({', '.join('?' * count)})"
