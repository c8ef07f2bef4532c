"""An agency reviews the price; its figure caps every payment (FUND-15, FUND-19)."""

from datetime import date

import msgspec

from ledger.actions.decision import EmergencyRepairAuthorised
from ledger.actions.price_review import EngagePriceReview, RecordPriceReview
from ledger.actions.repair_project import PlanPosting, Project, ProjectApportioned
from ledger.fields import Scope
from tests.ledger.happened import SPRING, SUMMER, money, payment_approved, vote_passed
from tests.ledger.project_words import (
    REVIEWED,
    a_plan,
    a_repair,
    apportionment_reversed,
    contract_signed,
    draw,
    drawing_requested,
    drawn,
    plan_published,
    price_reviewed,
    review_engaged,
    works_accepted,
)
from tests.ledger.story import Fact, given, state_of, story, then, then_recorded, then_refused, when


def engage() -> EngagePriceReview:
    return EngagePriceReview(project="lift", agency="沪信造价咨询", engaged_on=SPRING)


def review(fen=REVIEWED, *, on=SUMMER, **of) -> RecordPriceReview:
    return RecordPriceReview(project="lift", reviewed_fen=fen, reviewed_on=on, **of)


def newest() -> int:
    """The number of the last record."""
    return story().store.length("wutongli") - 1


def test_an_agency_is_engaged():
    given(a_plan())
    when(engage())
    then(review_engaged())


def test_an_agency_is_engaged_once():
    given(a_plan(), review_engaged())
    when(engage())
    then_refused("price-review.already-engaged", project="lift")


def test_after_the_report_nobody_is_engaged_any_more():
    given(a_repair(), price_reviewed())
    when(engage())
    then_refused("price-review.already-engaged", project="lift")


def test_a_project_nobody_planned_is_not_reviewed():
    for command in (engage(), review()):
        when(command)
        then_refused("project.unknown", project="lift")


def test_the_report_caps_the_project():
    given(a_repair())
    when(review())
    then(price_reviewed())
    project = state_of(Project, "lift")
    assert (project.settled_fen, project.retention_fen) == (251_340_50, 12_567_03)  # 12,567.025 half up


def test_before_the_report_the_price_is_what_it_may_cost():
    given(a_repair())
    project = state_of(Project, "lift")
    assert (project.settled_fen, project.retention_fen) == (268_000_00, 13_400_00)


def test_before_the_contract_it_may_cost_nothing():
    given(a_plan())
    project = state_of(Project, "lift")
    assert (project.settled_fen, project.retention_fen) == (None, 0)


def test_a_price_is_reviewed_once():
    given(a_repair(), price_reviewed())
    when(review(1))
    then_refused("price-review.already-recorded", project="lift", number=newest())


def test_a_price_nobody_agreed_is_not_reviewed():
    given(a_plan())
    when(review())
    then_refused("project.without-contract", project="lift")


def test_a_report_follows_the_contract():
    given(a_repair())
    when(review(on=date(2026, 3, 19)))
    then_refused("project.out-of-order", after="repair-contract.signed", day=SPRING)
    when(review(on=SPRING))
    then_recorded()


def test_an_emergency_is_reviewed_without_a_contract():
    authorised = EmergencyRepairAuthorised(
        emergency="lift-3", path="substitute", authorises=money("maintenance", 300_000_00)
    )
    given(Fact(authorised, "district"), plan_published())
    when(review())
    then(price_reviewed())


def test_a_report_may_allow_more_than_the_price():
    given(a_repair(), contract_signed(price=1))
    when(review(2))
    then(price_reviewed(2))


# -- a wrong report is corrected by another --------------------------------------------------------

WHY = "审价单位漏算一台曳引机。"


def test_a_wrong_report_is_corrected_by_one_that_names_it():
    given(a_repair(), price_reviewed())
    first = newest()
    when(review(255_000_00, corrects=first, reason=WHY))
    then(price_reviewed(255_000_00, corrects=first, reason=WHY))
    assert state_of(Project, "lift").settled_fen == 255_000_00


