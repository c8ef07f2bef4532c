"""What deserves a question about a street's list itself: its text, its dates, what nobody has reported."""

from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _

from api import words
from api.imports.worklist_file import Remark, Row, Task, doubts
from api.pages.frame import lang
from projections.tasks import GridRow, MilestoneRow


def issued_on(rows: Sequence[GridRow]) -> date | None:
    """The day the list was issued: its first assignment; none for an empty list."""
    assigned = [cell.assigned_on for row in rows for cell in row.cells.values() if cell.assigned_on]
    return min(assigned, default=None)


def nobody_reported(rows: Sequence[GridRow], day: date) -> str | None:
    """Said plainly when up to a day nothing was reported: what is late by the list may well be done."""
    issued = issued_on(rows)
    if issued is None or day < issued or any(map(_was_reported, _milestones(rows))):
        return None
    said: str = _(
        "自清单印发（%(issued)s）以来，到%(day)s为止，没有单位报告进展。",
        issued=words.chinese_day(issued, lang()),
        day=words.chinese_day(day, lang()),
    )
    return said


def _was_reported(milestone: MilestoneRow) -> bool:
    return bool(milestone.submitted_on or milestone.closed_on or milestone.rejections)


def questions(rows: Sequence[GridRow]) -> list[str]:
    """What to ask about the list, in words that name the rows."""
    issued = issued_on(rows)
    if issued is None:
        return []
    by_code: dict[str, list[Remark]] = {}
    for remark in doubts(_as_issued(rows), issued):
        by_code.setdefault(remark.code, []).append(remark)
    found = _about_dates(by_code, {row.row: row.name for row in rows})
    moved = [row.name for row in rows if any(one.moved > 1 for one in _milestones([row]))]
    if moved:
        found.append(_("有任务的期限改了不止一次：%(names)s。", names=_("、").join(moved)))
    if "status.empty" in by_code:
        found.append(
            _(
                "清单自己的“完成情况”一栏，%(number)s 个小区全是空白：做到哪一步，只能看各单位后来的报告。",
                number=len(rows),
            )
        )
    return found


def _about_dates(by_code: dict[str, list[Remark]], names: dict[int | None, str]) -> list[str]:
    found = []
    if early := by_code.get("due-date.before-issue"):
        found.append(_("序号 %(rows)s 的期限早于清单印发的日子，印发时就已经过期。", rows=_rows(early)))
    found += [
        _(
            "序号 %(row)s（%(name)s）的选聘期限早于业委会换届期限：新一届业委会还没产生。",
            row=remark.row,
            name=names[remark.row],
        )
        for remark in by_code.get("firm-selection.before-committee-reelection", ())
    ]
    for same in _alike(by_code.get("due-date.ambiguous", ())):
        found.append(
            _(
                "序号 %(rows)s 写的是“%(text)s”，序号 %(others)s 却是“月底前”："
                "这里按%(day)s算，要请街道核对。",
                rows=_rows(same),
                text=same[0].details["text"],
                others=_("、").join(map(str, same[0].details["other_rows"])),  # type: ignore[arg-type]
                day=_day(same[0]),
            )
        )
    found += [
        _(
            "序号 %(row)s 写的是“%(text)s”，像是“底前”写错了：这里按%(day)s算，要请街道核对。",
            row=remark.row,
            text=remark.details["text"],
            day=_day(remark),
        )
        for remark in by_code.get("due-date.slip", ())
    ]
    return found


def _alike(remarks: Sequence[Remark]) -> list[list[Remark]]:
    """Rows with one text, which have one question."""
    by_text: dict[object, list[Remark]] = {}
    for remark in remarks:
        by_text.setdefault((remark.column, remark.details["text"]), []).append(remark)
    return list(by_text.values())


def _rows(remarks: Sequence[Remark]) -> str:
    comma: str = _("、")
    return comma.join(str(row) for row in sorted({remark.row for remark in remarks if remark.row}))


def _day(remark: Remark) -> str:
    day = remark.details["due_on"]
    return words.chinese_day(day, lang()) if isinstance(day, date) else str(day)


def _as_issued(rows: Sequence[GridRow]) -> list[Row]:
    """The list as its importer had read it."""
    return [
        Row(
            number=row.row,
            line=0,
            neighbourhood=row.neighbourhood_name,
            community=row.name,
            firm=row.firm_name,
            tasks=tuple(
                Task(
                    column, cell.raw, not cell.milestones, tuple(one.first_due_on for one in cell.milestones)
                )
                for column, cell in row.cells.items()
            ),
            status=row.status or "",
        )
        for row in rows
    ]


def _milestones(rows: Sequence[GridRow]) -> list[MilestoneRow]:
    return [one for row in rows for cell in row.cells.values() for one in cell.milestones]
