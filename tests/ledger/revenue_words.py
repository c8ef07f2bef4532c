"""The words of public revenue: contracts and their schedules, a quarter's sums, what was spent."""

from datetime import date
from typing import Any

from ledger.actions.assembly import AssemblyEstablished
from ledger.actions.public_revenue import CostKind, PublicRevenueRecorded, RevenueCostRecorded
from ledger.actions.revenue_authority import AuthorisedCase, RecordRevenueAuthority, RevenueAuthorityRecorded
from ledger.actions.revenue_contract import (
    RegisterRevenueContract,
    RevenueContractAmended,
    RevenueContractEnded,
    RevenueContractRegistered,
    ScheduleLine,
)
from ledger.actions.revenue_spending import PublicRevenueSpent, SpendPublicRevenue
from ledger.actions.revenue_to_fund import NetRevenueMoved, RevenueToFundTransferred, TransferRevenueToFund
from ledger.actions.rules import RulesAdopted
from ledger.fields import Scope
from ledger.rules.law import OwnParameter
from tests.ledger.happened import NEW_YEAR, fund_opened, vote_closed, vote_counted, vote_opened
from tests.ledger.story import FOR_EVER, Fact, story

PARKING, GROUNDS, ADVERTS, SPORTS, ROOMS, SCRAP, INTEREST = range(1, 8)
MAY, JUNE_20, JULY = date(2026, 5, 20), date(2026, 6, 20), date(2026, 7, 20)
YEAR_END = date(2026, 12, 31)
DOOR_12 = Scope(kind="door", id="12")
Q2 = "2026-q2"
Line = tuple[date, int]  # due on, fen


# -- contracts -------------------------------------------------------------------------------------


def schedule(*lines: Line) -> tuple[ScheduleLine, ...]:
    return tuple(ScheduleLine(due_on=due_on, amount_fen=fen) for due_on, fen in lines)


def register_contract(contract: str, *lines: Line, **of: Any) -> RegisterRevenueContract:
    fields: dict[str, Any] = {
        "head": PARKING,
        "location": "小区道路车位",
        "counterparty": "安达停车公司",
        "starts_on": NEW_YEAR,
        "ends_on": YEAR_END,
        "schedule": schedule(*(lines or ((MAY, 6_000_00),))),
        **of,
    }
    return RegisterRevenueContract(contract=contract, **fields)


def contract_registered(contract: str, *lines: Line, on: date = NEW_YEAR, **of: Any) -> Fact:
    asked = register_contract(contract, *lines, **of)
    kept = set(RevenueContractRegistered.__struct_fields__) & set(asked.__struct_fields__)
    fields = {name: getattr(asked, name) for name in kept}
    return Fact(RevenueContractRegistered(**fields), "secretary", on)


def contract_amended(contract: str, *lines: Line, on: date, ends_on: date | None = None) -> Fact:
    event = RevenueContractAmended(
        contract=contract, schedule=schedule(*lines), reason="租金下调。", ends_on=ends_on
    )
    return Fact(event, "secretary", on)


def contract_ended(contract: str, *, on: date) -> Fact:
    return Fact(RevenueContractEnded(contract=contract, ended_on=on, reason="对方撤场。"), "secretary", on)


def business_agreed(decision: str, *, scope: Scope | None = None) -> tuple[Fact, ...]:
    """The owners of a scope passed a business on their common parts (matter 8)."""
    opened = vote_opened(decision, matter=8, scope=scope)
    return opened, vote_counted(decision), vote_closed(decision, threshold="special")


# -- a quarter -------------------------------------------------------------------------------------


def assembly_established(on: date) -> Fact:
    return Fact(AssemblyEstablished(established_on=on), "neighbourhood", on)


def share_agreed(share: str) -> Fact:
    """The covenant has this share of public revenue replenish the fund."""
    own = OwnParameter(rule="REV-10", name="to_fund_share", value=share)
    return Fact(RulesAdopted(starts_on=FOR_EVER, packs=("cn-31",), parameters=(own,)), "chair", FOR_EVER)


