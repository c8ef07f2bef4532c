"""What the law lets out of the fund for a repair, step by step (FUND-13 to FUND-20); the example EX7."""

from datetime import date

import msgspec
import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from ledger.actions.decision import EmergencyRepairAuthorised
from ledger.actions.fund_payment import ApproveFundPayment
from ledger.actions.payment_grounds import ProjectDrawings
from ledger.actions.payment_record import RecordFundPayment, RecordUnauthorisedPayment, WithdrawFundPayment
from ledger.actions.price_review import RecordPriceReview
from ledger.actions.repair_project import PlanPosting
from ledger.actions.rules import AdoptRules, RulesAdopted
from ledger.actions.works_acceptance import AcceptWorks, RecordWarrantyExpiry
from ledger.asked import Asked
from ledger.errors import Refused
from ledger.rules.law import OwnParameter
from tests.ledger.asked import request_payment
from tests.ledger.happened import committee_decided, committee_seated, fund_opened, money, vote_passed
from tests.ledger.project_words import (
    EVERY_SEAL,
    a_plan,
    a_repair,
    contract_signed,
    draw,
    drawing_requested,
    drawn,
    paid,
    plan_published,
    price_reviewed,
    report_filed,
    review_engaged,
    warranty_expired,
    works_accepted,
)
from tests.ledger.story import (
    FOR_EVER,
    TODAY,
    WUTONGLI,
    Fact,
    account_of,
    given,
    state_of,
    story,
    then_recorded,
    then_refused,
    when,
)
from tests.ledger.test_state import a_store

ENGAGED = "review-engagement"
BEFORE_S9, S9_BEGINS = date(2024, 9, 30), date(2024, 10, 1)


# -- the example -----------------------------------------------------------------------------------


def test_ex7_payment_gates_on_one_contract():
    given(a_repair(price=268_000_00, review=True, retention=5))
    first = ("resolution", "contract", ENGAGED, *EVERY_SEAL)
    # 1, 2: one fen more than 30 %; all papers but the engagement
    when(draw(80_400_01, *first, stage="first"))
    then_refused("fund-payment.exceeds-first-drawing", rules=["FUND-13"], payable_fen=80_400_00)
    when(draw(80_400_00, "resolution", "contract", stage="first"))
    then_refused("fund-payment.documents-missing", rules=["FUND-13"], missing=(ENGAGED,))
    # 3, 4: exactly 30 %, then exactly 90 %
    paid(draw(80_400_00, *first, stage="first", payment="lift-1"))
    paid(draw(160_800_00, *EVERY_SEAL, stage="progress", payment="lift-2"))
    assert state_of(ProjectDrawings, "lift").paid_fen == 241_200_00
    # 5: not one fen more before the review
    when(draw(1, stage="progress"))
    then_refused("fund-payment.exceeds-share-before-review", rules=["FUND-14"], payable_fen=0)
    # 6, 7: the review caps it; what is retained of it is paid out already in part
    when(RecordPriceReview(project="lift", reviewed_fen=251_340_50))
    then_recorded()
    when(draw(10_140_50, "completion-certificate", stage="final"))
    then_refused(
        "fund-payment.retention-held",
        rules=["FUND-16"],
        missing=("warranty-expiry-certificate",),
        retention_fen=12_567_03,
        payable_fen=0,
        retention_shortfall_fen=2_426_53,
    )
    # 8, 9: with the joint certificate all of it, and not one fen more
    paid(draw(10_140_50, "warranty-expiry-certificate", *EVERY_SEAL, stage="retention", payment="lift-3"))
    assert state_of(ProjectDrawings, "lift").paid_fen == 251_340_50
    when(draw(1, "warranty-expiry-certificate", stage="retention"))
    then_refused("fund-payment.exceeds-reviewed", rules=["FUND-15"], payable_fen=0)


# -- the first drawing (FUND-13) -------------------------------------------------------------------


def test_a_first_drawing_is_first_whatever_it_is_called():
    given(a_repair(), review_engaged())
    when(draw(80_400_01, stage="progress"))
    then_refused("fund-payment.exceeds-first-drawing", rules=["FUND-13"], payable_fen=80_400_00)
    when(draw(80_400_00, stage="progress"))
    then_recorded()


