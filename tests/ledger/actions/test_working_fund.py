"""The committee's working funds: what the owners granted for a period, by heads, and what is left: COM-18."""

from datetime import date

import msgspec

from ledger.actions.fund_payment import FundPaymentApproved, RequestFundPayment
from ledger.actions.payment_record import RecordUnauthorisedPayment, WithdrawFundPayment
from ledger.actions.working_fund import BudgetLine, BudgetPeriod, WorkingFund
from ledger.fields import Scope
from tests.ledger.asked import approve_payment, record_payment
from tests.ledger.correction_words import (
    THIS_YEAR,
    budget_set,
    classify,
    entry_classified,
    last_number,
    reverse,
    set_budget,
    suspense_seen,
)
from tests.ledger.happened import (
    NEW_YEAR,
    PAYEE,
    PURPOSE,
    SPRING,
    SUMMER,
    committee_decided,
    fund_opened,
    vote_passed,
    vote_rejected,
)
from tests.ledger.story import TODAY, Fact, given, state_of, story, then, then_recorded, then_refused, when

NEXT_YEAR = BudgetPeriod(starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))
GRANTED = vote_passed("budget-2026", fund="working", authorises=60_000_00)


def left(head: str, day: date = TODAY) -> int:
    return state_of(WorkingFund, "working").remaining_fen(head, day)  # type: ignore[arg-type]


def test_the_owners_grant_money_head_by_head():
    given(*GRANTED)
    when(set_budget(office=3_000_00, stipend=24_000_00))
    then(budget_set(office=3_000_00, stipend=24_000_00))
    assert (left("office"), left("stipend"), left("audit")) == (3_000_00, 24_000_00, 0)


def test_a_budget_is_for_the_owners_to_grant_and_not_for_the_committee():
    given(committee_decided("budget-2026"))
    when(set_budget(office=3_000_00))
    then_refused("working-fund.needs-a-vote", rules=["COM-18"], decision="budget-2026")


def test_a_budget_is_still_to_come_so_its_fault_cannot_be_acknowledged():
    given(committee_decided("budget-2026"))
    asked = set_budget(office=3_000_00)
    when(type(asked)(period=asked.period, lines=asked.lines, decision="budget-2026", acknowledge=("COM-18",)))
    then_refused("working-fund.needs-a-vote", rules=["COM-18"], decision="budget-2026")


def test_a_budget_needs_a_decision_that_exists():
    when(set_budget("hearsay", office=3_000_00))
    then_refused("decision.unknown", decision="hearsay")


def test_a_budget_the_owners_voted_down_is_none():
    given(*vote_rejected("budget-2026", authorises=60_000_00))
    when(set_budget(office=3_000_00))
    then_refused("decision.not-passed", decision="budget-2026")


def test_a_period_does_not_end_before_it_begins():
    given(*GRANTED)
    when(set_budget(period=BudgetPeriod(starts_on=SUMMER, ends_on=date(2026, 6, 29)), office=1_00))
    then_refused("working-fund.period-reversed")


def test_a_period_may_be_a_single_day():
    given(*GRANTED)
    one_day = BudgetPeriod(starts_on=SUMMER, ends_on=SUMMER)
    when(set_budget(period=one_day, meeting=1_00))
    then(budget_set(period=one_day, meeting=1_00))


def test_a_head_stands_in_a_budget_once():
    given(*GRANTED)
    lines = (BudgetLine(head="office", amount_fen=1_00), BudgetLine(head="office", amount_fen=2_00))
    when(set_budget(lines=lines))
    then_refused("working-fund.head-twice", head="office")


def test_two_budgets_do_not_share_a_day():
    given(*GRANTED, budget_set(office=3_000_00))
    overlapping = BudgetPeriod(starts_on=date(2026, 12, 31), ends_on=date(2027, 12, 30))
    when(set_budget(period=overlapping, office=1_00))
    then_refused("working-fund.periods-overlap", starts_on=NEW_YEAR, ends_on=date(2026, 12, 31))


def test_budgets_follow_each_other_without_a_gap():
    given(*GRANTED, budget_set(office=3_000_00))
    when(set_budget(period=NEXT_YEAR, office=4_000_00))
    then(budget_set(period=NEXT_YEAR, office=4_000_00))
    assert left("office", date(2026, 12, 31)) == 3_000_00
    assert left("office", date(2027, 1, 1)) == 4_000_00
    assert left("office", date(2028, 1, 1)) == 0


def test_a_later_grant_for_the_same_period_takes_the_place_of_the_first():
    given(*GRANTED, budget_set(office=3_000_00), vote_passed("more", fund="working", authorises=9_000_00))
    when(set_budget("more", office=5_000_00))
    then(budget_set("more", office=5_000_00))
    assert left("office") == 5_000_00


