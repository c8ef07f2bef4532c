"""T9: the end of works, and repair in the owners' place, told before and after (FUND-39, EMG-04)."""

from datetime import date
from typing import Any, Literal

import pytest

from ledger.actions.decision import EmergencyRepairAuthorised
from ledger.actions.emergency import SubstituteNoticePosted
from ledger.actions.repair_project import CompletionNoticePosted, ProjectApportioned, WorksAccepted
from ledger.errors import Refused
from ledger.fields import Authorisation, Scope
from tests.ledger.happened import SPRING, SUMMER, entry_reversed
from tests.ledger.project_words import (
    BUDGET,
    PRICE,
    REVIEWED,
    a_plan,
    a_repair,
    apportionment_reversed,
    contract_signed,
    drawn,
    emergency_declared,
    plan_published,
    price_reviewed,
    review_engaged,
)
from tests.ledger.story import TODAY, Fact
from tests.projections.books import Books
from tests.projections.statement_words import cautions, composed, row, rows

HALF = 125_670_25
JULY_10, JULY_25 = date(2026, 7, 10), date(2026, 7, 25)


def accepted() -> Fact:
    event = WorksAccepted(
        project="lift",
        accepted_on=SUMMER,
        started_on=date(2026, 4, 8),
        completed_on=date(2026, 6, 12),
        warranty_until=date(2028, 6, 30),
        finding="电梯检验机构检验合格。",
    )
    return Fact(event, on=SUMMER)


def completion_posted(*, on: date = TODAY) -> Fact:
    event = CompletionNoticePosted(
        project="lift", posted_on=on, places=("12号楼门厅", "小区公告栏"), firm_report="2026年第7号"
    )
    return Fact(event, "firm", on)


def divided(total_fen: int = REVIEWED) -> Fact:
    event = ProjectApportioned(
        project="lift",
        total_fen=total_fen,
        scope=Scope(kind="door", id="12"),
        area="611.47",
        units=7,
        fen_per_m2=411_04,
        remainder_units=3,
        shares_digest="ab" * 32,
    )
    return Fact(event, "treasurer")


def a_finished_repair() -> tuple[Fact, ...]:
    return (
        *a_repair(),
        review_engaged(),
        price_reviewed(agency="沪信造价咨询", report="沪信2026-31"),
        accepted(),
    )


def test_the_notice_says_who_did_what_when_for_how_much_and_how_it_was_found(books: Books) -> None:
    books.tell(*a_finished_repair(), *drawn(HALF), divided(), completion_posted())
    found = composed(books, "T9", "lift")
    works = row(found, "works")
    assert (works["name"], works["contractor"]) == ("三号楼电梯大修", "恒升电梯有限公司")
    assert works["works"] == "更换三号楼电梯曳引机和钢丝绳。"
    assert (works["started_on"], works["completed_on"]) == ("2026-04-08", "2026-06-12")
    assert (works["accepted_on"], works["warranty_until"]) == ("2026-06-30", "2028-06-30")
    assert works["finding"] == "电梯检验机构检验合格。"
    assert row(found, "cost") == {
        "budget": BUDGET,
        "price": PRICE,
        "reviewed": REVIEWED,
        "paid": HALF,
        "retained": 12_567_03,  # 5 % of 251,340.50 is 12,567.025, a half fen up
        "to_bear": REVIEWED,
        "area": "611.47",
        "units": 7,
        "per_m2": 411_04,
    }
    assert found.figures == {
        "price_fen": PRICE, "reviewed_fen": REVIEWED, "paid_fen": HALF, "to_bear_fen": REVIEWED,
    }  # fmt: skip
    notices = rows(found, "notices")
    assert [(one["phase"], one["location"], one["posted_on"]) for one in notices.values()] == [
        ("completion", "12号楼门厅", "2026-11-20"), ("completion", "小区公告栏", "2026-11-20"),
    ]  # fmt: skip
    assert notices["completion-1"]["firm_report"] == "2026年第7号"
    assert "emergency" not in {one.name for one in found.sections}
    assert cautions(found) == {}


def test_a_review_that_was_wrong_stays_to_be_seen_and_the_last_counts(books: Books) -> None:
    books.tell(*a_repair())
    wrong = books.tell(price_reviewed(260_000_00, report="沪信2026-30"))
    right = books.tell(price_reviewed(report="沪信2026-31", corrects=wrong, reason="少减了一台曳引机。"))
    found = composed(books, "T9", "lift")
    assert [(one["record"], one["reviewed"]) for one in rows(found, "reviews").values()] == [
        (wrong, 260_000_00), (right, REVIEWED),
    ]  # fmt: skip
    assert rows(found, "reviews")[str(right)]["reason"] == "少减了一台曳引机。"
    assert found.figures["reviewed_fen"] == REVIEWED


def test_what_is_missing_is_said_before_anybody_signs(books: Books) -> None:
    plan = books.tell(*a_plan())
    assert cautions(composed(books, "T9", "lift")) == {"works-not-accepted": (plan,)}
    books.tell(contract_signed(), accepted())
    expected = {"completion-not-posted": (plan,), "price-not-reviewed": (plan,)}
    assert cautions(composed(books, "T9", "lift")) == expected


