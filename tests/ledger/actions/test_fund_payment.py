"""Money leaves a fund in three steps by two persons, never beyond what a decision set free (FUND-09)."""

import msgspec
import pytest

from ledger.actions.decision import Decision
from ledger.actions.fund import FundBook
from ledger.actions.payment_record import WithdrawFundPayment
from ledger.fields import Personal
from tests.ledger.asked import approve_payment, record_payment, request_payment
from tests.ledger.happened import (
    committee_decided,
    fund_opened,
    payment_approved,
    payment_recorded,
    payment_requested,
    payment_reserved,
    role_granted,
    vote_opened,
    vote_passed,
    vote_rejected,
)
from tests.ledger.project_words import a_repair, plan_published
from tests.ledger.story import TODAY, given, state_of, story, then, then_recorded, then_refused, when


def given_a_lift_to_repair(*, fund_fen=9_000_00, authorises=8_000_00):
    given(fund_opened("maintenance", fen=fund_fen), vote_passed("lift-3", authorises=authorises))


# -- what a decision sets free ---------------------------------------------------------------------


def test_a_payment_is_requested_under_a_passed_vote():
    given_a_lift_to_repair()
    when(request_payment("lift-3", fen=3_000_00))
    then(payment_requested("lift-3-next", fen=3_000_00))


def test_a_payment_of_all_that_was_authorised_is_possible():
    given(
        fund_opened("maintenance", fen=9_000_00),
        vote_passed("lift-3", authorises=8_000_00),
        payment_recorded("lift-3", fen=5_000_00),
    )
    when(request_payment("lift-3", fen=3_000_00))
    then(payment_requested("lift-3-next", fen=3_000_00))


def test_a_payment_beyond_what_was_authorised_is_refused():
    given(
        fund_opened("maintenance", fen=9_000_00),
        vote_passed("lift-3", authorises=8_000_00),
        payment_recorded("lift-3", fen=5_000_00),
    )
    when(request_payment("lift-3", fen=3_000_01))
    then_refused("fund-payment.exceeds-authorisation", rules=["FUND-09"], remaining_fen=3_000_00)


def test_what_is_approved_and_not_yet_paid_is_not_free_any_more():
    given_a_lift_to_repair()
    given(payment_reserved("lift-3", fen=5_000_00, payment="lift-3-first"))
    when(request_payment("lift-3", fen=3_000_01))
    then_refused("fund-payment.exceeds-authorisation", rules=["FUND-09"], remaining_fen=3_000_00)


def test_what_is_only_requested_is_still_free():
    given_a_lift_to_repair()
    given(payment_requested("lift-3-first", fen=8_000_00))
    when(request_payment("lift-3", fen=8_000_00))
    then(payment_requested("lift-3-next", fen=8_000_00))


def test_a_rejected_vote_sets_nothing_free():
    given(fund_opened("maintenance", fen=9_000_00), vote_rejected("lift-3", authorises=8_000_00))
    when(request_payment("lift-3", fen=1))
    then_refused("decision.not-passed", rules=["FUND-09"], decision="lift-3")


def test_an_open_vote_sets_nothing_free():
    given(fund_opened("maintenance", fen=9_000_00), vote_opened("lift-3", authorises=8_000_00))
    when(request_payment("lift-3", fen=1))
    then_refused("decision.not-passed", rules=["FUND-09"], decision="lift-3")


def test_every_payment_names_a_decision_that_was_taken():
    given(fund_opened("maintenance", fen=9_000_00))
    when(request_payment("lift-3", fen=1))
    then_refused("decision.unknown", rules=["FUND-09"], decision="lift-3")


def test_a_decision_that_authorises_nothing_sets_nothing_free():
    given(fund_opened("working", fen=9_000_00), committee_decided("printer"))
    when(request_payment("printer", fen=1, fund="working"))
    then_refused("decision.does-not-authorise", rules=["FUND-09"], decision="printer", fund="working")


def test_a_decision_about_one_fund_does_not_open_another():
    given_a_lift_to_repair()
    given(fund_opened("working", fen=9_000_00))
    when(request_payment("lift-3", fen=1, fund="working"))
    then_refused("decision.does-not-authorise", rules=["FUND-09"], decision="lift-3", fund="working")


def test_the_maintenance_fund_is_paid_from_only_after_a_vote():
    given(
        fund_opened("maintenance", fen=9_000_00),
        committee_decided("lift-3", authorises=8_000_00, fund="maintenance"),
    )
    when(request_payment("lift-3", fen=1))
    then_refused("fund-payment.needs-a-vote", rules=["FUND-09", "VOTE-01"], decision="lift-3")


@pytest.mark.parametrize("fund", ["working", "public-revenue"])
def test_working_funds_and_public_revenue_are_paid_from_after_a_committee_decision(fund):
    given(fund_opened(fund, fen=9_000_00), committee_decided("printer", authorises=2_400_00, fund=fund))
    when(request_payment("printer", fen=2_400_00, fund=fund))
    then(payment_requested("printer-next", fen=2_400_00, decision="printer", fund=fund))


@pytest.mark.parametrize("fund", ["working", "public-revenue"])
def test_working_funds_and_public_revenue_are_paid_from_after_a_vote(fund):
    given(fund_opened(fund, fen=9_000_00), vote_passed("printer", authorises=2_400_00, fund=fund))
    when(request_payment("printer", fen=2_400_00, fund=fund))
    then(payment_requested("printer-next", fen=2_400_00, decision="printer", fund=fund))


def test_a_fund_without_an_account_pays_nothing():
    given(vote_passed("lift-3", authorises=8_000_00))
    when(request_payment("lift-3", fen=1))
    then_refused("fund.not-open", fund="maintenance")


