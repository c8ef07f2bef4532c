"""Every repair as it stands and as it stood: steps, money, what is held back, what a square metre bears."""

from datetime import date

import msgspec

from ledger.actions.decision import EmergencyRepairAuthorised
from ledger.actions.fund_payment import FundPaymentWithdrawn
from ledger.actions.repair_project import CompletionNoticePosted, PlanPosting, ProjectApportioned
from ledger.fields import Scope
from projections import repair_projects
from projections.repair_project_rows import RepairProjectRow, ReviewStep
from tests.ledger.correction_words import entry_classified, suspense_seen
from tests.ledger.happened import NEW_YEAR, SPRING, SUMMER, entry_reversed, money, payment_paid
from tests.ledger.project_words import (
    PAYEE,
    PLAN,
    PURPOSE,
    a_plan,
    a_repair,
    apportionment_reversed,
    contract_signed,
    drawn,
    plan_published,
    price_reviewed,
    review_engaged,
    warranty_expired,
    works_accepted,
)
from tests.ledger.story import TODAY, WUTONGLI, Fact
from tests.projections.books import Books


def the_lift(books: Books, **then) -> RepairProjectRow:
    row = repair_projects.one(books.shown(), WUTONGLI, "lift", **then)
    assert row is not None
    return row


def done(row: RepairProjectRow) -> list[str]:
    return [step.step for step in row.steps if step.number is not None]


def test_a_plan_is_a_project_with_all_its_words(both_books: Books) -> None:
    both_books.tell(*a_plan())
    row = the_lift(both_books)
    assert (row.name, row.decision, row.authority, row.stage) == (PURPOSE, "lift-3", "owners", "planned")
    assert (row.scope, row.budget_fen, row.price_fen, row.reviewed_fen) == ("whole", 280_000_00, None, None)
    assert {name: getattr(row, name) for name in PLAN} == PLAN
    assert done(row) == ["plan", "vote"]
    assert row.number == row.steps[0].number == both_books.number


def test_a_repair_goes_its_way(both_books: Books) -> None:
    both_books.tell(*a_repair(), review_engaged(), *drawn(80_400_00))
    row = the_lift(both_books)
    assert (row.contractor, row.agency, row.price_fen) == (PAYEE, "沪信造价咨询", 268_000_00)
    assert (row.stage, row.paid_fen, row.reserved_fen) == ("contracted", 80_400_00, 0)
    assert done(row) == ["plan", "vote", "contract", "payments"]
    both_books.tell(price_reviewed(), works_accepted(warranty_until=date(2028, 6, 30)))
    row = the_lift(both_books)
    assert (row.stage, row.reviewed_fen, row.warranty_until) == ("accepted", 251_340_50, date(2028, 6, 30))
    assert (row.retention_fen, row.retention_held_fen, row.retention_shortfall_fen) == (
        12_567_03,
        12_567_03,
        0,
    )
    both_books.tell(warranty_expired(), *drawn(170_940_50, "rest"))
    row = the_lift(both_books)
    assert (row.stage, row.paid_fen, row.retention_held_fen) == ("closed", 251_340_50, 0)
    assert done(row) == ["plan", "vote", "contract", "payments", "review", "acceptance", "retention"]


def test_ex7_step_7_what_was_paid_of_the_retention_is_shown(books: Books) -> None:
    books.tell(*a_repair(), *drawn(241_200_00), price_reviewed())
    row = the_lift(books)
    assert (row.retention_fen, row.retention_shortfall_fen) == (12_567_03, 2_426_53)
    assert row.retention_held_fen == 10_140_50