def test_two_first_drawings_together_stay_within_the_share_of_one():
    given(a_repair(), review_engaged(), drawn(50_000_00))
    when(draw(30_400_01, stage="first"))
    then_refused("fund-payment.exceeds-first-drawing", rules=["FUND-13"], payable_fen=30_400_00)
    when(draw(30_400_00, stage="first"))
    then_recorded()


def test_the_share_of_a_price_that_cannot_be_divided_is_never_rounded_up():
    given(a_repair(price=268_000_03), review_engaged())  # 30 % are 80,400.009
    when(draw(80_400_01))
    then_refused("fund-payment.exceeds-first-drawing", rules=["FUND-13"], payable_fen=80_400_00)
    when(draw(80_400_00))
    then_recorded()


def test_an_engagement_in_the_ledger_need_not_be_shown_again():
    given(a_repair(), review_engaged())
    when(draw(80_400_00, stage="first"))
    then_recorded()


def test_a_project_without_a_contract_is_paid_nothing():
    given(a_plan())
    when(draw(1, "contract", ENGAGED))
    then_refused("fund-payment.documents-missing", rules=["FUND-13"], missing=("contract",))


def test_a_community_may_ask_for_a_smaller_first_drawing():
    given(
        a_repair(),
        review_engaged(),
        Fact(
            RulesAdopted(
                starts_on=FOR_EVER,
                parameters=(OwnParameter(rule="FUND-13", name="share_max", value="20/100"),),
            )
        ),
    )
    when(draw(53_600_01))
    then_refused("fund-payment.exceeds-first-drawing", rules=["FUND-13"], payable_fen=53_600_00)
    when(draw(53_600_00))
    then_recorded()


def test_a_community_may_not_ask_for_a_larger_one():
    larger = OwnParameter(rule="FUND-13", name="share_max", value="31/100")
    when(AdoptRules(starts_on=TODAY, parameters=(larger,)))
    then_refused("rules.looser-than-the-law", rules=["FUND-13"])


# -- before the review (FUND-14) -------------------------------------------------------------------


def test_before_the_review_the_last_fen_of_nine_tenths_may_be_drawn():
    given(a_repair(), review_engaged(), drawn(241_199_99))
    when(draw(2, stage="progress"))
    then_refused("fund-payment.exceeds-share-before-review", rules=["FUND-14"], payable_fen=1)
    when(draw(1, stage="progress"))
    then_recorded()


def test_calling_it_final_does_not_lift_the_share():
    given(a_repair(), review_engaged(), drawn(241_200_00), works_accepted(), warranty_expired())
    when(draw(1, "review-report", stage="final"))
    then_refused("fund-payment.exceeds-share-before-review", rules=["FUND-14"], payable_fen=0)


def test_what_is_asked_for_counts_until_it_is_withdrawn():
    given(a_repair(), review_engaged(), drawn(80_400_00), drawing_requested("second", fen=160_800_00))
    when(draw(1))
    then_refused("fund-payment.exceeds-share-before-review", rules=["FUND-14"], payable_fen=0)
    when(WithdrawFundPayment(payment="second", reason="金额填错。"))
    then_recorded()
    when(draw(160_800_00))
    then_recorded()


def test_what_is_approved_and_not_paid_counts():
    given(a_repair(), review_engaged(), drawn(80_400_00), drawing_requested("second", fen=160_800_00))
    when(ApproveFundPayment(payment="second"))
    then_recorded()
    assert state_of(ProjectDrawings, "lift").drawn_fen == 241_200_00
    when(draw(1))
    then_refused("fund-payment.exceeds-share-before-review", rules=["FUND-14"], payable_fen=0)


def test_an_approval_is_judged_by_what_is_true_then():
    given(a_repair(), drawing_requested("first", fen=80_400_00, documents=(ENGAGED,)))
    given(drawing_requested("second", fen=80_400_01))
    when(ApproveFundPayment(payment="first"))
    then_recorded()
    given(price_reviewed(160_800_00), works_accepted(), warranty_expired())
    when(ApproveFundPayment(payment="second"))
    then_refused("fund-payment.exceeds-reviewed", rules=["FUND-15"], payable_fen=80_400_00)


