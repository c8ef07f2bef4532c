"""Whatever is reversed and recognised, in whatever order: the accounts of the books still add up to nothing.

The commands of an honest bookkeeper who errs a lot; each entry may be reversed, put in suspense, recognised,
taken back. The books are folded here a second time, from the postings alone.
"""

from collections import Counter
from itertools import count

from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from ledger.actions.bank_reconciliation import BankBook
from ledger.actions.decision import Decision
from ledger.actions.entry import EntryClassified, EntryReversed
from ledger.actions.fund import FundBook, RecordFundDeposit
from ledger.actions.suspense_entry import SuspenseEntryRecorded
from ledger.asked import Asked
from ledger.errors import Refused
from ledger.events import decode
from ledger.state import Slices
from tests.ledger.correction_words import classify, reconcile, reverse, see_suspense
from tests.ledger.happened import (
    SPRING,
    committee_decided,
    fund_opened,
    payment_recorded,
    vote_passed,
)
from tests.ledger.story import TODAY, WUTONGLI, account_of
from tests.ledger.test_state import a_store

FUNDS = ("maintenance", "public-revenue", "working")
BEGINNING = (
    *(fund_opened(fund, fen=100) for fund in FUNDS),
    vote_passed("lift-3", authorises=80),
    committee_decided("printer", authorises=60),
    payment_recorded("lift-3", fen=20),
)
RECORDS = st.integers(11, 40)  # the beginning ends in a payment; some numbers are of what cannot be undone
FEN = st.integers(1, 30)
WAS = st.sampled_from(
    [
        {"kind": "deposit"},
        {"kind": "interest"},
        {"kind": "revenue", "head": 3},
        {"kind": "cost", "cost": "tax"},
        {"kind": "payment", "decision": "lift-3"},
        {"kind": "payment", "decision": "printer", "use": "office"},
        {"kind": "payment", "acknowledge": ("FUND-09",)},
    ]
)
COMMANDS = st.one_of(
    st.builds(
        lambda fund, fen, direction: see_suspense(fund, fen=fen, direction=direction),
        st.sampled_from(FUNDS),
        FEN,
        st.sampled_from(["in", "out"]),
    ),
    st.builds(lambda number, was: classify(number, **was), RECORDS, WAS),
    st.builds(reverse, RECORDS),
    st.builds(
        lambda fund, fen: RecordFundDeposit(fund=fund, amount_fen=fen, received_on=SPRING),
        st.sampled_from(FUNDS),
        FEN,
    ),
    st.builds(lambda fund, bank: reconcile(fund, bank=bank), st.sampled_from(FUNDS), FEN),
)


@settings(max_examples=60)
@for_all(commands=st.lists(COMMANDS, min_size=8, max_size=30))
def test_the_books_add_up_whatever_is_corrected(commands, opened_folder):
    with a_store(opened_folder) as story:
        story.happen(BEGINNING)
        for command in commands:
            refused_as = _ask(story, command)
            assert refused_as != "limit.below-zero", "the rule must refuse before the guard has to"
        events = [decode(row.kind, row.entry) for row in story.store.rows(0)]
        sums = Counter()
        for envelope in events:
            sums.update(dict(envelope.postings))
        assert sum(sums.values()) == 0
        for fund in FUNDS:
            _check_fund(story, fund, sums)
        assert _suspense_of(events) == {fund: sums[f"suspense/{fund}"] for fund in FUNDS}
        assert _undone(events) == len({event.data.number for event in events if _is_reversal(event)})


def _ask(story, command) -> str | None:
    try:
        story.ledger.record(Asked(WUTONGLI, command, account_of(type(command).roles[0]), TODAY))
    except Refused as refused:
        return refused.code
    return None


def _check_fund(story, fund, sums) -> None:
    slices = Slices(story.store)
    book, bank = slices.known(WUTONGLI, [FundBook.of(fund), BankBook.of(fund)]).states
    assert book.balance_fen == sums[f"bank/{fund}"] == bank.balance_on(TODAY)
    assert 0 <= book.available_fen <= book.balance_fen
    (decision,) = slices.known(WUTONGLI, [Decision.of("lift-3")]).states
    assert 0 <= decision.remaining_fen <= 80


def _suspense_of(events) -> dict[str, int]:
    """What must stand in suspense: entries seen, neither recognised nor reversed, told from their story."""
    standing, recognised = {}, {}
    numbers = count()
    for number, envelope in zip(numbers, events, strict=False):
        match envelope.data:
            case SuspenseEntryRecorded() as seen:
                fen = seen.amount_fen if seen.direction == "in" else -seen.amount_fen
                standing[number] = (seen.fund, -fen)
            case EntryClassified() as classified:
                recognised[number] = (classified.number, standing.pop(classified.number))
            case EntryReversed(number=undone) if undone in recognised:
                was, entry = recognised.pop(undone)
                standing[was] = entry
            case EntryReversed(number=undone):
                standing.pop(undone, None)
    found = dict.fromkeys(FUNDS, 0)
    for fund, fen in standing.values():
        found[fund] += fen
    return found


def _is_reversal(envelope) -> bool:
    return isinstance(envelope.data, EntryReversed)


def _undone(events) -> int:
    return sum(map(_is_reversal, events))
