"""What a decision still sets free is the same on the page as where payments are decided, whatever happens."""

from ledger.actions.decision import Decision
from ledger.actions.entry import EntryReversed
from ledger.actions.fund_payment import FundPaymentRecorded, FundPaymentWithdrawn
from ledger.state import Slices
from projections import decisions
from tests.ledger.correction_words import entry_classified, suspense_seen
from tests.ledger.happened import (
    PAYEE,
    PURPOSE,
    SUMMER,
    entry_reversed,
    fund_opened,
    payment_paid,
    payment_reserved,
    vote_passed,
)
from tests.ledger.story import WUTONGLI, Fact
from tests.projections.books import Books

EVERYTHING = (8_000_00, 0, 0, 8_000_00)


def money_of(books: Books) -> tuple[int, int, int, int]:
    """Authorised, reserved, paid, remaining; the last as the state of the decision has it too."""
    row = decisions.one(books.shown(), WUTONGLI, "lift-3")
    assert row is not None
    (state,) = Slices(books.story.store).known(WUTONGLI, [Decision.of("lift-3")]).states
    assert isinstance(state, Decision)
    assert row.remaining_fen == state.remaining_fen
    return row.authorised_fen, row.reserved_fen, row.paid_fen, row.remaining_fen


def begin(books: Books) -> None:
    books.tell(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))


def test_a_payment_withdrawn_is_reserved_no_more(both_books: Books) -> None:
    begin(both_books)
    both_books.tell(payment_reserved("lift-3", fen=5_000_00, payment="half"))
    withdrawn = FundPaymentWithdrawn(
        payment="half", fund="maintenance", decision="lift-3", reason="厂家停产。", released_fen=5_000_00
    )
    both_books.tell(Fact(withdrawn))
    assert money_of(both_books) == EVERYTHING


def test_a_payment_nobody_approved_counts_as_far_as_the_decision_covers_it(both_books: Books) -> None:
    begin(both_books)
    paid = FundPaymentRecorded(
        payment="dash", fund="maintenance", decision="lift-3", amount_fen=8_500_00, payee=PAYEE,
        purpose=PURPOSE, paid_on=SUMMER, voucher="2026-9", charged_fen=8_000_00,
    )  # fmt: skip
    number = both_books.tell(Fact(paid, on=SUMMER))
    assert money_of(both_books) == (8_000_00, 0, 8_000_00, 0)
    undone = EntryReversed(
        number=number,
        reversed_kind=paid.kind,
        reason="记错",
        entries=tuple((account, -fen) for account, fen in paid.postings()),
        about=tuple(sorted(paid.tags())),
        restores=(("remaining/lift-3", 8_000_00),),
        decision="lift-3",
        payment="dash",
    )
    both_books.tell(Fact(undone))
    assert money_of(both_books) == EVERYTHING


def test_an_entry_recognised_as_a_payment_is_paid_until_that_is_undone(both_books: Books) -> None:
    begin(both_books)
    seen = both_books.tell(suspense_seen(fen=3_000_00, direction="out"))
    recognised = entry_classified(
        seen, fen=3_000_00, became="payment", account="fund/maintenance/whole", direction="out",
        decision="lift-3", charged_fen=3_000_00,
    )  # fmt: skip
    number = both_books.tell(recognised)
    assert money_of(both_books) == (8_000_00, 0, 3_000_00, 5_000_00)
    undone = EntryReversed(
        number=number,
        reversed_kind="entry.classified",
        reason="认错了",
        entries=tuple((account, -fen) for account, fen in recognised.event.postings()),
        about=tuple(sorted(recognised.event.tags())),
        restores=(("remaining/lift-3", 3_000_00),),
        decision="lift-3",
    )
    both_books.tell(Fact(undone))
    assert money_of(both_books) == EVERYTHING


def test_the_usual_way_ends_where_it_began_once_it_is_undone(both_books: Books) -> None:
    begin(both_books)
    both_books.tell(payment_reserved("lift-3", fen=5_000_00, payment="half"))
    paid = payment_paid("half", fen=5_000_00)
    number = both_books.tell(paid)
    assert money_of(both_books) == (8_000_00, 0, 5_000_00, 3_000_00)
    both_books.tell(entry_reversed(number, paid, reason="付错账户"))
    assert money_of(both_books) == EVERYTHING
