"""What a committee records in a small book, in short: amounts in fen, days in 2026 unless given whole."""

from datetime import date

from ledger.actions.committee_decision import RecordCommitteeDecision
from ledger.actions.entry import ReverseEntry
from ledger.actions.fund import OpenFund, RecordFundInterest
from ledger.actions.fund_payment import ApproveFundPayment, RequestFundPayment
from ledger.actions.payment_record import RecordFundPayment
from ledger.actions.public_revenue import RecordPublicRevenue
from ledger.actions.suspense_entry import Classification, ClassifyEntry, RecordSuspenseEntry
from ledger.fields import Authorisation
from tests.api.pages.resident import Installation


def fund_opened(here: Installation, fund: str, fen: int, on: date = date(2025, 6, 1)) -> int:
    return here.record(
        "treasurer", OpenFund(fund=fund, opened_on=on, opening_fen=fen, bank="上海银行", account_tail="1234")
    )


def interest(here: Installation, fund: str, fen: int, on: date) -> int:
    return here.record("treasurer", RecordFundInterest(fund=fund, amount_fen=fen, received_on=on))


def revenue(here: Installation, fen: int, on: date, *, head: int = 1, location: str = "地面车位") -> int:
    return here.record(
        "treasurer", RecordPublicRevenue(head=head, gross_fen=fen, received_on=on, location=location)
    )


def decided(here: Installation, decision: str, title: str, fen: int, fund: str = "public-revenue") -> int:
    return here.record(
        "secretary",
        RecordCommitteeDecision(
            decision=decision,
            title=title,
            matter="按报价实施",
            decided_on=date(2026, 2, 1),
            seats=5,
            present=4,
            signed=3,
            authorises=Authorisation(fund=fund, amount_fen=fen, purpose=title),
        ),
    )


def requested(here: Installation, payment: str, decision: str, fen: int, fund: str = "public-revenue") -> int:
    return here.record(
        "treasurer",
        RequestFundPayment(
            payment=payment,
            fund=fund,
            decision=decision,
            amount_fen=fen,
            payee="恒升公司",
            purpose=f"{payment}工程款",
            use="upkeep" if fund == "public-revenue" else None,
        ),
    )


def approved(here: Installation, payment: str) -> int:
    return here.record("chair", ApproveFundPayment(payment=payment))


def paid(here: Installation, payment: str, on: date) -> int:
    return here.record("treasurer", RecordFundPayment(payment=payment, paid_on=on, voucher="2026-077"))


def spent(here: Installation, payment: str, decision: str, fen: int, on: date) -> int:
    """A payment through all its steps; the number of the record of the bank's payment."""
    requested(here, payment, decision, fen)
    approved(here, payment)
    return paid(here, payment, on)


def reversed_(here: Installation, number: int, reason: str) -> int:
    return here.record("treasurer", ReverseEntry(number=number, reason=reason))


def unexplained(here: Installation, fund: str, fen: int, on: date) -> int:
    seen = RecordSuspenseEntry(fund=fund, direction="in", amount_fen=fen, seen_on=on, text="摘要不清")
    return here.record("treasurer", seen)


def recognised(here: Installation, number: int, **was: object) -> int:
    return here.record("treasurer", ClassifyEntry(number=number, was=Classification(**was)))
