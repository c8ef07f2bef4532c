"""What can be given in a spec, in the words of the community: `fund_opened("maintenance", fen=9_000_00)`."""

from datetime import date
from typing import Any

from ledger.actions.appraisal import AppraisalRecorded, Criterion, Rubric, Score
from ledger.actions.committee import CommitteeSeated, Member, Post
from ledger.actions.community import BuildingRegistered, RegisteredUnit, UnitsRegistered
from ledger.actions.decision import CommitteeDecisionRecorded, VoteClosed, VoteOpened, VoteResultRecorded
from ledger.actions.entry import EntryReversed
from ledger.actions.firm_debrief import DebriefHeld, Period
from ledger.actions.fund import FundDepositRecorded, FundInterestRecorded, FundOpened
from ledger.actions.fund_payment import FundPaymentApproved, FundPaymentRecorded, FundPaymentRequested
from ledger.actions.public_revenue import CostKind, PublicRevenueRecorded, RevenueCostRecorded
from ledger.actions.rectification import (
    RectificationAccepted,
    RectificationOpened,
    RectificationRejected,
    RectificationReported,
)
from ledger.actions.service_contract import ServiceContractSigned
from ledger.actions.task_list import (
    TaskAssigned,
    TaskClosed,
    TaskDeadlineMoved,
    TaskEvidenceSubmitted,
    TaskRejected,
)
from ledger.actions.work_list import CommunityListed, FirmRegistered
from ledger.actors import Role, RoleGranted
from ledger.fields import Authorisation, Fund, Personal, Scope
from ledger.rules.law import Adoption, law_on
from ledger.rules.voting import Threshold, Topic, threshold_of
from tests.ledger.story import FOR_EVER, TODAY, Fact

NEW_YEAR = date(2026, 1, 1)
SPRING = date(2026, 3, 20)
SUMMER = date(2026, 6, 30)
AUTUMN = date(2026, 9, 10)
PAYEE = "恒升电梯有限公司"
PURPOSE = "三号楼电梯大修"
Count = tuple[str, int]  # exclusive area in m², heads


# -- the community ---------------------------------------------------------------------------------


def role_granted(
    account: str, role: Role, *, starts_on: date = FOR_EVER, ends_on: date | None = None
) -> Fact:
    return Fact(
        RoleGranted(account=Personal.of(account), role=role, starts_on=starts_on, ends_on=ends_on), "chair"
    )


def building_registered(building: str, *, doors: tuple[str, ...] = ()) -> Fact:
    return Fact(BuildingRegistered(building=building, name=f"{building}号楼", doors=doors))


def registered_unit(
    unit: str, building: str, *, door: str | None = None, owner: str | None = None
) -> RegisteredUnit:
    return RegisteredUnit(
        unit=unit,
        building=building,
        floor_area="91.20",
        exclusive_area="72.05",
        area_basis="registered",
        door=door,
        owner_ref=Personal.of(f"owner/{owner}", owner) if owner else None,
    )


def units_registered(*units: RegisteredUnit) -> Fact:
    return Fact(UnitsRegistered(units=units))


def committee_seated(
    seats: int = 5,
    *,
    alternates: int = 0,
    term: str = "term-3",
    starts_on: date = NEW_YEAR,
    ends_on: date = date(2030, 12, 31),
) -> Fact:
    posts: list[Post] = ["chair", *["member"] * (seats - 1), *["alternate"] * alternates]  # type: ignore[list-item]
    members = tuple(Member(name=f"委员{number}", post=post) for number, post in enumerate(posts, 1))
    return Fact(CommitteeSeated(term=term, starts_on=starts_on, ends_on=ends_on, members=members))


# -- decisions -------------------------------------------------------------------------------------


def money(fund: Fund, fen: int, scope: Scope | None = None) -> Authorisation:
    return Authorisation(fund=fund, amount_fen=fen, purpose=PURPOSE, scope=scope)


def committee_decided(
    decision: str,
    *,
    authorises: int | None = None,
    fund: Fund = "working",
    present: int = 3,
    signed: int = 3,
    valid: bool = True,
) -> Fact:
    return Fact(
        CommitteeDecisionRecorded(
            decision=decision,
            title="采购打印机",
            matter="为业委会办公室购置打印机一台。",
            decided_on=SPRING,
            seats=5,
            present=present,
            signed=signed,
            authorises=None if authorises is None else money(fund, authorises),
            valid=valid,
        )
    )


def vote_opened(
    decision: str,
    *,
    matter: int = 5,
    authorises: int | None = None,
    fund: Fund = "maintenance",
    scope: Scope | None = None,
    closes_on: date = SPRING,
    **of: Any,
) -> Fact:
    return Fact(
        VoteOpened(
            decision=decision,
            title="三号楼电梯大修",
            matter=matter,
            opens_on=NEW_YEAR,
            closes_on=closes_on,
            scope=scope,
            authorises=None if authorises is None else money(fund, authorises, scope),
            **{"needs": needed(matter, scope, of.get("topic")), **PREPARED, **of},
        )
    )


