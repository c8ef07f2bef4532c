"""What the law lets out of the maintenance fund for a repair, step by step (FUND-13 to FUND-20)."""

from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

from ledger.actions.decision import Decision
from ledger.actions.emergency import Emergency
from ledger.actions.fund import FundBook
from ledger.actions.repair_contract import review_is_due
from ledger.actions.repair_project import Project, RepairContractSigned
from ledger.actions.revenue_authority import RevenueUse
from ledger.actions.revenue_spending import revenue_gates
from ledger.actions.rules import Rules
from ledger.actions.working_fund import WorkingFund, WorkingHead, judge_spending
from ledger.errors import Refused
from ledger.events import Recorded
from ledger.fields import Fund
from ledger.money import accounts
from ledger.rules.law import Judgement
from ledger.rules.semantics import Ratio
from ledger.state import Slice, State

Stage = Literal["first", "progress", "final", "retention"]
Work = Literal[
    "repair", "renewal", "conversion", "firm-expense",
    "builder-liability", "utility-lines", "damage-by-person", "firm-upkeep",
]  # fmt: skip

# what the ledger itself can prove of the papers the rules name
RESOLUTION, CONTRACT, ENGAGEMENT = "resolution", "contract", "review-engagement"
COMPLETION, REPORT, DRAWING_NOTICE = "completion-certificate", "review-report", "drawing-notice"
COUNTERSIGNATURES = ("chair-countersignature", "vice-chair-countersignature")


class Drawing(NamedTuple):
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
        # what left the bank, and what a reversal brought back
        self.paid_fen -= sum(
            fen for account, fen in recorded.envelope.postings if accounts.fund_of_bank(account)
        )

    @property
    def drawn_fen(self) -> int:
        """Paid or promised."""
        return self.paid_fen + sum(self.promised.values())

    @property
    def wanted_fen(self) -> int:
        """Paid, promised or asked for."""
        return self.drawn_fen + sum(self.asked.values())


class Grounds(NamedTuple):
    """What a payment is judged on."""

    decision: Decision
    book: FundBook
    rules: Rules
    emergency: Emergency
    project: Project
    drawings: ProjectDrawings
    working: WorkingFund | None = None  # of a payment from the working funds

    @classmethod
    def slices(cls, decision: str, fund: Fund, project: str | None) -> tuple[Slice, ...]:
        """What to ask for."""
        always = Decision.of(decision), FundBook.of(fund), Rules.of(), Emergency.of(decision)
        of_project = (Project.of(project), ProjectDrawings.of(project)) if project else ()
        return (*always, *of_project, *((WorkingFund.of(fund),) if fund == "working" else ()))

    @classmethod
    def of(cls, states: Iterable[State]) -> "Grounds":
        """What was asked for; a payment for no project is judged by an empty one."""
        known: dict[type[State], Any] = {type(state): state for state in states}
        return cls(
            known[Decision], known[FundBook], known[Rules], known[Emergency],
            known.get(Project) or Project(), known.get(ProjectDrawings) or ProjectDrawings(),
            known.get(WorkingFund),
        )  # fmt: skip


def must_authorise(decision: Decision, fund: Fund, amount_fen: int) -> None:
    """Refuse a decision that does not cover the payment (FUND-09)."""
    name = decision.identity
    if decision.made_by is None:
        raise Refused("decision.unknown", rules=("FUND-09",), decision=name)
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


def must_be_of(project: Project, decision: Decision) -> None:
    """Refuse a project the payment's decision is not about; no project at all is possible."""
    if project.identity and project.planned().decision != decision.identity:
        raise Refused("fund-payment.project-of-another-decision", decision=project.planned().decision)


# -- the gates -------------------------------------------------------------------------------------


