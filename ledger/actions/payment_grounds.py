"""What a payment is judged on: what leaves, what was drawn before, and which decision covers it (FUND-09)."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal

import msgspec

from ledger.actions.assembly import Assembly
from ledger.actions.committee import Committee
from ledger.actions.decision import Decision
from ledger.actions.emergency import Emergency
from ledger.actions.fund import FundBook
from ledger.actions.repair_project import Project
from ledger.actions.revenue_authority import RevenueUse
from ledger.actions.rules import Rules
from ledger.actions.working_fund import WorkingFund, WorkingHead
from ledger.errors import Refused
from ledger.events import Recorded
from ledger.fields import Fund
from ledger.money import accounts
from ledger.state import SLICES_NAMED_MAX, Slice, State

Stage = Literal["first", "progress", "final", "retention"]
Work = Literal[
    "repair", "renewal", "conversion", "firm-expense",
    "builder-liability", "utility-lines", "damage-by-person", "firm-upkeep",
]  # fmt: skip


class Drawing(msgspec.Struct, frozen=True, gc=False):
    """What is to leave the fund, and what was drawn for its project before: paid, promised or asked for."""

    amount_fen: int
    drawn_fen: int
    stage: str | None
    work: str | None
    documents: frozenset[str]
    head: WorkingHead | None = None
    use: RevenueUse | None = None

    @property
    def after_fen(self) -> int:
        """All that will have been drawn with it."""
        return self.drawn_fen + self.amount_fen


# -- what must be known ----------------------------------------------------------------------------


class ProjectDrawings(State):
    """What was drawn for one project: paid, promised by an approval, only asked for."""

    subject = "project"
    paid_fen = 0

    def __init__(self, identity: str = "") -> None:
        super().__init__(identity)
        self.asked: dict[str, int] = {}
        self.promised: dict[str, int] = {}

    def evolve(self, recorded: Recorded[Any]) -> None:
        event = recorded.data
        match event.kind:  # the file of these events asks this one, so it knows them by their kind
            case "fund-payment.requested":
                self.asked[event.payment] = event.amount_fen
            case "fund-payment.approved":
                self.asked.pop(event.payment, None)
                self.promised[event.payment] = event.amount_fen
            case "fund-payment.recorded" | "fund-payment.withdrawn":
                self.asked.pop(event.payment, None)
                self.promised.pop(event.payment, None)
        # what left the bank or was recognised as having left, and what a reversal took back
        self.paid_fen += accounts.drawn_fen(recorded.envelope.postings)

    @property
    def drawn_fen(self) -> int:
        """Paid or promised."""
        return self.paid_fen + sum(self.promised.values())

    @property
    def wanted_fen(self) -> int:
        """Paid, promised or asked for."""
        return self.drawn_fen + sum(self.asked.values())


# of a payment that is not judged by them; nobody ever evolves these
_NO_PROJECT, _NO_DRAWINGS, _NO_ASSEMBLY, _NO_COMMITTEE = Project(), ProjectDrawings(), Assembly(), Committee()


class Grounds(msgspec.Struct, frozen=True, gc=False):
    """What a payment is judged on."""

    decision: Decision
    book: FundBook
    rules: Rules
    emergency: Emergency
    project: Project
    drawings: ProjectDrawings
    assembly: Assembly
    committee: Committee
    working: WorkingFund | None = None  # of a payment from the working funds

    @classmethod
    @lru_cache(SLICES_NAMED_MAX)
    def slices(cls, decision: str, fund: Fund, project: str | None) -> tuple[Slice, ...]:
        """What to ask for."""
        always = Decision.of(decision), FundBook.of(fund), Rules.of(), Emergency.of(decision)
        of_project = (Project.of(project), ProjectDrawings.of(project)) if project else ()
        of_fund: dict[Fund, tuple[Slice, ...]] = {
            "maintenance": (Assembly.of(), Committee.of()),
            "working": (WorkingFund.of(fund),),
        }
        return *always, *of_project, *of_fund.get(fund, ())

    @classmethod
    def of(cls, states: Iterable[State]) -> "Grounds":
        """What was asked for; a payment for no project is judged by an empty one."""
        known: dict[type[State], Any] = {type(state): state for state in states}
        return cls(
            known[Decision], known[FundBook], known[Rules], known[Emergency],
            known.get(Project, _NO_PROJECT), known.get(ProjectDrawings, _NO_DRAWINGS),
            known.get(Assembly, _NO_ASSEMBLY), known.get(Committee, _NO_COMMITTEE),
            known.get(WorkingFund),
        )  # fmt: skip


def must_authorise(decision: Decision, fund: Fund, amount_fen: int) -> None:
    """Refuse a decision that does not cover the payment (FUND-09).

    A standing authorisation is a decision for many payments: up to its sum, and each up to what it says.
    """
    name = decision.identity
    decision.must_exist(rules=("FUND-09",))
    if not decision.passed:
        raise Refused("decision.not-passed", rules=("FUND-09",), decision=name)
    if decision.authorises is None or decision.authorises.fund != fund:
        raise Refused("decision.does-not-authorise", rules=("FUND-09",), decision=name, fund=fund)
    if fund == "maintenance" and decision.made_by == "committee":
        raise Refused("fund-payment.needs-a-vote", rules=("FUND-09", "VOTE-01"), decision=name)
    if amount_fen > decision.remaining_fen:
        raise Refused(
            "fund-payment.exceeds-authorisation", rules=("FUND-09",), remaining_fen=decision.remaining_fen
        )
    most_fen = decision.authorises.item_max_fen
    if most_fen is not None and amount_fen > most_fen:
        raise Refused("fund-payment.exceeds-item", rules=("FUND-09",), item_max_fen=most_fen)


def must_be_of(project: Project, decision: Decision) -> None:
    """Refuse a project the payment's decision is not about; no project at all is possible."""
    if project.identity and project.planned().decision != decision.identity:
        raise Refused("fund-payment.project-of-another-decision", decision=project.planned().decision)


def must_name_project(decision: Decision, project: str | None) -> None:
    """Refuse money of a planned repair that does not say so.

    It would walk around the contract (FUND-13), and be charged to the owners with the project and once more.
    """
    if project is None and decision.is_for_one_project:
        raise Refused("fund-payment.project-not-named", rules=("FUND-13",), decision=decision.identity)