# told fifteen days before, to everybody who must be told (VOTE-13, VOTE-14, VOTE-17)
PREPARED: dict[str, Any] = {
    "notice_on": date(2025, 12, 17),
    "notified": ("housing-office", "neighbourhood"),
    "reported_to_party_on": date(2025, 12, 10),
}


def needed(matter: int, scope: Scope | None = None, topic: Topic | None = None) -> Threshold:
    """What a vote needs by the law of today, in a community that adopted nothing of its own."""
    return threshold_of(law_on(TODAY, Adoption()), matter, scope, topic)


def vote_counted(
    decision: str,
    *,
    roster: Count = ("60000.00", 600),
    participating: Count = ("42000.00", 420),
    agree: Count = ("40000.00", 400),
    disagree: Count | None = None,
) -> Fact:
    return Fact(
        VoteResultRecorded(
            decision=decision,
            roster_area=roster[0],
            roster_heads=roster[1],
            participating_area=participating[0],
            participating_heads=participating[1],
            agree_area=agree[0],
            agree_heads=agree[1],
            disagree_area=disagree[0] if disagree else None,
            disagree_heads=disagree[1] if disagree else None,
        )
    )


def vote_closed(decision: str, *, approved: bool = True, **of: Any) -> Fact:
    fields = {"threshold": "ordinary", "quorum_met": True, "approved": approved, **of}
    return Fact(VoteClosed(decision=decision, **fields), "chair")


def vote_passed(
    decision: str, *, authorises: int | None = None, fund: Fund = "maintenance", scope: Scope | None = None
) -> tuple[Fact, ...]:
    freed = None if authorises is None else money(fund, authorises, scope)
    matter = 5 if fund == "maintenance" else 9
    opened = vote_opened(decision, matter=matter, authorises=authorises, fund=fund, scope=scope)
    return opened, vote_counted(decision), vote_closed(decision, authorises=freed)


def vote_rejected(decision: str, *, authorises: int, fund: Fund = "maintenance") -> tuple[Fact, ...]:
    rejected = vote_closed(
        decision, approved=False, failed_dimensions=("area",), authorises=money(fund, authorises)
    )
    return vote_opened(decision, authorises=authorises), vote_counted(decision), rejected


# -- money -----------------------------------------------------------------------------------------


def fund_opened(fund: Fund, *, fen: int) -> Fact:
    event = FundOpened(fund=fund, opened_on=NEW_YEAR, opening_fen=fen, bank="上海银行", account_tail="4417")
    return Fact(event, "treasurer", NEW_YEAR)


def deposit_recorded(fund: Fund, *, fen: int, on: date = SPRING, scope: Scope | None = None) -> Fact:
    return Fact(FundDepositRecorded(fund=fund, amount_fen=fen, received_on=on, scope=scope), "treasurer", on)


def interest_recorded(fund: Fund, *, fen: int, on: date = SUMMER) -> Fact:
    return Fact(FundInterestRecorded(fund=fund, amount_fen=fen, received_on=on), "treasurer", on)


def revenue_recorded(*, fen: int, head: int = 1, on: date = SPRING, contract: str | None = None) -> Fact:
    event = PublicRevenueRecorded(head=head, gross_fen=fen, received_on=on, contract=contract)
    return Fact(event, "treasurer", on)


def revenue_cost_recorded(*, fen: int, cost: CostKind = "tax", on: date = SPRING) -> Fact:
    return Fact(RevenueCostRecorded(cost=cost, amount_fen=fen, paid_on=on), "treasurer", on)


def payment_requested(
    payment: str, *, fen: int, decision: str = "lift-3", fund: Fund = "maintenance", by: Role = "treasurer"
) -> Fact:
    event = FundPaymentRequested(
        payment=payment,
        fund=fund,
        decision=decision,
        amount_fen=fen,
        payee=PAYEE,
        purpose=PURPOSE,
        use="other-management" if fund == "public-revenue" else None,
    )
    return Fact(event, by, SUMMER)


def payment_approved(payment: str, *, fen: int, decision: str = "lift-3", fund: Fund = "maintenance") -> Fact:
    event = FundPaymentApproved(payment=payment, fund=fund, decision=decision, amount_fen=fen)
    return Fact(event, "chair", SUMMER)


def payment_paid(
    payment: str,
    *,
    fen: int,
    decision: str = "lift-3",
    fund: Fund = "maintenance",
    scope: Scope | None = None,
    on: date = SUMMER,
) -> Fact:
    event = FundPaymentRecorded(
        payment=payment,
        fund=fund,
        decision=decision,
        amount_fen=fen,
        payee=PAYEE,
        purpose=PURPOSE,
        paid_on=on,
        voucher="2026-118",
        scope=scope,
    )
    return Fact(event, "treasurer", on)