def judge_purpose(judge: Judgement, drawing: Drawing) -> None:
    """What it is for: never somebody else's duty; a firm's expense only on its papers (FUND-18, FUND-20)."""
    for_owners = drawing.work not in _words(judge, "FUND-20", "exclusions")
    judge.require(for_owners, "fund-payment.not-for-the-fund", rules=("FUND-20",), work=drawing.work)
    if drawing.work == "firm-expense":
        needed = (*_words(judge, "FUND-18", "documents"), *COUNTERSIGNATURES)
        missing = _missing(needed, drawing.documents)
        judge.require(not missing, "fund-payment.expense-unproven", rules=("FUND-18",), missing=missing)


def judge_marks(judge: Judgement, documents: frozenset[str]) -> None:
    """The seals a drawing for a project bears (FUND-17)."""
    missing = _missing(_words(judge, "FUND-17", "marks"), documents)
    judge.require(not missing, "fund-payment.marks-missing", rules=("FUND-17",), missing=missing)


def judge_project(judge: Judgement, project: Project, drawing: Drawing) -> None:
    """The gates of a contract the owners voted for (FUND-13 to FUND-16; EX7)."""
    contract = project.contract
    if contract is None:
        judge.require(False, "fund-payment.documents-missing", rules=("FUND-13",), missing=(CONTRACT,))
        return
    reviewed = contract.review_required or review_is_due(judge.law, contract.price_fen)
    if drawing.stage == "first" or drawing.drawn_fen == 0:
        _judge_first(judge, project, contract, drawing, reviewed=reviewed)
    if project.reviewed_fen is None and reviewed:
        _judge_before_review(judge, contract, drawing)
    else:
        _judge_settlement(judge, project, drawing, reviewed=reviewed)


def _judge_first(
    judge: Judgement, project: Project, contract: RepairContractSigned, drawing: Drawing, *, reviewed: bool
) -> None:
    if not judge.law.is_in_force("FUND-13"):
        return
    needed = _words(judge, "FUND-13", "documents")
    missing = _missing(needed, drawing.documents | _proven(project, reviewed=reviewed))
    judge.require(not missing, "fund-payment.documents-missing", rules=("FUND-13",), missing=missing)
    most = _most_within(contract.price_fen, judge, "FUND-13")
    judge.require(
        drawing.after_fen <= most,
        "fund-payment.exceeds-first-drawing",
        rules=("FUND-13",),
        payable_fen=max(0, most - drawing.drawn_fen),
    )


def _judge_before_review(judge: Judgement, contract: RepairContractSigned, drawing: Drawing) -> None:
    if not judge.law.is_in_force("FUND-14"):
        return
    most = _most_within(contract.price_fen, judge, "FUND-14")
    judge.require(
        drawing.after_fen <= most,
        "fund-payment.exceeds-share-before-review",
        rules=("FUND-14",),
        payable_fen=max(0, most - drawing.drawn_fen),
    )


def _judge_settlement(judge: Judgement, project: Project, drawing: Drawing, *, reviewed: bool) -> None:
    """No more than was reviewed; its rest on papers, and what is retained once the warranty is over."""
    most = project.settled_fen or 0
    judge.require(
        drawing.after_fen <= most,
        "fund-payment.exceeds-reviewed",
        rules=("FUND-15",),
        payable_fen=max(0, most - drawing.drawn_fen),
    )
    before_expiry, papers = (
        most - project.retention_fen,
        drawing.documents | _proven(project, reviewed=reviewed),
    )
    is_rest = (
        project.reviewed_fen is not None or drawing.stage == "final" or drawing.after_fen >= before_expiry
    )
    if is_rest and drawing.drawn_fen < before_expiry:
        missing = _missing(_words(judge, "FUND-16", "documents"), papers)
        judge.require(not missing, "fund-payment.documents-missing", rules=("FUND-16",), missing=missing)
    if drawing.after_fen > before_expiry and not project.warranty_is_over:
        missing = _missing(_words(judge, "FUND-16", "retention_documents"), papers)
        judge.require(
            not missing,
            "fund-payment.retention-held",
            rules=("FUND-16",),
            missing=missing,
            payable_fen=max(0, before_expiry - drawing.drawn_fen),
            retention_fen=project.retention_fen,
            retention_shortfall_fen=max(0, drawing.drawn_fen - before_expiry),
        )