def test_money_recognised_as_spent_counts_against_its_head():
    given(fund_opened("working", fen=20_000_00), *GRANTED, budget_set(office=3_000_00))
    given(suspense_seen("working", fen=2_500_00, direction="out"))
    when(classify(last_number(), "payment", decision="budget-2026", use="office"))
    then_recorded()
    assert left("office") == 500_00
    when(reverse(last_number()))
    then_recorded()
    assert left("office") == 3_000_00


def test_money_gone_to_the_last_fen_of_its_head_is_within_the_budget():
    given(fund_opened("working", fen=20_000_00), *GRANTED, budget_set(office=3_000_00))
    given(suspense_seen("working", fen=3_000_00, direction="out"))
    number = last_number()
    when(classify(number, "payment", decision="budget-2026", use="office"))
    then(
        entry_classified(
            number, "working", fen=3_000_00, became="payment", account="use/working/office",
            direction="out", use="office", decision="budget-2026", charged_fen=3_000_00,
        )
    )  # fmt: skip
    assert left("office") == 0


def test_a_fen_beyond_its_head_is_beyond_the_budget():
    given(fund_opened("working", fen=20_000_00), *GRANTED, budget_set(office=3_000_00))
    given(suspense_seen("working", fen=3_000_01, direction="out"))
    when(classify(last_number(), "payment", decision="budget-2026", use="office"))
    then_refused("working-fund.exceeds-budget", rules=["COM-18"], head="office", remaining_fen=3_000_00)


def test_money_spent_on_no_head_in_particular_counts_as_other():
    given(fund_opened("working", fen=20_000_00), *GRANTED, budget_set(office=3_000_00))
    given(suspense_seen("working", fen=1_00, direction="out"))
    when(classify(last_number(), "payment", decision="budget-2026"))
    then_refused("working-fund.exceeds-budget", rules=["COM-18"], head="other", remaining_fen=0)


def test_a_day_no_budget_covers_has_no_money_to_spend():
    given(fund_opened("working", fen=20_000_00), *GRANTED, budget_set(period=NEXT_YEAR, office=3_000_00))
    given(suspense_seen("working", fen=1_00, direction="out"))
    when(classify(last_number(), "payment", decision="budget-2026", use="office"))
    then_refused("working-fund.without-budget", rules=["COM-18"], day=SPRING)


def test_money_counts_in_the_budget_of_the_day_it_moved_and_not_of_the_day_it_was_recognised():
    first_half = BudgetPeriod(starts_on=NEW_YEAR, ends_on=SUMMER)
    given(fund_opened("working", fen=20_000_00), *GRANTED, budget_set(period=first_half, office=3_000_00))
    given(suspense_seen("working", fen=1_000_00, direction="out", on=SUMMER))
    when(classify(last_number(), "payment", decision="budget-2026", use="office", occurred_on=TODAY))
    then_recorded()
    assert left("office", SUMMER) == 2_000_00


def test_before_the_first_budget_is_entered_there_is_nothing_to_judge_by():
    given(
        fund_opened("working", fen=20_000_00), *GRANTED, suspense_seen("working", fen=1_00, direction="out")
    )
    when(classify(last_number(), "payment", decision="budget-2026", use="office"))
    then_recorded()


# -- paid in the usual way: requested, approved, recorded ----------------------------------------------------


def request(fen: int, *, head: str | None = "office", payment: str = "paper", fund: str = "working"):
    return RequestFundPayment(
        payment=payment,
        fund=fund,  # type: ignore[arg-type]
        decision="budget-2026",
        amount_fen=fen,
        payee=PAYEE,
        purpose=PURPOSE,
        head=head,  # type: ignore[arg-type]
    )


def granted(**heads: int) -> None:
    given(fund_opened("working", fen=20_000_00), *GRANTED, budget_set(**heads))


def paid(fen: int, *, payment: str = "paper") -> None:
    """Requested, approved and recorded under the head of office."""
    for asked in (
        request(fen, payment=payment),
        approve_payment(payment),
        record_payment(payment, paid_on=TODAY),
    ):
        when(asked)
        then_recorded()


def test_a_payment_may_use_up_its_head_and_not_a_fen_more():
    granted(office=3_000_00)
    when(request(3_000_01))
    then_refused("working-fund.exceeds-budget", rules=["COM-18"], head="office", remaining_fen=3_000_00)
    when(request(3_000_00))
    then_recorded()


def test_what_is_approved_and_not_yet_paid_is_not_there_to_spend():
    granted(office=3_000_00)
    when(request(2_000_00))
    then_recorded()
    when(approve_payment("paper"))
    then(budget_payment_approved(2_000_00))
    assert left("office") == 1_000_00
    when(request(1_000_01, payment="ink"))
    then_refused("working-fund.exceeds-budget", rules=["COM-18"], head="office", remaining_fen=1_000_00)


