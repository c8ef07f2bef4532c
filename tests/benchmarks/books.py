"""The books all figures are measured on: a community's ordinary years, as commands, the same in every run."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from ledger.actions.committee_decision import RecordCommitteeDecision
from ledger.actions.community import OpenLedger
from ledger.actions.fund import OpenFund, RecordFundDeposit, RecordFundInterest
from ledger.actions.fund_payment import ApproveFundPayment, RequestFundPayment
from ledger.actions.payment_record import RecordFundPayment
from ledger.actions.public_revenue import RecordPublicRevenue, RecordRevenueCost
from ledger.actions.role import GrantRole
from ledger.asked import Asked
from ledger.commands import Command
from ledger.events import Source
from ledger.fields import Authorisation, Fund
from ledger.ledger import GovernanceLedger

LEDGER = "wutongli"
BEGAN_ON = date(1996, 7, 1)
EVENTS_PER_DAY = (
    90  # a million events are thirty years; a quarter has as many entries in a short book as in a long one
)
ROUNDS_PER_DECISION = 20
_FUNDS: tuple[Fund, ...] = ("working", "maintenance", "public-revenue")
_ENOUGH_FEN = 50_000_000_000_00
_COMMAND_LINE = Source(via="command-line")


def opening(ledger: str = LEDGER) -> Iterator[Asked]:
    """The ledger, its three officers, its three funds."""
    yield Asked(ledger, OpenLedger(of="community", title="梧桐里"), "operator", BEGAN_ON, _COMMAND_LINE)
    for account in ("secretary", "treasurer", "chair"):
        granted = GrantRole(account=f"wang-{account}", role=account, starts_on=BEGAN_ON)
        yield Asked(ledger, granted, "operator", BEGAN_ON, _COMMAND_LINE)
    for fund in _FUNDS:
        opened = OpenFund(
            fund=fund,
            opened_on=BEGAN_ON,
            opening_fen=_ENOUGH_FEN,
            bank="上海银行曹杨支行",
            account_tail="4711",
        )
        yield Asked(ledger, opened, "wang-treasurer", BEGAN_ON)


def years(ledger: str = LEDGER) -> Iterator[Asked]:
    """Endless ordinary days: income, deposits, payments decided, requested, approved and made."""
    recorded = 0
    for number in _counted_from_zero():
        for command, account in _round(number):
            yield Asked(ledger, command, account, BEGAN_ON + timedelta(days=recorded // EVENTS_PER_DAY))
            recorded += 1


def _counted_from_zero() -> Iterator[int]:
    number = 0
    while True:
        yield number
        number += 1


def _round(number: int) -> Iterator[tuple[Command, str]]:
    """About ten events of one day."""
    day = BEGAN_ON + timedelta(days=number * 10 // EVENTS_PER_DAY)
    decision = f"repair-{number // ROUNDS_PER_DECISION}"
    if number % ROUNDS_PER_DECISION == 0:
        yield (
            RecordCommitteeDecision(
                decision=decision,
                title="三号楼门禁与照明维修",
                matter="更换三号楼门禁主机、楼道声控灯与地库照明,费用从业委会工作经费列支。",
                decided_on=day,
                seats=5,
                present=4,
                signed=4,
                authorises=Authorisation(
                    fund="working", amount_fen=20_000_00, purpose="三号楼门禁与照明维修"
                ),
            ),
            "wang-secretary",
        )
    yield (
        RecordPublicRevenue(head=1 + number % 7, gross_fen=3_600_00, received_on=day, location="地面停车位"),
        "wang-treasurer",
    )
    for step in ("a", "b"):
        payment = f"payment-{number}-{step}"
        yield payment_request(payment, decision), "wang-treasurer"
        yield ApproveFundPayment(payment=payment), "wang-chair"
        yield (
            RecordFundPayment(payment=payment, paid_on=day, voucher=f"凭证 {number}-{step}"),
            "wang-treasurer",
        )
    yield (
        RecordFundDeposit(
            fund="maintenance", amount_fen=1_280_00, received_on=day, origin="新交付房屋首次交存"
        ),
        "wang-treasurer",
    )
    yield (
        RecordRevenueCost(cost="tax", amount_fen=310_00, paid_on=day, purpose="停车收入的税"),
        "wang-treasurer",
    )
    yield RecordFundInterest(fund="maintenance", amount_fen=42_17, received_on=day), "wang-treasurer"


def payment_request(payment: str, decision: str) -> RequestFundPayment:
    """A payment with every rule to check: the decision, what it still sets free, what the fund holds."""
    return RequestFundPayment(
        payment=payment,
        fund="working",
        decision=decision,
        amount_fen=386_00,
        payee="上海申梧楼宇设备有限公司",
        purpose="三号楼门禁主机更换",
    )


def standing_decision(ledger: str = LEDGER) -> Asked:
    """A decision with enough money for any number of payments."""
    command = RecordCommitteeDecision(
        decision="repair-standing",
        title="年度维修",
        matter="本年度小修",
        decided_on=BEGAN_ON,
        seats=5,
        present=4,
        signed=4,
        authorises=Authorisation(fund="working", amount_fen=40_000_000_000_00, purpose="年度维修"),
    )
    return Asked(ledger, command, "wang-secretary", BEGAN_ON)


def requests(count: int, first: int = 0, ledger: str = LEDGER) -> list[Asked]:
    """That many payment requests under the standing decision."""
    return [
        Asked(ledger, payment_request(f"payment-{number}", "repair-standing"), "wang-treasurer", BEGAN_ON)
        for number in range(first, first + count)
    ]


def open_books(ledger: GovernanceLedger) -> None:
    """Record the opening and the standing decision."""
    for asked in (*opening(), standing_decision()):
        ledger.record(asked)


def in_chunks(asked: Iterator[Asked], count: int, chunk: int = 1_000) -> Iterator[list[Asked]]:
    """The first `count` commands, a thousand at a time."""
    taken = islice(asked, count)
    while some := list(islice(taken, chunk)):
        yield some
