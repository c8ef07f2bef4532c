"""Debriefs as they are shown: what was planned, handed in, held, scored line by line and told the firm."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Select, select

from ledger.actions.firm_debrief import Claim, Passage
from projections.snapshot import Snapshot
from projections.view import Fields, day_of


class CriterionScore(msgspec.Struct, frozen=True):
    """One line of the score sheet; how many found it good or bad, where they were asked."""

    item: str
    title: str
    max_points: int
    points: int
    satisfied: int | None = None
    mostly_satisfied: int | None = None
    fair: int | None = None
    dissatisfied: int | None = None


class AppraisalRow(msgspec.Struct, frozen=True, kw_only=True):
    """A score sheet as it was entered; `corrects` and `reason` if it stands in place of another record."""

    number: int
    appraised_on: date
    rubric: str | None
    points: int
    total_points: int
    raters: int
    criteria: tuple[CriterionScore, ...]
    comments: str | None = None
    corrects: int | None = None
    reason: str | None = None


class SubmissionRow(msgspec.Struct, frozen=True, kw_only=True):
    """What the firm handed in; `number`: its record."""

    version: int
    number: int
    submitted_on: date
    words: tuple[Passage, ...]
    claims: tuple[Claim, ...]


class DebriefRow(msgspec.Struct, frozen=True, kw_only=True):
    """`number`: the first record of the debrief; `told_number`: the score sheet the firm was told.

    `appraisals`: all score sheets in order, those put right too; `rubric` to `appraisal_number`: of the last.
    """

    debrief: str
    number: int
    firm: str
    firm_name: str | None
    period_from: date
    period_to: date
    contract: str | None = None
    planned_on: date | None = None
    held_on: date | None = None
    held_number: int | None = None
    attended: int | None = None
    summary: str | None = None
    fed_back_on: date | None = None
    told_number: int | None = None
    remark: str | None = None
    appraisals: tuple[AppraisalRow, ...] = ()
    submissions: tuple[SubmissionRow, ...] = ()
    rubric: str | None = None
    points: int | None = None
    total_points: int | None = None
    raters: int | None = None
    criteria: tuple[CriterionScore, ...] = ()
    appraisal_number: int | None = None

    @property
    def year(self) -> int:
        """The year it is the debrief of: the one in which its period ends (FIRM-15)."""
        return self.period_to.year

    @property
    def firm_knows(self) -> bool:
        """Whether the firm was told the score sheet that counts, not only one put right since."""
        return self.appraisal_number is not None and self.told_number == self.appraisal_number


def rows_of(snapshot: Snapshot, ledger: str, query: Select[Any]) -> list[DebriefRow]:
    """The debriefs a query over their table finds, in its order."""
    found = [{**row._mapping} for row in snapshot.rows(query)]
    names = [fields["debrief"] for fields in found]
    appraisals, submissions = _appraisals(snapshot, ledger, names), _submissions(snapshot, ledger, names)
    return [row_of(fields, appraisals[fields["debrief"]], submissions[fields["debrief"]]) for fields in found]


def row_of(
    fields: Fields, appraisals: Sequence[AppraisalRow] = (), submissions: Sequence[SubmissionRow] = ()
) -> DebriefRow:
    """A row of their table as it is shown, with what belongs to it."""
    fields = {name: value for name, value in fields.items() if name != "ledger"}
    for day in ("period_from", "period_to", "planned_on", "held_on", "fed_back_on"):
        fields[day] = day_of(fields[day])
    if appraisals:
        last = appraisals[-1]
        for name in ("rubric", "points", "total_points", "raters", "criteria"):
            fields[name] = getattr(last, name)
        fields["appraisal_number"] = last.number
    return DebriefRow(**fields, appraisals=tuple(appraisals), submissions=tuple(submissions))


def _appraisals(
    snapshot: Snapshot, ledger: str, names: Sequence[str]
) -> defaultdict[str, list[AppraisalRow]]:
    table = snapshot.table("debriefs", "appraisal")
    query = select(table).where(table.c.ledger == ledger, table.c.debrief.in_(names)).order_by(table.c.number)
    found: defaultdict[str, list[AppraisalRow]] = defaultdict(list)
    for row in snapshot.rows(query):
        fields = {**row._mapping}
        del fields["ledger"]
        debrief = fields.pop("debrief")
        fields["appraised_on"] = day_of(fields["appraised_on"])
        fields["criteria"] = msgspec.json.decode(fields["criteria"], type=tuple[CriterionScore, ...])
        found[debrief].append(AppraisalRow(**fields))
    return found


def _submissions(
    snapshot: Snapshot, ledger: str, names: Sequence[str]
) -> defaultdict[str, list[SubmissionRow]]:
    table = snapshot.table("debriefs", "submission")
    query = (
        select(table).where(table.c.ledger == ledger, table.c.debrief.in_(names)).order_by(table.c.version)
    )
    found: defaultdict[str, list[SubmissionRow]] = defaultdict(list)
    for row in snapshot.rows(query):
        found[row.debrief].append(
            SubmissionRow(
                version=row.version,
                number=row.number,
                submitted_on=day_of(row.submitted_on),
                words=msgspec.json.decode(row.words, type=tuple[Passage, ...]),
                claims=msgspec.json.decode(row.claims, type=tuple[Claim, ...]),
            )
        )
    return found