def budget_payment_approved(fen: int):
    """Of the payment `paper`."""
    event = FundPaymentApproved(
        payment="paper", fund="working", decision="budget-2026", amount_fen=fen, head="office"
    )
    return Fact(event, "chair")


def test_of_two_requests_for_the_same_money_the_first_approved_has_it():
    granted(office=3_000_00)
    for payment in ("paper", "ink"):
        when(request(2_000_00, payment=payment))
        then_recorded()
    when(approve_payment("ink"))
    then_recorded()
    when(approve_payment("paper"))
    then_refused("working-fund.exceeds-budget", rules=["COM-18"], head="office", remaining_fen=1_000_00)


def test_one_head_does_not_lend_to_another():
    granted(office=3_000_00, stipend=24_000_00)
    when(request(3_000_01))
    then_refused("working-fund.exceeds-budget", rules=["COM-18"], head="office", remaining_fen=3_000_00)


def test_money_paid_stands_on_the_account_of_its_head():
    granted(office=3_000_00)
    paid(2_000_00)
    recorded = story().store.numbered("wutongli", last_number())
    assert dict(recorded.envelope.postings) == {"bank/working": -2_000_00, "use/working/office": 2_000_00}
    assert left("office") == 1_000_00


def test_a_payment_undone_may_be_made_again():
    granted(office=3_000_00)
    paid(3_000_00)
    when(reverse(last_number()))
    then_recorded()
    assert left("office") == 3_000_00
    paid(3_000_00, payment="paper-again")


def test_a_payment_withdrawn_frees_its_head():
    granted(office=3_000_00)
    for asked in (request(3_000_00), approve_payment("paper")):
        when(asked)
        then_recorded()
    when(WithdrawFundPayment(payment="paper", reason="没有发货。"))
    then_recorded()
    assert left("office") == 3_000_00


def test_money_spent_beyond_the_budget_is_recorded_once_it_is_acknowledged():
    granted(office=3_000_00)
    spent = {
        "payment": "banquet", "fund": "working", "amount_fen": 4_000_00, "payee": PAYEE, "purpose": PURPOSE,
        "paid_on": SUMMER, "voucher": "2026-77", "decision": "budget-2026", "head": "office",
    }  # fmt: skip
    when(RecordUnauthorisedPayment(**spent, acknowledge=("FUND-09",)))
    then_refused("working-fund.exceeds-budget", rules=["COM-18"], head="office", remaining_fen=3_000_00)
    when(RecordUnauthorisedPayment(**spent, acknowledge=("FUND-09", "COM-18")))
    then_recorded()
    recorded = story().store.numbered("wutongli", last_number())
    assert recorded.envelope.irregularities == ("COM-18", "FUND-09")
    assert left("office") == -1_000_00


def test_a_request_beyond_the_budget_is_still_to_come_and_cannot_be_acknowledged():
    granted(office=3_000_00)
    asked = msgspec.structs.replace(request(3_000_01), acknowledge=("COM-18",))
    when(asked)
    then_refused("working-fund.exceeds-budget", rules=["COM-18"], head="office", remaining_fen=3_000_00)


def test_a_budget_head_is_of_the_working_funds_alone():
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("budget-2026", authorises=8_000_00))
    when(request(1_00, fund="maintenance"))
    then_refused("working-fund.head-of-another-fund", fund="maintenance", head="office")


def test_this_year_is_what_its_name_says():
    assert THIS_YEAR.covers(NEW_YEAR)
    assert THIS_YEAR.covers(date(2026, 12, 31))
    assert not THIS_YEAR.covers(date(2025, 12, 31))
    assert not THIS_YEAR.covers(date(2027, 1, 1))


# -- no more than was granted --------------------------------------------------------------------------


def test_a_budget_grants_no_more_than_the_owners_did():
    given(*GRANTED)
    when(set_budget(office=30_000_00, meeting=30_000_01))
    then_refused(
        "working-fund.more-than-granted", rules=["COM-18"], granted_fen=60_000_00, total_fen=60_000_01
    )
    when(set_budget(office=30_000_00, meeting=30_000_00))
    then_recorded()


def test_a_decision_about_another_fund_is_no_budget():
    given(*vote_passed("budget-2026", authorises=60_000_00))
    when(set_budget(office=1))
    then_refused("decision.does-not-authorise", rules=["COM-18"], decision="budget-2026", fund="working")


def test_the_owners_of_one_door_grant_no_budget():
    door_12 = Scope(kind="door", id="12")
    given(*vote_passed("budget-2026", fund="working", authorises=60_000_00, scope=door_12))
    when(set_budget(office=1))
    then_refused("working-fund.needs-a-vote", rules=["COM-18"], decision="budget-2026")
