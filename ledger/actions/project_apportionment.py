"""What a repair cost is split over the units in its scope by floor area, to the fen (FUND-21 to FUND-23)."""

from typing import ClassVar

from ledger.actions.community import Register
from ledger.actions.fund import BOOKKEEPERS
from ledger.actions.repair_contract import review_is_due
from ledger.actions.repair_project import OnProject, Project, ProjectApportioned
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.errors import Refused
from ledger.fields import Scope
from ledger.money.apportionment import apportion, published
from ledger.rules.law import Judged, Law
from ledger.state import Slice


class ApportionProject(OnProject, frozen=True, kw_only=True):
    """Split the settled cost of a project over all units in its scope; the developer's unsold ones too."""

    name: ClassVar[str] = "apportion-project"
    roles: ClassVar[tuple[Role, ...]] = BOOKKEEPERS

    def query(self) -> tuple[Slice, ...]:
        return *super().query(), Register.of()

    def decide(self, by: Actor, project: Project, rules: Rules, register: Register) -> Judged:  # noqa: ARG002
        plan, judge = project.planned(), rules.judge(self)
        if project.is_apportioned:
            raise Refused("project.already-apportioned", project=self.project)
        total_fen = _settled(project, judge.law)
        areas = register.floor_areas(plan.scope)
        if not areas:
            raise Refused("project.no-units-in-scope", project=self.project)
        return judge.of(
            ProjectApportioned(
                project=self.project,
                total_fen=total_fen,
                scope=plan.scope or Scope(),
                **published(apportion(total_fen, areas), total_fen, areas),
            )
        )


def _settled(project: Project, law: Law) -> int:
    """What the works cost in the end. Errors: `Refused` before that is known."""
    if project.reviewed_fen is None:
        contract = project.contracted()
        if review_is_due(law, project, contract):
            raise Refused("project.not-reviewed", rules=("FUND-15",), project=project.identity)
        return contract.price_fen
    return project.reviewed_fen
