"""T12 物业服务企业述职与评议表: what the firm said, what the ledger says, how it was appraised (FIRM-15)."""

from collections.abc import Iterator
from datetime import date

import msgspec

from ledger.composing import Wanted
from ledger.errors import Refused
from ledger.fields import FIRST_DAY
from projections import debrief_figures, debriefs, firms
from projections.debrief_figures import FigureRow
from projections.debrief_rows import AppraisalRow, DebriefRow
from projections.statements.books import Books
from projections.statements.rectification_list import Item, items_open_in
from projections.statements.statement import Caution, Cell, Composition, Line, cells

OPINIONS = ("satisfied", "mostly_satisfied", "fair", "dissatisfied")


def compose(books: Books, wanted: Wanted) -> Composition:
    """The debrief `wanted.subject` as it stood on the last day wanted; its figures are of its own period.

    Errors: `Refused` for a debrief nobody had planned or held by then.
    """
    subject = wanted.subject or ""
    found = debriefs.one(books.views, books.ledger, subject)
    if found is None or books.events[found.number].occurred_on > wanted.ends_on:
        raise Refused("statement.unknown-subject", table=wanted.table, subject=subject)
    debrief = _as_of(found, wanted.ends_on)
    figures = debrief_figures.of(books.views, books.ledger, debrief)
    sheet = debrief.appraisals[-1] if debrief.appraisals else None
    items = items_open_in(books, FIRST_DAY, wanted.ends_on)
    return Composition(
        figures=_figures(debrief, sheet),
        rows={
            "course": [_course(books, debrief)],
            "report": list(_report(debrief)),
            "money": [row for one in figures if one.is_money for row in _beside(one)],
            "counts": [row for one in figures if not one.is_money for row in _beside(one)],
            "score": list(_score(sheet)) if sheet else [],
            "appraisals": [_appraisal(one) for one in debrief.appraisals],
            "rectifications": [_item(one) for one in items if one.opened.debrief == subject],
        },
        sums={"score": {"points": sheet.points, "max_points": sheet.total_points}} if sheet else {},
        cautions=tuple(_cautions(debrief, figures)),
        rules=books.law(wanted.ends_on).editions,
    )


def _as_of(debrief: DebriefRow, day: date) -> DebriefRow:
    """Only what had happened by a day."""
    kept = msgspec.structs.replace(
        debrief,
        submissions=tuple(one for one in debrief.submissions if one.submitted_on <= day),
        appraisals=tuple(one for one in debrief.appraisals if one.appraised_on <= day),
    )
    if debrief.held_on is not None and debrief.held_on > day:
        kept = msgspec.structs.replace(kept, held_on=None, attended=None)
    if debrief.fed_back_on is not None and debrief.fed_back_on > day:
        kept = msgspec.structs.replace(kept, fed_back_on=None)
    return kept


def _figures(debrief: DebriefRow, sheet: AppraisalRow | None) -> dict[str, Cell]:
    if sheet is None:
        return cells(attended=debrief.attended)
    return cells(
        points=sheet.points,
        total_points=sheet.total_points,
        raters=sheet.raters,
        attended=debrief.attended,
        satisfied_share=_satisfied(sheet),
    )


def _satisfied(sheet: AppraisalRow) -> str | None:
    """满意 and 基本满意 of all that was said, over all lines; none where nobody was asked."""
    said = [sum(getattr(line, name) or 0 for line in sheet.criteria) for name in OPINIONS]
    return f"{said[0] + said[1]}/{sum(said)}" if sum(said) else None


def _course(books: Books, debrief: DebriefRow) -> Line:
    return Line(
        key=debrief.debrief,
        cells=cells(
            firm=debrief.firm_name or firms.named(books.views, debrief.firm) or debrief.firm,
            contract=debrief.contract,
            period_from=debrief.period_from,
            period_to=debrief.period_to,
            planned_on=debrief.planned_on,
            held_on=debrief.held_on,
            attended=debrief.attended,
            fed_back_on=debrief.fed_back_on,
        ),
    )


def _report(debrief: DebriefRow) -> Iterator[Line]:
    for submission in debrief.submissions:
        for passage in submission.words:
            yield Line(
                key=f"{submission.version}.{passage.chapter}",
                cells=cells(
                    chapter=passage.chapter,
                    text=passage.text,
                    version=submission.version,
                    submitted_on=submission.submitted_on,
                    record=submission.number,
                ),
            )


def _beside(row: FigureRow) -> Iterator[Line]:
    """The ledger's figure, and beside it whatever the firm said of it, version by version."""
    if not row.said:
        yield Line(key=row.figure, cells=cells(figure=row.figure, computed=row.value))
    for one in row.said:
        yield Line(
            key=f"{row.figure}.{one.version}",
            cells=cells(
                figure=row.figure,
                computed=row.value,
                claimed=one.value,
                difference=None if row.value is None else one.value - row.value,
                version=one.version,
                record=one.record,
            ),
        )


def _score(sheet: AppraisalRow) -> Iterator[Line]:
    for line in sheet.criteria:
        opinions = {name: getattr(line, name) for name in OPINIONS}
        yield Line(
            key=line.item,
            cells=cells(item=line.title, points=line.points, max_points=line.max_points, **opinions),
        )


def _appraisal(sheet: AppraisalRow) -> Line:
    names = ("appraised_on", "points", "total_points", "raters", "comments", "corrects", "reason")
    values = {name: getattr(sheet, name) for name in names}
    return Line(key=str(sheet.number), cells=cells(record=sheet.number, **values))


def _item(item: Item) -> Line:
    opened = item.opened
    return Line(
        key=item.item,
        cells=cells(
            item=item.item,
            problem=opened.problem,
            responsible=opened.responsible,
            measures=opened.measures,
            due_on=opened.due_on,
            progress=item.progress,
            closed_on=item.closed_on,
        ),
    )


def _cautions(debrief: DebriefRow, figures: tuple[FigureRow, ...]) -> Iterator[Caution]:
    if debrief.held_on is None:
        yield Caution(code="debrief-not-held")
    if not debrief.appraisals:
        yield Caution(code="debrief-not-appraised")
    if differing := sorted({one.said[-1].record for one in figures if one.differs}):
        yield Caution(code="claims-differ", records=tuple(differing))
    if corrected := tuple(one.number for one in debrief.appraisals if one.corrects is not None):
        yield Caution(code="appraisal-corrected", records=corrected)
