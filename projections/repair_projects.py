"""Every repair from plan to last payment: what it may cost, what was paid, what is held back."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar, Literal, get_args

import msgspec
from sqlalchemy import Select, select

from ledger.actions.decision import EmergencyRepairAuthorised, VoteClosed, VoteOpened
from ledger.actions.entry import EntryReversed
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
from ledger.money.accounts import fund_of_bank
from ledger.rules.semantics import Ratio, share_of
from projections.database import reading
from projections.snapshot import Snapshot, paged
from projections.then import Then, then_of
from projections.view import DAY, FEN, FLAG, PLACE, TEXT, Fields, Shape, View, Write

StepName = Literal[
    "plan", "vote", "contract", "payments", "review", "acceptance", "retention", "apportionment", "notice",
]  # fmt: skip
STEPS: tuple[StepName, ...] = get_args(StepName)
Stage = Literal["planned", "contracted", "reviewed", "accepted", "closed"]


class ProjectStep(msgspec.Struct, frozen=True):
    """One step of a repair: when it was done and by which record; neither while it is still to come."""

    step: StepName
    on: date | None = None
    number: int | None = None


class RepairProjectRow(msgspec.Struct, frozen=True, kw_only=True):
    """`number`: the record of its plan. `reserved_fen`: approved and not yet paid.

    `retention_fen`: to be held back until the warranty is over, `retention_held_fen` what of it still is,
    `retention_shortfall_fen` what of it was paid too early. `fen_per_m2`: what a square metre bears, rounded;
    `remainder_units`: how many units bear one of the fen that would not divide.
    """

    project: str
    number: int
    name: str
    decision: str
    authority: Literal["owners", "emergency"] | None
    stage: Stage
    steps: tuple[ProjectStep, ...]
    scope: str
    budget_fen: int
    price_fen: int | None
    reviewed_fen: int | None
    paid_fen: int
    reserved_fen: int
    retention_percent: int | None
    retention_fen: int
    retention_held_fen: int
    retention_shortfall_fen: int
    review_required: bool | None = None
    contractor: str | None = None
    agency: str | None = None
    works: str | None = None
    apportioned_area: str | None = None
    contractor_choice: str | None = None
    construction_management: str | None = None
    acceptance: str | None = None
    schedule: str | None = None
    reason: str | None = None
    started_on: date | None = None
    completed_on: date | None = None
    warranty_until: date | None = None
    finding: str | None = None
    places: tuple[str, ...] = ()
    firm_report: str | None = None
    total_fen: int | None = None
    area: str | None = None
    units: int | None = None
    fen_per_m2: int | None = None
    remainder_units: int | None = None
    shares_digest: str | None = None


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
    found = [_row(project, steps) for project, steps in by_project.items()]
    votes = _votes(snapshot, ledger, then, [fields["decision"] for fields in found])
    return [_finished(fields, votes.get(fields["decision"])) for fields in found]


def _votes(snapshot: Snapshot, ledger: str, then: Then, decisions: list[str]) -> dict[str, Any]:
    """The last that was said of each decision: that owners are asked, that they agreed, an emergency."""
    vote = snapshot.table("repair_projects", "decision")
    counted = then.counted(vote.c.number, vote.c.occurred_on)
    query = select(vote).where(vote.c.ledger == ledger, vote.c.decision.in_(decisions), *counted)
    return {row.decision: row for row in snapshot.rows(query.order_by(vote.c.number))}


def _row(project: str, steps: list[Any]) -> Fields:
    fields: Fields = {"project": project, "paid_fen": 0, "reserved_fen": 0, "done": {}}
    for row in steps:
        fields |= json.loads(row.facts) if row.facts else {}
        fields["paid_fen"] += row.paid_fen
        fields["reserved_fen"] += row.reserved_fen
        if row.step is not None:
            day = date.fromordinal(row.occurred_on)
            fields["done"][row.step] = ProjectStep(row.step, day, row.number)
    return fields


def _finished(fields: Fields, vote: Any) -> RepairProjectRow:
    done: dict[str, ProjectStep] = fields.pop("done")
    authority = None if vote is None else vote.made_by
    if vote is not None and vote.passed:
        done["vote"] = ProjectStep("vote", date.fromordinal(vote.occurred_on), vote.number)
    steps = tuple(done.get(step) or ProjectStep(step) for step in STEPS)
    fields["number"] = done["plan"].number
    for day in ("started_on", "completed_on", "warranty_until"):
        fields[day] = date.fromisoformat(fields[day]) if fields.get(day) else None
    fields["places"] = tuple(fields.get("places", ()))
    fields |= _retained(fields, over="retention" in done)
    return RepairProjectRow(
        **{**dict.fromkeys(("price_fen", "reviewed_fen", "retention_percent")), **fields},
        authority=authority,
        steps=steps,
        stage=_stage(fields, done),
    )


def _retained(fields: Fields, *, over: bool) -> Fields:
    """What is held back of the settled amount; what was paid before the review may leave too little of it."""
    settled = fields.get("reviewed_fen") or fields.get("price_fen") or 0
    retained = share_of(settled, Ratio(fields.get("retention_percent") or 0, 100))
    still_due = max(0, settled - fields["paid_fen"])
    return {
        "retention_fen": retained,
        "retention_held_fen": 0 if over else min(retained, still_due),
        "retention_shortfall_fen": 0 if over else max(0, retained - still_due),
    }


def _stage(fields: Fields, done: Mapping[str, ProjectStep]) -> Stage:
    settled = fields.get("reviewed_fen") or (fields.get("price_fen") if "acceptance" in done else None)
    if settled is not None and fields["paid_fen"] >= settled:
        return "closed"
    for step, stage in (("acceptance", "accepted"), ("review", "reviewed"), ("contract", "contracted")):
        if step in done:
            return stage  # type: ignore[return-value]
    return "planned"


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
    FundPaymentApproved: None,
    FundPaymentWithdrawn: None,
    FundPaymentRecorded: "payments",
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
                facts = _facts(event) if isinstance(event, OfProject) else None
                key = (recorded.ledger, project, recorded.number)
                steps.append((*key, day, STEP_OF[type(event)], facts, *_money(event)))
        write.insert("step", sorted(steps))
        write.insert("decision", sorted(decisions))


def _project_of(recorded: Recorded[Event]) -> str | None:
    """The project an event is about; what undoes a payment is about the payment's project."""
    return next((tag[8:] for tag in recorded.envelope.tags if tag.startswith("project:")), None)


