"""What a payment is judged on: what was drawn for its project, and the decision that covers it (FUND-09)."""

import msgspec

from ledger.actions.decision import Decision
from ledger.actions.fund_payment import ApproveFundPayment
from ledger.actions.payment_grounds import ProjectDrawings
from ledger.actions.payment_record import WithdrawFundPayment
from ledger.actions.vote import OpenVote
from ledger.fields import Authorisation
from tests.ledger.asked import open_vote, request_payment
from tests.ledger.happened import committee_seated, fund_opened, vote_closed, vote_counted, vote_opened
from tests.ledger.project_words import a_repair, draw, drawing_requested, drawn
from tests.ledger.story import Fact, given, state_of, then_recorded, then_refused, when

SMALL_REPAIRS = Authorisation(
    fund="maintenance", amount_fen=50_000_00, purpose="零星维修", item_max_fen=5_000_00
)


def drawings() -> ProjectDrawings:
    return state_of(ProjectDrawings, "lift")


# -- what was drawn for a project ------------------------------------------------------------------


def test_asked_for_promised_and_paid_are_told_apart():
    given(a_repair(), drawn(80_400_00), drawing_requested("second", fen=100_000_00))
    assert (drawings().paid_fen, drawings().drawn_fen, drawings().wanted_fen) == (
        80_400_00,
        80_400_00,
        180_400_00,
    )
    when(ApproveFundPayment(payment="second"))
    then_recorded()
    assert (drawings().paid_fen, drawings().drawn_fen) == (80_400_00, 180_400_00)
    when(WithdrawFundPayment(payment="second", reason="不付了。"))
    then_recorded()
    assert drawings().wanted_fen == 80_400_00


def test_a_project_is_paid_under_its_own_decision():
    given(a_repair(), standing_authorisation())
    when(draw(1, "review-engagement", decision="small-repairs"))
    then_refused("fund-payment.project-of-another-decision", decision="lift-3")


# -- a standing authorisation of the owners (FUND-09, FUND-38) -------------------------------------


def standing_authorisation(freed: Authorisation = SMALL_REPAIRS) -> tuple[Fact, ...]:
    """The owners voted: the committee may have small repairs done, each up to 5,000.00, 50,000.00 in all."""
    opened = vote_opened("small-repairs", authorises=freed.amount_fen)
    return (
        opened._replace(event=msgspec.structs.replace(opened.event, authorises=freed)),
        vote_counted("small-repairs"),
        vote_closed("small-repairs", authorises=freed),
    )


def test_owners_may_vote_on_a_sum_for_many_payments_and_what_one_may_take():
    given(committee_seated())
    asked: OpenVote = msgspec.structs.replace(open_vote("small-repairs"), authorises=SMALL_REPAIRS)
    when(asked)
    then_recorded()
    assert state_of(Decision, "small-repairs").authorises == SMALL_REPAIRS


def test_under_a_standing_authorisation_each_payment_keeps_to_what_one_may_take():
    given(fund_opened("maintenance", fen=90_000_00), standing_authorisation())
    when(request_payment("small-repairs", fen=5_000_01, payment="gate"))
    then_refused("fund-payment.exceeds-item", rules=["FUND-09"], item_max_fen=5_000_00)
    for payment in ("gate", "lamps"):
        when(request_payment("small-repairs", fen=5_000_00, payment=payment))
        then_recorded()
        when(ApproveFundPayment(payment=payment))
        then_recorded()
    assert state_of(Decision, "small-repairs").remaining_fen == 40_000_00


def test_together_they_keep_to_its_sum():
    nearly = msgspec.structs.replace(SMALL_REPAIRS, amount_fen=5_000_01)
    given(fund_opened("maintenance", fen=90_000_00), standing_authorisation(nearly))
    when(request_payment("small-repairs", fen=5_000_00, payment="gate"))
    then_recorded()
    when(ApproveFundPayment(payment="gate"))
    then_recorded()
    when(request_payment("small-repairs", fen=2, payment="lamps"))
    then_refused("fund-payment.exceeds-authorisation", rules=["FUND-09"], remaining_fen=1)
    when(request_payment("small-repairs", fen=1, payment="lamps"))
    then_recorded()


def test_a_vote_that_says_nothing_of_one_payment_is_for_any_within_its_sum():
    whole = msgspec.structs.replace(SMALL_REPAIRS, item_max_fen=None)
    given(fund_opened("maintenance", fen=90_000_00), standing_authorisation(whole))
    when(request_payment("small-repairs", fen=50_000_00, payment="roof"))
    (line,) = then_recorded()
    assert line.kind == "fund-payment.requested"