def test_the_caps_of_payments_follow_the_latest_report():
    given(a_repair(retention=0), drawn(240_000_00), price_reviewed(250_000_00), works_accepted())
    given(price_reviewed(245_000_00, corrects=newest() - 1, reason=WHY))
    when(draw(5_000_01, stage="final"))
    then_refused("fund-payment.exceeds-reviewed", rules=["FUND-15"], payable_fen=5_000_00)
    when(draw(5_000_00, stage="final"))
    then_recorded()


def test_a_correction_names_the_report_that_counts():
    given(a_repair(), price_reviewed())
    first = newest()
    given(price_reviewed(255_000_00, corrects=first, reason=WHY))
    when(review(1, corrects=first, reason=WHY))
    then_refused("price-review.corrects-another", number=first)
    when(review(1, corrects=first + 1, reason=WHY))
    then_recorded()


def test_where_nothing_was_reviewed_there_is_nothing_to_correct():
    given(a_repair())
    when(review(corrects=3, reason=WHY))
    then_refused("price-review.corrects-another", number=3)


def test_a_correction_says_why_and_a_first_report_corrects_nothing():
    given(a_repair())
    when(review(reason=WHY))
    then_refused("price-review.reason-of-a-correction")
    given(price_reviewed())
    when(review(corrects=newest()))
    then_refused("price-review.reason-of-a-correction")


def test_a_correction_below_what_was_paid_or_promised_is_said_to_be_that():
    given(a_repair(), drawn(160_800_00), drawing_requested("second", fen=40_000_00), price_reviewed())
    first = newest()
    promised = payment_approved("second", fen=40_000_00)
    given(promised._replace(event=msgspec.structs.replace(promised.event, project="lift")))
    lower = 160_800_00 + 40_000_00 - 1
    when(review(lower, corrects=first, reason=WHY))
    then_refused("price-review.below-what-was-drawn", rules=["FUND-15"], drawn_fen=200_800_00)
    when(review(lower, corrects=first, reason=WHY, acknowledge=("FUND-15",)))
    (line,) = then_recorded()
    assert story().store.numbered("wutongli", line.number).envelope.irregularities == ("FUND-15",)


def test_a_correction_to_just_what_was_drawn_is_regular():
    given(a_repair(), drawn(160_800_00), price_reviewed())
    when(review(160_800_00, corrects=newest(), reason=WHY))
    then_recorded()


def test_what_is_divided_among_the_units_already_is_taken_back_first():
    divided = ProjectApportioned(
        project="lift", total_fen=REVIEWED, scope=Scope(), area="611.47", units=7, fen_per_m2=411_04,
        remainder_units=3, shares_digest="0" * 64,
    )  # fmt: skip
    given(a_repair(), price_reviewed(), Fact(divided))
    number = newest()
    when(review(1, corrects=number - 1, reason=WHY))
    then_refused("price-review.already-apportioned", project="lift")
    given(apportionment_reversed(number, Fact(divided)))
    when(review(1, corrects=number - 1, reason=WHY))
    then_recorded()


def given_a_contract_before_there_is_an_assembly():
    posting = PlanPosting(posted_on=date(2025, 12, 25), removed_on=date(2026, 1, 1), opinions="42户赞成。")
    given(vote_passed("lift-3", authorises=280_000_00), plan_published(posting=posting), contract_signed())


def test_before_there_is_an_assembly_a_report_names_the_agency():
    given_a_contract_before_there_is_an_assembly()
    when(review())
    then_refused("price-review.without-agency", rules=["FUND-11"])
    when(review(agency="沪信造价咨询"))
    then_recorded()


def test_an_agency_engaged_before_need_not_be_named_again():
    given_a_contract_before_there_is_an_assembly()
    given(review_engaged())
    when(review())
    then(price_reviewed())
