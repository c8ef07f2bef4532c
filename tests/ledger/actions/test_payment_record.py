"""What the bank paid is recorded as it was: approved, unapproved, or withdrawn before it came to that."""

from datetime import date

import msgspec
import pytest

from ledger.actions.decision import Decision, EmergencyRepairAuthorised
from ledger.actions.entry import ReverseEntry
from ledger.actions.fund import FundBook
from ledger.actions.fund_payment import ApproveFundPayment, FundPaymentRecorded, FundPaymentWithdrawn
from ledger.actions.payment_grounds import ProjectDrawings
from ledger.actions.payment_record import RecordFundPayment, RecordUnauthorisedPayment, WithdrawFundPayment
from ledger.fields import Personal, Scope
from tests.ledger.asked import record_payment, request_payment
from tests.ledger.happened import (
    PAYEE,
    PURPOSE,
    SPRING,
    SUMMER,
    building_registered,
    committee_decided,
    committee_seated,
    fund_opened,
    money,
    payment_paid,
    payment_recorded,
    payment_requested,
    payment_reserved,
    vote_passed,
)
from tests.ledger.project_words import (
    EVERY_SEAL,
    a_repair,
    draw,
    drawing_requested,
    drawn,
    emergency_declared,
    plan_published,
    price_reviewed,
    review_engaged,
)
from tests.ledger.story import TODAY, Fact, given, state_of, story, then, then_recorded, then_refused, when

DOOR_12 = Scope(kind="door", id="12")


def given_a_lift_to_repair(*, fund_fen=9_000_00, authorises=8_000_00):
    given(fund_opened("maintenance", fen=fund_fen), vote_passed("lift-3", authorises=authorises))


def irregularities(fund: str = "maintenance") -> tuple[str, ...]:
    """What the newest event confesses."""
    (newest,) = story().store.tagged("wutongli", f"fund:{fund}", story().store.head() - 1)
    return newest.envelope.irregularities


# -- as it was approved ----------------------------------------------------------------------------


def test_an_approved_payment_is_recorded_when_the_bank_has_paid():
    given_a_lift_to_repair()
    given(payment_reserved("lift-3", fen=3_000_00, payment="lift-3-first"))
    when(record_payment("lift-3-first"))
    then(payment_paid("lift-3-first", fen=3_000_00))
    assert irregularities() == ()
    book = state_of(FundBook, "maintenance")
    assert (book.balance_fen, book.available_fen) == (6_000_00, 6_000_00)
    assert state_of(Decision, "lift-3").remaining_fen == 5_000_00


def test_a_payment_is_recorded_once():
    given_a_lift_to_repair()
    given(payment_recorded("lift-3", fen=3_000_00))
    when(record_payment("lift-3-first"))
    then_refused("fund-payment.already-paid", payment="lift-3-first")


def test_a_payment_nobody_asked_for_is_not_recorded():
    when(record_payment("lift-3-first"))
    then_refused("fund-payment.unknown", payment="lift-3-first")


def test_a_payment_of_one_door_is_taken_from_that_door():
    given(
        building_registered("3", doors=("12",)),
        fund_opened("maintenance", fen=9_000_00),
        vote_passed("lift-3", authorises=8_000_00, scope=DOOR_12),
        payment_reserved("lift-3", fen=3_000_00, payment="lift-3-first"),
    )
    when(record_payment("lift-3-first"))
    of_door = payment_paid("lift-3-first", fen=3_000_00, scope=DOOR_12)
    then(of_door)
    assert of_door.event.postings() == (
        ("bank/maintenance", -3_000_00),
        ("fund/maintenance/door-12", 3_000_00),
    )


def test_what_working_funds_were_used_for_is_booked_as_use():
    of_committee = payment_paid("printer-first", fen=2_400_00, decision="printer", fund="working")
    assert of_committee.event.postings() == (("bank/working", -2_400_00), ("use/working", 2_400_00))