def income(fen: int, head: int, *, on: date = MAY, scope: Scope | None = None) -> Fact:
    event = PublicRevenueRecorded(head=head, gross_fen=fen, received_on=on, scope=scope)
    return Fact(event, "treasurer", on)


def spent_as_cost(fen: int, cost: CostKind, *, on: date = JUNE_20, scope: Scope | None = None) -> Fact:
    return Fact(RevenueCostRecorded(cost=cost, amount_fen=fen, paid_on=on, scope=scope), "treasurer", on)


def second_quarter_of_2026() -> tuple[Fact, ...]:
    """EX5: gross 236,212.47, costs 54,096.30, net 182,116.17; an assembly exists."""
    return (
        assembly_established(date(2024, 5, 18)),
        fund_opened("public-revenue", fen=0),
        fund_opened("maintenance", fen=0),
        income(186_400_00, PARKING),
        income(24_000_00, ADVERTS),
        income(6_000_00, GROUNDS),
        income(15_000_00, GROUNDS),
        income(4_500_00, GROUNDS),
        income(312_47, INTEREST, on=JUNE_20),
        spent_as_cost(6_880_00, "tax"),
        spent_as_cost(9_216_30, "energy"),
        spent_as_cost(38_000_00, "labour"),
    )


def to_fund(fen: int, *, on: date = JULY, **of: Any) -> TransferRevenueToFund:
    return TransferRevenueToFund(quarter=of.pop("quarter", Q2), amount_fen=fen, transferred_on=on, **of)


def transferred(fen: int, *, on: date = JULY, quarter: str = Q2, scope: Scope | None = None) -> Fact:
    event = RevenueToFundTransferred(quarter=quarter, amount_fen=fen, transferred_on=on, scope=scope)
    return Fact(event, "treasurer", on)


def net_moved(fen: int, *, on: date, quarter: str = Q2) -> Fact:
    return Fact(NetRevenueMoved(quarter=quarter, amount_fen=fen, moved_on=on), "treasurer", on)


# -- spending --------------------------------------------------------------------------------------


def spend(fen: int, use: str = "other-management", **of: Any) -> SpendPublicRevenue:
    fields = {
        "spending": "s-1",
        "purpose": "年度审计",
        "payee": "申信事务所",
        "paid_on": JULY,
        "voucher": "2026-201",
    }
    return SpendPublicRevenue(use=use, amount_fen=fen, **fields | of)


def revenue_spent(fen: int, use: str = "other-management", **of: Any) -> Fact:
    asked = spend(fen, use)
    kept = set(PublicRevenueSpent.__struct_fields__) & set(asked.__struct_fields__)
    fields = {name: getattr(asked, name) for name in kept} | of
    return Fact(PublicRevenueSpent(**fields), "treasurer", fields["paid_on"])


def case(use: str, fen: int) -> AuthorisedCase:
    return AuthorisedCase(use=use, conditions="每次须有两份报价。", amount_fen=fen)


def authorise(
    authority: str, *cases: AuthorisedCase, decision: str = "covenant-2026"
) -> RecordRevenueAuthority:
    return RecordRevenueAuthority(
        authority=authority,
        decision=decision,
        cases=cases,
        procedure="业委会半数以上委员签字后公示七日。",
        starts_on=NEW_YEAR,
        ends_on=YEAR_END,
    )


def authorised(authority: str, *cases: AuthorisedCase, decision: str = "covenant-2026") -> Fact:
    asked = authorise(authority, *cases, decision=decision)
    kept = set(RevenueAuthorityRecorded.__struct_fields__)
    return Fact(
        RevenueAuthorityRecorded(**{name: getattr(asked, name) for name in kept}), "secretary", NEW_YEAR
    )


# -- looking at what was recorded ------------------------------------------------------------------


def irregularities() -> tuple[str, ...]:
    """The rules the last record breaks although it happened."""
    number = story().store.length("wutongli") - 1
    recorded = story().store.numbered("wutongli", number)
    assert recorded is not None
    return recorded.envelope.irregularities
