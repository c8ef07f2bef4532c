"""Every repair from plan to last payment: what it may cost, what was paid, what is held back."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

import msgspec
from sqlalchemy import Select, select

from ledger.actions.apportionment_reversal import ApportionmentReversed
from ledger.actions.decision import EmergencyRepairAuthorised, VoteClosed, VoteOpened
from ledger.actions.entry import EntryClassified, EntryReversed
from ledger.actions.fund_payment import FundPaymentApproved, FundPaymentRecorded, FundPaymentWithdrawn
from ledger.actions.repair_project import (
    CompletionNoticePosted,
    OfProject,
    PriceReviewEngaged,
    PriceReviewRecorded,
    ProjectApportioned,
    RepairContractSigned,
    RepairPlanPublished,
    WarrantyExpiryRecorded,
    WorksAccepted,
)
from ledger.events import Event, Recorded
from ledger.money.accounts import drawn_fen
from projections.database import reading
from projections.repair_project_rows import UNDONE, RepairProjectRow, StepName, fields_of, finished
from projections.snapshot import Snapshot, paged
from projections.then import Then, then_of
from projections.view import DAY, FEN, FLAG, PLACE, TEXT, Shape, View, Write


@reading
def page(  # noqa: PLR0913  a page, and the books it is looked up in
    snapshot: Snapshot,
    ledger: str,
    *,
    after: int | None = None,
    limit: int = 50,
    newest_first: bool = False,
    as_of: date | None = None,
    known_at: int | str | None = None,
) -> list[RepairProjectRow]:
    """Repairs of a ledger by the record numbers of their plans, as they are or as they stood then."""
    then = then_of(snapshot, "repair_projects", ledger, as_of, known_at)
    query, number = _begun(snapshot, ledger, then)
    query = paged(query, number, after=after, limit=limit, newest_first=newest_first)
    return _folded(snapshot, ledger, then, [row.project for row in snapshot.rows(query)])


@reading
def one(
    snapshot: Snapshot,
    ledger: str,
    project: str,
    *,
    as_of: date | None = None,
    known_at: int | str | None = None,
) -> RepairProjectRow | None:
    """One repair, as it is or as it stood then; none if there is, or was, no such id."""
    then = then_of(snapshot, "repair_projects", ledger, as_of, known_at)
    query, _ = _begun(snapshot, ledger, then)
    step = snapshot.table("repair_projects", "step")
    begun = snapshot.rows(query.where(step.c.project == project))
    return _folded(snapshot, ledger, then, [project])[0] if begun else None


def _begun(snapshot: Snapshot, ledger: str, then: Then) -> tuple[Select[Any], Any]:
    """Projects whose plan counts, and the column of their record numbers."""
    step = snapshot.table("repair_projects", "step")
    plans = (step.c.ledger == ledger, step.c.step == "plan")
    counted = then.counted(step.c.number, step.c.occurred_on)
    return select(step.c.project, step.c.number).where(*plans, *counted), step.c.number


def _folded(snapshot: Snapshot, ledger: str, then: Then, projects: list[str]) -> list[RepairProjectRow]:
    """The rows of projects, in this order, from the steps that count."""
    step = snapshot.table("repair_projects", "step")
    of_projects = (step.c.ledger == ledger, step.c.project.in_(projects))
    counted = then.counted(step.c.number, step.c.occurred_on)
    by_project: dict[str, list[Any]] = {project: [] for project in projects}
    for row in snapshot.rows(select(step).where(*of_projects, *counted).order_by(step.c.number)):
        by_project[row.project].append(row)
    found = [fields_of(project, steps) for project, steps in by_project.items()]
    votes = _votes(snapshot, ledger, then, [fields["decision"] for fields in found])
    return [finished(fields, votes.get(fields["decision"])) for fields in found]


def _votes(snapshot: Snapshot, ledger: str, then: Then, decisions: list[str]) -> dict[str, Any]:
    """The last that was said of each decision: that owners are asked, that they agreed, an emergency."""
    vote = snapshot.table("repair_projects", "decision")
    counted = then.counted(vote.c.number, vote.c.occurred_on)
    query = select(vote).where(vote.c.ledger == ledger, vote.c.decision.in_(decisions), *counted)
    return {row.decision: row for row in snapshot.rows(query.order_by(vote.c.number))}


# -- how it is kept ----------------------------------------------------------------------------------

STEP_OF: Mapping[type[Event], StepName | None] = {
    RepairPlanPublished: "plan",
    RepairContractSigned: "contract",
    PriceReviewEngaged: None,
    PriceReviewRecorded: "review",
    WorksAccepted: "acceptance",
    CompletionNoticePosted: "notice",
    WarrantyExpiryRecorded: "retention",
    ProjectApportioned: "apportionment",
    ApportionmentReversed: None,
    FundPaymentApproved: None,
    FundPaymentWithdrawn: None,
    FundPaymentRecorded: "payments",
    EntryClassified: "payments",
    EntryReversed: None,
}
DECIDING = (VoteOpened, VoteClosed, EmergencyRepairAuthorised)


class RepairProjects(View):
    """Every step of every project, so that any earlier moment can be folded again; and what was decided."""

    name: ClassVar[str] = "repair_projects"
    shapes: ClassVar[Mapping[str, Shape]] = {
        # `facts`: what the step added, as JSON; payments change money only
        "step": Shape(
            {"ledger": TEXT, "project": TEXT, "number": PLACE},
            {"occurred_on": DAY, "step": TEXT, "facts": TEXT, "reserved_fen": FEN, "paid_fen": FEN},
        ),
        "decision": Shape(
            {"ledger": TEXT, "decision": TEXT, "number": PLACE},
            {"occurred_on": DAY, "made_by": TEXT, "passed": FLAG},
        ),
    }
    takes = (*STEP_OF, *DECIDING)

    def apply(self, batch: Sequence[Recorded[Event]], write: Write) -> None:
        steps, decisions = [], []
        for recorded in batch:
            event, day = recorded.data, recorded.occurred_on.toordinal()
            if isinstance(event, DECIDING):
                name, made_by, passed = _decided(event)
                decisions.append((recorded.ledger, name, recorded.number, day, made_by, passed))
            elif (project := _project_of(recorded)) is not None:
                facts = _facts(event)
                key = (recorded.ledger, project, recorded.number)
                steps.append((*key, day, STEP_OF[type(event)], facts, *_money(event)))
        write.insert("step", sorted(steps))
        write.insert("decision", sorted(decisions))


def _project_of(recorded: Recorded[Event]) -> str | None:
    """The project an event is about; what undoes a payment is about the payment's project."""
    return next((tag[8:] for tag in recorded.envelope.tags if tag.startswith("project:")), None)