# -- after the review (FUND-15, FUND-16) -----------------------------------------------------------


def test_the_rest_needs_the_completion_certificate():
    given(a_repair(), review_engaged(), drawn(80_400_00), price_reviewed())
    when(draw(1, stage="progress"))
    then_refused("fund-payment.documents-missing", rules=["FUND-16"], missing=("completion-certificate",))
    when(draw(1, "completion-certificate", stage="progress"))
    then_recorded()


def test_works_accepted_in_the_ledger_are_their_certificate():
    given(a_repair(), review_engaged(), drawn(80_400_00), price_reviewed(), works_accepted())
    when(draw(1, stage="final"))
    then_recorded()


def test_all_but_the_retention_may_be_paid_to_the_fen():
    given(a_repair(), review_engaged(), drawn(80_400_00), price_reviewed(), works_accepted())
    left = 251_340_50 - 12_567_03 - 80_400_00
    when(draw(left + 1, stage="final"))
    then_refused(
        "fund-payment.retention-held", rules=["FUND-16"], payable_fen=left, retention_shortfall_fen=0
    )
    when(draw(left, stage="final"))
    then_recorded()


def test_a_warranty_over_in_the_ledger_is_its_certificate():
    given(a_repair(), drawn(238_773_47), price_reviewed(), works_accepted(), warranty_expired())
    when(draw(12_567_04, stage="retention"))
    then_refused("fund-payment.exceeds-reviewed", rules=["FUND-15"], payable_fen=12_567_03)
    when(draw(12_567_03, stage="retention"))
    then_recorded()


def test_a_contract_without_retention_is_paid_out_on_acceptance():
    given(a_repair(retention=0), review_engaged(), drawn(80_400_00), price_reviewed(), works_accepted())
    when(draw(170_940_50, stage="final"))
    then_recorded()


# -- whether a review is due (FUND-19) -------------------------------------------------------------


def reviewed_from(fen: int) -> Fact:
    own = (
        OwnParameter(rule="FUND-19", name="review", value="from-amount"),
        OwnParameter(rule="FUND-19", name="review_fen_min", value=fen),
    )
    return Fact(RulesAdopted(starts_on=FOR_EVER, parameters=own))


def test_without_an_amount_of_its_own_a_community_reviews_every_price():
    given(a_repair(price=100_00, review=False))
    when(draw(30_00, "contract"))
    then_refused("fund-payment.documents-missing", rules=["FUND-13"], missing=(ENGAGED,))


def test_below_the_amount_a_community_settled_no_review_is_asked_for():
    given(reviewed_from(50_000_00), a_repair(price=49_999_99, review=False))
    when(draw(14_999_99, stage="first"))
    then_recorded()


def test_from_that_amount_on_it_is():
    given(reviewed_from(50_000_00), a_repair(price=50_000_00, review=False))
    when(draw(15_000_00, stage="first"))
    then_refused("fund-payment.documents-missing", rules=["FUND-13"], missing=(ENGAGED,))


def test_without_review_the_price_is_the_cap_and_acceptance_its_paper():
    given(reviewed_from(50_000_00), a_repair(price=40_000_00, review=False), drawn(12_000_00))
    when(draw(25_999_99, stage="progress"))  # one fen below what may be paid within the warranty
    then_recorded()
    when(draw(2, "completion-certificate", payment="other", stage="progress"))
    then_refused("fund-payment.retention-held", rules=["FUND-16"], payable_fen=1)


def test_without_review_the_rest_still_needs_the_completion_certificate():
    given(reviewed_from(50_000_00), a_repair(price=40_000_00, review=False), drawn(12_000_00))
    when(draw(26_000_00, stage="progress"))
    then_refused("fund-payment.documents-missing", rules=["FUND-16"], missing=("completion-certificate",))
    given(works_accepted(), warranty_expired())
    when(draw(28_000_01, stage="final"))
    then_refused("fund-payment.exceeds-reviewed", rules=["FUND-15"], payable_fen=28_000_00)


# -- what it is for (FUND-18, FUND-20) -------------------------------------------------------------


