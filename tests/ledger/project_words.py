"""What can be given and asked about a repair: `given(a_repair(price=268_000_00))`, `pay(10_000_00)`."""

from datetime import date
from typing import Any

import msgspec

from ledger.actions.apportionment_reversal import ApportionmentReversed
from ledger.actions.assembly import AssemblyReportFiled
from ledger.actions.community import RegisteredUnit
from ledger.actions.emergency import PROOF, DeclareEmergency, EmergencyDeclared, Head, Proof
from ledger.actions.fund_payment import ApproveFundPayment, FundPaymentRequested, RequestFundPayment
from ledger.actions.payment_record import RecordFundPayment
from ledger.actions.repair_contract import SignRepairContract
from ledger.actions.repair_plan import PublishRepairPlan
from ledger.actions.repair_project import (
    PriceReviewEngaged,
    PriceReviewRecorded,
    RepairContractSigned,
    RepairPlanPublished,
    WarrantyExpiryRecorded,
    WorksAccepted,
)
from ledger.fields import Scope
from tests.ledger.happened import (
    NEW_YEAR,
    PAYEE,
    PURPOSE,
    SPRING,
    SUMMER,
    building_registered,
    fund_opened,
    payment_recorded,
    units_registered,
    vote_passed,
)
from tests.ledger.story import TODAY, Fact, then_recorded, when

PRICE = 268_000_00
REVIEWED = 251_340_50
BUDGET = 280_000_00
DOOR_12 = Scope(kind="door", id="12")
EVERY_SEAL = ("assembly-seal", "committee-seal", "firm-seal", "reserved-personal-seals")
PLAN = {
    "works": "更换三号楼电梯曳引机和钢丝绳。",
    "apportioned_area": "611.47",
    "contractor_choice": "邀请三家报价，业委会评选。",
    "construction_management": "物业服务企业管理现场。",
    "acceptance": "电梯检验机构检验合格后验收。",
    "schedule": "2026年4月至6月。",
}


# -- what happened -----------------------------------------------------------------------------------


def report_filed(on: date = NEW_YEAR) -> Fact:
    """The developer reported that an assembly is to be set up; there is none yet."""
    return Fact(AssemblyReportFiled(filed_on=on), "neighbourhood", on)


def plan_published(project: str = "lift", *, scope: Scope | None = None, **of: Any) -> Fact:
    fields: dict[str, Any] = {**PLAN, "title": PURPOSE, "budget_fen": BUDGET, "decision": "lift-3", **of}
    return Fact(RepairPlanPublished(project=project, scope=scope, **fields), on=SPRING)


def contract_signed(
    project: str = "lift",
    *,
    price: int = PRICE,
    review: bool = True,
    retention: int = 5,
    decision: str = "lift-3",
) -> Fact:
    event = RepairContractSigned(
        project=project,
        decision=decision,
        contractor=PAYEE,
        price_fen=price,
        review_required=review,
        retention_percent=retention,
        signed_on=SPRING,
        parties=("assembly", "firm", "contractor"),
    )
    return Fact(event, on=SPRING)


def review_engaged(project: str = "lift") -> Fact:
    return Fact(PriceReviewEngaged(project=project, agency="沪信造价咨询", engaged_on=SPRING), on=SPRING)


def price_reviewed(fen: int = REVIEWED, project: str = "lift", **of: Any) -> Fact:
    fields: dict[str, Any] = {"decision": "lift-3", "reviewed_on": SUMMER, **of}
    return Fact(PriceReviewRecorded(project=project, reviewed_fen=fen, **fields), on=SUMMER)


def apportionment_reversed(number: int, of: Fact, *, on: date = TODAY) -> Fact:
    """A division of the fund, taken back."""
    event = ApportionmentReversed(
        number=number,
        reversed_kind=of.event.kind,
        reason="分摊范围选错了。",
        about=tuple(sorted(set(of.event.tags()))),
        project=getattr(of.event, "project", None),
    )
    return Fact(event, "treasurer", on)


def works_accepted(project: str = "lift", *, warranty_until: date | None = None) -> Fact:
    event = WorksAccepted(project=project, accepted_on=SUMMER, warranty_until=warranty_until)
    return Fact(event, on=SUMMER)


def warranty_expired(project: str = "lift") -> Fact:
    event = WarrantyExpiryRecorded(project=project, certified_on=TODAY, certified_by=("firm", "committee"))
    return Fact(event)