def _facts(event: OfProject) -> str:
    """The fields of an event, as a row names them."""
    facts = msgspec.to_builtins(event)
    if isinstance(event, RepairPlanPublished | ProjectApportioned):
        facts["scope"] = event.scope.name if event.scope else "whole"
    return json.dumps({name: facts[name] for name in facts if name in _COLUMNS}, ensure_ascii=False)


_COLUMNS = frozenset(RepairProjectRow.__struct_fields__)


def _money(event: Event) -> tuple[int, int]:
    """How an event changes what is reserved for a project and what was paid for it."""
    match event:
        case FundPaymentApproved(amount_fen=fen):
            return fen, 0
        case FundPaymentWithdrawn(released_fen=fen):
            return -fen, 0
        case FundPaymentRecorded(amount_fen=fen, charged_fen=charged):
            return (-fen if charged is None else 0), fen  # nothing was reserved where nobody had approved
        case EntryReversed(entries=entries):
            return 0, -sum(fen for account, fen in entries if fund_of_bank(account))
    return 0, 0


def _decided(event: Event) -> tuple[str, str, bool]:
    match event:
        case EmergencyRepairAuthorised(emergency=emergency):
            return emergency, "emergency", True
        case VoteClosed(decision=decision, approved=approved):
            return decision, "owners", approved
    return event.decision, "owners", False  # type: ignore[attr-defined]


VIEW = RepairProjects()