def _proven(project: Project, *, reviewed: bool) -> frozenset[str]:
    """The papers whose facts are in the ledger, and those of a review that nobody needs."""
    facts = {
        RESOLUTION: True,  # without it nothing is authorised
        CONTRACT: project.contract is not None,
        ENGAGEMENT: not reviewed or project.review_engaged or project.reviewed_fen is not None,
        COMPLETION: project.accepted is not None,
        REPORT: not reviewed or project.reviewed_fen is not None,
    }
    return frozenset(paper for paper, is_fact in facts.items() if is_fact)


def judge_emergency(
    judge: Judgement, emergency: Emergency, decision: Decision, project: Project, drawing: Drawing
) -> None:
    """The gates of an emergency: the price is reviewed first; the district is paid once, on its notices."""
    substitute = emergency.path == "substitute"
    way = {"housing-office": "EMG-05", "substitute": "EMG-03"}.get(emergency.path or "", "EMG-02")
    reviewed = project.reviewed_fen is not None or REPORT in drawing.documents
    judge.require(reviewed, "fund-payment.emergency-not-reviewed", rules=(way,), missing=(REPORT,))
    if project.reviewed_fen is not None:
        judge.require(
            drawing.after_fen <= project.reviewed_fen,
            "fund-payment.exceeds-reviewed",
            rules=("FUND-15",),
            payable_fen=max(0, project.reviewed_fen - drawing.drawn_fen),
        )
    if not substitute:
        return
    missing = _missing((DRAWING_NOTICE,), drawing.documents)
    judge.require(not missing, "fund-payment.documents-missing", rules=("EMG-03",), missing=missing)
    unposted = tuple(phase for phase in _words(judge, "EMG-04", "postings") if phase not in emergency.notices)
    judge.require(not unposted, "fund-payment.notices-missing", rules=("EMG-04",), missing=unposted)
    once = decision.authorises is not None and decision.remaining_fen == decision.authorises.amount_fen
    judge.require(once, "fund-payment.substitute-repair-is-paid-once", rules=("EMG-04",))


def judge_drawing(judge: Judgement, fund: Fund, drawing: Drawing, known: Grounds) -> None:
    """The law of the maintenance fund on what is to leave it; the other funds have their own."""
    if known.working is not None:
        judge_spending(judge, known.working, head=drawing.head, amount_fen=drawing.amount_fen)
    if fund == "public-revenue" and drawing.use is not None:
        revenue_gates(
            judge,
            use=drawing.use,
            amount_fen=drawing.amount_fen,
            documents=drawing.documents,
            decision=known.decision,
        )
    if fund != "maintenance":
        return
    judge_purpose(judge, drawing)
    if known.decision.made_by == "emergency":
        judge_emergency(judge, known.emergency, known.decision, known.project, drawing)
    elif known.project.identity:
        judge_project(judge, known.project, drawing)


def _words(judge: Judgement, rule: str, name: str) -> tuple[str, ...]:
    """A list a rule or the community settles; of a rule that does not hold that day, nothing."""
    words = judge.law.term(rule, name) if judge.law.is_in_force(rule) else None
    return words if isinstance(words, tuple) and not isinstance(words, Ratio) else ()


def _missing(needed: tuple[str, ...], at_hand: frozenset[str]) -> tuple[str, ...]:
    return tuple(paper for paper in needed if paper not in at_hand)


def _most_within(price_fen: int, judge: Judgement, rule: str) -> int:
    """The most whole fen within a share of the price: of 268,000.01 at 30 % 80,400.00."""
    share = judge.law.share(rule, "share_max")
    return share.part * price_fen // share.whole