def a_plan(*, authorises: int = BUDGET, fund: int = 900_000_00) -> tuple[Fact, ...]:
    """Money, a vote that passed, and a plan."""
    return (
        fund_opened("maintenance", fen=fund),
        *vote_passed("lift-3", authorises=authorises),
        plan_published(),
    )


def a_repair(
    *, price: int = PRICE, review: bool = True, retention: int = 5, fund: int = 900_000_00
) -> tuple[Fact, ...]:
    """A repair under contract, with nothing paid yet."""
    return *a_plan(fund=fund), contract_signed(price=price, review=review, retention=retention)


def seven_units() -> tuple[Fact, ...]:
    """The units of EX4, all at door number 12 of building 3."""
    areas = {
        "101": "91.20", "102": "64.08", "201": "91.20", "202": "64.08",
        "301": "137.33", "302": "75.12", "401": "88.46",
    }  # fmt: skip
    units = [
        RegisteredUnit(
            unit=unit, building="3", door="12", floor_area=area, exclusive_area=area, area_basis="registered"
        )
        for unit, area in areas.items()
    ]
    return building_registered("3", doors=("12",)), units_registered(*units)


def drawing_requested(payment: str, *, fen: int, project: str = "lift", **of: Any) -> Fact:
    event = FundPaymentRequested(
        payment=payment,
        fund="maintenance",
        decision="lift-3",
        amount_fen=fen,
        payee=PAYEE,
        purpose=PURPOSE,
        project=project,
        **of,
    )
    return Fact(event, "treasurer", SUMMER)


def emergency_declared(
    emergency: str = "leak-5", *, head: Head = "leak", fen: int = 60_000_00, affected: bool = True,
    on: date = SUMMER,
) -> Fact:  # fmt: skip
    event = EmergencyDeclared(
        emergency=emergency,
        head=head,
        proof=proof(head),
        works="五号楼屋面渗漏抢修。",
        estimated_fen=fen,
        use_affected=affected,
    )
    return Fact(event, "firm", on)


# -- what is asked -------------------------------------------------------------------------------------


def publish_plan(project: str = "lift", **of: Any) -> PublishRepairPlan:
    fields = {**PLAN, "title": PURPOSE, "budget_fen": BUDGET, "decision": "lift-3", **of}
    return PublishRepairPlan(project=project, **fields)


def sign_contract(project: str = "lift", **of: Any) -> SignRepairContract:
    fields = {
        "contractor": PAYEE,
        "price_fen": PRICE,
        "review_required": True,
        "retention_percent": 5,
        "signed_on": SPRING,
        **of,
    }
    return SignRepairContract(project=project, **fields)


def draw(fen: int, *documents: str, payment: str = "next", **of: Any) -> RequestFundPayment:
    """Ask for money of the lift's project."""
    fields = {"decision": "lift-3", "project": "lift", "documents": documents, **of}
    return RequestFundPayment(
        payment=payment, fund="maintenance", amount_fen=fen, payee=PAYEE, purpose=PURPOSE, **fields
    )


def proof(head: Head, **of: Any) -> Proof:
    fields = {
        "kind": PROOF[head],
        "issuer": "房屋质量检测站",
        "reference": "2026-77",
        "issued_on": SPRING,
        **of,
    }
    return Proof(**fields)


def declare_emergency(emergency: str = "leak-5", *, head: Head = "leak", **of: Any) -> DeclareEmergency:
    fields = {
        "proof": proof(head),
        "works": "五号楼屋面渗漏抢修。",
        "estimated_fen": 60_000_00,
        "use_affected": True,
        "occurred_on": SUMMER,
        **of,
    }
    return DeclareEmergency(emergency=emergency, head=head, **fields)


def paid(command: RequestFundPayment, *, on: date = TODAY) -> None:
    """Ask for it, approve it, and the bank pays: every step is allowed."""
    for step in (
        command,
        ApproveFundPayment(payment=command.payment),
        RecordFundPayment(payment=command.payment, paid_on=on, voucher=f"2026-{command.payment}"),
    ):
        when(step, on=on)
        then_recorded()


def drawn(fen: int, payment: str = "first") -> tuple[Fact, ...]:
    """So much was asked for, approved and paid for the lift before."""
    steps = payment_recorded("lift-3", fen=fen, payment=payment)
    return tuple(step._replace(event=msgspec.structs.replace(step.event, project="lift")) for step in steps)
