"""A repair begins with a plan that says what S9 asks of it, for money owners vote on (FUND-10, FUND-11)."""

from datetime import date

import msgspec
import pytest

from ledger.actions.decision import EmergencyRepairAuthorised
from ledger.actions.repair_project import PlanPosting
from ledger.fields import Scope
from tests.ledger.correction_words import last_number
from tests.ledger.happened import (
    NEW_YEAR,
    building_registered,
    committee_decided,
    committee_seated,
    entry_reversed,
    fund_opened,
    money,
    payment_recorded,
    vote_opened,
    vote_passed,
    vote_rejected,
)
from tests.ledger.project_words import (
    BUDGET,
    PLAN,
    a_plan,
    drawn,
    plan_published,
    publish_plan,
    report_filed,
)
from tests.ledger.revenue_words import assembly_established
from tests.ledger.story import TODAY, Fact, given, then, then_malformed, then_recorded, then_refused, when

DOOR_12 = Scope(kind="door", id="12")
CHRISTMAS = date(2025, 12, 25)  # seven days before the vote opens


def published(**of) -> Fact:
    return plan_published(**of)._replace(on=TODAY)


def test_a_plan_follows_a_vote():
    given(vote_passed("lift-3", authorises=BUDGET))
    when(publish_plan())
    then(published())


def test_a_plan_may_be_published_while_the_owners_vote_on_it():
    given(committee_seated(), vote_opened("lift-3", authorises=BUDGET))
    when(publish_plan())
    then(published())


@pytest.mark.parametrize("part", sorted(PLAN))
def test_a_plan_says_all_that_s9_asks_for(part):
    given(vote_passed("lift-3", authorises=BUDGET))
    when(publish_plan(**{part: None}))
    then_refused("repair-plan.incomplete", rules=["FUND-10"], missing=(part,))


def test_an_area_of_nothing_is_no_area():
    given(vote_passed("lift-3", authorises=BUDGET))
    when(publish_plan(apportioned_area="0.00"))
    then_refused("repair-plan.incomplete", rules=["FUND-10"], missing=("apportioned_area",))


def test_before_s9_took_effect_a_plan_was_free_in_form():
    given(vote_passed("lift-3", authorises=BUDGET))
    when(publish_plan(**dict.fromkeys(PLAN), occurred_on=date(2024, 10, 1)))
    then_refused("repair-plan.incomplete", rules=["FUND-10"], missing=tuple(PLAN))
    when(publish_plan(**dict.fromkeys(PLAN), occurred_on=date(2024, 9, 30)))
    then_recorded()


def test_after_s9_ends_it_binds_nobody_any_more():
    given(vote_passed("lift-3", authorises=BUDGET))
    when(publish_plan(schedule=None, occurred_on=date(2029, 6, 30)), on=date(2029, 7, 1))
    then_refused("repair-plan.incomplete", rules=["FUND-10"])
    when(publish_plan(schedule=None, occurred_on=date(2029, 7, 1)), on=date(2029, 7, 1))
    then_recorded()


def test_a_budget_is_at_most_what_the_vote_is_about():
    given(vote_passed("lift-3", authorises=BUDGET))
    when(publish_plan(budget_fen=BUDGET + 1))
    then_refused("repair-plan.exceeds-authorisation", rules=["FUND-09"], authorised_fen=BUDGET)


def test_what_was_paid_without_a_project_is_not_planned_so_that_owners_bear_it_once():
    paid = payment_recorded("lift-3", fen=40_000_00)
    given(fund_opened("maintenance", fen=900_000_00), vote_passed("lift-3", authorises=BUDGET), paid)
    number = last_number()
    when(publish_plan())
    then_refused("repair-plan.paid-without-project", rules=["FUND-21"], amount_fen=40_000_00)
    given(entry_reversed(number, paid[-1], reason="没有写工程。"))
    when(publish_plan())
    then(published())


def test_small_payments_of_a_standing_authorisation_keep_nobody_from_planning_a_repair():
    *asked, closed = vote_passed("lift-3", authorises=BUDGET)
    standing = msgspec.structs.replace(money("maintenance", BUDGET), item_max_fen=50_000_00)
    asked[0] = asked[0]._replace(event=msgspec.structs.replace(asked[0].event, authorises=standing))
    given(fund_opened("maintenance", fen=900_000_00), *asked, closed)
    given(payment_recorded("lift-3", fen=40_000_00))
    when(publish_plan())
    then(published())


def test_what_was_paid_for_another_project_of_the_decision_keeps_nobody_from_planning_one():
    given(a_plan(), drawn(40_000_00))
    when(publish_plan("roof"))
    then(published(project="roof"))


def test_an_emergency_does_not_wait_for_a_plan_of_eight_parts():
    authorised = EmergencyRepairAuthorised(
        emergency="lift-3", path="committee", authorises=money("maintenance", BUDGET)
    )
    given(Fact(authorised, "chair"))
    when(publish_plan(**dict.fromkeys(PLAN)))
    then_recorded()


def test_a_plan_names_a_decision_that_is_there():
    when(publish_plan())
    then_refused("decision.unknown", rules=["FUND-09"], decision="lift-3")


def test_what_the_owners_rejected_is_not_planned():
    given(vote_rejected("lift-3", authorises=BUDGET))
    when(publish_plan())
    then_refused("decision.not-passed", rules=["FUND-09"], decision="lift-3")