def payment_reserved(
    decision: str, *, fen: int, payment: str, fund: Fund = "maintenance"
) -> tuple[Fact, ...]:
    """Requested and approved, not yet paid."""
    requested = payment_requested(payment, fen=fen, decision=decision, fund=fund)
    return requested, payment_approved(payment, fen=fen, decision=decision, fund=fund)


def payment_recorded(
    decision: str, *, fen: int, payment: str | None = None, fund: Fund = "maintenance"
) -> tuple[Fact, ...]:
    """Requested, approved and paid."""
    name = payment or f"{decision}-first"
    reserved = payment_reserved(decision, fen=fen, payment=name, fund=fund)
    return *reserved, payment_paid(name, fen=fen, decision=decision, fund=fund)


def entry_reversed(number: int, of: Fact, *, reason: str, by: Role = "treasurer") -> Fact:
    entries = tuple((account, -fen) for account, fen in of.event.postings())
    decision = getattr(of.event, "decision", None)
    freed = sum(fen for account, fen in entries if account.startswith("bank/"))
    event = EntryReversed(
        number=number,
        reversed_kind=of.event.kind,
        reason=reason,
        entries=entries,
        about=tuple(sorted(set(of.event.tags()))),
        restores=() if decision is None else ((f"remaining/{decision}", freed),),
        decision=decision,
        payment=getattr(of.event, "payment", None),
        by_author=by == of.by,
    )
    return Fact(event, by)


# -- the firm and the street -----------------------------------------------------------------------


def contract_signed(contract: str, *, firm: str = "heng-sheng", ends_on: date | None = None) -> Fact:
    return Fact(ServiceContractSigned(contract=contract, firm=firm, starts_on=NEW_YEAR, ends_on=ends_on))


def debrief_held(debrief: str, *, firm: str = "heng-sheng", attended: int | None = None) -> Fact:
    period = Period(starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    event = DebriefHeld(debrief=debrief, firm=firm, period=period, held_on=SPRING, attended=attended)
    return Fact(event)


def rubric(total: int, *maxima: int) -> Rubric:
    criteria = tuple(
        Criterion(item=f"line-{number}", title=f"第{number}项", max_points=points)
        for number, points in enumerate(maxima, 1)
    )
    return Rubric(total_points=total, criteria=criteria)


def scores(*points: int) -> tuple[Score, ...]:
    return tuple(Score(item=f"line-{number}", points=scored) for number, scored in enumerate(points, 1))


def appraisal_recorded(debrief: str, *, points: int = 88, firm: str = "heng-sheng") -> Fact:
    event = AppraisalRecorded(
        debrief=debrief,
        firm=firm,
        rubric=rubric(100, 60, 40),
        scores=scores(points - 38, 38),
        raters=31,
        points=points,
    )
    return Fact(event)


def rectification_opened(item: str) -> Fact:
    event = RectificationOpened(
        item=item, source="述职评议", problem="楼道堆物。", responsible="物业服务企业", due_on=AUTUMN
    )
    return Fact(event)


def rectification_reported(item: str, *, by: Role = "firm") -> Fact:
    return Fact(RectificationReported(item=item, report="堆物已清理。"), by)


def rectification_accepted(item: str, *, remark: str | None = None) -> Fact:
    return Fact(RectificationAccepted(item=item, remark=remark), "chair")


def rectification_rejected(item: str) -> Fact:
    return Fact(RectificationRejected(item=item, reason="五楼仍有堆物。"), "chair")


def firm_registered(firm: str = "heng-sheng") -> Fact:
    return Fact(FirmRegistered(firm=firm, name="恒升物业"), "street")


def community_listed(community: str = "compound-5", *, firm: str = "heng-sheng") -> Fact:
    event = CommunityListed(
        community=community, name="三林苑", row=5, neighbourhood="neighbourhood-2", firm=firm
    )
    return Fact(event, "street")


def task_assigned(
    task: str,
    *,
    community: str = "compound-5",
    column: str = "parking",
    due_on: date | None = None,
    further: tuple[date, ...] = (),
    done: bool = False,
    raw: str | None = None,
) -> Fact:
    event = TaskAssigned(
        task=task,
        community=community,
        column=column,
        raw=raw or column,
        due_on=due_on,
        further_due_on=further,
        done=done,
    )
    return Fact(event, "street")


def evidence_submitted(task: str, *, milestone: date, by: Role = "neighbourhood") -> Fact:
    return Fact(TaskEvidenceSubmitted(task=task, milestone=milestone, evidence="停车棚已启用。"), by)


def task_closed(task: str, *, milestone: date) -> Fact:
    return Fact(TaskClosed(task=task, milestone=milestone), "street")


def task_rejected(task: str, *, milestone: date) -> Fact:
    return Fact(TaskRejected(task=task, milestone=milestone, reason="照片看不清。"), "street")


def deadline_moved(task: str, *, milestone: date, due_on: date) -> Fact:
    return Fact(
        TaskDeadlineMoved(task=task, milestone=milestone, due_on=due_on, reason="雨季停工。"), "street"
    )
