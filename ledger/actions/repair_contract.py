"""The contract of a repair: within what was decided, signed by three, its price to be reviewed."""

from typing import Any, ClassVar

from ledger.actions.decision import Decision
from ledger.actions.repair_plan import must_be_voted_on
from ledger.actions.repair_project import (
    OnProject,
    Party,
    Percent,
    PriceReviewRecorded,
    Project,
    RepairContractSigned,
)
from ledger.actions.rules import Rules
from ledger.actors import Actor, Role
from ledger.errors import Refused
from ledger.events import Recorded
from ledger.fields import Day, Fen, Line
from ledger.rules.law import Judged, Law
from ledger.state import Slice, State

PARTIES: tuple[Party, ...] = ("assembly", "firm", "contractor")


class Contracts(State):
    """What every project under one decision may cost: its price, once reviewed the reviewed one."""

    subject = "decision"

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self._settled_fen: dict[str, int] = {}

    def evolve(self, recorded: Recorded[Any]) -> None:
        match recorded.data:
            case RepairContractSigned(project=project, price_fen=fen):
                self._settled_fen[project] = fen
            case PriceReviewRecorded(project=project, reviewed_fen=fen):
                self._settled_fen[project] = fen

    def left_for(self, project: str, decision: Decision) -> int:
        """What one project may cost in all, of what its decision has left, once all others are paid."""
        drawn_fen = decision.drawn_fen
        owed_fen = sum(
            max(0, fen - drawn_fen[other]) for other, fen in self._settled_fen.items() if other != project
        )
        return max(0, decision.remaining_fen + drawn_fen[project] - owed_fen)


def review_is_due(law: Law, project: Project, contract: RepairContractSigned) -> bool:
    """Whether the price of a contract is to be reviewed: it says so, or the law does."""
    before_assembly = project.is_before_assembly and law.is_in_force("FUND-11")
    return contract.review_required or before_assembly or _is_reviewed(law, contract.price_fen)


def _is_reviewed(law: Law, price_fen: int) -> bool:
    """Whether the law asks for a review of such a price.

    No law found names an amount for the fund: until a community settles one, every price is reviewed.
    """
    if not law.is_in_force("FUND-19"):
        return False
    least = law.term("FUND-19", "review_fen_min")
    if law.term("FUND-19", "review") == "from-amount" and isinstance(least, int):
        return price_fen >= least
    return True


class SignRepairContract(OnProject, frozen=True, kw_only=True):
    """Record the signed contract of a project; `parties` left out means that all three of them signed."""

    name: ClassVar[str] = "sign-repair-contract"
    roles: ClassVar[tuple[Role, ...]] = ("secretary", "chair")
    already_happened: ClassVar[bool] = True

    contractor: Line
    price_fen: Fen
    review_required: bool
    retention_percent: Percent
    signed_on: Day | None = None
    parties: tuple[Party, ...] = PARTIES

    def happened_on(self) -> Day | None:
        return self.signed_on

    def query_further(self, project: Project, rules: Rules) -> tuple[Slice, ...]:  # noqa: ARG002
        decision = project.planned().decision
        return Decision.of(decision), Contracts.of(decision)

    def decide(
        self,
        by: Actor,  # noqa: ARG002
        project: Project,
        rules: Rules,
        decision: Decision,
        contracts: Contracts,
    ) -> Judged:
        if project.contract is not None:
            raise Refused("repair-contract.already-signed", project=self.project)
        must_be_voted_on(decision)
        if not decision.passed:
            raise Refused("decision.not-passed", rules=("FUND-09",), decision=decision.identity)
        judge = rules.judge(self)
        left_fen = contracts.left_for(self.project, decision)
        most = min(project.planned().budget_fen, left_fen)
        judge.require(
            self.price_fen <= most,
            "repair-contract.exceeds-authorisation",
            rules=("FUND-09",),
            authorised_fen=most,
        )
        missing = tuple(party for party in PARTIES if party not in self.parties)
        judge.require(not missing, "repair-contract.not-signed-by-all", rules=("FUND-12",), missing=missing)
        reviewed = self.review_required or not _is_reviewed(judge.law, self.price_fen)
        judge.require(reviewed, "repair-contract.without-review", rules=("FUND-19",))
        by_agency = self.review_required or not project.is_before_assembly
        judge.require(by_agency, "repair-contract.without-review", rules=("FUND-11",))
        return judge.of(
            RepairContractSigned(
                project=self.project,
                decision=decision.identity,
                contractor=self.contractor,
                price_fen=self.price_fen,
                review_required=self.review_required,
                retention_percent=self.retention_percent,
                signed_on=self.legal_date,
                parties=tuple(party for party in PARTIES if party in self.parties),
            )
        )
