"""A repair begins with a plan that says what the law asks of it, for money owners vote on (FUND-10, -11)."""

from typing import Any, ClassVar, cast

import msgspec

from ledger.actions.assembly import Assembly
from ledger.actions.committee import Committee
from ledger.actions.community import Register
from ledger.actions.decision import Decision, check_scope
from ledger.actions.repair_project import PlanPosting, Project, RepairPlanPublished
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.commands import Command
from ledger.errors import Refused
from ledger.fields import Area, Fen, Id, Line, Paragraph, Scope, centi_m2
from ledger.rules.law import Judged, Judgement
from ledger.state import Slice

PLANNERS: tuple[Role, ...] = ("secretary", "chair", "neighbourhood")
# beside name, budget and scope, which every plan has
REQUIRED = (
    "works", "apportioned_area", "contractor_choice", "construction_management", "acceptance", "schedule",
)  # fmt: skip


class PublishRepairPlan(Command, frozen=True, kw_only=True):
    """Publish the plan of a repair the owners voted on, or are voting on, or an emergency calls for.

    `posting`: before there is an assembly, how long the neighbourhood posted it and what owners said.
    """

    name: ClassVar[str] = "publish-repair-plan"
    roles: ClassVar[tuple[Role, ...]] = PLANNERS

    project: Id
    decision: Id
    title: Line = msgspec.field(name="name")
    budget_fen: Fen
    scope: Scope | None = None
    works: Paragraph | None = None
    apportioned_area: Area | None = None
    contractor_choice: Paragraph | None = None
    construction_management: Paragraph | None = None
    acceptance: Paragraph | None = None
    schedule: Paragraph | None = None
    reason: Paragraph | None = None
    posting: PlanPosting | None = None

    def query(self) -> tuple[Slice, ...]:
        about = Project.of(self.project), Decision.of(self.decision), Register.of(), Rules.of()
        return *about, Assembly.of(), Committee.of()

    def decide(
        self,
        by: Actor,  # noqa: ARG002
        project: Project,
        decision: Decision,
        register: Register,
        rules: Rules,
        *of_assembly: Any,
    ) -> Judged:
        assembly, committee = cast(tuple[Assembly, Committee], of_assembly)
        if project.plan is not None:
            raise Refused("project.already-published", project=self.project)
        check_scope(self.scope, register)
        must_be_voted_on(decision)
        self._must_be_of(decision)
        judge = rules.judge(self)
        # an emergency's works cannot wait for a plan of eight parts: S9 asks it of what owners vote on
        missing = () if decision.made_by == "emergency" else self._missing()
        judge.require(not missing, "repair-plan.incomplete", rules=("FUND-10",), missing=missing)
        is_first = decision.made_by == "owners" and not assembly.exists(self.legal_date, committee)
        if is_first:
            self._judge_posting(judge, decision)
        elif self.posting is not None:
            raise Refused("repair-plan.posting-not-asked-for", project=self.project)
        return judge.of(RepairPlanPublished.sharing(self))

    def _missing(self) -> tuple[str, ...]:
        missing = [name for name in REQUIRED if getattr(self, name) is None]
        if self.apportioned_area is not None and centi_m2(self.apportioned_area) == 0:
            missing.append("apportioned_area")
        return tuple(missing)

    def _judge_posting(self, judge: Judgement, decision: Decision) -> None:
        """Before there is an assembly the plan is posted, opinions are heard, then owners vote (FUND-11)."""
        posting = self.posting
        judge.require(posting is not None, "repair-plan.not-posted", rules=("FUND-11",))
        if posting is None or not judge.law.is_in_force("FUND-11"):
            return
        days = judge.law.number("FUND-11", "days_min")
        posted_days = (posting.removed_on - posting.posted_on).days  # SEM-08: the first day does not count
        judge.require(posted_days >= days, "repair-plan.posted-too-short", rules=("FUND-11",), days_min=days)
        opens_on = decision.vote.opens_on if decision.vote is not None else posting.removed_on
        judge.require(
            posting.removed_on <= opens_on,
            "repair-plan.voted-while-posted",
            rules=("FUND-11",),
            removed_on=posting.removed_on,
            opens_on=opens_on,
        )

    def _must_be_of(self, decision: Decision) -> None:
        """Refuse a plan of more money, or of another part of the community, than the decision is about."""
        freed = decision.authorises
        if freed is None or freed.fund != "maintenance":
            raise Refused("repair-plan.without-money", rules=("FUND-09",), decision=decision.identity)
        if self.budget_fen > freed.amount_fen:
            raise Refused(
                "repair-plan.exceeds-authorisation", rules=("FUND-09",), authorised_fen=freed.amount_fen
            )
        if (self.scope or Scope()).name != (freed.scope or Scope()).name:
            raise Refused(
                "repair-plan.scope-differs", rules=("FUND-21",), authorised=(freed.scope or Scope()).name
            )
        if freed.item_max_fen is None and decision.unnamed_fen > 0:  # owners would bear it twice
            raise Refused(
                "repair-plan.paid-without-project", rules=("FUND-21",), amount_fen=decision.unnamed_fen
            )


def must_be_voted_on(decision: Decision) -> None:
    """Refuse a project without a decision of the owners, or one they rejected (FUND-09)."""
    decision.must_exist(rules=("FUND-09",))
    if decision.passed is False:
        raise Refused("decision.not-passed", rules=("FUND-09",), decision=decision.identity)
    if decision.made_by == "committee":
        raise Refused("project.needs-a-vote", rules=("FUND-09", "VOTE-01"), decision=decision.identity)
