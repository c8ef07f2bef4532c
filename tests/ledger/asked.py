"""What can be asked in a spec, with everything filled in that the spec is not about."""

from datetime import date
from typing import Any

from ledger.actions.appraisal import RecordAppraisal
from ledger.actions.committee import Member, SeatCommittee
from ledger.actions.committee_decision import RecordCommitteeDecision
from ledger.actions.community import RegisterUnits, UnitEntry
from ledger.actions.firm_debrief import HoldDebrief, Period
from ledger.actions.fund import OpenFund
from ledger.actions.fund_payment import ApproveFundPayment, RequestFundPayment
from ledger.actions.payment_record import RecordFundPayment
from ledger.actions.rectification import OpenRectification
from ledger.actions.task_list import AssignTask
from ledger.actions.vote import OpenVote
from ledger.actions.vote_result import RecordVoteResult
from ledger.actions.work_list import ListCommunity
from ledger.fields import Fund, Scope
from tests.ledger.happened import (
    AUTUMN,
    NEW_YEAR,
    PAYEE,
    PREPARED,
    PURPOSE,
    SPRING,
    SUMMER,
    Count,
    money,
    rubric,
    scores,
)


def register_units(*units: str, building: str = "3", **of: Any) -> RegisterUnits:
    fields = {"floor_area": "91.20", "exclusive_area": "72.05", "area_basis": "registered", **of}
    return RegisterUnits(units=tuple(UnitEntry(unit=unit, building=building, **fields) for unit in units))


def seat_committee(
    *members: Member, term: str = "term-3", starts_on: date = NEW_YEAR, ends_on: date = date(2030, 12, 31)
) -> SeatCommittee:
    return SeatCommittee(term=term, starts_on=starts_on, ends_on=ends_on, members=members)


def decide_in_committee(
    decision: str,
    *,
    seats: int = 5,
    present: int = 3,
    signed: int = 3,
    authorises: int | None = None,
    fund: Fund = "working",
    scope: Scope | None = None,
) -> RecordCommitteeDecision:
    return RecordCommitteeDecision(
        decision=decision,
        title="采购打印机",
        matter="为业委会办公室购置打印机一台。",
        decided_on=SPRING,
        seats=seats,
        present=present,
        signed=signed,
        authorises=None if authorises is None else money(fund, authorises, scope),
    )


def open_vote(
    decision: str,
    *,
    matter: int = 5,
    authorises: int | None = None,
    fund: Fund = "maintenance",
    scope: Scope | None = None,
    frees: Scope | None = None,
    opens_on: date = NEW_YEAR,
    closes_on: date = SPRING,
    **of: Any,
) -> OpenVote:
    return OpenVote(
        decision=decision,
        title="三号楼电梯大修",
        matter=matter,
        opens_on=opens_on,
        closes_on=closes_on,
        scope=scope,
        authorises=None if authorises is None else money(fund, authorises, frees),
        **{**PREPARED, **of},
    )


def count_vote(
    decision: str,
    *,
    roster: Count = ("60000.00", 600),
    participating: Count = ("42000.00", 420),
    agree: Count = ("40000.00", 400),
    disagree: Count | None = None,
) -> RecordVoteResult:
    return RecordVoteResult(
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


def open_fund(fund: Fund, *, fen: int, tail: str = "4417") -> OpenFund:
    return OpenFund(fund=fund, opened_on=NEW_YEAR, opening_fen=fen, bank="上海银行", account_tail=tail)


def request_payment(
    decision: str, *, fen: int, payment: str | None = None, fund: Fund = "maintenance"
) -> RequestFundPayment:
    return RequestFundPayment(
        payment=payment or f"{decision}-next",
        fund=fund,
        decision=decision,
        amount_fen=fen,
        payee=PAYEE,
        purpose=PURPOSE,
        use="other-management" if fund == "public-revenue" else None,
    )


def approve_payment(payment: str) -> ApproveFundPayment:
    return ApproveFundPayment(payment=payment)


def record_payment(payment: str, *, paid_on: date = SUMMER) -> RecordFundPayment:
    return RecordFundPayment(payment=payment, paid_on=paid_on, voucher="2026-118")


def hold_debrief(
    debrief: str, *, starts_on: date = date(2025, 1, 1), ends_on: date = date(2025, 12, 31)
) -> HoldDebrief:
    period = Period(starts_on=starts_on, ends_on=ends_on)
    return HoldDebrief(debrief=debrief, firm="heng-sheng", period=period, held_on=SPRING)


def record_appraisal(debrief: str, **of: Any) -> RecordAppraisal:
    fields = {"rubric": rubric(100, 60, 40), "scores": scores(50, 38), "raters": 31, **of}
    return RecordAppraisal(debrief=debrief, **fields)


def open_rectification(item: str) -> OpenRectification:
    return OpenRectification(
        item=item, source="述职评议", problem="楼道堆物。", responsible="物业服务企业", due_on=AUTUMN
    )


def list_community(community: str = "compound-5", *, firm: str = "heng-sheng") -> ListCommunity:
    return ListCommunity(
        community=community, title="三林苑", row=5, neighbourhood="neighbourhood-2", firm=firm
    )


def assign_task(task: str, **of: Any) -> AssignTask:
    fields: dict[str, Any] = {"community": "compound-5", "column": "parking", **of}
    return AssignTask(task=task, **fields)
