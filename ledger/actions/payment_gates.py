"""What the law lets out of the maintenance fund for a repair, step by step (FUND-08, FUND-13 to FUND-20)."""

from ledger.actions.decision import Decision
from ledger.actions.emergency import Emergency
from ledger.actions.payment_grounds import Drawing, Grounds
from ledger.actions.repair_contract import review_is_due
from ledger.actions.repair_project import Project, RepairContractSigned
from ledger.actions.revenue_spending import revenue_gates
from ledger.actions.working_fund import judge_spending
from ledger.fields import Fund
from ledger.rules.law import Judgement
from ledger.rules.semantics import Ratio

# what the ledger itself can prove of the papers the rules name
RESOLUTION, CONTRACT, ENGAGEMENT = "resolution", "contract", "review-engagement"
COMPLETION, REPORT, DRAWING_NOTICE = "completion-certificate", "review-report", "drawing-notice"
COUNTERSIGNATURES = ("chair-countersignature", "vice-chair-countersignature")


def judge_report(judge: Judgement, known: Grounds) -> None:
    """Nothing leaves before the developer reported that an assembly is to be set up (FUND-08).

    A vote of the owners shows that this was done, unless it is one of those before there is an assembly.
    """
    by_vote = not known.project.is_before_assembly
    filed = known.assembly.was_reported(judge.law.day, known.committee, by_vote=by_vote)
    judge.require(filed, "fund-payment.before-the-assembly-report", rules=("FUND-08",))


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
    reviewed = review_is_due(judge.law, project, contract)
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


def judge_settled(judge: Judgement, known: Grounds, drawing: Drawing) -> None:
    """What holds for money that has left, whoever asked for it: it keeps to what its repair may cost."""
    reviewed_fen = known.project.reviewed_fen
    if known.decision.made_by == "emergency":
        judge.require(
            reviewed_fen is None or drawing.after_fen <= reviewed_fen,
            "fund-payment.exceeds-reviewed",
            rules=("FUND-15",),
            payable_fen=max(0, (reviewed_fen or 0) - drawing.drawn_fen),
        )
    elif known.project.identity:
        judge_project(judge, known.project, drawing)


def judge_drawing(judge: Judgement, fund: Fund, drawing: Drawing, known: Grounds) -> None:
    """The law of the maintenance fund on what is to leave it; the other funds have their own."""
    if known.working is not None:
        judge_spending(judge, known.working, head=drawing.head, amount_fen=drawing.amount_fen)
    if fund == "public-revenue":
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
    if known.decision.made_by == "emergency":  # has its own way before there is an assembly (EMG-05)
        judge_emergency(judge, known.emergency, known.decision, known.project, drawing)
        return
    judge_report(judge, known)
    if known.project.identity:
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
