"""The store's last line of defence counts what the states count, whatever happens in whatever order."""

import sqlite3
from collections import Counter
from pathlib import Path

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from ledger.actions.decision import Decision
from ledger.actions.entry import ReverseEntry
from ledger.actions.fund import FundBook, RecordFundDeposit
from ledger.actions.fund_payment import ApproveFundPayment
from ledger.actions.public_revenue import RecordPublicRevenue, RecordRevenueCost
from ledger.asked import Asked
from ledger.errors import Refused
from ledger.events import decode
from ledger.state import Slices
from tests.ledger.asked import record_payment, request_payment
from tests.ledger.happened import SPRING, committee_decided, fund_opened, vote_passed
from tests.ledger.story import TODAY, WUTONGLI, account_of
from tests.ledger.test_state import a_store

FUNDS = ("maintenance", "public-revenue", "working")
DECISIONS = {"lift-3": "maintenance", "shed": "public-revenue", "printer": "working"}
BEGINNING = [
    *[fund_opened(fund, fen=40) for fund in FUNDS],
    vote_passed("lift-3", authorises=60),
    committee_decided("shed", authorises=60, fund="public-revenue"),
    committee_decided("printer", authorises=60),
]
FIRST_MONEY = 11 + 3 + 5  # record number of the first thing asked below

FEN = st.integers(1, 30)
PAYMENT = st.sampled_from(["payment-1", "payment-2", "payment-3"])


def request(decision, fen, payment):
    return request_payment(decision, fen=fen, payment=payment, fund=DECISIONS[decision])


def deposit(fund, fen):
    return RecordFundDeposit(fund=fund, amount_fen=fen, received_on=SPRING)


def reverse(step):
    return ReverseEntry(number=FIRST_MONEY + step, reason="金额录入错误。")


COMMANDS = st.one_of(
    st.builds(request, st.sampled_from(sorted(DECISIONS)), FEN, PAYMENT),
    st.builds(lambda payment: ApproveFundPayment(payment=payment), PAYMENT),
    st.builds(record_payment, PAYMENT),
    st.builds(deposit, st.sampled_from(FUNDS), FEN),
    st.builds(lambda fen: RecordPublicRevenue(head=1, gross_fen=fen, received_on=SPRING), FEN),
    st.builds(lambda fen: RecordRevenueCost(cost="tax", amount_fen=fen), FEN),
    st.builds(reverse, st.integers(0, 12)),
)


@settings(max_examples=40)
@for_all(commands=st.lists(COMMANDS, min_size=5, max_size=25))
def test_states_events_and_guards_agree_and_nothing_is_ever_below_zero(commands, opened_folder):
    with a_store(opened_folder) as story:
        story.happen(BEGINNING)
        for command in commands:
            assert refusal_of(story, command) != "limit.below-zero", (
                "the rule must refuse before the guard has to"
            )
        counted = of_events(story.store)
        assert min(counted.values()) >= 0
        assert of_states(story.store, counted) == counted
        assert of_guards(story.store.folder) == counted


def refusal_of(story, command) -> str | None:
    """The code by which a command is refused; none when it is recorded."""
    try:
        story.ledger.record(Asked(WUTONGLI, command, account_of(type(command).roles[0]), TODAY))
    except Refused as refused:
        return refused.code
    return None


def of_events(store) -> Counter:
    counted: Counter = Counter()
    for row in store.rows(0):
        counted.update(decode(row.kind, row.entry).data.limits())
    return counted


def of_states(store, names) -> dict:
    """The same counters, as the states a command is decided on know them."""
    slices = Slices(store)
    found = {}
    for name in names:
        what, _, about = name.partition("/")
        if what == "remaining":
            found[name] = slices.known(WUTONGLI, [Decision.of(about)]).states[0].remaining_fen
        else:
            book = slices.known(WUTONGLI, [FundBook.of(about)]).states[0]
            found[name] = book.balance_fen if what == "bank" else book.available_fen
    return found


def of_guards(folder: Path) -> dict:
    """The same counters, as the store keeps them."""
    connection = sqlite3.connect(f"file:{folder / 'ledger.db'}?mode=ro", uri=True)
    try:
        rows = connection.execute("SELECT name, fen FROM limit_guard").fetchall()
    finally:
        connection.close()
    return {name.removeprefix(f"{WUTONGLI}/"): fen for name, fen in rows}