def test_money_is_reserved_paid_withdrawn_and_given_back(books: Books) -> None:
    requested, approved, recorded = drawn(80_400_00)
    books.tell(*a_repair(), requested, approved)
    assert (the_lift(books).reserved_fen, the_lift(books).paid_fen) == (80_400_00, 0)
    number = books.tell(recorded)
    assert (the_lift(books).reserved_fen, the_lift(books).paid_fen) == (0, 80_400_00)
    undone = entry_reversed(number, recorded, reason="重复付款。")
    about = ("project:lift", "fund:maintenance", "payment:first", "decision:lift-3")
    books.tell(undone._replace(event=msgspec.structs.replace(undone.event, about=about)))
    assert (the_lift(books).reserved_fen, the_lift(books).paid_fen) == (0, 0)
    again = drawn(10_00, "again")
    withdrawn = FundPaymentWithdrawn(
        payment="again",
        fund="maintenance",
        decision="lift-3",
        reason="不付了。",
        released_fen=10_00,
        project="lift",
    )
    books.tell(*again[:2], Fact(withdrawn))
    assert (the_lift(books).reserved_fen, the_lift(books).paid_fen) == (0, 0)


def test_what_nobody_approved_was_never_reserved(books: Books) -> None:
    paid = payment_paid("bolt", fen=5_00)
    unapproved = msgspec.structs.replace(paid.event, project="lift", charged_fen=5_00)
    books.tell(*a_repair(), paid._replace(event=unapproved))
    assert (the_lift(books).reserved_fen, the_lift(books).paid_fen) == (0, 5_00)


def test_what_was_recognised_as_paid_for_it_counts_until_that_is_taken_back(both_books: Books) -> None:
    seen = both_books.tell(*a_repair(), *drawn(80_400_00), suspense_seen(fen=5_00, direction="out"))
    of = {"became": "payment", "account": "fund/maintenance/whole", "decision": "lift-3", "project": "lift"}
    recognised = entry_classified(seen, fen=5_00, direction="out", **of)
    number = both_books.tell(recognised)
    assert the_lift(both_books).paid_fen == 80_405_00
    both_books.tell(entry_reversed(number, recognised, reason="认错了。"))
    assert the_lift(both_books).paid_fen == 80_400_00


def test_an_apportionment_says_what_a_square_metre_bears(books: Books) -> None:
    apportioned = ProjectApportioned(
        project="lift", total_fen=31_415_93, scope=Scope(kind="door", id="12"), area="611.47", units=7,
        fen_per_m2=51_38, remainder_units=3, shares_digest="0" * 64,
    )  # fmt: skip
    books.tell(*a_repair(), price_reviewed(31_415_93), Fact(apportioned))
    row = the_lift(books)
    assert (row.total_fen, row.area, row.units) == (31_415_93, "611.47", 7)
    assert (row.fen_per_m2, row.remainder_units) == (51_38, 3)
    assert "apportionment" in done(row)


def test_an_apportionment_taken_back_is_still_to_come(both_books: Books) -> None:
    apportioned = ProjectApportioned(
        project="lift", total_fen=31_415_93, scope=Scope(kind="door", id="12"), area="611.47", units=7,
        fen_per_m2=51_38, remainder_units=3, shares_digest="0" * 64,
    )  # fmt: skip
    number = both_books.tell(*a_repair(), price_reviewed(31_415_93), Fact(apportioned))
    both_books.tell(apportionment_reversed(number, Fact(apportioned)))
    row = the_lift(both_books)
    assert (row.total_fen, row.area, row.units, row.shares_digest) == (None, None, None, None)
    assert "apportionment" not in done(row)
    assert the_lift(both_books, known_at=number).total_fen == 31_415_93
    again = both_books.tell(Fact(msgspec.structs.replace(apportioned, fen_per_m2=51_39)))
    row = the_lift(both_books)
    assert (row.fen_per_m2, row.steps[7].number) == (51_39, again)


def test_a_corrected_review_counts_and_the_wrong_one_stays(both_books: Books) -> None:
    both_books.tell(*a_plan()[:-1], plan_published(reason="曳引机已用二十年。"), contract_signed())
    first = both_books.tell(price_reviewed(agency="沪信造价咨询"))
    number = both_books.tell(price_reviewed(255_000_00, corrects=first, reason="漏算一台。"))
    row = the_lift(both_books)
    assert (row.reviewed_fen, row.agency, row.reason) == (255_000_00, "沪信造价咨询", "曳引机已用二十年。")
    assert row.reviews == (
        ReviewStep(first, SUMMER, 251_340_50, "沪信造价咨询"),
        ReviewStep(number, SUMMER, 255_000_00, None, None, first, "漏算一台。"),
    )
    assert the_lift(both_books, known_at=first).reviewed_fen == 251_340_50