@pytest.mark.parametrize("work", ["builder-liability", "utility-lines", "damage-by-person", "firm-upkeep"])
def test_the_fund_never_pays_what_others_owe(work):
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    when(draw(1, project=None, work=work))
    then_refused("fund-payment.not-for-the-fund", rules=["FUND-20"], work=work)


@pytest.mark.parametrize("work", ["repair", "renewal", "conversion", None])
def test_the_fund_pays_repair_renewal_and_conversion(work):
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    when(draw(1, project=None, work=work))
    then_recorded()


def test_an_expense_of_the_firm_is_countersigned_by_both():
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    papers = ("sealed-expense-list", "original-invoices", "chair-countersignature")
    when(draw(1, *papers, project=None, work="firm-expense"))
    then_refused("fund-payment.expense-unproven", rules=["FUND-18"], missing=("vice-chair-countersignature",))
    when(draw(1, *papers, "vice-chair-countersignature", project=None, work="firm-expense"))
    then_recorded()


# -- before there is an assembly (FUND-08, FUND-11) ------------------------------------------------

MAY_18 = date(2026, 5, 18)
POSTING = PlanPosting(posted_on=date(2025, 12, 25), removed_on=date(2026, 1, 1), opinions="42户赞成。")


def given_a_first_repair(*facts, price=268_000_00):
    """One the owners voted on before there is an assembly: posted, voted on, under contract."""
    given(fund_opened("maintenance", fen=900_000_00), vote_passed("lift-3", authorises=280_000_00), *facts)
    given(plan_published(posting=POSTING), contract_signed(price=price, review=False), review_engaged())


def test_before_the_developer_reported_nothing_leaves_the_fund():
    given_a_first_repair(report_filed(MAY_18))
    when(draw(1, occurred_on=date(2026, 5, 17)))
    then_refused("fund-payment.before-the-assembly-report", rules=["FUND-08"])
    when(draw(1, occurred_on=MAY_18))
    then_recorded()


def test_owners_voting_before_there_is_an_assembly_do_not_show_that_it_was_reported():
    given_a_first_repair()
    when(draw(1))
    then_refused("fund-payment.before-the-assembly-report", rules=["FUND-08"])
    given(committee_seated())
    when(draw(1))
    then_recorded()


def test_any_other_vote_that_passed_shows_it():
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    when(draw(1, project=None))
    then_recorded()


def test_money_that_left_before_the_report_is_confessed_as_that():
    given(fund_opened("maintenance", fen=9_000_00))
    left = {"fund": "maintenance", "amount_fen": 1, "payee": "恒升", "purpose": "修门", "voucher": "1"}
    when(RecordUnauthorisedPayment(payment="door", paid_on=TODAY, acknowledge=("FUND-09",), **left))
    then_refused("fund-payment.before-the-assembly-report", rules=["FUND-08"])
    both = ("FUND-08", "FUND-09")
    when(RecordUnauthorisedPayment(payment="door", paid_on=TODAY, acknowledge=both, **left))
    (line,) = then_recorded()
    assert story().store.numbered(WUTONGLI, line.number).envelope.irregularities == both


def test_an_emergency_does_not_wait_for_the_report():
    authorised = EmergencyRepairAuthorised(
        emergency="leak-5", path="housing-office", authorises=money("maintenance", 60_000_00)
    )
    given(fund_opened("maintenance", fen=900_000_00), Fact(authorised, "street"))
    when(draw(60_000_00, "review-report", decision="leak-5", project=None))
    then_recorded()


def test_the_other_funds_know_nothing_of_that_report():
    given(fund_opened("working", fen=9_000_00), committee_decided("printer", authorises=1_00))
    when(request_payment("printer", fen=1_00, fund="working"))
    then_recorded()


def test_before_there_is_an_assembly_every_price_is_reviewed_whatever_its_amount():
    given(reviewed_from(50_000_00))
    given_a_first_repair(report_filed(), price=40_000_00)
    given(drawn(12_000_00))
    when(draw(24_000_01, stage="progress"))
    then_refused("fund-payment.exceeds-share-before-review", rules=["FUND-14"], payable_fen=24_000_00)
    when(draw(24_000_00, stage="progress"))
    then_recorded()


# -- which project, which law ----------------------------------------------------------------------