def test_a_fund_never_goes_below_zero():
    given_a_lift_to_repair(fund_fen=2_000_00)
    when(request_payment("lift-3", fen=2_000_01))
    then_refused("fund.insufficient", fund="maintenance", available_fen=2_000_00, amount_fen=2_000_01)
    when(request_payment("lift-3", fen=2_000_00))
    then(payment_requested("lift-3-next", fen=2_000_00))


def test_a_payment_has_its_own_name():
    given_a_lift_to_repair()
    given(payment_requested("lift-3-next", fen=1))
    when(request_payment("lift-3", fen=1))
    then_refused("fund-payment.already-requested", payment="lift-3-next")


# -- approval by another person --------------------------------------------------------------------


def test_the_chair_approves_and_the_money_is_reserved():
    given_a_lift_to_repair()
    given(payment_requested("lift-3-first", fen=3_000_00))
    when(approve_payment("lift-3-first"))
    then(payment_approved("lift-3-first", fen=3_000_00))
    book = state_of(FundBook, "maintenance")
    assert (book.balance_fen, book.available_fen) == (9_000_00, 6_000_00)
    assert state_of(Decision, "lift-3").remaining_fen == 5_000_00


def test_nobody_approves_what_they_asked_for():
    given_a_lift_to_repair()
    given(
        payment_requested("lift-3-first", fen=3_000_00, by="treasurer"),
        role_granted("the-treasurer", "member"),
    )
    when(approve_payment("lift-3-first"), by="the-treasurer")
    then_refused("fund-payment.own-request", payment="lift-3-first")


def test_another_member_may_approve():
    given_a_lift_to_repair()
    given(payment_requested("lift-3-first", fen=3_000_00, by="treasurer"))
    when(approve_payment("lift-3-first"), by="the-member")
    then(payment_approved("lift-3-first", fen=3_000_00))


def test_a_payment_is_approved_once():
    given_a_lift_to_repair()
    given(payment_reserved("lift-3", fen=3_000_00, payment="lift-3-first"))
    when(approve_payment("lift-3-first"))
    then_refused("fund-payment.already-approved", payment="lift-3-first")


def test_a_payment_nobody_asked_for_cannot_be_approved():
    when(approve_payment("lift-3-first"))
    then_refused("fund-payment.unknown", payment="lift-3-first")


def test_the_sixth_approval_that_would_overdraw_the_fund_is_refused():
    given(fund_opened("working", fen=5_500_00), committee_decided("printer", authorises=9_000_00))
    for number in range(1, 7):
        given(payment_requested(f"printer-{number}", fen=1_000_00, decision="printer", fund="working"))
    for number in range(1, 6):
        when(approve_payment(f"printer-{number}"))
        then(payment_approved(f"printer-{number}", fen=1_000_00, decision="printer", fund="working"))
    when(approve_payment("printer-6"))
    then_refused("fund.insufficient", fund="working", available_fen=500_00, amount_fen=1_000_00)


def test_approvals_together_never_exceed_the_decision():
    given_a_lift_to_repair()
    given(payment_requested("lift-3-a", fen=5_000_00), payment_requested("lift-3-b", fen=3_000_01))
    when(approve_payment("lift-3-a"))
    then(payment_approved("lift-3-a", fen=5_000_00))
    when(approve_payment("lift-3-b"))
    then_refused("fund-payment.exceeds-authorisation", rules=["FUND-09"], remaining_fen=3_000_00)


# -- no way around the gates of a project ------------------------------------------------------------


def test_money_for_a_planned_repair_is_asked_for_under_its_project():
    given(a_repair())
    when(request_payment("lift-3", fen=1))
    then_refused("fund-payment.project-not-named", rules=["FUND-13"], decision="lift-3")


def test_before_a_plan_is_published_no_project_can_be_named():
    given_a_lift_to_repair()
    when(request_payment("lift-3", fen=1))
    then_recorded()


def test_what_was_asked_for_before_the_plan_without_its_project_is_asked_for_again():
    given_a_lift_to_repair()
    given(payment_requested("p-1", fen=50_00), plan_published())
    when(approve_payment("p-1"))
    then_refused("fund-payment.project-not-named", rules=["FUND-13"], decision="lift-3")
    when(WithdrawFundPayment(payment="p-1", reason="没有写工程。"))
    then_recorded()


# -- whom it goes to (privacy.md) ----------------------------------------------------------------------


def test_a_private_person_who_is_to_be_paid_stands_there_by_surname_only():
    given(fund_opened("maintenance", fen=9_000_00), *vote_passed("lift-3", authorises=8_000_00))
    asked = request_payment("lift-3", fen=50_00, payment="painter")
    when(msgspec.structs.replace(asked, payee="王建国", payee_kind="individual"))
    requested = payment_requested("painter", fen=50_00)
    name = Personal.of("counterparty/painter/王建国", "王建国")
    then(
        requested._replace(
            event=msgspec.structs.replace(requested.event, payee="个人(王**)", payee_name=name)
        )
    )


def test_what_the_bank_paid_to_a_private_person_is_recorded_without_the_name():
    given(fund_opened("maintenance", fen=9_000_00), *vote_passed("lift-3", authorises=8_000_00))
    asked = request_payment("lift-3", fen=50_00, payment="painter")
    when(msgspec.structs.replace(asked, payee="王建国", payee_kind="individual"))
    then_recorded()
    when(approve_payment("painter"))
    then_recorded()
    when(record_payment("painter", paid_on=TODAY))
    (line,) = then_recorded()
    paid = story().store.numbered("wutongli", line.number).data
    assert (paid.payee, paid.payee_name) == ("个人(王**)", None)
