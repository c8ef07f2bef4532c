"""An agency reviews the price; its figure caps every payment (FUND-15, FUND-19)."""

from datetime import date

from ledger.actions.decision import EmergencyRepairAuthorised
from ledger.actions.price_review import EngagePriceReview, RecordPriceReview
from ledger.actions.repair_project import Project
from tests.ledger.happened import SPRING, SUMMER, money
from tests.ledger.project_words import (
    REVIEWED,
    a_plan,
    a_repair,
    contract_signed,
    plan_published,
    price_reviewed,
    review_engaged,
)
from tests.ledger.story import Fact, given, state_of, then, then_recorded, then_refused, when


def engage() -> EngagePriceReview:
    return EngagePriceReview(project="lift", agency="沪信造价咨询", engaged_on=SPRING)


def review(fen=REVIEWED, *, on=SUMMER) -> RecordPriceReview:
    return RecordPriceReview(project="lift", reviewed_fen=fen, reviewed_on=on)


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
    then_refused("price-review.already-recorded", project="lift")


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