def test_the_committee_alone_plans_nothing_from_the_fund():
    given(committee_decided("lift-3", authorises=BUDGET, fund="maintenance"))
    when(publish_plan())
    then_refused("project.needs-a-vote", rules=["FUND-09", "VOTE-01"], decision="lift-3")


def test_a_vote_about_something_else_pays_no_repair():
    given(vote_passed("lift-3", authorises=BUDGET, fund="public-revenue"))
    when(publish_plan())
    then_refused("repair-plan.without-money", rules=["FUND-09"], decision="lift-3")


def test_those_who_voted_are_those_who_bear_it():
    given(building_registered("3", doors=("12",)), vote_passed("lift-3", authorises=BUDGET, scope=DOOR_12))
    when(publish_plan())
    then_refused("repair-plan.scope-differs", rules=["FUND-21"], authorised="door-12")
    when(publish_plan(scope=DOOR_12))
    then(published(scope=DOOR_12))


def test_the_whole_community_said_or_left_out_is_the_same():
    given(vote_passed("lift-3", authorises=BUDGET))
    when(publish_plan(scope=Scope(kind="whole")))
    then(published(scope=Scope(kind="whole")))


def test_a_scope_is_a_part_that_is_there():
    given(vote_passed("lift-3", authorises=BUDGET))
    when(publish_plan(scope=DOOR_12))
    then_refused("door.unknown", door="12")


def test_a_project_is_planned_once():
    given(a_plan())
    when(publish_plan())
    then_refused("project.already-published", project="lift")


def test_two_projects_may_share_a_decision():
    given(a_plan())
    when(publish_plan("lift-doors"))
    then_recorded()


def test_a_plan_is_about_a_project_with_an_id():
    given(fund_opened("maintenance", fen=1))
    when(publish_plan("Lift 3"))
    then_malformed("/project", "field.malformed")


# -- before there is an assembly (FUND-11) ---------------------------------------------------------


def posted(until: date = NEW_YEAR, **of) -> PlanPosting:
    return PlanPosting(
        **{"posted_on": CHRISTMAS, "removed_on": until, "opinions": "42户赞成，1户嫌贵。", **of}
    )


def given_owners_asked_before_there_is_an_assembly():
    given(report_filed(), vote_opened("lift-3", authorises=BUDGET))


def test_before_there_is_an_assembly_a_plan_is_posted_for_seven_days():
    given_owners_asked_before_there_is_an_assembly()
    when(publish_plan())
    then_refused("repair-plan.not-posted", rules=["FUND-11"])
    when(publish_plan(posting=posted(date(2025, 12, 31))))  # six days: the first does not count
    then_refused("repair-plan.posted-too-short", rules=["FUND-11"], days_min=7)
    when(publish_plan(posting=posted()))
    then(published(posting=posted()))


def test_owners_vote_once_the_plan_was_taken_down():
    given_owners_asked_before_there_is_an_assembly()
    when(publish_plan(posting=posted(date(2026, 1, 2))))
    then_refused(
        "repair-plan.voted-while-posted", rules=["FUND-11"], removed_on=date(2026, 1, 2), opens_on=NEW_YEAR
    )


def test_a_vote_that_passed_makes_no_assembly_where_the_report_for_one_is_on_file():
    given(report_filed(), vote_passed("lift-3", authorises=BUDGET))
    when(publish_plan())
    then_refused("repair-plan.not-posted", rules=["FUND-11"])


def test_books_that_show_nothing_of_an_assembly_have_none():
    given(vote_opened("lift-3", authorises=BUDGET))
    when(publish_plan())
    then_refused("repair-plan.not-posted", rules=["FUND-11"])


@pytest.mark.parametrize(("day", "missing"), [(date(2026, 5, 17), True), (date(2026, 5, 18), False)])
def test_from_the_day_of_the_assembly_on_the_neighbourhood_posts_nothing(day, missing):
    given(assembly_established(date(2026, 5, 18)), vote_opened("lift-3", authorises=BUDGET))
    when(publish_plan(occurred_on=day))
    if missing:
        then_refused("repair-plan.not-posted", rules=["FUND-11"])
    else:
        then_recorded()


def test_a_posting_nobody_asked_for_is_not_put_on_file():
    given(committee_seated(), vote_opened("lift-3", authorises=BUDGET))
    when(publish_plan(posting=posted()))
    then_refused("repair-plan.posting-not-asked-for", project="lift")


def test_an_emergency_before_there_is_an_assembly_is_not_posted_first():
    authorised = EmergencyRepairAuthorised(
        emergency="lift-3", path="housing-office", authorises=money("maintenance", BUDGET)
    )
    given(report_filed(), Fact(authorised, "street"))
    when(publish_plan(posting=posted()))
    then_refused("repair-plan.posting-not-asked-for", project="lift")
    when(publish_plan())
    then_recorded()


def test_before_s9_took_effect_no_plan_was_posted():
    given(vote_opened("lift-3", authorises=BUDGET))
    when(publish_plan(occurred_on=date(2024, 10, 1)))
    then_refused("repair-plan.not-posted", rules=["FUND-11"])
    when(publish_plan(occurred_on=date(2024, 9, 30)))
    then_recorded()