def test_a_project_is_paid_under_its_own_decision_only():
    given(a_repair(), vote_passed("roof-3", authorises=300_000_00))
    when(draw(1, ENGAGED, decision="roof-3"))
    then_refused("fund-payment.project-of-another-decision", decision="lift-3")


def test_a_project_nobody_planned_is_paid_nothing():
    given(fund_opened("maintenance", fen=9_000_00), vote_passed("lift-3", authorises=8_000_00))
    when(draw(1))
    then_refused("project.unknown", project="lift")


def test_where_none_is_planned_what_names_no_project_is_held_to_the_decision_alone():
    given(fund_opened("maintenance", fen=900_000_00), *vote_passed("lift-3", authorises=280_000_00))
    when(draw(280_000_00, project=None))
    then_recorded()


def an_old_fund() -> Fact:
    opened = fund_opened("maintenance", fen=900_000_00)
    return opened._replace(event=msgspec.structs.replace(opened.event, opened_on=date(2024, 1, 1)))


def test_before_s9_took_effect_its_caps_did_not_hold():
    given(
        an_old_fund(),
        vote_passed("lift-3", authorises=280_000_00),
        plan_published(),
        contract_signed(),
    )
    when(draw(268_000_00, occurred_on=S9_BEGINS))
    then_refused("fund-payment.documents-missing", rules=["FUND-13"], missing=(ENGAGED,))
    when(draw(268_000_00, occurred_on=BEFORE_S9))
    then_recorded()


# -- over any course of things ---------------------------------------------------------------------

PAYMENT = st.sampled_from(["a", "b", "c", "d"])
FEN = st.integers(1, 1200)
STEPS = st.one_of(
    st.builds(lambda payment, fen, stage: draw(fen, ENGAGED, payment=payment, stage=stage),
              PAYMENT, FEN, st.sampled_from([None, "first", "progress", "final", "retention"])),
    st.builds(lambda payment: ApproveFundPayment(payment=payment), PAYMENT),
    st.builds(lambda payment: RecordFundPayment(payment=payment, paid_on=TODAY, voucher="1"), PAYMENT),
    st.builds(lambda payment: WithdrawFundPayment(payment=payment, reason="不付了。"), PAYMENT),
    st.builds(lambda fen: RecordPriceReview(project="lift", reviewed_fen=fen), FEN),
    st.just(AcceptWorks(project="lift")),
    st.just(RecordWarrantyExpiry(project="lift")),
)  # fmt: skip


@settings(max_examples=60)
@for_all(steps=st.lists(STEPS, min_size=4, max_size=24))
def test_whatever_happens_no_more_is_paid_than_its_stage_allows(steps, opened_folder):
    """Of a price of 1,000: 300 first, 900 before review; then what was reviewed less a tenth, then all.

    What was drawn lawfully before the review may exceed what is allowed after it; then nothing more is paid.
    """
    with a_store(opened_folder) as story:
        story.happen([a_repair(price=1000, retention=10)])
        reviewed, accepted, expired = None, False, False
        before = 0
        for step in steps:
            if not happened(story, step):
                continue
            match step:
                case RecordPriceReview(reviewed_fen=fen):
                    reviewed = fen
                case AcceptWorks():
                    accepted = True
                case RecordWarrantyExpiry():
                    expired = True
            drawings = story.state(ProjectDrawings.of("lift"))
            if drawings.drawn_fen > before:
                assert drawings.drawn_fen <= most(before, reviewed, accepted=accepted, expired=expired)
            assert 0 <= drawings.paid_fen <= drawings.drawn_fen <= drawings.wanted_fen
            before = drawings.drawn_fen


def most(before: int, reviewed: int | None, *, accepted: bool, expired: bool) -> int:
    """What may have been drawn at most after one more step."""
    if reviewed is None:
        return 300 if before == 0 else 900
    retained = (2 * reviewed * 10 + 100) // 200
    if before < reviewed - retained and not accepted:
        return before
    cap = reviewed if expired else reviewed - retained
    return min(cap, 300) if before == 0 else cap


def happened(story, command) -> bool:
    """Whether a command was recorded."""
    try:
        story.ledger.record(Asked(WUTONGLI, command, account_of(type(command).roles[0]), TODAY))
    except Refused:
        return False
    return True