def test_a_payment_undone_was_not_paid_and_a_division_taken_back_burdens_nobody(books: Books) -> None:
    books.tell(*a_finished_repair())
    *before, paid = drawn(HALF)
    payment = books.tell(*before, paid)
    apportionment = books.tell(divided())
    books.tell(entry_reversed(payment, paid, reason="付错了对象。"))
    books.tell(apportionment_reversed(apportionment, divided()))
    found = composed(books, "T9", "lift")
    assert row(found, "cost")["paid"] == 0
    assert "to_bear" not in row(found, "cost")
    assert "to_bear_fen" not in found.figures
    assert composed(books, "T9", "lift", until=apportionment).figures["paid_fen"] == HALF


def test_what_came_after_the_periods_end_is_not_in_it(books: Books) -> None:
    books.tell(*a_finished_repair(), completion_posted())
    found = composed(books, "T9", "lift", period=(date(2026, 1, 1), SPRING))
    assert "accepted_on" not in row(found, "works")
    assert rows(found, "notices") == rows(found, "reviews") == {}


def test_what_nobody_planned_is_refused(books: Books) -> None:
    books.tell(*a_repair())
    with pytest.raises(Refused) as refused:
        composed(books, "T9", "gate")
    assert refused.value.code == "statement.unknown-subject"


# -- substitute repair (EMG-04) ----------------------------------------------------------------------


def authorised(path: Literal["committee", "substitute"] = "substitute") -> Fact:
    freed = Authorisation(fund="maintenance", amount_fen=60_000_00, purpose="五号楼屋面渗漏抢修。")
    event = EmergencyRepairAuthorised(emergency="leak-5", path=path, authorises=freed)
    return Fact(event, "district", date(2026, 7, 8))


def told(phase: Literal["before", "after"], *, on: date, **of: Any) -> Fact:
    said: dict[str, dict[str, Any]] = {
        "before": {"policy": "住宅物业管理规定第七十三条", "works": "屋面防水重做。", "time": "7月11日至20日",
                   "estimated_fen": 60_000_00},
        "after": {"location": "五号楼屋面", "cost_fen": 58_000_00},
    }  # fmt: skip
    event = SubstituteNoticePosted(emergency="leak-5", phase=phase, posted_on=on, **{**said[phase], **of})
    return Fact(event, "district", on)


def test_repair_in_the_owners_place_shows_both_notices_with_what_each_must_say(books: Books) -> None:
    declared = books.tell(emergency_declared())
    books.tell(authorised(), told("before", on=JULY_10), told("after", on=JULY_25))
    found = composed(books, "T9", "leak-5")
    assert rows(found, "notices") == {
        "before": {
            "phase": "before", "posted_on": "2026-07-10", "policy": "住宅物业管理规定第七十三条",
            "works": "屋面防水重做。", "time": "7月11日至20日", "estimated": 60_000_00,
            "record": declared + 2,
        },
        "after": {
            "phase": "after", "posted_on": "2026-07-25", "location": "五号楼屋面", "cost": 58_000_00,
            "record": declared + 3,
        },
    }  # fmt: skip
    emergency = row(found, "emergency")
    assert (emergency["head"], emergency["proof"]) == ("leak", "leak-certificate")
    assert (emergency["path"], emergency["authorised_on"]) == ("substitute", "2026-07-08")
    assert found.figures == {
        "estimated_fen": 60_000_00, "authorised_fen": 60_000_00, "to_bear_fen": 58_000_00,
    }  # fmt: skip
    assert {one.name for one in found.sections} == {"emergency", "notices"}
    assert cautions(found) == {}


def test_a_missing_or_incomplete_notice_of_the_district_is_said(books: Books) -> None:
    ordered = books.tell(emergency_declared(), authorised())
    first = {"no-notice-before": (ordered,), "no-notice-after": (ordered,)}
    assert cautions(composed(books, "T9", "leak-5")) == first
    unpriced = books.tell(told("before", on=JULY_10, estimated_fen=None))
    second = {"no-notice-after": (ordered,), "notice-incomplete": (unpriced,)}
    assert cautions(composed(books, "T9", "leak-5")) == second


def test_what_the_committee_approved_needs_no_notice_of_the_district(books: Books) -> None:
    books.tell(emergency_declared(), authorised("committee"))
    assert cautions(composed(books, "T9", "leak-5")) == {}


def test_the_project_of_an_emergency_shows_the_emergency_and_its_notices(books: Books) -> None:
    books.tell(emergency_declared(), authorised(), told("before", on=JULY_10), told("after", on=JULY_25))
    books.tell(plan_published("roof-5", decision="leak-5", budget_fen=60_000_00))
    found = composed(books, "T9", "roof-5")
    assert row(found, "works")["authority"] == "emergency"
    assert row(found, "cost")["budget"] == 60_000_00
    assert list(rows(found, "notices")) == ["before", "after"]
    assert list(rows(found, "emergency")) == ["leak-5"]
