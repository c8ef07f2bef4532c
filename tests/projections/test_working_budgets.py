"""The committee's working funds: granted = spent + reserved + remaining, head by head."""

from datetime import date

from ledger.actions.fund_payment import FundPaymentApproved, FundPaymentRecorded, FundPaymentWithdrawn
from ledger.actions.working_fund import BudgetPeriod, WorkingFund
from ledger.state import Slices
from projections import working_budgets
from projections.working_budgets import BudgetLineRow
from tests.ledger.correction_words import budget_set, entry_classified, suspense_seen
from tests.ledger.happened import PAYEE, PURPOSE, SUMMER, entry_reversed, fund_opened, vote_passed
from tests.ledger.story import WUTONGLI, Fact
from tests.projections.books import Books

GRANTED = vote_passed("budget-2026", fund="working", authorises=60_000_00)


def approved(payment: str, fen: int, *, head: str = "office", on: date = SUMMER) -> Fact:
    event = FundPaymentApproved(
        payment=payment, fund="working", decision="budget-2026", amount_fen=fen, head=head
    )
    return Fact(event, "chair", on)


def paid(payment: str, fen: int, *, head: str = "office", on: date = SUMMER) -> Fact:
    event = FundPaymentRecorded(
        payment=payment, fund="working", decision="budget-2026", amount_fen=fen, payee=PAYEE,
        purpose=PURPOSE, paid_on=on, voucher="2026-8", head=head,
    )  # fmt: skip
    return Fact(event, "treasurer", on)


def office(books: Books) -> BudgetLineRow:
    """The line of office; the state payments are decided on knows the same rest."""
    (budget,) = working_budgets.of(books.shown(), WUTONGLI)
    (line,) = (line for line in budget.lines if line.head == "office")
    (state,) = Slices(books.story.store).known(WUTONGLI, [WorkingFund.of("working")]).states
    assert isinstance(state, WorkingFund)
    assert line.remaining_fen == state.remaining_fen("office", SUMMER)
    return line


def begin(books: Books) -> None:
    books.tell(fund_opened("working", fen=20_000_00), GRANTED, budget_set(office=3_000_00))


def test_money_goes_from_remaining_to_reserved_to_spent_and_back(both_books: Books) -> None:
    begin(both_books)
    assert office(both_books) == BudgetLineRow("office", 3_000_00, 0, 0, 3_000_00)
    both_books.tell(approved("paper", 1_000_00))
    assert office(both_books) == BudgetLineRow("office", 3_000_00, 0, 1_000_00, 2_000_00)
    number = both_books.tell(paid("paper", 1_000_00))
    assert office(both_books) == BudgetLineRow("office", 3_000_00, 1_000_00, 0, 2_000_00)
    both_books.tell(entry_reversed(number, paid("paper", 1_000_00), reason="记错"))
    assert office(both_books) == BudgetLineRow("office", 3_000_00, 0, 0, 3_000_00)


def test_a_payment_withdrawn_is_free_again(both_books: Books) -> None:
    begin(both_books)
    both_books.tell(approved("paper", 1_000_00))
    withdrawn = FundPaymentWithdrawn(
        payment="paper", fund="working", decision="budget-2026", reason="没货", released_fen=1_000_00
    )
    both_books.tell(Fact(withdrawn))
    assert office(both_books).remaining_fen == 3_000_00


def test_an_entry_recognised_as_a_payment_is_spent(both_books: Books) -> None:
    begin(both_books)
    seen = both_books.tell(suspense_seen("working", fen=70_00, direction="out"))
    recognised = entry_classified(
        seen, "working", fen=70_00, became="payment", account="use/working/office", direction="out",
        use="office",
    )  # fmt: skip
    number = both_books.tell(recognised)
    assert office(both_books) == BudgetLineRow("office", 3_000_00, 70_00, 0, 2_930_00)
    both_books.tell(entry_reversed(number, recognised, reason="认错了"))
    assert office(both_books).spent_fen == 0


def test_spent_beyond_what_was_granted_is_below_zero_and_shown(both_books: Books) -> None:
    begin(both_books)
    both_books.tell(approved("paper", 3_000_01), paid("paper", 3_000_01))
    both_books.tell(paid("banquet", 5_00, head="meeting"))
    (budget,) = working_budgets.of(both_books.shown(), WUTONGLI)
    assert budget.lines == (
        BudgetLineRow("meeting", 0, 5_00, 0, -5_00),
        BudgetLineRow("office", 3_000_00, 3_000_01, 0, -1),
    )


def test_every_period_counts_its_own_days(both_books: Books) -> None:
    first = BudgetPeriod(starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30))
    second = BudgetPeriod(starts_on=date(2026, 7, 1), ends_on=date(2026, 12, 31))
    both_books.tell(fund_opened("working", fen=20_000_00), GRANTED, budget_set(period=first, office=3_000_00))
    number = both_books.tell(budget_set(period=second, office=4_000_00))
    both_books.tell(paid("paper", 1_00, on=date(2026, 6, 30)), paid("ink", 2_00, on=date(2026, 7, 1)))
    later, earlier = working_budgets.of(both_books.shown(), WUTONGLI)
    assert (later.number, later.decision, later.starts_on) == (number, "budget-2026", date(2026, 7, 1))
    assert later.lines == (BudgetLineRow("office", 4_000_00, 2_00, 0, 3_998_00),)
    assert earlier.lines == (BudgetLineRow("office", 3_000_00, 1_00, 0, 2_999_00),)


def test_a_later_grant_takes_the_place_of_the_first_with_all_its_heads(both_books: Books) -> None:
    begin(both_books)
    both_books.tell(budget_set(stipend=9_000_00))
    (budget,) = working_budgets.of(both_books.shown(), WUTONGLI)
    assert budget.lines == (BudgetLineRow("stipend", 9_000_00, 0, 0, 9_000_00),)


def test_payments_of_other_funds_are_not_the_committees(both_books: Books) -> None:
    begin(both_books)
    both_books.tell(fund_opened("maintenance", fen=7_00), vote_passed("lift-3", authorises=7_00))
    other = FundPaymentApproved(payment="lift", fund="maintenance", decision="lift-3", amount_fen=7_00)
    both_books.tell(Fact(other, "chair", SUMMER))
    assert office(both_books).remaining_fen == 3_000_00