def test_a_payment_is_dated_by_the_day_the_bank_paid():
    given_a_lift_to_repair()
    given(payment_reserved("lift-3", fen=3_000_00, payment="lift-3-first"))
    when(record_payment("lift-3-first", paid_on=date(2026, 7, 3)))
    then(payment_paid("lift-3-first", fen=3_000_00, on=date(2026, 7, 3)))


def test_paid_the_day_before_it_was_approved_shows_as_drawn_without_its_marks():
    given_a_lift_to_repair()
    given(payment_reserved("lift-3", fen=3_000_00, payment="lift-3-first"))  # approved on 30 June
    when(record_payment("lift-3-first", paid_on=date(2026, 6, 29)))
    then_recorded()
    assert irregularities() == ("FUND-17",)


# -- before anybody decided ------------------------------------------------------------------------

A_DAY_BEFORE = date(2026, 3, 19)  # decisions are signed, votes end and emergencies are declared on the 20th
LEAK = EmergencyRepairAuthorised(
    emergency="leak-5", path="committee", authorises=money("maintenance", 60_000_00)
)
BASES = {
    "a decision of the committee": ("working", "printer", (committee_decided("printer", authorises=800_00),)),
    "a vote": ("maintenance", "lift-3", vote_passed("lift-3", authorises=800_00)),
    "an emergency": (
        "maintenance", "leak-5", (emergency_declared(on=SPRING), Fact(LEAK, "chair", SUMMER)),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("fund", "decision", "facts"), BASES.values(), ids=BASES)
def test_money_that_left_the_day_before_anybody_decided_had_no_basis(fund, decision, facts):
    given(fund_opened(fund, fen=9_000_00), *facts)
    given(payment_reserved(decision, fen=800_00, payment="bulbs-1", fund=fund))
    asked = record_payment("bulbs-1", paid_on=A_DAY_BEFORE)
    early = ("FUND-17",) if fund == "maintenance" else ()  # and it was not approved by then
    when(msgspec.structs.replace(asked, acknowledge=early))
    then_refused("fund-payment.before-its-decision", rules=["FUND-09"], decision=decision, decided_on=SPRING)
    when(msgspec.structs.replace(asked, acknowledge=("FUND-09", *early)))
    then_recorded()
    assert irregularities(fund) == ("FUND-09", *early)


@pytest.mark.parametrize(("fund", "decision", "facts"), BASES.values(), ids=BASES)
def test_money_that_left_on_the_day_of_the_decision_stands_on_it(fund, decision, facts):
    given(fund_opened(fund, fen=9_000_00), *facts)
    given(payment_reserved(decision, fen=800_00, payment="bulbs-1", fund=fund))
    early = ("FUND-17",) if fund == "maintenance" else ()
    when(msgspec.structs.replace(record_payment("bulbs-1", paid_on=SPRING), acknowledge=early))
    then_recorded()
    assert irregularities(fund) == early


# -- papers, seals and reviews ---------------------------------------------------------------------


def test_a_drawing_for_a_project_without_all_seals_shows_as_that():
    given(a_repair(), review_engaged())
    given(drawing_requested("first", fen=80_400_00, documents=EVERY_SEAL[:3]))
    given(approved("first", fen=80_400_00))
    when(record_payment("first"))
    then_recorded()
    assert irregularities() == ("FUND-17",)


def test_a_drawing_for_a_project_with_all_seals_is_regular():
    given(a_repair(), review_engaged())
    given(drawing_requested("first", fen=80_400_00, documents=EVERY_SEAL))
    given(approved("first", fen=80_400_00))
    when(record_payment("first"))
    then_recorded()
    assert irregularities() == ()


def approved(payment, *, fen):
    _, approval = payment_reserved("lift-3", fen=fen, payment=payment)
    return approval._replace(event=msgspec.structs.replace(approval.event, project="lift"))


def test_a_price_reviewed_between_approval_and_payment_caps_the_payment():
    given(a_repair(), drawn(80_400_00), review_engaged())
    when(draw(160_800_00, payment="second", stage="progress"))
    then_recorded()
    when(ApproveFundPayment(payment="second"))
    then_recorded()
    given(price_reviewed(100_000_00))
    when(record_payment("second", paid_on=TODAY), by="the-treasurer")
    then_refused("fund-payment.exceeds-reviewed", rules=["FUND-15"], payable_fen=19_600_00)


def test_so_it_does_in_an_emergency():
    freed = EmergencyRepairAuthorised(
        emergency="leak-5", path="committee", authorises=money("maintenance", 60_000_00)
    )
    given(fund_opened("maintenance", fen=900_000_00), emergency_declared(), Fact(freed, "chair", SUMMER))
    given(plan_published("leak", decision="leak-5", budget_fen=60_000_00), price_reviewed(60_000_00, "leak"))
    when(draw(60_000_00, "review-report", payment="roof", decision="leak-5", project="leak"))
    then_recorded()
    when(ApproveFundPayment(payment="roof"))
    then_recorded()
    given(price_reviewed(10_000_00, "leak"))
    when(record_payment("roof", paid_on=TODAY), by="the-treasurer")
    then_refused("fund-payment.exceeds-reviewed", rules=["FUND-15"], payable_fen=10_000_00)


def test_a_second_drawing_becomes_the_first_when_the_first_is_withdrawn():
    given(a_repair(), review_engaged())
    for fen, payment, stage in ((1, "first", "first"), (241_199_99, "second", "progress")):
        when(draw(fen, payment=payment, stage=stage))
        then_recorded()
        when(ApproveFundPayment(payment=payment))
        then_recorded()
    when(WithdrawFundPayment(payment="first", reason="金额填错。"))
    then_recorded()
    when(record_payment("second", paid_on=TODAY), by="the-treasurer")
    then_refused("fund-payment.exceeds-first-drawing", rules=["FUND-13"], payable_fen=80_400_00)


def test_drawings_may_be_paid_by_the_bank_in_any_order_once_some_of_them_is():
    given(a_repair(), review_engaged(), drawn(1, payment="zero"))
    for fen, payment, stage in ((80_399_99, "first", "first"), (100_000_00, "second", "progress")):
        when(draw(fen, *EVERY_SEAL, payment=payment, stage=stage))
        then_recorded()
        when(ApproveFundPayment(payment=payment))
        then_recorded()
    for payment in ("second", "first"):
        when(record_payment(payment, paid_on=TODAY), by="the-treasurer")
        then_recorded()
        assert irregularities() == ()


# -- without approval (FUND-09) --------------------------------------------------------------------


def confess(command, *rules):
    return msgspec.structs.replace(command, acknowledge=rules)


def unapproved(fen, *, charged, payment="lift-3-first") -> Fact:
    regular = payment_paid(payment, fen=fen)
    return regular._replace(event=msgspec.structs.replace(regular.event, charged_fen=charged))


def test_a_payment_nobody_approved_is_not_recorded_as_if_it_had_been():
    given_a_lift_to_repair()
    given(payment_requested("lift-3-first", fen=3_000_00))
    when(record_payment("lift-3-first"))
    then_refused("fund-payment.not-approved", rules=["FUND-09"], payment="lift-3-first")


def test_money_that_left_without_approval_is_recorded_as_that():
    given_a_lift_to_repair()
    given(payment_requested("lift-3-first", fen=3_000_00))
    when(confess(record_payment("lift-3-first"), "FUND-09"))
    then(unapproved(3_000_00, charged=3_000_00))
    assert irregularities() == ("FUND-09",)
    book = state_of(FundBook, "maintenance")
    assert (book.balance_fen, book.available_fen) == (6_000_00, 6_000_00)
    assert state_of(Decision, "lift-3").remaining_fen == 5_000_00


def test_what_left_beyond_the_decision_takes_no_more_than_it_still_frees():
    given_a_lift_to_repair()
    given(payment_requested("lift-3-first", fen=8_000_00), payment_reserved("lift-3", fen=1_00, payment="x"))
    when(confess(record_payment("lift-3-first"), "FUND-09"))
    then(unapproved(8_000_00, charged=7_999_00))
    assert state_of(Decision, "lift-3").remaining_fen == 0
    assert state_of(FundBook, "maintenance").available_fen == 999_00


def test_an_unapproved_payment_undone_gives_back_what_it_took_and_no_more():
    given_a_lift_to_repair()
    given(payment_requested("lift-3-first", fen=8_000_00), payment_reserved("lift-3", fen=1_00, payment="x"))
    when(confess(record_payment("lift-3-first"), "FUND-09"))
    (line,) = then_recorded()
    when(ReverseEntry(number=line.number, reason="款项已退回。"))
    then_recorded()
    assert state_of(Decision, "lift-3").remaining_fen == 7_999_00
    assert state_of(FundBook, "maintenance").available_fen == 8_999_00


def test_every_broken_rule_is_confessed():
    given(a_repair(), drawing_requested("first", fen=80_400_01, documents=("review-engagement", *EVERY_SEAL)))
    when(confess(record_payment("first"), "FUND-09"))
    then_refused("fund-payment.exceeds-first-drawing", rules=["FUND-13"], payable_fen=80_400_00)
    when(confess(record_payment("first"), "FUND-09", "FUND-13"))
    then_recorded()
    assert irregularities() == ("FUND-09", "FUND-13")
    assert state_of(ProjectDrawings, "lift").paid_fen == 80_400_01


def test_nobody_confesses_what_is_not_so():
    given_a_lift_to_repair()
    given(payment_reserved("lift-3", fen=3_000_00, payment="lift-3-first"))
    when(confess(record_payment("lift-3-first"), "FUND-09"))
    then_refused("acknowledge.nothing-to-acknowledge")


def test_more_than_is_there_and_not_promised_cannot_have_left():
    given_a_lift_to_repair()
    given(
        payment_requested("lift-3-first", fen=4_000_00), payment_reserved("lift-3", fen=6_000_00, payment="x")
    )
    when(confess(record_payment("lift-3-first"), "FUND-09"))
    then_refused("fund.insufficient", fund="maintenance", available_fen=3_000_00)
    when(WithdrawFundPayment(payment="x", reason="银行已无款可付。"))
    then_recorded()
    when(confess(record_payment("lift-3-first"), "FUND-09"))
    then(unapproved(4_000_00, charged=4_000_00))


# -- never asked for -------------------------------------------------------------------------------


def unauthorised(fen, **of) -> RecordUnauthorisedPayment:
    fields = {"fund": "maintenance", "paid_on": SUMMER, "acknowledge": ("FUND-09",), **of}
    return RecordUnauthorisedPayment(
        payment="bolt", amount_fen=fen, payee=PAYEE, purpose=PURPOSE, voucher="2026-119", **fields
    )


def found(fen, **of) -> Fact:
    fields = {"fund": "maintenance", "charged_fen": 0, **of}
    event = FundPaymentRecorded(
        payment="bolt",
        amount_fen=fen,
        payee=PAYEE,
        purpose=PURPOSE,
        paid_on=SUMMER,
        voucher="2026-119",
        **fields,
    )
    return Fact(event, "treasurer", SUMMER)


def test_money_that_left_and_nobody_decided_anything_is_recorded_as_that():
    given_a_lift_to_repair()
    when(unauthorised(9_000_00))
    then(found(9_000_00))
    assert irregularities() == ("FUND-09",)
    assert state_of(FundBook, "maintenance").balance_fen == 0
    assert state_of(Decision, "lift-3").remaining_fen == 8_000_00


def test_it_is_not_recorded_without_saying_what_it_is():
    given_a_lift_to_repair()
    when(unauthorised(9_000_00, acknowledge=()))
    then_refused("fund-payment.unauthorised", rules=["FUND-09"])


def test_the_bank_cannot_have_paid_what_it_did_not_hold():
    given_a_lift_to_repair()
    when(unauthorised(9_000_01))
    then_refused("fund.insufficient", available_fen=9_000_00)


def test_money_that_left_although_it_was_promised_is_recorded_once_a_promise_is_withdrawn():
    given_a_lift_to_repair()
    given(payment_reserved("lift-3", fen=6_000_00, payment="lift-3-first"))
    when(unauthorised(5_000_00))
    then_refused("fund.insufficient", fund="maintenance", available_fen=3_000_00, amount_fen=5_000_00)
    when(WithdrawFundPayment(payment="lift-3-first", reason="款项已被划走，无款可付。"))
    then_recorded()
    when(unauthorised(5_000_00))
    then(found(5_000_00))
    assert irregularities() == ("FUND-09",)
    assert state_of(FundBook, "maintenance").available_fen == 4_000_00
    assert state_of(Decision, "lift-3").remaining_fen == 8_000_00


def test_it_may_name_the_decision_it_was_meant_for():
    given_a_lift_to_repair()
    when(unauthorised(8_500_00, decision="lift-3"))
    then(found(8_500_00, decision="lift-3", charged_fen=8_000_00))
    assert state_of(Decision, "lift-3").remaining_fen == 0


def test_a_decision_of_the_committee_is_no_vote_of_the_owners():
    given(
        committee_seated(),
        fund_opened("maintenance", fen=9_000_00),
        committee_decided("lift-3", authorises=8_000_00, fund="maintenance"),
    )
    when(unauthorised(1, decision="lift-3"))
    then_refused("fund-payment.needs-a-vote", rules=["FUND-09", "VOTE-01"])
    when(unauthorised(1, decision="lift-3", acknowledge=("FUND-09", "VOTE-01")))
    then(found(1, decision="lift-3", charged_fen=1))
    assert irregularities() == ("FUND-09", "VOTE-01")


@pytest.mark.parametrize("of", [{"fund": "working"}, {"fund": "public-revenue", "use": "upkeep"}])
def test_it_may_have_left_any_fund(of):
    given(fund_opened(of["fund"], fen=9_000_00))
    when(unauthorised(9_000_00, **of))
    then(found(9_000_00, **of))


def test_public_revenue_that_left_unasked_is_judged_by_what_it_was_used_for():
    given(fund_opened("public-revenue", fen=9_000_00), fund_opened("maintenance", fen=9_000_00))
    when(unauthorised(1, fund="public-revenue", use="maintenance-scope"))
    then_refused("public-revenue.within-the-maintenance-fund", rules=["REV-12"])
    when(unauthorised(1, use="upkeep"))
    then_refused("public-revenue.use-of-another-fund", fund="maintenance")
    when(unauthorised(1, fund="public-revenue"))
    then_recorded()
    assert irregularities("public-revenue") == ("FUND-09", "REV-11")


def test_it_may_have_been_taken_from_one_door():
    given(building_registered("3", doors=("12",)), fund_opened("maintenance", fen=9_000_00))
    given(committee_seated())
    when(unauthorised(1, scope=Scope(kind="door", id="13")))
    then_refused("door.unknown", door="13")
    when(unauthorised(1, scope=DOOR_12))
    then(found(1, scope=DOOR_12))


def test_what_left_another_door_is_not_charged_to_what_one_door_decided():
    given(building_registered("3", doors=("12", "13")), fund_opened("maintenance", fen=9_000_00))
    given(vote_passed("lift-3", authorises=8_000_00, scope=DOOR_12))
    door_13 = Scope(kind="door", id="13")
    when(unauthorised(1, decision="lift-3", scope=door_13))
    then(found(1, decision="lift-3", scope=door_13))
    assert state_of(Decision, "lift-3").remaining_fen == 8_000_00


def test_it_counts_for_its_project():
    given(a_repair(), drawn(80_400_00))
    when(unauthorised(160_800_00, decision="lift-3", project="lift"))
    then_recorded()
    when(draw(1))
    then_refused("fund-payment.exceeds-share-before-review", rules=["FUND-14"], payable_fen=0)


def test_what_was_asked_for_is_recorded_as_that_payment():
    given_a_lift_to_repair()
    given(payment_requested("bolt", fen=1))
    when(unauthorised(1))
    then_refused("fund-payment.already-requested", payment="bolt")


def test_it_is_recorded_once_and_cannot_be_asked_for_afterwards():
    given_a_lift_to_repair()
    given(found(1))
    when(unauthorised(1))
    then_refused("fund-payment.already-paid", payment="bolt")
    when(request_payment("lift-3", fen=1, payment="bolt"))
    then_refused("fund-payment.already-requested", payment="bolt")


def test_its_project_is_one_that_was_planned_for_its_decision():
    given(a_repair())
    when(unauthorised(1, project="lift"))
    then_refused("fund-payment.project-of-another-decision", decision="lift-3")


# -- withdrawn -------------------------------------------------------------------------------------


def withdrawn(*, released=0) -> Fact:
    event = FundPaymentWithdrawn(
        payment="lift-3-first",
        fund="maintenance",
        decision="lift-3",
        reason="金额填错。",
        released_fen=released,
    )
    return Fact(event, "treasurer")


def withdraw() -> WithdrawFundPayment:
    return WithdrawFundPayment(payment="lift-3-first", reason="金额填错。")


def test_what_was_only_asked_for_is_withdrawn_and_nothing_is_freed():
    given_a_lift_to_repair()
    given(payment_requested("lift-3-first", fen=3_000_00))
    when(withdraw())
    then(withdrawn())
    assert state_of(FundBook, "maintenance").available_fen == 9_000_00


def test_what_was_approved_is_withdrawn_and_free_again():
    given_a_lift_to_repair()
    given(payment_reserved("lift-3", fen=3_000_00, payment="lift-3-first"))
    when(withdraw(), by="the-chair")
    then(withdrawn(released=3_000_00))
    assert state_of(FundBook, "maintenance").available_fen == 9_000_00
    assert state_of(Decision, "lift-3").remaining_fen == 8_000_00


def test_what_was_withdrawn_is_not_withdrawn_approved_or_paid_any_more():
    given_a_lift_to_repair()
    given(payment_requested("lift-3-first", fen=3_000_00), withdrawn())
    for command in (withdraw(), ApproveFundPayment(payment="lift-3-first"), record_payment("lift-3-first")):
        when(command)
        then_refused("fund-payment.already-withdrawn", payment="lift-3-first")


def test_what_was_paid_is_not_withdrawn():
    given_a_lift_to_repair()
    given(payment_recorded("lift-3", fen=3_000_00))
    when(withdraw())
    then_refused("fund-payment.already-paid", payment="lift-3-first")


def test_recording_is_about_what_happened():
    assert RecordFundPayment.already_happened
    assert RecordUnauthorisedPayment.already_happened
    assert not ApproveFundPayment.already_happened


def test_a_private_person_who_was_paid_unasked_stands_there_by_surname_only():
    given(fund_opened("maintenance", fen=9_000_00), committee_seated())
    when(msgspec.structs.replace(unauthorised(50_00), payee="王建国", payee_kind="individual"))
    name, paid = Personal.of("counterparty/bolt/王建国", "王建国"), found(50_00)
    then(paid._replace(event=msgspec.structs.replace(paid.event, payee="个人(王**)", payee_name=name)))


def test_money_of_a_planned_repair_that_left_unasked_names_its_project():
    given(a_repair(), review_engaged())
    when(unauthorised(1, decision="lift-3", acknowledge=("FUND-09", "FUND-13")))
    then_refused("fund-payment.project-not-named", rules=["FUND-13"], decision="lift-3")
