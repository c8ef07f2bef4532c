"""What the steps of a repair make of it: how far it is, what may be paid, what is held back."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal, get_args

import msgspec

from ledger.actions.repair_project import PlanPosting
from ledger.rules.semantics import Ratio, share_of
from projections.view import Fields

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


class ReviewStep(msgspec.Struct, frozen=True):
    """One report of the agency; `corrects`: the record of the one before that was wrong, `reason`: how."""

    number: int
    on: date
    reviewed_fen: int
    agency: str | None = None
    report: str | None = None
    corrects: int | None = None
    reason: str | None = None


class RepairProjectRow(msgspec.Struct, frozen=True, kw_only=True):
    """`number`: the record of its plan. `reserved_fen`: approved and not yet paid.

    `retention_fen`: to be held back until the warranty is over, `retention_held_fen` what of it still is,
    `retention_shortfall_fen` what of it was paid too early. `fen_per_m2`: what a square metre bears, rounded;
    `remainder_units`: how many units bear one of the fen that would not divide. `reviews`: all there were,
    the last counts. `posting`: of a plan from before there is an assembly.
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
    reviews: tuple[ReviewStep, ...] = ()
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
    posting: PlanPosting | None = None
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


OF_ROW = frozenset(RepairProjectRow.__struct_fields__)
UNDONE = "undone"  # among the facts of a step: the step it takes back


def fields_of(project: str, steps: Iterable[Any]) -> Fields:
    """What the steps of a project, in their order, say of it; `done`: those that were taken."""
    fields: Fields = {"project": project, "paid_fen": 0, "reserved_fen": 0, "done": {}, "reviews": ()}
    for row in steps:
        facts, day = json.loads(row.facts) if row.facts else {}, date.fromordinal(row.occurred_on)
        fields["paid_fen"] += row.paid_fen
        fields["reserved_fen"] += row.reserved_fen
        if row.step == "review":
            fields["reviews"] += (_review(facts, row.number, day),)
        if row.step is not None:
            fields["done"][row.step] = ProjectStep(row.step, day, row.number)
        elif UNDONE in facts:
            fields["done"].pop(facts.pop(UNDONE), None)
        fields |= {name: fact for name, fact in facts.items() if name in OF_ROW}
    return fields


def _review(facts: Fields, number: int, on: date) -> ReviewStep:
    # the reason of a correction is its own and not the plan's
    told = {name: facts.pop(name, None) for name in ("report", "corrects", "reason")}
    return ReviewStep(number, on, facts["reviewed_fen"], facts.get("agency"), **told)


def finished(fields: Fields, vote: Any) -> RepairProjectRow:
    """The row of a project; `vote`: the last that was said of its decision."""
    done: dict[str, ProjectStep] = fields.pop("done")
    authority = None if vote is None else vote.made_by
    if vote is not None and vote.passed:
        done["vote"] = ProjectStep("vote", date.fromordinal(vote.occurred_on), vote.number)
    steps = tuple(done.get(step) or ProjectStep(step) for step in STEPS)
    fields["number"] = done["plan"].number
    for day in ("started_on", "completed_on", "warranty_until"):
        fields[day] = date.fromisoformat(fields[day]) if fields.get(day) else None
    fields["posting"] = msgspec.convert(fields.get("posting"), PlanPosting | None)
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
