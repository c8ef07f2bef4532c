"""What is known of a repair, from its plan on: how far it is and what may be paid for it."""

import pytest

from ledger.actions.repair_project import PlanPosting, Project
from tests.ledger.happened import NEW_YEAR, SPRING
from tests.ledger.project_words import (
    a_plan,
    a_repair,
    plan_published,
    price_reviewed,
    review_engaged,
    warranty_expired,
    works_accepted,
)
from tests.ledger.story import given, state_of, story


def the_lift() -> Project:
    return state_of(Project, "lift")


def test_a_project_nobody_planned_is_nothing():
    project = the_lift()
    assert (project.plan, project.contract, project.settled_fen, project.retention_fen) == (None,) * 3 + (0,)


def test_each_step_is_known():
    given(a_repair(), review_engaged(), price_reviewed(), works_accepted(), warranty_expired())
    project = the_lift()
    assert project.contracted().price_fen == 268_000_00
    assert (project.review_engaged, project.review_agency) == (True, "沪信造价咨询")
    assert (project.accepted is not None, project.warranty_is_over) == (True, True)


def test_of_two_reviews_the_later_counts():
    given(a_repair(), price_reviewed())
    first = story().store.length("wutongli") - 1
    given(price_reviewed(240_000_00, corrects=first, reason="漏算一台。"))
    project = the_lift()
    assert (project.settled_fen, project.retention_fen) == (240_000_00, 12_000_00)
    assert project.review_number == first + 1


@pytest.mark.parametrize("posting", [None, PlanPosting(posted_on=NEW_YEAR, removed_on=SPRING, opinions="无")])
def test_a_posted_plan_is_from_before_there_is_an_assembly(posting):
    given(a_plan()[0], plan_published(posting=posting))
    assert the_lift().is_before_assembly is (posting is not None)