def _facts(event: Event) -> str | None:
    """The fields of an event, as a row names them; none of a payment, which changes money only."""
    match event:
        case ApportionmentReversed():
            return json.dumps({UNDONE: "apportionment", **dict.fromkeys(DIVIDED)})
        case RepairPlanPublished(scope=scope):
            facts = msgspec.to_builtins(event) | {"scope": scope.name if scope else "whole"}
        case ProjectApportioned(scope=scope):
            facts = {name: getattr(event, name) for name in DIVIDED} | {"scope": scope.name}
        case OfProject():
            facts = msgspec.to_builtins(event)
        case _:
            return None
    return json.dumps(facts, ensure_ascii=False)


DIVIDED = ("total_fen", "area", "units", "fen_per_m2", "remainder_units", "shares_digest")


def _money(event: Event) -> tuple[int, int]:
    """How an event changes what is reserved for a project and what was paid for it."""
    match event:
        case FundPaymentApproved(amount_fen=fen):
            return fen, 0
        case FundPaymentWithdrawn(released_fen=fen):
            return -fen, 0
        case FundPaymentRecorded(amount_fen=fen, charged_fen=charged):
            return (-fen if charged is None else 0), fen  # nothing was reserved where nobody had approved
        case EntryClassified() | EntryReversed():
            return 0, drawn_fen(event.postings())
    return 0, 0


def _decided(event: Event) -> tuple[str, str, bool]:
    match event:
        case EmergencyRepairAuthorised(emergency=emergency):
            return emergency, "emergency", True
        case VoteClosed(decision=decision, approved=approved):
            return decision, "owners", approved
    return event.decision, "owners", False  # type: ignore[attr-defined]


VIEW = RepairProjects()