def test_a_plan_from_before_there_is_an_assembly_says_how_it_was_posted(books: Books) -> None:
    posting = PlanPosting(posted_on=date(2025, 12, 25), removed_on=NEW_YEAR, opinions="42户赞成，1户嫌贵。")
    notice = CompletionNoticePosted(project="lift", posted_on=TODAY, places=("公告栏",))
    books.tell(plan_published(posting=posting), Fact(notice))
    assert the_lift(books).posting == posting


def test_an_emergency_is_its_own_authority(books: Books) -> None:
    authorised = EmergencyRepairAuthorised(
        emergency="leak-5", path="committee", authorises=money("maintenance", 60_000_00)
    )
    books.tell(Fact(authorised), plan_published("lift", decision="leak-5"))
    books.tell(price_reviewed(58_000_00, decision="leak-5"))
    row = the_lift(books)
    assert (row.authority, row.stage, row.reviewed_fen) == ("emergency", "reviewed", 58_000_00)


def test_a_repair_without_review_is_closed_once_accepted_and_paid(books: Books) -> None:
    books.tell(*a_plan(), contract_signed(price=100, review=False, retention=0), *drawn(100))
    assert the_lift(books).stage == "contracted"
    books.tell(works_accepted())
    assert the_lift(books).stage == "closed"


def test_repairs_come_page_by_page(books: Books) -> None:
    books.tell(*a_plan(), plan_published("roof"), plan_published("gate"))
    rows = repair_projects.page(books.shown(), WUTONGLI, limit=2)
    assert [row.project for row in rows] == ["lift", "roof"]
    rows = repair_projects.page(books.shown(), WUTONGLI, after=rows[-1].number)
    assert [row.project for row in rows] == ["gate"]
    newest = repair_projects.page(books.shown(), WUTONGLI, newest_first=True, limit=1)
    assert [row.project for row in newest] == ["gate"]
    assert repair_projects.one(books.shown(), WUTONGLI, "lift-9") is None


def test_a_repair_as_it_stood_on_a_day(both_books: Books) -> None:
    both_books.tell(*a_repair(), *drawn(80_400_00), price_reviewed(), warranty_expired())
    row = the_lift(both_books, as_of=SPRING)
    assert (row.stage, row.paid_fen, done(row)) == (
        "contracted",
        0,
        ["plan", "contract"],
    )  # vote: recorded later
    row = the_lift(both_books, as_of=SUMMER)
    assert (row.stage, row.paid_fen) == ("reviewed", 80_400_00)
    assert done(the_lift(both_books, as_of=TODAY))[-1] == "retention"
    assert repair_projects.one(both_books.shown(), WUTONGLI, "lift", as_of=date(2026, 3, 19)) is None


def test_a_repair_as_it_was_known_at_a_record(both_books: Books) -> None:
    number = both_books.tell(*a_repair())
    both_books.tell(*drawn(80_400_00))
    assert the_lift(both_books, known_at=number).paid_fen == 0
    assert the_lift(both_books, known_at=both_books.number).paid_fen == 80_400_00
    assert repair_projects.page(both_books.shown(), WUTONGLI, known_at=number - 2) == []


def test_every_moment_is_what_the_view_showed_then(books: Books) -> None:
    facts = [*a_repair(), review_engaged(), *drawn(80_400_00), price_reviewed(), works_accepted()]
    shown = {}
    for fact in facts:
        number = books.tell(fact)
        shown[number] = repair_projects.page(books.shown(), WUTONGLI)
    assert len({repr(rows) for rows in shown.values()}) > 6
    for number, rows in shown.items():
        assert repair_projects.page(books.shown(), WUTONGLI, known_at=number) == rows
