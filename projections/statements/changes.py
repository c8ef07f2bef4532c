"""What differs between two versions of one statement, figure by figure."""

from collections.abc import Iterator, Mapping

import msgspec

from projections.statements.statement import Cell, Changed, Restated, Section, Statement


def changes(old: Statement, new: Statement) -> tuple[Changed, ...]:
    """Every figure, sum and cell that differs: figures first, then by section, row and column."""
    return tuple(_changes(old, new))


def restated(new: Statement, old: Statement, version: int, reason: str) -> Statement:
    """The new statement as one that takes the place of a published version."""
    return msgspec.structs.replace(
        new, restates=Restated(version=version, reason=reason, changes=changes(old, new))
    )


def _changes(old: Statement, new: Statement) -> Iterator[Changed]:
    yield from _cells("", "", old.figures, new.figures)
    before, now = ({section.name: section for section in one.sections} for one in (old, new))
    for name in (*now, *(name for name in before if name not in now)):
        rows_before, rows_now = (_rows(found.get(name)) for found in (before, now))
        for key in (*rows_now, *(key for key in rows_before if key not in rows_now)):
            yield from _cells(name, key, rows_before.get(key, {}), rows_now.get(key, {}))
        sums_before, sums_now = (found[name].sums if name in found else {} for found in (before, now))
        yield from _cells(name, "", sums_before, sums_now)


def _rows(section: Section | None) -> Mapping[str, Mapping[str, Cell]]:
    return {row.key: row.cells for row in section.rows} if section else {}


def _cells(section: str, row: str, old: Mapping[str, Cell], new: Mapping[str, Cell]) -> Iterator[Changed]:
    for column in (*new, *(column for column in old if column not in new)):
        was, now = old.get(column), new.get(column)
        if (type(was), was) != (type(now), now):  # in JSON true is not 1
            yield Changed(section=section, row=row, column=column, old=was, new=now)
