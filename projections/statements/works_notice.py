"""T9 完工告示 and 代为维修公告: what was repaired, by whom, what it costs the owners, where they were told.

About a repair project, or about an emergency the district repairs in the owners' place (FUND-39, EMG-04).
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from ledger.actions.decision import EmergencyRepairAuthorised
from ledger.actions.emergency import CONTENTS, EmergencyDeclared, SubstituteNoticePosted
from ledger.actions.repair_project import CompletionNoticePosted
from ledger.composing import Wanted
from ledger.errors import Refused
from ledger.events import Event, Recorded
from projections import repair_projects
from projections.repair_project_rows import RepairProjectRow
from projections.statements import dated
from projections.statements.books import Books
from projections.statements.statement import Caution, Cell, Composition, Line, cells


def compose(books: Books, wanted: Wanted) -> Composition:
    """The project, or the emergency, `wanted.subject` as it stood on the period's last day.

    Errors: `Refused` for one that was neither planned nor declared.
    """
    subject = wanted.subject or ""
    project = repair_projects.one(books.views, books.ledger, subject, as_of=wanted.ends_on)
    emergency = _emergency(books, project.decision if project else subject, wanted.ends_on)
    if project is None and emergency.declared is None:
        raise Refused("statement.unknown-subject", table=wanted.table, subject=subject)
    notices = _notices(books, project, emergency, wanted.ends_on)
    records = [project.number] if project else []
    records += [one.number for one in emergency.events]
    editions = {edition for number in records for edition in books.events[number].envelope.rules}
    return Composition(
        figures=_figures(project, emergency),
        rows={
            **(_of_project(project) if project else {}),
            **({"emergency": list(_declared(emergency))} if emergency.declared else {}),
            "notices": notices,
        },
        cautions=tuple(_cautions(project, emergency, notices)),
        rules=tuple(sorted(editions)),
    )


class _Emergency(NamedTuple):
    """What was declared, how money was set free for it, what the district told the owners."""

    declared: Recorded[EmergencyDeclared] | None
    authorised: Recorded[EmergencyRepairAuthorised] | None
    told: tuple[Recorded[SubstituteNoticePosted], ...]

    @property
    def events(self) -> tuple[Recorded[Event], ...]:
        found = (self.declared, self.authorised, *self.told)
        return tuple(one for one in found if one is not None)  # type: ignore[misc]

    @property
    def is_substitute(self) -> bool:
        return self.authorised is not None and self.authorised.data.path == "substitute"


def _emergency(books: Books, emergency: str, day: date) -> _Emergency:
    declared = authorised = None
    told = []
    for one in dated.until(books, day):
        match one.data:
            case EmergencyDeclared(emergency=of) if of == emergency:
                declared = one
            case EmergencyRepairAuthorised(emergency=of) if of == emergency:
                authorised = one
            case SubstituteNoticePosted(emergency=of) if of == emergency:
                told.append(one)
    return _Emergency(declared, authorised, tuple(told))  # type: ignore[arg-type]


def _figures(project: RepairProjectRow | None, emergency: _Emergency) -> dict[str, Cell]:
    if project is not None:
        price, reviewed, paid = project.price_fen, project.reviewed_fen, project.paid_fen
        return cells(price_fen=price, reviewed_fen=reviewed, paid_fen=paid, to_bear_fen=project.total_fen)
    after = next((one.data for one in emergency.told if one.data.phase == "after"), None)
    return cells(
        estimated_fen=emergency.declared.data.estimated_fen if emergency.declared else None,
        authorised_fen=emergency.authorised.data.authorises.amount_fen if emergency.authorised else None,
        to_bear_fen=after.cost_fen if after else None,
    )


def _of_project(project: RepairProjectRow) -> dict[str, list[Line]]:
    return {"works": _works(project), "cost": _cost(project), "reviews": list(_reviews(project))}


def _works(project: RepairProjectRow) -> list[Line]:
    on = {step.step: step.on for step in project.steps}
    found = cells(
        project=project.project,
        name=project.name,
        works=project.works,
        scope=project.scope,
        decision=project.decision,
        authority=project.authority,
        contractor=project.contractor,
        signed_on=on["contract"],
        started_on=project.started_on,
        completed_on=project.completed_on,
        accepted_on=on["acceptance"],
        finding=project.finding,
        warranty_until=project.warranty_until,
    )
    return [Line(key=project.project, cells=found)]


def _cost(project: RepairProjectRow) -> list[Line]:
    """`to_bear`: what the owners in scope bear, known once it was divided among them (FUND-21)."""
    found = cells(
        budget=project.budget_fen,
        price=project.price_fen,
        reviewed=project.reviewed_fen,
        paid=project.paid_fen,
        retained=project.retention_held_fen,
        to_bear=project.total_fen,
        area=project.area,
        units=project.units,
        per_m2=project.fen_per_m2,
    )
    return [Line(key=project.project, cells=found)]


def _reviews(project: RepairProjectRow) -> Iterator[Line]:
    """Every report of the agency; the last counts, one that was wrong stays to be seen."""
    for review in project.reviews:
        yield Line(
            key=str(review.number),
            cells=cells(
                reviewed_on=review.on,
                reviewed=review.reviewed_fen,
                agency=review.agency,
                report=review.report,
                corrects=review.corrects,
                reason=review.reason,
                record=review.number,
            ),
        )


def _declared(emergency: _Emergency) -> Iterator[Line]:
    if emergency.declared is None:
        return
    declared, authorised = emergency.declared.data, emergency.authorised
    yield Line(
        key=declared.emergency,
        cells=cells(
            head=declared.head,
            works=declared.works,
            declared_on=emergency.declared.occurred_on,
            proof=declared.proof.kind,
            issuer=declared.proof.issuer,
            reference=declared.proof.reference,
            use_affected=declared.use_affected,
            estimated=declared.estimated_fen,
            path=authorised.data.path if authorised else None,
            authorised_on=authorised.occurred_on if authorised else None,
            authorised=authorised.data.authorises.amount_fen if authorised else None,
        ),
    )


# -- where the owners were told ----------------------------------------------------------------------------


def _notices(books: Books, project: RepairProjectRow | None, emergency: _Emergency, day: date) -> list[Line]:
    """Of substitute repair one before and one after; of the end of the works one row for every place."""
    found = [_substitute(one) for one in emergency.told]
    for one in dated.until(books, day):
        match one.data:
            case CompletionNoticePosted(project=of) if project and of == project.project:
                found += _completion(one.number, one.data)
    return found


def _substitute(one: Recorded[SubstituteNoticePosted]) -> Line:
    told = one.data
    return Line(
        key=told.phase,
        cells=cells(
            phase=told.phase,
            posted_on=told.posted_on,
            policy=told.policy,
            works=told.works,
            time=told.time,
            estimated=told.estimated_fen,
            location=told.location,
            cost=told.cost_fen,
            record=one.number,
        ),
    )


def _completion(number: int, told: CompletionNoticePosted) -> Iterator[Line]:
    for index, place in enumerate(told.places, 1):
        found = cells(
            phase="completion",
            posted_on=told.posted_on,
            location=place,
            firm_report=told.firm_report,
            record=number,
        )
        yield Line(key=f"completion-{index}", cells=found)


# -- what the reader must know first -----------------------------------------------------------------------


def _cautions(
    project: RepairProjectRow | None, emergency: _Emergency, notices: list[Line]
) -> Iterator[Caution]:
    phases = {notice.cells["phase"] for notice in notices}
    if project is not None:
        done = {step.step for step in project.steps if step.on is not None}
        if "acceptance" not in done:
            yield Caution(code="works-not-accepted", records=(project.number,))
        elif "completion" not in phases:  # FUND-39
            yield Caution(code="completion-not-posted", records=(project.number,))
        if project.review_required and "review" not in done:
            yield Caution(code="price-not-reviewed", records=(project.number,))
    if emergency.is_substitute:  # EMG-04: a notice before, a notice after, each with what it must say
        yield from _of_substitute_repair(emergency, phases)
    irregular = tuple(one.number for one in emergency.events if one.envelope.irregularities)
    if irregular:
        yield Caution(code="irregular", records=irregular)


def _of_substitute_repair(emergency: _Emergency, phases: set[Cell]) -> Iterator[Caution]:
    ordered = tuple(one.number for one in (emergency.authorised,) if one is not None)
    for phase in CONTENTS:
        if phase not in phases:
            yield Caution(code=f"no-notice-{phase}", records=ordered)
    incomplete = tuple(
        one.number
        for one in emergency.told
        if any(getattr(one.data, name) is None for name in CONTENTS[one.data.phase])
    )
    if incomplete:
        yield Caution(code="notice-incomplete", records=incomplete)
