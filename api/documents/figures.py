"""Which figures of a table people look at first, and how they add up. A statement itself has no order."""

from collections.abc import Mapping

from ledger.rules.tables import ColumnType
from projections.statements.statement import Cell, Statement

# the last is the one that counts; read downwards it is the sum people can follow with a pencil
SUMS: Mapping[str, tuple[str, ...]] = {
    "T1": (
        "opening", "+gross_income", "−tax", "−management_cost", "−to_fund", "−other_use", "+unclassified",
        "=closing",
    ),
    "T2": ("gross_income_fen", "−costs_fen", "=net_revenue_fen"),
    "T3": ("opening", "+income", "−spending", "=closing"),
    "T5": ("opening", "+income", "−spending", "=closing"),
}  # fmt: skip
FEN = frozenset({"share_due"})
SIGNS = "+−="


def sum_of(statement: Statement) -> tuple[tuple[str, str], ...]:
    """The sum of a table as (sign, figure); none of a table without one."""
    steps = tuple(
        (step[:1], step[1:]) if step[0] in SIGNS else ("", step) for step in SUMS.get(statement.table, ())
    )
    return steps if all(name in statement.figures for _, name in steps) else ()


def others_of(statement: Statement) -> tuple[str, ...]:
    """The figures beside the sum: in the order of the columns they are sums of, then by name."""
    summed = {name for _, name in sum_of(statement)}
    columns = [column.name for section in statement.sections for column in section.columns]
    place = {name: number for number, name in reversed([*enumerate(columns)])}
    beside = (name for name in statement.figures if name not in summed)
    return tuple(sorted(beside, key=lambda name: (place.get(name, len(columns)), name)))


def type_of(statement: Statement, name: str, figure: Cell) -> ColumnType:
    """How a figure is read: as the column of its name, else as its name and its kind of value tell."""
    for section in statement.sections:
        for column in section.columns:
            if column.name == name:
                return column.type
    if isinstance(figure, bool):
        return "flag"
    if isinstance(figure, int):
        return "fen" if name in FEN or name.endswith("_fen") else "number"
    if name.endswith("_on"):
        return "date"
    return "share" if "/" in figure else "area" if name.endswith("_area") else "text"
